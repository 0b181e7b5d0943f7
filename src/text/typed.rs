//! What was typed is a button's words.

use super::{Keyboard, draft};
use crate::conversation::{Customer, Draft, MenuView, Rules, Tap};
use crate::language::{Texts, normalize};
use crate::menu::Menu;

/// Longest text that is compared with buttons.
const LONGEST: usize = 120;

/// The button below the open draft whose words these are. What the parser reads just as well is left to it: a chosen
/// option that is named again stays chosen, where a tap would take it back.
#[must_use]
pub fn typed(
    t: Texts,
    text: &str,
    open: &Draft,
    customer: &Customer,
    menu: &Menu,
    rules: &Rules,
) -> Option<Tap> {
    if text.len() > LONGEST || open.cart.is_empty() {
        return None;
    }
    let said = normalize(text);
    let Keyboard::Buttons(rows) = draft::draft(t, open, customer, menu, rules).keyboard else {
        return None;
    };
    rows.iter().flatten().find_map(|button| {
        let tap = Tap::parse(&button.data)?;
        let means = match &tap {
            Tap::Option { option, .. } => {
                let name = menu.option(option.as_str()).map(|(_, option)| &option.name);
                let plain = !button.label.starts_with(draft::MARKS);
                plain
                    && (normalize(&button.label) == said
                        || name.is_some_and(|n| normalize(n) == said))
            }
            // Its number is enough.
            Tap::Line(..) => {
                let label = button.label.split(':').next().unwrap_or_default();
                normalize(&button.label) == said || normalize(label) == said
            }
            _ => normalize(&button.label) == said,
        };
        (means && !said.is_empty()).then_some(tap)
    })
}

/// The heading of the menu that these words are.
#[must_use]
pub fn typed_heading(t: Texts, text: &str, menu: &Menu) -> Option<Tap> {
    if text.len() > LONGEST {
        return None;
    }
    let said = normalize(text);
    let mut named = menu.categories().iter();
    let category = named.find(|category| normalize(&category.name) == said);
    let rest = || normalize(&t.say("menu-more")) == said && menu.items_in(None).next().is_some();
    match category {
        _ if said.is_empty() => None,
        Some(category) => Some(MenuView::Category(Some(category.id.clone()))),
        None => rest().then_some(MenuView::Category(None)),
    }
    .map(Tap::Menu)
}
