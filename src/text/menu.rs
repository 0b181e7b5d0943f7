//! The pages of the menu.

use teloxide::utils::html::escape;

use super::draft::in_rows;
use super::{Button, Keyboard, MOST_BUTTONS, Message, join_lines};
use crate::conversation::{MenuView, Tap};
use crate::menu::{CategoryId, Item, Menu};

/// A page of the menu with its buttons.
#[must_use]
pub fn menu_page(view: &MenuView, menu: &Menu) -> Message {
    match view {
        MenuView::Home if menu.categories().is_empty() => items(None, menu),
        MenuView::Home => home(menu),
        MenuView::Category(id) => items(id.as_ref(), menu),
    }
}

fn home(menu: &Menu) -> Message {
    let mut lines = vec![format!("<b>{}</b>", escape(menu.shop())), String::new()];
    let named = menu
        .categories()
        .iter()
        .map(|c| (Some(&c.id), c.name.as_str()));
    let mut buttons = Vec::new();
    for (id, name) in named.chain([(None, "More")]) {
        let items: Vec<_> = menu.items_in(id.map(CategoryId::as_str)).collect();
        if items.is_empty() {
            continue;
        }
        lines.push(format!("<b>{}</b>", escape(name)));
        lines.extend(items.iter().map(|item| item_line(item, menu)));
        lines.push(String::new());
        buttons.push(Button::new(
            name,
            Tap::Menu(MenuView::Category(id.cloned())).data(),
        ));
    }
    lines
        .push("Tap a heading to order with buttons, or just write what you would like.".to_owned());
    Message {
        html: join_lines(&lines),
        keyboard: Keyboard::Buttons(in_rows(buttons.into_iter().take(MOST_BUTTONS), 2)),
    }
}

fn items(category: Option<&CategoryId>, menu: &Menu) -> Message {
    let name = category
        .and_then(|id| menu.categories().iter().find(|c| c.id == *id))
        .map_or(menu.shop(), |c| &c.name);
    let mut lines = vec![format!("<b>{}</b>", escape(name)), String::new()];
    let mut buttons = Vec::new();
    for item in menu
        .items_in(category.map(CategoryId::as_str))
        .take(MOST_BUTTONS)
    {
        lines.push(item_line(item, menu));
        if let Some(description) = &item.description {
            lines.push(format!("   <i>{}</i>", escape(description)));
        }
        let label = format!("{} {}", item.name, menu.currency().show(item.price));
        buttons.push(Button::new(label, Tap::Add(item.id.clone()).data()));
    }
    if buttons.is_empty() {
        lines.push("There is nothing here at the moment.".to_owned());
    } else {
        lines.push(String::new());
        lines.push("Tap what you would like.".to_owned());
    }
    let mut rows = in_rows(buttons.into_iter(), 2);
    if !menu.categories().is_empty() {
        rows.push(vec![Button::new(
            "⬅️ Menu",
            Tap::Menu(MenuView::Home).data(),
        )]);
    }
    Message {
        html: join_lines(&lines),
        keyboard: Keyboard::Buttons(rows),
    }
}

fn item_line(item: &Item, menu: &Menu) -> String {
    format!(
        "{} — {}",
        escape(&item.name),
        menu.currency().show(item.price)
    )
}
