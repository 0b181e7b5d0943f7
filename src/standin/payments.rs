//! Invoices, and the question that Telegram asks the bot before money moves.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::{
    BotApi, Event,
    body::Params,
    keyboard::{markup, set_markup},
    methods::{Outcome, Refusal, added, bad, target},
    state::{SentMessage, State},
};

/// How long Telegram waits for the answer. (Bot API, `answerPreCheckoutQuery`)
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

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
    /// Why it did not, as the customer reads it.
    pub why: String,
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
    let tips = tips(params)?;
    let mut draft = SentMessage::draft(chat, None);
    draft.html = text("description");
    let invoice = json!({
        "prices": prices, "max_tip_amount": params.int("max_tip_amount").unwrap_or_default(),
        "suggested_tip_amounts": tips,
        "title": text("title"), "description": text("description"),
        "start_parameter": text("start_parameter"), "currency": currency, "total_amount": total,
    });
    draft.extra = Map::from_iter([("invoice".to_owned(), invoice)]);
    draft.payload = text("payload");
    set_markup(&mut draft, markup(params)?);
    added(state, draft, events)
}

/// The suggested tips: at most four, ascending, none above the largest that is taken.
fn tips(params: &Params) -> Result<Vec<i64>, Refusal> {
    let tips = params.json("suggested_tip_amounts").unwrap_or_default();
    let tips: Vec<i64> = tips
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_i64)
        .collect();
    let most = params.int("max_tip_amount").unwrap_or_default();
    let fits = tips.len() <= 4
        && tips.first().is_none_or(|tip| *tip > 0)
        && tips.last().is_none_or(|tip| *tip <= most)
        && tips.is_sorted_by(|a, b| a < b);
    fits.then_some(tips)
        .ok_or_else(|| bad("SUGGESTED_TIP_AMOUNTS_INVALID"))
}

pub(super) fn answer_checkout(state: &mut State, params: &Params) -> Outcome {
    let id = params.str("pre_checkout_query_id").unwrap_or_default();
    let ok = params.flag("ok");
    if !ok && params.str("error_message").is_none_or(str::is_empty) {
        return Err(bad("error_message is empty"));
    }
    let waiting = |checkout: &&mut Checkout| {
        checkout.id == id && checkout.approved.is_none() && checkout.at.elapsed() < ANSWER_WITHIN
    };
    let Some(checkout) = state.checkouts.iter_mut().find(waiting) else {
        let why = "query is too old and response timeout expired or query ID is invalid";
        return Err(Refusal(400, format!("Bad Request: {why}")));
    };
    checkout.approved = Some(ok);
    params
        .str("error_message")
        .unwrap_or_default()
        .clone_into(&mut checkout.why);
    Ok(Value::Bool(true))
}

impl BotApi {
    /// The customer presses "Pay" under an invoice; gives the id of the pre-checkout query.
    pub fn pay(&self, user: i64, message_id: i64) -> Option<String> {
        self.pay_otherwise(user, message_id, |_| {})
    }

    /// The same with a tip, or with something that a real Telegram would not let through.
    pub fn pay_otherwise(
        &self,
        user: i64,
        message_id: i64,
        change: impl FnOnce(&mut Checkout),
    ) -> Option<String> {
        self.act(|state| {
            let message = state.message(user, message_id)?;
            let invoice = message.extra.get("invoice")?;
            let currency = invoice.get("currency")?.as_str()?.to_owned();
            let mut checkout = Checkout {
                id: format!("{}", fastrand::u64(1_000_000_000..)),
                user,
                payload: message.payload.clone(),
                approved: None,
                why: String::new(),
                at: Instant::now(),
                currency,
                total: invoice.get("total_amount")?.as_i64()?,
            };
            change(&mut checkout);
            let query = json!({
                "id": checkout.id, "from": state.user_json(checkout.user), "currency": checkout.currency,
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

impl SentMessage {
    /// The invoice in it, as the bot sent it.
    #[must_use]
    pub fn invoice(&self) -> Option<&Value> {
        self.extra.get("invoice")
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
