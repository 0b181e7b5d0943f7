//! What makes a reading doubtful although every word found its place.
//!
//! A reading may stand in for the model only where the words leave no other. So this errs on the side of doubt: it
//! looks at the words alone, not at what was made of them, for constructions whose meaning hangs on more than their
//! neighbours.

use super::build::Draft;
use super::marks::{Element, What};
use super::words::Class;

/// Whether the words may mean more, or something else, than the draft says.
pub(super) fn doubtful(elements: &[Element], draft: &Draft) -> bool {
    let acts = draft.live().count() + draft.edits.iter().filter(|e| !e.is_idle()).count();
    let cart = draft.live().next().is_none();
    acts > 0
        && (dangles(elements)
            || talks(elements)
            || turns(elements, acts, cart)
            || mixes(draft)
            || refuses(elements, acts)
            || joins(elements))
        || shares(elements, draft)
}

/// "not the soup. the salad": taken off, or only not meant?
fn refuses(elements: &[Element], acts: usize) -> bool {
    acts > 1 && elements.iter().any(|e| matches!(e.what, What::NoHead(_)))
}

/// "with fries and slaw": an item in a list of options.
fn joins(elements: &[Element]) -> bool {
    let mut with = false;
    for (at, e) in elements.iter().enumerate() {
        match e.what {
            What::Head(_) => {
                let bare = at > 1
                    && elements[at - 1].is(Class::And)
                    && matches!(elements[at - 2].what, What::Option(_))
                    && !elements.get(at + 1).is_some_and(|e| e.is(Class::With))
                    && with;
                if bare {
                    return true;
                }
                with = false;
            }
            What::Stop | What::Comma => with = false,
            _ => with |= e.is(Class::With),
        }
    }
    false
}

/// A "with" or "without" that nothing of the menu follows.
fn dangles(elements: &[Element]) -> bool {
    let skips = |e: &Element| {
        matches!(
            e.what,
            What::Article | What::The | What::Number(_) | What::Unknown | What::Ghost
        ) || [
            Class::Filler,
            Class::Of,
            Class::Unit,
            Class::Side,
            Class::Extra,
            Class::Light,
            Class::Plain,
            Class::Add,
            Class::All,
            Class::With,
            Class::Half,
            Class::Greet,
            Class::Known,
            Class::More,
            Class::Prep,
            Class::Ask,
        ]
        .iter()
        .any(|c| e.is(*c))
    };
    let marks = [
        Class::With,
        Class::Without,
        Class::Extra,
        Class::Light,
        Class::InsteadOf,
    ];
    elements.iter().enumerate().any(|(at, e)| {
        marks.iter().any(|c| e.is(*c))
            && !elements[at + 1..]
                .iter()
                // "w/ garlic dip"
                .find(|next| !(skips(next) || e.is(Class::With) && matches!(next.what, What::Comma)))
                .is_some_and(|next| {
                    matches!(
                        next.what,
                        What::Option(_) | What::Head(_) | What::NoHead(_) | What::Both(..)
                    )
                })
            // "3 colas instead of 2"
            && !(e.is(Class::InsteadOf)
                && matches!(elements.get(at + 1).map(|e| &e.what), Some(What::Number(_))))
    })
}

/// Words of a question or a story beside an order.
fn talks(elements: &[Element]) -> bool {
    let says = [
        Class::Story,
        Class::Question,
        Class::Fond,
        Class::Be,
        Class::Cancel,
    ];
    elements.iter().any(|e| says.iter().any(|c| e.is(*c)))
}

/// Something is taken back, changed or spoken of again, among several things.
fn turns(elements: &[Element], acts: usize, cart: bool) -> bool {
    let turns = [
        Class::Correct,
        Class::InsteadOf,
        Class::Change,
        Class::Make,
        Class::MakeThe,
        Class::Remove,
        Class::Same,
        Class::Other,
        Class::Last,
        Class::All,
        Class::Half,
    ];
    let n = elements
        .iter()
        .filter(|e| turns.iter().any(|c| e.is(*c)))
        .count();
    // All lines of the cart cannot be named at once.
    let all = cart && elements.iter().any(|e| e.is(Class::All));
    n > 0 && acts > 2 || n > 2 || all
}

/// New lines, and an option for a line that is not named.
fn mixes(draft: &Draft) -> bool {
    draft.live().next().is_some()
        && draft
            .edits
            .iter()
            .any(|e| !e.is_idle() && !e.acts && e.item.is_none() && e.line.is_none())
}

/// "three rolls, ham, cheese, tofu": one each, or all of them in all?
fn shares(elements: &[Element], draft: &Draft) -> bool {
    draft.live().any(|(_, line)| {
        let bare = |at: usize| {
            at.checked_sub(1).is_some_and(|b| {
                matches!(elements.get(b), Some(e) if matches!(e.what, What::Comma) || e.is(Class::And))
            })
        };
        line.quantity > 1
            && line.behind.len() == line.quantity as usize
            && line
                .behind
                .iter()
                .all(|p| p.at.is_some_and(|at| at == line.element + 1 || bare(at)))
            && !elements[line.element..].iter().take(4).any(|e| e.is(Class::With))
    })
}
