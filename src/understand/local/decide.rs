//! Words that may be two things: an item or an option, a dish or the kind of a dish.

use crate::parsed::Change;

use super::index::{Index, ItemAt, OptionAt};
use super::marks::{Element, Said, What};
use super::words::Class;

/// Decides what is an item and what an option where a word may be both, and takes in words that only repeat an item's kind.
pub(super) fn decide(
    index: &Index,
    elements: &mut [Element],
    word_of: &impl Fn(usize) -> Option<u32>,
) -> bool {
    let mut guessed = merge(elements);
    choices(elements);
    // The last item, and whether its list of options is open.
    let mut last: Option<(Vec<ItemAt>, bool)> = None;
    let mut with = false;
    for at in 0..elements.len() {
        let what = elements[at].what.clone();
        let strange = at > 0 && matches!(elements[at - 1].what, What::Unknown);
        match what {
            // "almond milk" is no milk of the menu.
            What::Option(said) if said.part && strange => elements[at].what = What::Unknown,
            // "hot chocolate" is no chocolate muffin, and "coffee with chocolate" neither.
            What::Head(items)
                if elements[at].part
                    && !fits(index, elements, at, &items, with && last.is_some()) =>
            {
                let led = at > 0 && matches!(elements[at - 1].what, What::Option(_));
                elements[at].what = if led { What::Ghost } else { What::Unknown };
            }
            // "with aloha sauce", where there is an aloha bowl and no such sauce.
            What::Head(_)
                if with
                    && last.is_some()
                    && at > 0
                    && elements[at - 1].is(Class::With)
                    && elements
                        .get(at + 1)
                        .is_some_and(|e| matches!(e.what, What::Unknown) && e.to - e.from == 1) =>
            {
                elements[at].what = What::Unknown;
            }
            // "with a double shot of espresso", where the latte takes a double shot.
            What::Head(items) => {
                let shot = match at
                    .checked_sub(2)
                    .map(|b| (&elements[b].what, &elements[b + 1]))
                {
                    Some((What::Option(said), of)) if of.is(Class::Of) => {
                        last.as_ref().is_some_and(|(of, _)| {
                            with && of != &items
                                && of
                                    .iter()
                                    .any(|i| said.options.iter().any(|o| index.takes(*i, *o)))
                        })
                    }
                    _ => false,
                };
                match shot {
                    true => elements[at].what = What::Word(Class::Filler),
                    false => {
                        last = Some((items, false));
                        with = false;
                    }
                }
            }
            What::Word(Class::With) => {
                with = true;
                if let Some((_, open)) = last.as_mut() {
                    *open = true;
                }
            }
            What::Option(_) => {
                if let Some((_, open)) = last.as_mut() {
                    *open = true;
                }
            }
            What::Both(items, said) => {
                let counted = at > 0
                    && matches!(
                        elements[at - 1].what,
                        What::Number(_) | What::Article | What::The | What::Word(Class::Another)
                    );
                let part = elements[at].part;
                let option = is_option(index, elements, at, last.as_ref(), &said)
                    || part && (!counted || with);
                guessed |= part && !option;
                elements[at].what = match option {
                    true => What::Option(said),
                    false => {
                        last = Some((items.clone(), false));
                        What::Head(items)
                    }
                };
            }
            // "a doner plate" is no doner where the menu has other plates.
            What::Word(Class::Filler) if at > 0 && elements[at].to - elements[at].from == 1 => {
                if let (What::Head(items), Some(word)) =
                    (&elements[at - 1].what, word_of(elements[at].from))
                    && index.is_item_word(word)
                    && !items.iter().any(|i| index.names_item(*i, word))
                {
                    elements[at].what = What::Unknown;
                }
            }
            // "with milk": which?
            What::Word(Class::Known) if at > 0 && elements[at - 1].is(Class::With) => {
                let lists = matches!(
                    elements.get(at + 1).map(|e| &e.what),
                    Some(What::Option(_) | What::Both(..) | What::Comma | What::Word(Class::Of))
                );
                if !lists {
                    elements[at].what = What::Unknown;
                }
            }
            // "just meat": which?
            What::Word(Class::Known) if elements[at].group => {
                let near = |e: &Element| {
                    !e.is(Class::Filler)
                        && !e.is(Class::Of)
                        && !e.is(Class::To)
                        && !matches!(e.what, What::Comma | What::The)
                };
                let option = |e: Option<&Element>| {
                    matches!(
                        e.map(|e| &e.what),
                        Some(What::Option(_) | What::Both(..) | What::Number(_))
                    )
                };
                let before = elements[..at].iter().rev().take(3).find(|e| near(e));
                let after = elements[at + 1..].iter().take(3).find(|e| near(e));
                if !option(before) && !option(after) {
                    elements[at].what = What::Unknown;
                }
            }
            What::Ghost => {
                let word = word_of(elements[at].from);
                let near = |e: Option<&Element>| match e.map(|e| &e.what) {
                    Some(What::Head(items) | What::Both(items, _)) => items
                        .iter()
                        .any(|i| word.is_some_and(|w| index.names_item(*i, w))),
                    Some(What::Option(said)) => said
                        .options
                        .iter()
                        .any(|o| word.is_some_and(|w| index.names_group(*o, w))),
                    _ => false,
                };
                let before = at.checked_sub(1).and_then(|b| elements.get(b));
                if elements[at].to - elements[at].from == 1
                    && (near(before) || near(elements.get(at + 1)))
                {
                    elements[at].what = What::Word(Class::Filler);
                }
            }
            _ => {}
        }
    }
    guessed
}

/// "chili sauce" where the menu says "chilli sauce", "salsa medium": two words beside one another that may each be
/// several things are the one that both may be. Tells whether a spelling or an order of words was guessed.
fn merge(elements: &mut [Element]) -> bool {
    let mut guessed = false;
    for at in 1..elements.len() {
        let [a, b] = &mut elements[at - 1..=at] else {
            continue;
        };
        match (&mut a.what, &mut b.what) {
            (What::Option(first), What::Option(second)) if first.part || second.part => {
                let both: Vec<OptionAt> = first
                    .options
                    .iter()
                    .copied()
                    .filter(|o| second.options.contains(o))
                    .collect();
                if both.is_empty() {
                    continue;
                }
                second.change = first.change;
                second.named = both.len();
                second.part = first.part && second.part;
                second.options = both;
                a.what = What::Word(Class::Filler);
            }
            (What::Head(first), What::Head(second)) if first == second && (a.fuzzy || b.fuzzy) => {
                b.what = What::Word(Class::Filler);
                guessed = true;
            }
            _ => {}
        }
    }
    guessed
}

/// "a cola or a lemonade": the customer has not chosen, so neither is taken; "no fries or rings" refuses both.
fn choices(elements: &mut [Element]) {
    let mut undecided = vec![false; elements.len()];
    for at in 1..elements.len() {
        if !elements[at].is(Class::Or) {
            continue;
        }
        let says = |e: &Element| {
            !matches!(e.what, What::Article | What::The | What::Number(_))
                && ![Class::Filler, Class::With, Class::Side]
                    .iter()
                    .any(|c| e.is(*c))
        };
        let left = (0..at).rev().find(|n| says(&elements[*n]));
        let right = (at + 1..elements.len()).find(|n| says(&elements[*n]));
        let (Some(left), Some(right)) = (left, right) else {
            continue;
        };
        let taken = |said: &Said| said.change.is_some_and(|c| c != Change::Without);
        let open = match (&elements[left].what, &elements[right].what) {
            (What::NoHead(_), What::Head(items)) => {
                elements[right].what = What::NoHead(items.clone());
                false
            }
            (What::Head(_) | What::Both(..), What::Head(_) | What::Both(..)) => true,
            (What::Option(a) | What::Both(_, a), What::Option(b) | What::Both(_, b)) => {
                taken(a) && taken(b)
            }
            _ => false,
        };
        if open {
            undecided[left] = true;
            undecided[right] = true;
        }
    }
    for (element, open) in elements.iter_mut().zip(undecided) {
        if open {
            element.what = What::Unknown;
        }
    }
}

/// Whether a part of an item's name may stand for it: nothing strange beside it, and no list of options open.
fn fits(index: &Index, elements: &[Element], at: usize, items: &[ItemAt], listed: bool) -> bool {
    let before = at
        .checked_sub(1)
        .and_then(|b| elements.get(b))
        .map(|e| &e.what);
    let after = elements.get(at + 1).map(|e| &e.what);
    match before {
        Some(What::Unknown | What::Ghost) => return false,
        Some(What::Option(said))
            if !items
                .iter()
                .any(|i| said.options.iter().any(|o| index.takes(*i, *o))) =>
        {
            return false;
        }
        Some(What::Number(_)) => {}
        _ if listed => return false,
        _ => {}
    }
    !matches!(after, Some(What::Unknown | What::Ghost))
}

fn is_option(
    index: &Index,
    elements: &[Element],
    at: usize,
    last: Option<&(Vec<ItemAt>, bool)>,
    said: &Said,
) -> bool {
    let takes = |items: &[ItemAt]| {
        items
            .iter()
            .any(|i| said.options.iter().any(|o| index.takes(*i, *o)))
    };
    let before = |n: usize| {
        at.checked_sub(n)
            .and_then(|b| elements.get(b))
            .map(|e| &e.what)
    };
    let after = |n: usize| elements.get(at + n).map(|e| &e.what);
    if matches!(before(1), Some(What::Word(Class::Side)))
        || matches!(
            (before(1), before(2)),
            (
                Some(What::Article | What::The),
                Some(What::Word(Class::Side))
            )
        )
        || matches!(after(1), Some(What::Word(Class::OnSide)))
    {
        return false;
    }
    // Before an item that takes it: "guac burrito", "ham and guac burrito".
    let mut n = 1;
    let mut linked = false;
    loop {
        match after(n) {
            Some(What::Head(items)) if takes(items) => {
                let counted = matches!(before(1), Some(What::Number(n)) if *n > 1);
                if !linked || !counted {
                    return true;
                }
                break;
            }
            Some(What::Option(_) | What::Both(..)) if n < 12 => {}
            Some(What::Word(Class::And)) if n < 12 => linked = true,
            Some(What::Word(Class::Filler)) if n == 1 => {}
            _ => break,
        }
        n += 1;
    }
    let fresh = matches!(before(1), Some(What::Number(_) | What::Article));
    let listed = |items: &[ItemAt]| {
        let next = match after(1) {
            Some(What::Comma | What::Word(Class::And)) => after(2),
            next => next,
        };
        matches!(next, Some(What::Option(next)) if items.iter().any(|i| next.options.iter().any(|o| index.takes(*i, *o) && !index.exclusive(*o))))
    };
    match last {
        Some((items, open)) => takes(items) && !fresh && (*open || listed(items)),
        None => false,
    }
}
