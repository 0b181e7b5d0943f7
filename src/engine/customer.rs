//! A customer's input: understood, stepped through, committed, released.

use std::sync::Arc;

use jiff::Timestamp;

use super::forget::{ForgetError, Wish};
use super::inbox::take_up;
use super::limits::Verdict;
use super::operator::is_desk;
use super::outbox::Priority;
use super::personal::Found;
use super::records::Shown;
use super::{Engine, InboxEntry, Incoming, IncomingKind, Outgoing, Release, What, lock};
use crate::conversation::{
    self, AiRule, Command, Context, Conversation, Customer, Desk, Detail, Effect, Input, MenuView,
    NewOrder, Placed, Reading, Reply, Route, State, Tap,
};
use crate::language::{self, Language, Texts};
use crate::menu::{ItemId, Menu};
use crate::metrics::count;
use crate::order::{
    Method, Order, OrderId, OrderLine, OrderNumber, Payment, Proposal, Source, Status,
};
use crate::parsed::Fulfilment;
use crate::privacy::PersonalText;
use crate::store::{Table, Tx, TxError};
use crate::text;
use crate::understand::Parser;

/// Most items that are named for phrases that were not understood.
const MOST_NEAREST: usize = 4;

/// Everything that one transaction wants released when it is durable.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) jobs: Vec<(u64, Outgoing)>,
    pub(super) answer: Option<String>,
    pub(super) rows: Vec<OrderNumber>,
    pub(super) statuses: Vec<(OrderId, Status)>,
    /// The customer was forgotten by their own wish.
    pub(super) forgot: bool,
}

/// A tap below the draft says which message shows it: whoever sent that message may never have heard so, because the
/// answer got lost.
fn note_shown(
    tx: &mut Tx<'_>,
    incoming: &Incoming,
    input: &Input,
    conversation: &Conversation,
) -> Result<(), TxError> {
    let (IncomingKind::Tap { message, .. }, Input::Tap(tap)) = (&incoming.kind, input) else {
        return Ok(());
    };
    let (Tap::Confirm(below) | Tap::Pay(below) | Tap::Cancel(below) | Tap::Edit(below)) = tap
    else {
        return Ok(());
    };
    let open = conversation.draft.as_ref();
    let Some((draft, message)) = open.filter(|open| open.id == below.draft).zip(*message) else {
        return Ok(());
    };
    let known = tx.get::<Shown>(incoming.user)?;
    if known.is_none_or(|known| known.draft != draft.id) {
        let draft = draft.id.clone();
        tx.put(incoming.user, &Shown { draft, message })?;
    }
    Ok(())
}

impl Engine {
    /// Applies one input, whoever it comes from.
    pub(super) async fn handle(self: &Arc<Self>, incoming: Incoming) {
        match &incoming.kind {
            _ if is_desk(incoming.user) => self.customer_input(incoming).await,
            IncomingKind::Ignored => self.done(&incoming),
            IncomingKind::Tap { callback, data, .. } if data.starts_with("shop:") => {
                self.shop_tap(&incoming, callback, data).await;
            }
            IncomingKind::Tap { callback, data, .. } if data.starts_with("op:") => {
                self.operator_tap(&incoming, callback, data).await;
            }
            IncomingKind::Tap {
                callback,
                data,
                message,
            } if data.starts_with("pay:refunded:") => {
                self.refunded_tap(&incoming, callback, data, *message).await;
            }
            IncomingKind::Checkout(query) => self.checkout(&incoming, query).await,
            IncomingKind::Paid(message) => self.paid(&incoming, message).await,
            IncomingKind::Due(order) => self.look_after(*order).await,
            IncomingKind::Text(_) if self.staff_command(&incoming).await => {}
            IncomingKind::Text(_) if self.staff_reply(&incoming).await => {}
            // Customers order in their own chat with the bot; a group's talk is none of its business.
            _ if !incoming.private => self.done(&incoming),
            _ => self.customer_input(incoming).await,
        }
    }

    /// Ends an input that asks for nothing; a tap is answered all the same.
    fn done(&self, incoming: &Incoming) {
        if let Some(update) = incoming.update {
            self.skip(update);
        }
        if let IncomingKind::Tap { callback, .. } = &incoming.kind {
            self.answer(callback, String::new());
        }
    }

    pub(super) fn answer(&self, callback: &str, text: String) {
        let callback = callback.to_owned();
        self.release(Release::Answer { callback, text });
    }

    async fn customer_input(self: &Arc<Self>, incoming: Incoming) {
        if let Some(date) = incoming.date.filter(|_| !is_desk(incoming.user)) {
            let verdict = lock(&self.limiter).judge(incoming.user, date);
            if verdict != Verdict::Pass {
                self.refuse(&incoming, verdict);
                return;
            }
        }
        let Some(input) = self.read(&incoming).await else {
            self.done(&incoming);
            return;
        };
        let applied = self.apply(&incoming, input);
        let (outcome, commit) = match applied {
            Ok(Some(applied)) => applied,
            // Handled before: a replay of what was already applied.
            Ok(None) => return,
            Err(e) => {
                count(&self.metrics.errors, "store");
                tracing::error!(error = %e, "an update could not be applied");
                self.fail(incoming.update, incoming.chat, incoming.private);
                if let IncomingKind::Tap { callback, .. } = &incoming.kind {
                    self.answer(callback, String::new());
                }
                return;
            }
        };
        if commit.durable().await.is_ok() {
            let callback = match &incoming.kind {
                IncomingKind::Tap { callback, .. } => Some(callback.as_str()),
                _ => None,
            };
            self.settle(outcome, callback);
        }
    }

    /// Lets out what a durable transaction has decided.
    pub(super) fn settle(&self, outcome: Outcome, callback: Option<&str>) {
        for (id, status) in outcome.statuses {
            if status == Status::AwaitingPayment {
                self.payments_wake.notify_one();
            }
            count(&self.metrics.orders, status.as_str());
            tracing::info!(order.id = %id, status = status.as_str(), "an order has a new status");
        }
        // The answer ends the customer's waiting, so it goes first.
        if let Some(callback) = callback {
            self.answer(callback, outcome.answer.unwrap_or_default());
        }
        for (key, outgoing) in outcome.jobs {
            self.release(Release::Job { key, outgoing });
        }
        self.rows_behind(&outcome.rows);
        self.watch_moved(&outcome.rows);
        if outcome.forgot {
            self.scrub_wake.notify_one();
        }
    }

    /// What an input means; none: nothing that is answered.
    pub(super) async fn read(&self, incoming: &Incoming) -> Option<Input> {
        let input = match &incoming.kind {
            IncomingKind::Text(text) => self.read_text(incoming.user, text).await,
            IncomingKind::Tap { data, .. } => {
                Tap::parse(data).map_or(Input::UnknownTap, Input::Tap)
            }
            IncomingKind::Contact { own: false, .. } => Input::Detail(Detail::ForeignContact),
            IncomingKind::Contact { phone, own: true } => Input::Detail(
                conversation::parse_phone(phone.as_str()).map_or(Detail::BadPhone, Detail::Phone),
            ),
            IncomingKind::Location {
                latitude,
                longitude,
            } => {
                // Five decimals are a metre; a link is what a driver can use.
                let place = format!("https://maps.google.com/?q={latitude:.5},{longitude:.5}");
                Input::Detail(Detail::Address(place.into()))
            }
            IncomingKind::Voice(note) => self.read_voice(incoming.user, note).await,
            IncomingKind::Edited(text) => self.read_edited(incoming.user, text).await,
            IncomingKind::NoText => Input::NoText,
            IncomingKind::Expired => Input::Expired,
            IncomingKind::ShopChanged => Input::ShopChanged,
            // Handled before anybody asks for a conversation.
            IncomingKind::Checkout(_)
            | IncomingKind::Paid(_)
            | IncomingKind::Due(_)
            | IncomingKind::Ignored => return None,
        };
        Some(input)
    }

    /// What a corrected message is to do: only what words do to the cart.
    async fn read_edited(&self, user: u64, text: &PersonalText) -> Input {
        Input::Edited(match self.read_text(user, text).await {
            Input::Words {
                order,
                source,
                nearest,
            } => Some(Box::new(Reading {
                order,
                source,
                nearest,
            })),
            _ => None,
        })
    }

    pub(super) async fn read_text(&self, user: u64, text: &PersonalText) -> Input {
        if !text.as_str().chars().any(conversation::is_visible) {
            return Input::NoText;
        }
        let (menu, parser) = self.menu();
        let reading = parser.local().parse(text.as_str());
        let conversation = self
            .store
            .get::<Conversation>(user)
            .ok()
            .flatten()
            .unwrap_or_default();
        let customer = self.person(user);
        if let (Some(draft), Some(customer)) = (&conversation.draft, &customer)
            && text.as_str().len() <= text::LONGEST_LABEL
            && !draft.cart.is_empty()
        {
            let t = self.texts_to(user, customer);
            let clock = self.clock();
            let shown = text::draft(t, draft, customer, &menu, &self.rules_for(user), &clock);
            if let Some(tap) = text::typed(text.as_str(), &shown, &menu) {
                return Input::Typed(tap);
            }
        }
        let asked_for = &reading.order.details;
        let route = match conversation::route(&conversation, text.as_str(), &reading.order) {
            // No parser knows what is sold out: without this it would be the address that was asked for.
            Route::Detail(Detail::Address(_) | Detail::Name(_))
                if asked_for.address.is_none()
                    && asked_for.name.is_none()
                    && crate::shop::sold_out_in(&menu, text.as_str()).is_some() =>
            {
                Route::Parse
            }
            route => route,
        };
        match route {
            Route::Command(command) => Input::Command(command),
            Route::TakeBack(id) => Input::TakeBack(id),
            Route::Answer(id, agreed) => Input::Answer { id, agreed },
            Route::Again(which) => Input::Again(which),
            Route::Change(detail) => Input::ChangeDetail(detail),
            Route::Forget(detail) => Input::ForgetDetail(detail),
            Route::Detail(detail) => Input::Detail(detail),
            Route::Embedded => Input::Words {
                order: Arc::new(reading.order),
                source: Source::Local,
                nearest: Vec::new(),
            },
            Route::Parse if !self.model_may_read(user) => {
                let nearest = nearest(&parser, &reading.order.unmatched);
                Input::Words {
                    order: Arc::new(reading.order),
                    source: Source::Local,
                    nearest,
                }
            }
            Route::Parse => {
                if reading.order.operations.is_empty() {
                    let t = customer.map_or_else(|| self.shop_texts(), |c| self.texts_to(user, &c));
                    if let Some(tap) = text::typed_heading(t, text.as_str(), &menu) {
                        return Input::Typed(tap);
                    }
                }
                let understood = parser.understand(user, text.as_str(), reading).await;
                let nearest = nearest(&parser, &understood.order.unmatched);
                Input::Words {
                    order: understood.order,
                    source: understood.source.into(),
                    nearest,
                }
            }
        }
    }

    /// Whether the model may read what a customer writes.
    fn model_may_read(&self, user: u64) -> bool {
        if is_desk(user) {
            return true;
        }
        let customer = self.store.get::<Customer>(user).ok().flatten();
        // Without a model the parser reads by itself, and counts as it should.
        self.rules.ai == AiRule::Off || self.rules.ai.lets_read(customer.and_then(|c| c.ai))
    }

    /// One step of the conversation as one transaction; none: the update was applied before.
    pub(super) fn apply(
        &self,
        incoming: &Incoming,
        input: Input,
    ) -> Result<Option<(Outcome, crate::store::Commit)>, TxError> {
        let mut expiry = None;
        let rules = self.rules_for(incoming.user);
        // Only these inputs can mean it.
        let found = match &input {
            Input::Tap(Tap::Delete) | Input::Command(Command::DeleteNow) => {
                self.orders_of_customers(std::iter::once(incoming.user))
            }
            _ => Found::default(),
        };
        let unsent = self.unsent();
        let (outcome, commit) = self.transact(|tx| {
            // Both are of this very transaction: the shop may close, or sell out, while one waits for its turn.
            let now = Timestamp::now();
            let current = self.current();
            let menu = &current.menu;
            // A timer of somebody who was forgotten meanwhile.
            let forgotten =
                incoming.update.is_none() && !tx.contains(table_of(incoming.user), incoming.user);
            if forgotten || !take_up(tx, incoming.update) {
                return Ok(None);
            }
            let user = incoming.user;
            let mut before = self.state_of(tx, incoming, now)?;
            if let Some(language) = heard(incoming, &input) {
                before.customer.language_written = Some(language);
            }
            let orders = if input.asks_for_orders() {
                orders_of(tx, &before.customer)?
            } else {
                Vec::new()
            };
            note_shown(tx, incoming, &input, &before.conversation)?;
            let fresh_id = format!("{:08x}", fastrand::u32(..));
            let moment = self.moment(tx, &current, now)?;
            let context = Context {
                menu,
                shop: &moment,
                rules: &rules,
                now,
                fresh_id: &fresh_id,
                orders: &orders,
                message: incoming.spot.message,
            };
            let (mut state, mut effects) = conversation::step(before.clone(), input, &context);
            if effects.contains(&Effect::Forget) {
                let language = before.customer.speaks(self.operator.language);
                match self.forget_customer(tx, incoming, language, &found, now)? {
                    Ok(outcome) => return Ok(Some(outcome)),
                    Err(ids) => effects = vec![Effect::Say(Reply::OrdersUnderWay { ids })],
                }
            }
            let mut writer = Writer {
                engine: self,
                unsent,
                has_ordered: !state.customer.orders.is_empty(),
                tx,
                menu,
                incoming,
                now,
                texts: self.texts_to(user, &state.customer),
                desk: state
                    .conversation
                    .desk
                    .as_ref()
                    .map(|desk| (user, desk.topic)),
                outcome: Outcome::default(),
                placed: None,
            };
            for effect in effects {
                writer.carry_out(effect, &mut state.customer)?;
            }
            let outcome = writer.outcome;
            if let Some(desk) = &mut state.conversation.desk {
                *desk.guest = state.customer.clone();
            }
            if is_desk(user) && state.conversation.draft.is_none() {
                // Whoever was on the phone has hung up.
                tx.delete::<Conversation>(user);
            } else if state.conversation != before.conversation {
                tx.put(user, &state.conversation)?;
            }
            let kept = !is_desk(user)
                && (state.customer != before.customer || !tx.contains(Table::Customers, user));
            if kept {
                tx.put(user, &state.customer)?;
            }
            let due = |s: &State| s.conversation.draft.as_ref().map(|d| d.expires_at);
            expiry = Some((due(&before), due(&state)));
            Ok(Some(outcome))
        })?;
        if outcome.as_ref().is_some_and(|outcome| outcome.forgot) {
            // What they wrote after it stays in their lane and begins anew.
            self.forget_in_memory(incoming.user, false);
        }
        if let Some((before, after)) = expiry {
            self.expiry.moved(incoming.user, before, after);
        }
        Ok(outcome.map(|outcome| (outcome, commit)))
    }

    /// The customer's own wish to be forgotten; or the orders that stand in the way.
    fn forget_customer(
        &self,
        tx: &mut Tx<'_>,
        incoming: &Incoming,
        language: Language,
        found: &Found,
        now: Timestamp,
    ) -> Result<Result<Outcome, Vec<OrderId>>, TxError> {
        let mut outcome = Outcome {
            forgot: true,
            ..Outcome::default()
        };
        let (user, update) = (incoming.user, incoming.update);
        let wish = Wish {
            user,
            update,
            force: false,
            cards: true,
        };
        match self.forget_in(tx, wish, found, now, &mut outcome) {
            Ok(_) => {}
            Err(ForgetError::Open(ids)) => return Ok(Err(ids)),
            Err(ForgetError::Store(e)) => return Err(e),
            // Neither is of a transaction.
            Err(ForgetError::Closed | ForgetError::Scrub(_)) => return Ok(Err(Vec::new())),
        }
        let reader = (incoming.chat, language);
        outcome
            .jobs
            .push(self.enqueue_for(tx, reader, now, Reply::Forgotten)?);
        Ok(Ok(outcome))
    }

    fn state_of(
        &self,
        tx: &mut Tx<'_>,
        incoming: &Incoming,
        now: Timestamp,
    ) -> Result<State, TxError> {
        let user = incoming.user;
        // A state that this version cannot read must not lock its customer out: it is set aside for a human.
        let conversation = or_set_aside(tx, Table::Conversations, user, |tx| {
            tx.get::<Conversation>(user)
        })?;
        if is_desk(user) {
            let mut conversation = conversation.unwrap_or_default();
            let desk = conversation.desk.get_or_insert_with(|| Desk {
                topic: incoming.spot.topic,
                ..Desk::new(now)
            });
            let customer = (*desk.guest).clone();
            return Ok(State {
                conversation,
                customer,
            });
        }
        let customer = or_set_aside(tx, Table::Customers, user, |tx| tx.get::<Customer>(user))?;
        let mut customer = customer.unwrap_or_else(|| Customer::new(now));
        if customer.name.is_none() {
            customer.name.clone_from(&incoming.name);
        }
        if incoming.language.is_some() {
            customer.language.clone_from(&incoming.language);
        }
        Ok(State {
            conversation: conversation.unwrap_or_default(),
            customer,
        })
    }

    /// Ends an input that is not read because there are too many.
    pub(super) fn refuse(&self, incoming: &Incoming, verdict: Verdict) {
        count(&self.metrics.errors, "rate_limited");
        let tell = verdict == Verdict::Tell;
        let telegram = incoming.language.as_deref().and_then(Language::from_tag);
        let reader = (incoming.chat, telegram.unwrap_or(self.operator.language));
        self.end_with(incoming.update, reader, tell.then_some(Reply::SlowDown));
        if let IncomingKind::Tap { callback, .. } = &incoming.kind {
            self.answer(callback, String::new());
        }
    }

    /// Ends an update that could not be handled; its writer is told.
    pub(super) fn fail(&self, update: Option<u64>, chat: i64, private: bool) {
        let reader = (chat, self.operator.language);
        self.end_with(update, reader, private.then_some(Reply::Failed));
    }

    fn end_with(&self, update: Option<u64>, reader: (i64, Language), reply: Option<Reply>) {
        let reply = reply.filter(|_| Priority::Talk.has_room(self.unsent()));
        let result = self.transact(|tx| {
            if let Some(update) = update {
                tx.delete::<InboxEntry>(update);
            }
            reply
                .map(|reply| self.enqueue_for(tx, reader, Timestamp::now(), reply))
                .transpose()
        });
        match result {
            Ok((job, _)) => {
                // Not waited for: there is nothing in it that must not be said twice.
                if let Some((key, outgoing)) = job {
                    self.release(Release::Job { key, outgoing });
                }
            }
            Err(e) => tracing::error!(update, error = %e, "an update could not be ended"),
        }
    }
}

/// Where it stands that somebody is known.
const fn table_of(user: u64) -> Table {
    if is_desk(user) {
        Table::Conversations
    } else {
        Table::Customers
    }
}

/// The language that a message was written in, where that can be told.
fn heard(incoming: &Incoming, input: &Input) -> Option<Language> {
    match (&incoming.kind, input) {
        (IncomingKind::Text(text), Input::Words { order, .. }) => {
            language::tells(text.as_str(), &order.language)
        }
        _ => None,
    }
}

fn or_set_aside<T>(
    tx: &mut Tx<'_>,
    table: Table,
    key: u64,
    get: impl FnOnce(&mut Tx<'_>) -> Result<Option<T>, crate::store::Undecodable>,
) -> Result<Option<T>, TxError> {
    match get(tx) {
        Ok(value) => Ok(value),
        Err(e) => {
            tracing::error!(table = table.name(), error = %e, "a record is set aside");
            tx.set_aside(table, key)?;
            Ok(None)
        }
    }
}

fn orders_of(tx: &Tx<'_>, customer: &Customer) -> Result<Vec<Order>, TxError> {
    let mut orders = Vec::with_capacity(customer.orders.len());
    for placed in &customer.orders {
        orders.extend(tx.get::<Order>(placed.number)?);
    }
    Ok(orders)
}

fn nearest(parser: &Parser, phrases: &[PersonalText]) -> Vec<ItemId> {
    let mut items: Vec<ItemId> = Vec::new();
    for phrase in phrases.iter().take(MOST_NEAREST) {
        for item in parser.local().nearest(phrase.as_str(), 2) {
            if !items.contains(&item) && items.len() < MOST_NEAREST {
                items.push(item);
            }
        }
    }
    items
}

/// Carries the effects of a step into the transaction.
struct Writer<'a, 'tx, 'b> {
    engine: &'a Engine,
    /// Messages that wait for Telegram already.
    unsent: usize,
    has_ordered: bool,
    tx: &'a mut Tx<'tx>,
    menu: &'b Menu,
    incoming: &'b Incoming,
    now: Timestamp,
    texts: Texts,
    /// The order that staff take down, and the topic in which they do.
    desk: Option<(u64, Option<i32>)>,
    outcome: Outcome,
    placed: Option<OrderNumber>,
}

impl Writer<'_, '_, '_> {
    fn job(&mut self, chat: i64, what: What) -> Result<(), TxError> {
        let first = self.has_ordered || self.desk.is_some();
        if !Priority::of(&what, first).has_room(self.unsent) {
            count(&self.engine.metrics.errors, "overloaded");
            return Ok(());
        }
        let own = chat == self.incoming.chat && !what.is_for_shop();
        let job = match self.desk.filter(|_| own) {
            Some((desk, topic)) => {
                self.engine
                    .enqueue_at_desk(self.tx, (chat, topic), desk, what)?
            }
            None => self.engine.enqueue(self.tx, chat, self.now, what)?,
        };
        self.outcome.jobs.push(job);
        Ok(())
    }

    fn menu(&mut self, view: MenuView, message: Option<i32>) -> Result<(), TxError> {
        self.job(self.incoming.chat, What::Menu { view, message })
    }

    fn carry_out(&mut self, effect: Effect, customer: &mut Customer) -> Result<(), TxError> {
        let chat = self.incoming.chat;
        match effect {
            Effect::ShowDraft { draft, anew } => self.job(chat, What::Draft { draft, anew }),
            Effect::CloseDraft { draft, closing } => {
                let order = self.placed;
                self.job(
                    chat,
                    What::Close {
                        draft,
                        closing,
                        order,
                    },
                )
            }
            Effect::Say(reply) => self.job(chat, What::Say { reply }),
            Effect::OpenMenu => self.menu(MenuView::Home, None),
            Effect::ShowMenu(view) => {
                let message = match &self.incoming.kind {
                    IncomingKind::Tap { message, .. } => *message,
                    _ => None,
                };
                // The draft keeps its message, whatever stood below it once.
                let shown = self.tx.get::<Shown>(self.incoming.user)?;
                self.menu(
                    view,
                    message.filter(|m| shown.is_none_or(|shown| shown.message != *m)),
                )
            }
            Effect::Notice(notice) => {
                // The first says why; what follows is detail.
                let text = text::notice(self.texts, &notice);
                self.outcome.answer.get_or_insert(text);
                Ok(())
            }
            Effect::Place(new) => self.place(*new, customer),
            Effect::Cancel(number) => self.cancel(number),
            Effect::AnswerChange {
                order,
                proposal,
                agreed,
            } => self.answer_change(order, proposal, agreed),
            Effect::AskShop => {
                let name = customer.name.clone();
                let outcome = &mut self.outcome;
                self.engine
                    .ask_shop(self.tx, self.incoming, name, self.now, outcome)
            }
            Effect::Invoice(order) => self.job(chat, What::Invoice { order }),
            // Carried out before all others.
            Effect::Forget => Ok(()),
        }
    }

    /// A placed order is to be changed: its customer is asked.
    fn propose(
        &mut self,
        number: OrderNumber,
        new: NewOrder,
        customer: &Customer,
    ) -> Result<(), TxError> {
        let (engine, now) = (self.engine, self.now);
        let Some(mut order) = self.tx.get::<Order>(number)? else {
            return Ok(());
        };
        self.placed = Some(number);
        let delivered = new.offer.fulfilment == Fulfilment::Delivery;
        let proposal = Proposal {
            number: 0,
            at: now,
            lines: OrderLine::of(&new.offer.priced),
            cart: new.cart,
            fulfilment: new.offer.fulfilment,
            address: customer.address.clone().filter(|_| delivered),
            allergies: new.allergies,
            note: new.note,
            subtotal: new.offer.priced.subtotal,
            fee: new.offer.fee,
            total: new.offer.total,
        };
        if let Err(status) = order.propose(proposal, now) {
            let said = text::operator_notice(self.texts, Err(Some(status)));
            self.outcome.answer.get_or_insert(said);
            return Ok(());
        }
        engine.order_changed(self.tx, &order, now, &mut self.outcome)?;
        if order.proposal.is_some() {
            let what = What::Proposal { order: number };
            engine.tell_customer(self.tx, &order, what, now, &mut self.outcome)?;
        }
        Ok(())
    }

    fn answer_change(
        &mut self,
        number: OrderNumber,
        proposal: u64,
        agreed: bool,
    ) -> Result<(), TxError> {
        let Some(mut order) = self.tx.get::<Order>(number)? else {
            return Ok(());
        };
        if !order.answer(proposal, agreed, self.now) {
            return Ok(());
        }
        let (engine, now) = (self.engine, self.now);
        engine.change_answered(self.tx, &order, Some(agreed), now, &mut self.outcome)
    }

    fn place(&mut self, new: NewOrder, customer: &mut Customer) -> Result<(), TxError> {
        if let Some(number) = new.changes {
            return self.propose(number, new, customer);
        }
        let number = self.engine.next_order(self.tx)?;
        let id = OrderId::new(&self.engine.tag, number);
        let NewOrder { offer, .. } = new;
        let delivered = offer.fulfilment == Fulfilment::Delivery;
        let pay = self.engine.rules.pay.as_ref().filter(|_| new.pay_now);
        let payment = pay.map_or_else(Payment::default, |pay| Payment {
            method: Method::Card,
            // An order that the shop must approve is paid when it has.
            due: self.now.checked_add(pay.ttl).ok().filter(|_| !new.approval),
            ..Payment::default()
        });
        let status = match payment.method {
            _ if new.approval => Status::Pending,
            Method::Cash => Status::Placed,
            Method::Card => Status::AwaitingPayment,
        };
        let order = Order {
            number,
            id: id.clone(),
            customer: if self.desk.is_some() {
                0
            } else {
                self.incoming.user
            },
            by_phone: self.desk.is_some(),
            proposal: None,
            draft: new.draft.clone(),
            status,
            placed_at: self.now,
            updated_at: self.now,
            delay_minutes: None,
            due_at: None,
            ready_at: None,
            before: None,
            reason: None,
            notice: None,
            lines: OrderLine::of(&offer.priced),
            cart: new.cart,
            fulfilment: offer.fulfilment,
            name: customer.name.clone(),
            phone: customer.phone.clone(),
            address: customer.address.clone().filter(|_| delivered),
            time: new.time,
            wanted_for: new.wanted_for,
            allergies: new.allergies,
            note: new.note,
            subtotal: offer.priced.subtotal,
            fee: offer.fee,
            total: offer.total,
            currency: self.menu.currency().code().to_owned(),
            payment,
            source: new.source,
            large: new.large,
            approval: new.approval,
            version: 1,
            card: None,
        };
        self.tx.put(number, &order)?;
        self.engine.note_slot(&order);
        self.engine.row_pending(self.tx, number, self.now)?;
        self.outcome.rows.push(number);
        self.engine.watch(self.tx, &order, self.now)?;
        self.engine
            .board_changed(self.tx, self.now, &mut self.outcome)?;
        self.outcome.statuses.push((id.clone(), status));
        customer.remember(Placed {
            number,
            draft: new.draft,
            messages: new.messages,
        });
        self.placed = Some(number);
        if status == Status::AwaitingPayment {
            self.engine.await_payment(self.tx, &order)?;
            self.job(self.incoming.chat, What::Invoice { order: number })?;
        } else if let Some(operators) = self.engine.operator_chat() {
            self.job(operators, What::Card { order: number })?;
        }
        if new.announce {
            let pending = new.approval;
            let reply = Reply::OrderPlaced { id, pending };
            self.job(self.incoming.chat, What::Say { reply })?;
        }
        Ok(())
    }

    fn cancel(&mut self, number: OrderNumber) -> Result<(), TxError> {
        let Some(mut order) = self.tx.get::<Order>(number)? else {
            return Ok(());
        };
        if order.cancel(self.now).is_err() {
            return Ok(());
        }
        let outcome = &mut self.outcome;
        self.engine
            .order_changed(self.tx, &order, self.now, outcome)
    }
}
