//! What was typed is a button's words.

use super::{Keyboard, Message, draft};
use crate::conversation::{MenuView, Tap};
use crate::language::{Texts, normalize};
use crate::menu::Menu;

/// Longest text that can be a button's words, in bytes.
pub const LONGEST_LABEL: usize = 200;

/// The button below a draft's message whose words these are. What the parser reads just as well is left to it: a chosen
/// option that is named again stays chosen, where a tap would take it back.
#[must_use]
pub fn typed(text: &str, shown: &Message, menu: &Menu) -> Option<Tap> {
    let said = normalize(text);
    let Keyboard::Buttons(rows) = &shown.keyboard else {
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
    if text.len() > LONGEST_LABEL {
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
