//! Which records are about whom, and all of them together.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::operator::Thread;
use super::{Outgoing, What};
use crate::order::{Order, OrderNumber};
use crate::store::{Record, Table, Tx, View};

/// Values looked through in one go; everybody else waits meanwhile.
pub(super) const PIECE: usize = 256;

/// Whose order is that, without reading the whole of it.
#[derive(Serialize, Deserialize)]
pub(super) struct Owner {
    number: OrderNumber,
    pub(super) customer: u64,
}

impl Record for Owner {
    const TABLE: Table = Table::Orders;
}

/// The orders of some customers, found before the transaction, so that it need not look through all there are.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) orders: HashMap<u64, Vec<OrderNumber>>,
    /// Orders above this number were placed since.
    pub(super) looked_up_to: Option<OrderNumber>,
    /// Orders that this version cannot read.
    pub(super) unreadable: Vec<OrderNumber>,
}

/// Finds the orders of `customers`; `piece` gives access to the tables for a short time.
pub(super) fn find(customers: &BTreeSet<u64>, piece: impl Fn(&mut dyn FnMut(View<'_>))) -> Found {
    let mut found = Found::default();
    loop {
        let mut last = None;
        piece(&mut |view| {
            last =
                view.scan_piece::<Owner>(found.looked_up_to, PIECE, |number, owner| match owner {
                    Ok(owner) if customers.contains(&owner.customer) => {
                        found.orders.entry(owner.customer).or_default().push(number);
                    }
                    Ok(_) => {}
                    Err(_) => found.unreadable.push(number),
                });
        });
        match last {
            Some(number) => found.looked_up_to = Some(number),
            None => return found,
        }
    }
}

/// Whether a job is a customer's; what goes to the operator chat is not, also where the operator is a customer in the
/// same chat.
pub(super) fn is_to(job: &Outgoing, user: u64) -> bool {
    match &job.what {
        What::Question { customer, .. } => *customer == user,
        what => u64::try_from(job.chat) == Ok(user) && !what.is_for_shop(),
    }
}

/// Whether an update comes from somebody, or from their chat, or names them as a contact.
pub(super) fn is_from(json: &str, user: u64) -> bool {
    fn holds(value: &serde_json::Value, user: u64) -> bool {
        match value {
            serde_json::Value::Object(fields) => fields.iter().any(|(name, value)| {
                let id = matches!(name.as_str(), "id" | "user_id");
                (id && value.as_u64() == Some(user)) || holds(value, user)
            }),
            serde_json::Value::Array(values) => values.iter().any(|value| holds(value, user)),
            _ => false,
        }
    }
    serde_json::from_str(json).map_or_else(|_| names_user(json, user), |value| holds(&value, user))
}

/// Whether a value holds the customer's id as a number of its own.
pub(super) fn names(tx: &Tx<'_>, table: Table, key: u64, user: u64) -> bool {
    tx.json(table, key)
        .is_some_and(|json| names_user(&json, user))
}

/// Whether a text holds the customer's id as a number of its own.
pub(super) fn names_user(text: &str, user: u64) -> bool {
    let id = user.to_string();
    text.match_indices(&id).any(|(at, _)| {
        let digit = |b: Option<&u8>| b.is_some_and(u8::is_ascii_digit);
        let bytes = text.as_bytes();
        !digit(at.checked_sub(1).and_then(|at| bytes.get(at))) && !digit(bytes.get(at + id.len()))
    })
}

/// The orders that are nobody's any more, by number.
pub fn nobodys_orders(view: View<'_>) -> Vec<Order> {
    let mut orders = Vec::new();
    for number in find(&BTreeSet::from([0]), |look| look(view))
        .orders
        .remove(&0)
        .unwrap_or_default()
    {
        orders.extend(view.get::<Order>(number).ok().flatten());
    }
    orders
}

/// What is kept about a customer, as one JSON document; none: nothing is.
#[must_use]
pub fn export(view: View<'_>, user: u64) -> Option<serde_json::Value> {
    use serde_json::{Value, json};
    let value = |table, key| -> Option<Value> {
        let text = view.json(table, key)?;
        Some(serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.into_owned())))
    };
    let those = |table: Table, theirs: &dyn Fn(&str) -> bool| -> Vec<Value> {
        let keys = view.keys(table);
        keys.filter(|key| view.json(table, *key).is_some_and(|text| theirs(&text)))
            .filter_map(|key| value(table, key))
            .collect()
    };
    let to_them = |text: &str| {
        serde_json::from_str::<Outgoing>(text)
            .map_or_else(|_| names_user(text, user), |job| is_to(&job, user))
    };
    let found = find(&BTreeSet::from([user]), |look| look(view));
    let orders: Vec<_> = found
        .orders
        .get(&user)
        .into_iter()
        .flatten()
        .filter_map(|number| value(Table::Orders, *number))
        .collect();
    let customer = value(Table::Customers, user);
    let conversation = value(Table::Conversations, user);
    let (received, to_send) = (
        those(Table::Inbox, &|text| is_from(text, user)),
        those(Table::Outbox, &to_them),
    );
    let asked = those(Table::Threads, &|text| {
        serde_json::from_str::<Thread>(text)
            .map_or_else(|_| names_user(text, user), |thread| thread.is_of(user))
    });
    let set_aside = those(Table::Quarantine, &|text| names_user(text, user));
    let nothing = customer.is_none() && conversation.is_none() && orders.is_empty();
    if nothing
        && asked.is_empty()
        && received.is_empty()
        && to_send.is_empty()
        && set_aside.is_empty()
    {
        return None;
    }
    let mut export = json!({
        "version": 1,
        "customer_id": user,
        "customer": customer,
        "conversation": conversation,
        "orders": orders,
        "messages_received": received,
        "messages_to_send": to_send,
        "set_aside": set_aside,
    });
    if let Some(export) = export.as_object_mut().filter(|_| !asked.is_empty()) {
        export.insert("questions".to_owned(), asked.into());
    }
    Some(export)
}
