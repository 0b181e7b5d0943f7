//! Invoices, and the question that Telegram asks the bot before money moves.

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::{
    BotApi, Event,
    body::Params,
    keyboard::{markup, set_markup},
    methods::{Outcome, Refusal, added, bad, target},
    state::{SentMessage, State},
};

/// A customer's try to pay: Telegram asks the bot and wants an answer within ten seconds.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// Id of the pre-checkout query.
    pub id: String,
    /// Who pays.
    pub user: i64,
    /// The bot's own words in the invoice.
    pub payload: String,
    /// Whether the bot agreed; `None`: no answer yet.
    pub approved: Option<bool>,
    /// When it was asked.
    pub at: Instant,
    /// ISO 4217 code.
    pub currency: String,
    /// In minor units.
    pub total: i64,
}

pub(super) fn send_invoice(state: &mut State, params: &Params, events: &mut Vec<Event>) -> Outcome {
    let chat = target(state, params)?;
    let text = |name: &str| params.str(name).unwrap_or_default().to_owned();
    for (name, most) in [("title", 32), ("description", 255), ("payload", 128)] {
        let length = text(name).chars().count();
        if !(1..=most).contains(&length) {
            return Err(bad(format!("INVOICE_{}_INVALID", name.to_uppercase())));
        }
    }
    let currency = text("currency");
    if text("provider_token").is_empty() && currency != "XTR" {
        return Err(bad("PAYMENT_PROVIDER_INVALID"));
    }
    let prices = params.json("prices").unwrap_or_default();
    let amounts = prices.as_array().into_iter().flatten();
    let total: i64 = amounts
        .filter_map(|price| price.get("amount")?.as_i64())
        .sum();
    if total <= 0 {
        return Err(bad("CURRENCY_TOTAL_AMOUNT_INVALID"));
    }
    let mut draft = SentMessage::draft(chat, None);
    draft.html = text("description");
    let invoice = json!({
        "title": text("title"), "description": text("description"),
        "start_parameter": text("start_parameter"), "currency": currency, "total_amount": total,
    });
    draft.extra = Map::from_iter([("invoice".to_owned(), invoice)]);
    draft.payload = text("payload");
    set_markup(&mut draft, markup(params)?);
    added(state, draft, events)
}

pub(super) fn answer_checkout(state: &mut State, params: &Params) -> Outcome {
    let id = params.str("pre_checkout_query_id").unwrap_or_default();
    let ok = params.flag("ok");
    if !ok && params.str("error_message").is_none_or(str::is_empty) {
        return Err(bad("error_message is empty"));
    }
    let waiting = |checkout: &&mut Checkout| checkout.id == id && checkout.approved.is_none();
    let Some(checkout) = state.checkouts.iter_mut().find(waiting) else {
        let why = "query is too old and response timeout expired or query ID is invalid";
        return Err(Refusal(400, format!("Bad Request: {why}")));
    };
    checkout.approved = Some(ok);
    Ok(Value::Bool(true))
}

impl BotApi {
    /// The customer presses "Pay" under an invoice; gives the id of the pre-checkout query.
    pub fn pay(&self, user: i64, message_id: i64) -> Option<String> {
        self.act(|state| {
            let message = state.message(user, message_id)?;
            let invoice = message.extra.get("invoice")?;
            let currency = invoice.get("currency")?.as_str()?.to_owned();
            let checkout = Checkout {
                id: format!("{}", fastrand::u64(1_000_000_000..)),
                user,
                payload: message.payload.clone(),
                approved: None,
                at: Instant::now(),
                currency,
                total: invoice.get("total_amount")?.as_i64()?,
            };
            let query = json!({
                "id": checkout.id, "from": state.user_json(user), "currency": checkout.currency,
                "total_amount": checkout.total, "invoice_payload": checkout.payload,
            });
            state.queue.push("pre_checkout_query", &query);
            let id = checkout.id.clone();
            state.checkouts.push(checkout);
            Some(id)
        })
    }

    /// The money has moved, after the bot agreed: the chat gets the service message. Gives the charge's
    /// id; `None` where the bot has not agreed.
    pub fn complete_payment(&self, id: &str) -> Option<String> {
        let checkout = self.with(|state| state.checkout(id).cloned())?;
        if checkout.approved != Some(true) {
            return None;
        }
        let charge = format!("charge-{id}");
        let payment = json!({
            "currency": checkout.currency, "total_amount": checkout.total,
            "invoice_payload": checkout.payload, "telegram_payment_charge_id": charge,
            "provider_payment_charge_id": format!("provider-{id}"),
        });
        let extra = Map::from_iter([("successful_payment".to_owned(), payment)]);
        self.send_as(checkout.user, checkout.user, "", extra)?;
        Some(charge)
    }
}

impl State {
    /// Every try to pay so far, in order.
    pub fn checkouts(&self) -> &[Checkout] {
        &self.checkouts
    }

    /// The try with this pre-checkout query id.
    pub fn checkout(&self, id: &str) -> Option<&Checkout> {
        self.checkouts.iter().find(|checkout| checkout.id == id)
    }
}
