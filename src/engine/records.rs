//! What the engine keeps in the store's tables.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::conversation::{Closing, Conversation, Customer, MenuView, Reply};
use crate::language::Language;
use crate::order::{Order, OrderNumber};
use crate::privacy::{Personal, PersonalText};
use crate::shop::ShopSaid;
use crate::staff::StaffReply;
use crate::store::{Record, Table};

impl Record for Customer {
    const TABLE: Table = Table::Customers;
}

impl Record for Conversation {
    const TABLE: Table = Table::Conversations;
}

impl Record for Order {
    const TABLE: Table = Table::Orders;
}

/// An update that was received and is not yet applied, reduced to what matters to us. Key: the update's id.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InboxEntry {
    /// The update's JSON.
    pub json: Personal<Box<RawValue>>,
}

impl Record for InboxEntry {
    const TABLE: Table = Table::Inbox;
}

/// The engine's own counters, one record.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Counters {
    /// Stands before the number in each order id of this data folder.
    pub(super) tag: String,
    /// The last order's number.
    pub(super) orders: u64,
    /// The last job's key in the outbox.
    pub(super) jobs: u64,
}

impl Counters {
    pub(super) const KEY: u64 = 1;

    /// The counters of a new data folder.
    pub(super) fn fresh() -> Self {
        // Letters and digits that are not mistaken for one another when they are read out.
        const LETTERS: &[u8] = b"ACDEFGHJKLMNPQRTUVWXY34679";
        let letter = || {
            LETTERS
                .get(fastrand::usize(..LETTERS.len()))
                .map_or('A', |b| char::from(*b))
        };
        Self {
            tag: (0..3).map(|_| letter()).collect(),
            orders: 0,
            jobs: 0,
        }
    }
}

impl Record for Counters {
    const TABLE: Table = Table::Meta;
}

/// Where the operator chat went when its group became a supergroup, one record.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OperatorMoved {
    /// The id in the settings at that time; with another one there this record means nothing.
    pub(super) from: i64,
    /// The new id.
    pub(super) to: i64,
}

impl OperatorMoved {
    pub(super) const KEY: u64 = 3;
}

impl Record for OperatorMoved {
    const TABLE: Table = Table::Meta;
}

/// Where order cards go in the operator chat, one record.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CardsTopic {
    /// The forum topic.
    pub(super) topic: Option<i32>,
}

impl CardsTopic {
    pub(super) const KEY: u64 = 11;
}

impl Record for CardsTopic {
    const TABLE: Table = Table::Meta;
}

/// Something that is to reach Telegram. Key: ascending, in the order of release.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outgoing {
    /// The chat.
    pub chat: i64,
    /// When it was decided.
    pub at: Timestamp,
    /// The forum topic; none: the chat itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<i32>,
    /// The reader's language, where nothing is kept of them that could tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// What.
    pub what: What,
}

impl Record for Outgoing {
    const TABLE: Table = Table::Outbox;
}

/// What is to reach Telegram. What can be rendered from the state of the moment is only named, so that changes that
/// come faster than they can be sent melt into one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum What {
    /// A message of its own.
    Say {
        /// What it says.
        reply: Reply,
    },
    /// The draft's message as the draft now is.
    Draft {
        /// The draft.
        draft: String,
        /// Whether it comes to the end of the chat, in a new message.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        anew: bool,
    },
    /// The draft's message after the draft has ended.
    Close {
        /// The draft.
        draft: String,
        /// How it ended.
        closing: Closing,
        /// The order it became.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<OrderNumber>,
    },
    /// A page of the menu.
    Menu {
        /// The page.
        view: MenuView,
        /// The message it takes the place of; none: a new one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<i32>,
    },
    /// A message about the shop's day, in the operator chat.
    Shop {
        /// What it says.
        said: ShopSaid,
        /// The message it takes the place of; none: a new one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<i32>,
    },
    /// A message of its own to staff.
    Staff {
        /// What it says.
        reply: StaffReply,
        /// The message it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<i32>,
    },
    /// A message to a customer about their order, which is noted with the order so that it can be corrected.
    Notice {
        /// The order.
        order: OrderNumber,
        /// What it says.
        reply: Reply,
    },
    /// Takes the place of that message.
    Correction {
        /// The order.
        order: OrderNumber,
        /// What it says.
        reply: Reply,
    },
    /// A customer's question in the operator chat.
    Question {
        /// Who asks.
        customer: u64,
        /// Their name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PersonalText>,
        /// Their words.
        text: PersonalText,
        /// The message that shows it, once it is answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answered: Option<i32>,
    },
    /// In place of a customer's question after they were forgotten.
    Redacted {
        /// The message.
        message: i32,
    },
    /// An order's card in the operator chat, as the order now is.
    Card {
        /// The order.
        order: OrderNumber,
    },
    /// The invoice of an order that waits for its payment.
    Invoice {
        /// The order.
        order: OrderNumber,
    },
    /// The alarm in the operator chat that money is to be paid back, or that it was.
    Refund {
        /// The order.
        order: OrderNumber,
        /// The message it takes the place of; none: a new one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<i32>,
    },
    /// The word in the operator chat that the bot agreed to a payment and heard no more of it.
    Unconfirmed {
        /// The order.
        order: OrderNumber,
    },
    /// The alarm in the operator chat that money has come for an order that nobody knows.
    StrayPayment {
        /// The provider's id of it.
        charge: PersonalText,
        /// How much, with the currency.
        amount: String,
    },
}

impl What {
    /// The word for logs.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Say { .. } => "say",
            Self::Draft { .. } => "draft",
            Self::Close { .. } => "close",
            Self::Menu { .. } => "menu",
            Self::Staff { .. } => "staff",
            Self::Notice { .. } => "notice",
            Self::Correction { .. } => "correction",
            Self::Question { .. } => "question",
            Self::Redacted { .. } => "redacted",
            Self::Card { .. } => "card",
            Self::Invoice { .. } => "invoice",
            Self::Refund { .. } => "refund",
            Self::Unconfirmed { .. } => "unconfirmed",
            Self::StrayPayment { .. } => "stray_payment",
            Self::Shop { .. } => "shop",
        }
    }

    /// Whether it is the shop's, also where the operator is a customer in the same chat.
    #[must_use]
    pub const fn is_for_shop(&self) -> bool {
        matches!(
            self,
            Self::Card { .. }
                | Self::Shop { .. }
                | Self::Staff { .. }
                | Self::Refund { .. }
                | Self::Unconfirmed { .. }
                | Self::StrayPayment { .. }
                | Self::Question { .. }
                | Self::Redacted { .. }
        )
    }

    /// Whether this job shows nothing that the other does not show when both are rendered now.
    #[must_use]
    pub fn shows_same_as(&self, other: &What) -> bool {
        match (self, other) {
            // This one is let go for the other: a new message that was asked for is not.
            (Self::Draft { draft, anew }, Self::Draft { draft: other, .. }) => {
                draft == other && !anew
            }
            (Self::Card { order }, Self::Card { order: other }) => order == other,
            _ => false,
        }
    }
}

/// The message that shows a chat's draft. Key: the chat.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Shown {
    /// The draft.
    pub(super) draft: String,
    /// The message.
    pub(super) message: i32,
}

impl Record for Shown {
    const TABLE: Table = Table::Shown;
}

/// An order whose row in the ledger is behind. Key: the order's number.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RowPending {
    /// Since when.
    pub(super) since: Timestamp,
}

impl Record for RowPending {
    const TABLE: Table = Table::Rows;
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::*;
    use crate::engine::forget::Forgotten;
    use crate::engine::inbox::Seen;
    use crate::store::{KeyRing, Store};

    /// Adds a field to every record that may one day get one: a newer version's.
    fn with_unknown_fields(mut json: Value, parts: &[&str]) -> String {
        for part in parts {
            if let Some(Value::Object(fields)) = json.pointer_mut(part) {
                fields.insert("from_the_future".to_owned(), serde_json::json!({"a": [1]}));
            }
        }
        json.to_string()
    }

    fn check<T: Record>(table: Table, parts: &[&str]) -> usize {
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/v1/plain");
        let store = Store::open_read_only(&kept, &KeyRing::default()).unwrap();
        let view = store.view();
        let mut keys = 0;
        for key in view.keys(table) {
            let json: Value = serde_json::from_str(&view.json(table, key).unwrap()).unwrap();
            let text = with_unknown_fields(json.clone(), parts);
            assert!(text.contains("from_the_future"), "{table:?}");
            let read: T = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{table:?}: {e}"));
            // And nothing that is known is lost by it.
            assert_eq!(serde_json::to_value(&read).unwrap(), json, "{table:?}");
            keys += 1;
        }
        keys
    }

    #[test]
    fn records_with_fields_of_a_newer_version_are_read() {
        assert_eq!(check::<Customer>(Table::Customers, &["", "/orders/0"]), 2);
        let draft = ["", "/draft", "/draft/cart", "/draft/cart/lines/0"];
        assert_eq!(check::<Conversation>(Table::Conversations, &draft), 2);
        let order = ["", "/lines/0", "/cart", "/cart/lines/0"];
        assert_eq!(check::<Order>(Table::Orders, &order), 2);
        assert!(check::<Shown>(Table::Shown, &[""]) > 0);
    }

    /// As version 0.1 wrote them: what waits over an update of the program is still done.
    #[test]
    fn what_waits_is_read_by_later_versions() {
        let at = "\"at\":\"2026-11-23T10:00:00Z\"";
        for what in [
            r#"{"job":"say","reply":{"say":"welcome"}}"#,
            r#"{"job":"say","reply":{"say":"order_placed","id":"K7F-1"}}"#,
            r#"{"job":"say","reply":{"say":"order_moved","id":"K7F-1","status":"accepted","minutes":20,"fulfilment":"delivery"}}"#,
            r#"{"job":"say","reply":{"say":"not_understood","phrases":["a moon"],"nearest":["cola"]}}"#,
            r#"{"job":"say","reply":{"say":"my_data"}}"#,
            r#"{"job":"say","reply":{"say":"forgotten"}}"#,
            r#"{"job":"draft","draft":"7f000001"}"#,
            r#"{"job":"close","draft":"7f000001","closing":"placed","order":1}"#,
            r#"{"job":"menu","view":{"category":"pizza"},"message":7}"#,
            r#"{"job":"menu","view":"home"}"#,
            r#"{"job":"card","order":1}"#,
        ] {
            let json = format!(r#"{{"chat":7,{at},"what":{what},"newer":true}}"#);
            serde_json::from_str::<Outgoing>(&json).unwrap_or_else(|e| panic!("{what}: {e}"));
        }
        let counters: Counters =
            serde_json::from_str(r#"{"tag":"K7F","orders":1,"jobs":9,"newer":1}"#).unwrap();
        assert_eq!((counters.orders, counters.jobs), (1, 9));
        let seen = r#"{"ranges":[[1,5]],"offset":6,"at":1800000000,"newer":1}"#;
        serde_json::from_str::<Seen>(seen).unwrap();
        let forgotten = r#"{"wanted":2,"scrubbed":1,"newer":1}"#;
        serde_json::from_str::<Forgotten>(forgotten).unwrap();
    }
}
