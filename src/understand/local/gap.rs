//! Options between two items: which belong to the one before and which to the one after.

use crate::parsed::Change;

use super::index::{Index, ItemAt, OptionAt};
use super::marks::Said;

/// What stands before an option or an item since the last one.
#[derive(Debug, Clone, Default)]
pub(super) struct Seam {
    pub(super) comma: bool,
    pub(super) and: bool,
    pub(super) stop: bool,
    pub(super) with: bool,
    /// A new wish: "i'd also like".
    pub(super) ask: bool,
    pub(super) article: bool,
    /// The number said there, and its element.
    pub(super) number: Option<(u32, usize)>,
}

impl Seam {
    fn counted(&self) -> bool {
        self.article || self.number.is_some()
    }

    /// How well a list is cut here: the lower the better.
    fn cut(&self) -> i32 {
        let mut cost = 0;
        if self.counted() {
            cost -= 8;
        }
        if self.stop {
            cost -= 6;
        } else if self.comma || self.ask {
            cost -= 3;
        }
        if self.and {
            cost -= 2;
        }
        if self.with && !self.counted() {
            cost += 4;
        }
        cost
    }

    /// What it costs that one item's words go over it.
    fn bridge(&self) -> i32 {
        let mut cost = 0;
        if self.stop {
            cost += 20;
        } else if self.comma || self.ask {
            cost += 3;
        }
        if self.and {
            cost += 1;
        }
        if self.with {
            cost += 6;
        }
        if self.counted() {
            cost += 6;
        }
        cost
    }
}

/// An option that no item has yet.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) said: Said,
    pub(super) element: usize,
    pub(super) seam: Seam,
}

/// The item before the gap.
pub(super) struct Before<'a> {
    /// None: something that the menu does not have, and that may take anything.
    pub(super) item: Option<ItemAt>,
    /// The options it has already.
    pub(super) has: &'a [OptionAt],
    /// Those that stood before its name.
    pub(super) ahead: &'a [OptionAt],
    /// Sizes stand after their items in this message.
    pub(super) sizes_after: bool,
}

/// The option on this item: the one that the words fit, or all of them where they are refused.
pub(super) fn on_item(index: &Index, item: ItemAt, said: &Said) -> Vec<OptionAt> {
    let fit = |list: &[OptionAt]| -> Vec<OptionAt> {
        list.iter()
            .copied()
            .filter(|o| index.takes(item, *o))
            .collect()
    };
    if said.group {
        let all = fit(&said.options);
        let included = included(index, item, &all);
        return if included.is_empty() { all } else { included };
    }
    let named = fit(said.options.get(..said.named).unwrap_or(&[]));
    if named.len() == 1 {
        return named;
    }
    let all = fit(&said.options);
    match all.len() {
        0 | 1 => all,
        _ if said.change == Some(Change::Without) => {
            let included = included(index, item, &all);
            if included.is_empty() { all } else { included }
        }
        _ => Vec::new(),
    }
}

/// Those of some options that are in the item anyway.
fn included(index: &Index, item: ItemAt, options: &[OptionAt]) -> Vec<OptionAt> {
    let item = index.items.get(item as usize);
    let own = |o: &OptionAt| item.is_some_and(|i| i.included.contains(o));
    options.iter().copied().filter(own).collect()
}

/// Whether the item has such options at all, be the words ambiguous or not.
pub(super) fn takes(index: &Index, item: ItemAt, said: &Said) -> bool {
    said.options.iter().any(|o| index.takes(item, *o))
}

/// How many of the pending options belong to the item before; the rest belong to the item after.
pub(super) fn split(
    index: &Index,
    before: Option<&Before<'_>>,
    pending: &[Pending],
    last: &Seam,
    after: ItemAt,
) -> usize {
    let n = pending.len();
    let seam = |at: usize| pending.get(at).map_or(last, |p| &p.seam);
    // costs_after[s]: all of s.. belong to the item after.
    let mut after_cost = vec![0_i32; n + 1];
    let mut bridges = 0;
    for at in (0..n).rev() {
        bridges += seam(at + 1).bridge();
        let said = &pending[at].said;
        let mut cost = if takes(index, after, said) {
            bridges.min(20)
        } else {
            50
        };
        cost += match said.change {
            Some(Change::Without) | None => 3,
            Some(Change::Extra | Change::Light) => 1,
            Some(Change::With) => 0,
        };
        if at + 1 == n && bridges == 0 {
            cost -= 1;
            let like = |list: &[OptionAt]| {
                list.iter()
                    .any(|a| said.options.iter().any(|b| index.same_group(*a, *b)))
            };
            if before.is_some_and(|b| like(b.ahead)) {
                cost -= 2;
            }
        }
        after_cost[at] = after_cost[at + 1] + cost;
    }
    let mut best = (i32::MAX, n);
    let mut cost_before = 0;
    let mut has: Vec<OptionAt> = before.map(|b| b.has.to_vec()).unwrap_or_default();
    for (at, after) in after_cost.iter().enumerate() {
        let mut cost = cost_before + after + seam(at).cut();
        if at == n && n > 0 && seam(n).bridge() == 0 && before.is_some_and(|b| b.sizes_after) {
            cost -= 3;
        }
        if cost <= best.0 {
            best = (cost, at);
        }
        if let Some(p) = pending.get(at) {
            cost_before += match before {
                Some(Before { item: None, .. }) => 2,
                Some(b) if b.item.is_some_and(|item| takes(index, item, &p.said)) => {
                    let again = has.iter().any(|a| {
                        p.said
                            .options
                            .iter()
                            .any(|o| index.exclusive(*o) && index.same_group(*a, *o))
                    });
                    if again { 5 } else { 0 }
                }
                Some(_) => 40,
                None => 45,
            };
            if p.seam.article {
                cost_before += 1;
            }
            if p.seam.number.is_some() {
                cost_before += 2;
            }
            has.extend(&p.said.options);
        }
    }
    best.1
}
