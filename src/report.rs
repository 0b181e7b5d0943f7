//! Orders in figures: a day's, or those of several days.

mod picture;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money};
use crate::order::{Order, OrderNumber, Status};

pub use picture::{Bars, picture};

/// Tokens of the model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Given to it.
    #[serde(default)]
    pub prompt: u64,
    /// Written by it.
    #[serde(default)]
    pub completion: u64,
}

/// What a million tokens cost, in millionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenPrices {
    /// Given to the model.
    pub prompt: u64,
    /// Written by it.
    pub completion: u64,
}

impl TokenPrices {
    /// `0.15,0.60`: US dollars for a million tokens, given and written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let micros = |text: &str| -> Option<u64> {
            let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
            let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
            if whole.is_empty()
                || whole.len() > 6
                || rest.len() > 6
                || !digits(whole)
                || !digits(rest)
            {
                return None;
            }
            format!("{whole}{rest:0<6}").parse().ok()
        };
        let (prompt, completion) = text.split_once(',')?;
        Some(Self {
            prompt: micros(prompt)?,
            completion: micros(completion)?,
        })
    }

    /// The cost in US dollars, to a tenth of a cent, rounded up.
    #[must_use]
    pub fn cost(self, tokens: Tokens) -> String {
        let of = |tokens: u64, price: u64| u128::from(tokens) * u128::from(price);
        let all = of(tokens.prompt, self.prompt) + of(tokens.completion, self.completion);
        let tenths = all.div_ceil(1_000_000_000);
        format!("${}.{:03}", tenths / 1_000, tenths % 1_000)
    }
}

/// What a report is about, noted when it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// From when on.
    pub from: Timestamp,
    /// Until when; none: until it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// No earlier order is looked at.
    pub first: OrderNumber,
    /// What the model has used meanwhile.
    #[serde(default)]
    pub tokens: Tokens,
}

/// Orders in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Those that the shop has seen.
    pub orders: u32,
    /// The customer has them.
    pub done: u32,
    /// The shop still has to do with them.
    pub open: u32,
    /// The shop could not make them.
    pub rejected: u32,
    /// The customer took them back.
    pub cancelled: u32,
    /// Nobody answered in time.
    pub expired: u32,
    /// Ready later than was promised, or promised for an earlier time and not ready yet.
    pub late: u32,
    /// To be paid, or paid, when the order is handed over: of orders that are made or were.
    pub cash: Money,
    /// Paid in Telegram, without tips.
    pub card: Money,
    /// Tips paid in Telegram.
    pub tips: Money,
    /// Paid in Telegram and to be paid back.
    pub refunds: Money,
    /// Orders by the hour of the day in which they were placed.
    pub hours: [u32; 24],
    /// Units by item, of orders that are made or were.
    pub items: BTreeMap<String, u32>,
    /// What all amounts are in.
    pub currency: Currency,
}

impl Figures {
    /// Of no orders yet.
    #[must_use]
    pub fn new(currency: Currency) -> Self {
        Self {
            orders: 0,
            done: 0,
            open: 0,
            rejected: 0,
            cancelled: 0,
            expired: 0,
            late: 0,
            cash: Money::ZERO,
            card: Money::ZERO,
            tips: Money::ZERO,
            refunds: Money::ZERO,
            hours: [0; 24],
            items: BTreeMap::new(),
            currency,
        }
    }

    /// Counts an order as it stands. What is still to be paid first is no order of the shop's yet; amounts of orders in
    /// another currency, from before the menu had this one, are left out.
    pub fn count(&mut self, order: &Order, zone: &TimeZone, now: Timestamp) {
        if order.status == Status::AwaitingPayment || (!order.is_for_shop() && !order.by_phone) {
            return;
        }
        self.orders += 1;
        let counter = match order.status {
            Status::Done => &mut self.done,
            Status::Rejected => &mut self.rejected,
            Status::Cancelled => &mut self.cancelled,
            Status::Expired => &mut self.expired,
            _ => &mut self.open,
        };
        *counter += 1;
        self.late += u32::from(order.is_late(now));
        let hour = order.placed_at.to_zoned(zone.clone()).hour();
        if let Some(count) = usize::try_from(hour)
            .ok()
            .and_then(|hour| self.hours.get_mut(hour))
        {
            *count += 1;
        }
        let same_currency = order.currency == self.currency.code();
        if same_currency {
            self.refunds = self.refunds.plus(order.refund());
        }
        if !matches!(
            order.status,
            Status::Accepted | Status::Ready | Status::OnTheWay | Status::Done
        ) {
            return;
        }
        for line in &order.lines {
            *self.items.entry(line.name.clone()).or_default() += line.quantity;
        }
        if same_currency {
            let takings = if order.payment.is_paid() {
                &mut self.card
            } else {
                &mut self.cash
            };
            *takings = takings.plus(order.total);
            self.tips = self.tips.plus(order.tip());
        }
    }

    /// The items that were ordered most, the most first.
    #[must_use]
    pub fn top(&self, most: usize) -> Vec<(&str, u32)> {
        let items = self
            .items
            .iter()
            .map(|(name, units)| (name.as_str(), *units));
        let mut items: Vec<_> = items.collect();
        items.sort_by_key(|(_, units)| std::cmp::Reverse(*units));
        items.truncate(most);
        items
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::order::{Charge, Method};

    fn order(status: &str, total: i64) -> Order {
        let json = serde_json::json!({
            "number": 1, "id": "K7F-1", "customer": 7, "draft": "d", "status": status,
            "placed_at": "2026-11-25T23:30:00Z", "updated_at": "2026-11-25T23:40:00Z",
            "lines": [{"name": "Cola", "quantity": 2, "options": [], "total": total}],
            "cart": crate::cart::Cart::default(), "fulfilment": "pickup", "subtotal": total, "fee": 0,
            "total": total, "currency": "EUR", "source": "local", "large": false, "version": 1
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn tokens_cost_what_their_prices_say() {
        let prices = TokenPrices::parse("0.15,0.60").unwrap();
        let tokens = |prompt, completion| Tokens { prompt, completion };
        assert_eq!(prices.cost(tokens(1_000_000, 1_000_000)), "$0.750");
        assert_eq!(prices.cost(tokens(1, 0)), "$0.001");
        assert_eq!(prices.cost(tokens(0, 0)), "$0.000");
        for wrong in ["", "0.15", "a,b", "0.15;0.6", "-1,2", "1,", "1e3,2"] {
            assert_eq!(TokenPrices::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn takings_are_what_is_made_by_how_it_is_paid() {
        let mut figures = Figures::new(Currency::parse("EUR").unwrap());
        let charge = |amount| Charge {
            telegram: "t".into(),
            provider: "p".into(),
            amount: Money::from_minor(amount),
            at: "2026-11-25T23:31:00Z".parse().unwrap(),
        };
        let mut paid = order("accepted", 1_000);
        paid.payment.method = Method::Card;
        paid.payment.charges.push(charge(1_150));
        let mut refund = order("rejected", 700);
        refund.payment.method = Method::Card;
        refund.payment.charges.push(charge(700));
        let mut waits = order("awaiting_payment", 5_000);
        waits.payment.method = Method::Card;
        let mut late = order("done", 300);
        late.due_at = Some("2026-11-25T23:50:00Z".parse().unwrap());
        late.ready_at = Some("2026-11-25T23:51:00Z".parse().unwrap());
        let mut other = order("done", 900);
        other.currency = "USD".to_owned();
        let orders = [
            paid,
            refund,
            waits,
            late,
            other,
            order("cancelled", 90),
            order("placed", 80),
        ];
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        for order in &orders {
            figures.count(order, &zone, "2026-11-26T00:00:00Z".parse().unwrap());
        }
        assert_eq!((figures.orders, figures.done, figures.open), (6, 2, 2));
        assert_eq!(
            (figures.rejected, figures.cancelled, figures.late),
            (1, 1, 1)
        );
        let minor = |money: Money| money.minor();
        assert_eq!((minor(figures.cash), minor(figures.card)), (300, 1_000));
        assert_eq!((minor(figures.tips), minor(figures.refunds)), (150, 700));
        // Half past midnight on the shop's clock.
        assert_eq!(figures.hours[0], 6);
        assert_eq!(figures.top(1), [("Cola", 6)]);
    }
}
