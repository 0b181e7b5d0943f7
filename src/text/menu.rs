//! The pages of the menu.

use super::draft::in_rows;
use super::{Button, Keyboard, MOST_BUTTONS, Message, join_lines};
use crate::conversation::{MenuView, Tap};
use crate::language::{Texts, args};
use crate::menu::{CategoryId, Item, Menu};

/// A page of the menu with its buttons.
#[must_use]
pub fn menu_page(t: Texts, view: &MenuView, menu: &Menu) -> Message {
    match view {
        MenuView::Home if menu.categories().is_empty() => items(t, None, menu),
        MenuView::Home => home(t, menu),
        MenuView::Category(id) => items(t, id.as_ref(), menu),
    }
}

fn home(t: Texts, menu: &Menu) -> Message {
    let title = |name: &str| t.html("menu-title", &args!["name" => name]);
    let mut lines = vec![title(menu.shop()), String::new()];
    let more = t.say("menu-more");
    let named = menu
        .categories()
        .iter()
        .map(|c| (Some(&c.id), c.name.as_str()));
    let mut buttons = Vec::new();
    for (id, name) in named.chain([(None, more.as_str())]) {
        let items: Vec<_> = menu.items_in(id.map(CategoryId::as_str)).collect();
        if items.is_empty() {
            continue;
        }
        lines.push(title(name));
        lines.extend(items.iter().map(|item| item_line(t, item, menu)));
        lines.push(String::new());
        buttons.push(Button::new(
            name,
            Tap::Menu(MenuView::Category(id.cloned())).data(),
        ));
    }
    lines.push(t.say("menu-how"));
    Message {
        html: join_lines(t, &lines),
        keyboard: Keyboard::Buttons(in_rows(buttons.into_iter().take(MOST_BUTTONS), 2)),
    }
}

fn items(t: Texts, category: Option<&CategoryId>, menu: &Menu) -> Message {
    let name = category
        .and_then(|id| menu.categories().iter().find(|c| c.id == *id))
        .map_or(menu.shop(), |c| &c.name);
    let mut lines = vec![t.html("menu-title", &args!["name" => name]), String::new()];
    let mut buttons = Vec::new();
    for item in menu
        .items_in(category.map(CategoryId::as_str))
        .take(MOST_BUTTONS)
    {
        lines.push(item_line(t, item, menu));
        if let Some(description) = &item.description {
            lines.push(t.html("menu-description", &args!["text" => description]));
        }
        let price = menu.currency().show(item.price);
        let label = t.plain(
            "menu-item-button",
            &args!["name" => &item.name, "price" => price],
        );
        buttons.push(Button::new(label, Tap::Add(item.id.clone()).data()));
    }
    if buttons.is_empty() {
        lines.push(t.say("menu-nothing"));
    } else {
        lines.push(String::new());
        lines.push(t.say("menu-tap"));
    }
    let mut rows = in_rows(buttons.into_iter(), 2);
    if !menu.categories().is_empty() {
        rows.push(vec![Button::new(
            t.say("button-menu-back"),
            Tap::Menu(MenuView::Home).data(),
        )]);
    }
    Message {
        html: join_lines(t, &lines),
        keyboard: Keyboard::Buttons(rows),
    }
}

fn item_line(t: Texts, item: &Item, menu: &Menu) -> String {
    let price = menu.currency().show(item.price);
    t.html("menu-item", &args!["name" => &item.name, "price" => price])
}
