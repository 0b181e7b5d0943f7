//! When an order is wanted and when it can be had; what is sold out today.

use super::{Effect, Notice, Reply, Turn};
use crate::cart::Refusal;
use crate::menu::Menu;
use crate::parsed::ParsedOrder;
use crate::shop::{self, Named, Timing, Wish, read_wish};

use super::draft::Draft;

impl Draft {
    /// Notes what the shop no longer has, each with what may take its place.
    pub(super) fn note_gone(&mut self, names: &[String], menu: &Menu) {
        self.gone = names.to_vec();
        let items = menu.items().iter();
        let gone = items.filter(|item| !item.available && names.contains(&item.name));
        let instead = gone.filter_map(|item| shop::instead_of(menu, item));
        self.nearest = instead.map(|item| item.id.clone()).collect();
        self.nearest.dedup();
    }
}

impl Turn<'_> {
    /// Takes what is on the menu and sold out from among the phrases that were not understood: no parser offers it.
    pub(super) fn sort_out_sold_out(&self, order: &ParsedOrder) -> (ParsedOrder, Vec<Refusal>) {
        let menu = self.context.menu;
        let mut order = order.clone();
        let mut refusals = Vec::new();
        order.unmatched.retain(|phrase| {
            let Some(named) = shop::sold_out_in(menu, phrase.as_str()) else {
                return true;
            };
            let refusal = match named {
                Named::Item(item) => Refusal::sold_out(menu, item),
                Named::Option(option) => menu.option(option.id.as_str()).map_or(
                    Refusal::SoldOut {
                        name: option.name.clone(),
                        instead: None,
                    },
                    |(group, option)| Refusal::sold_out_option(group, option),
                ),
            };
            if !refusals.contains(&refusal) {
                refusals.push(refusal);
            }
            false
        });
        (order, refusals)
    }

    /// Puts the words about the time on the shop's clock.
    pub(super) fn read_time(&mut self, order: &ParsedOrder) {
        let Some(words) = order.details.time.as_ref().filter(|_| !self.is_change()) else {
            return;
        };
        let schedule = &self.context.shop.schedule;
        let wish = read_wish(words.as_str(), &order.language, schedule, self.context.now);
        if let Some(draft) = &mut self.state.conversation.draft {
            draft.time_unclear = wish == Wish::Unclear;
            draft.wanted_for = match wish {
                Wish::At(at) => Some(at),
                Wish::Now | Wish::Unclear => None,
            };
        }
    }

    fn timing(&self) -> Timing {
        let draft = self.state.conversation.draft.as_ref();
        let wish = draft.and_then(|draft| draft.wanted_for);
        self.context.shop.timing(wish, self.context.now)
    }

    /// Notes for when the draft's message is to show it; where that is another time than before, buttons below the
    /// earlier text no longer place it.
    pub(super) fn renew_time(&mut self) {
        if self.is_change() {
            return;
        }
        let timing = self.timing();
        let busy_minutes = self.context.shop.busy_minutes;
        if let Some(draft) = &mut self.state.conversation.draft {
            if draft.offered.is_some() && draft.offered_for != timing.at() {
                draft.revision = draft.revision.saturating_add(1);
            }
            draft.offered_for = timing.at();
            draft.why_then = timing.why();
            draft.busy_minutes = busy_minutes;
        }
    }

    /// Nobody's order slides to another time than the one they have read.
    pub(super) fn obstacle_of_time(&mut self) -> Option<Notice> {
        let timing = self.timing();
        if let Timing::Never(why) = timing {
            return Some(Notice::NoTime { why });
        }
        let shown = self.state.conversation.draft.as_ref()?.offered_for;
        let holds = self.context.shop.still_holds(shown, self.context.now);
        // It is shown anew by whoever asked.
        (!holds).then_some(Notice::OtherTime)
    }

    /// The shop has changed: an open draft that would now read otherwise is shown at the end of the chat.
    pub(super) fn shop_changed(&mut self) {
        if !self.has_lines() || self.is_change() {
            return;
        }
        let (menu, rules) = (self.context.menu, self.context.rules);
        let timing = self.timing();
        let Some(draft) = &mut self.state.conversation.draft else {
            return;
        };
        let names = draft.cart.drop_unorderable(menu);
        let offer = draft.offer(menu, rules);
        let other_price = draft.offered != Some((offer.total, offer.fulfilment));
        let other_time = draft.offered_for != timing.at();
        if names.is_empty() && !other_price && !other_time {
            return;
        }
        if names.is_empty() {
            return self.show_draft(true);
        }
        draft.forget_words();
        draft.note_gone(&names, menu);
        draft.view = super::View::Summary;
        if draft.cart.is_empty() {
            let instead = draft.nearest.clone();
            self.close(super::Closing::Emptied);
            self.effects
                .push(Effect::Say(Reply::AllGone { names, instead }));
        } else {
            draft.revision = draft.revision.saturating_add(1);
            draft.offered = None;
            self.show_draft(true);
        }
    }
}
