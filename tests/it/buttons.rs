//! The menu and the draft by buttons, alone and together with words.

use crate::ordering::{contract_buttons, drafts, open_shop};

#[tokio::test]
async fn buttons_alone_place_an_order() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("/menu").await;
    let menu = ann
        .sees("the menu", |m| m.button("menu:cat:pizza").is_some())
        .await;
    for part in ["Stand-in Pizza", "Margherita — €8.50", "Cola — €3.00"] {
        assert!(menu.text.contains(part), "{}", menu.text);
    }
    assert!(
        !menu.text.contains("Soup"),
        "what is sold out is not offered"
    );
    ann.taps(&menu, "menu:cat:pizza").await;
    let page = ann
        .sees("the pizzas", |m| m.button("menu:add:margherita").is_some())
        .await;
    assert_eq!(
        page.message_id, menu.message_id,
        "the page takes the place of the menu"
    );
    let tap = ann.taps(&page, "menu:add:margherita").await;
    assert_eq!(tap.answer.as_deref(), Some("Added: Margherita"));
    let draft = ann.draft().await;
    contract_buttons(&draft);
    assert_eq!(draft.total(), "€8.50");
    let large = draft
        .0
        .buttons
        .iter()
        .flatten()
        .find(|b| b.text.contains("large"))
        .unwrap();
    ann.taps(&draft, &large.data.clone()).await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€11.50");
    contract_buttons(&draft);
    ann.taps(&draft, "draft:").await;
    let draft = ann.draft().await;
    ann.taps(&draft, "order:confirm").await;
    ann.reads("is placed").await;
    let card = shop.operators().card().await;
    let row = shop.sheet().row_of(&card.order_id).await;
    assert_eq!(
        (&*row["source"], &*row["items"]),
        ("buttons", "1 x Margherita (large)")
    );
    assert_eq!(drafts(&ann), 1, "one draft, one message");
    assert_eq!(shop.openai.asked().len(), 0);
    shop.close().await;
}

#[tokio::test]
async fn words_and_buttons_change_one_cart_in_one_message() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("two margheritas and a cola please").await;
    let first = ann.draft().await;
    ann.says("/menu").await;
    let menu = ann
        .sees("the menu", |m| m.button("menu:cat:sides").is_some())
        .await;
    ann.taps(&menu, "menu:cat:sides").await;
    let page = ann
        .sees("the sides", |m| m.button("menu:add:fries").is_some())
        .await;
    ann.taps(&page, "menu:add:fries").await;
    let steps = [
        (
            "",
            "2 × Margherita (medium) — €17.00|1 × Cola — €3.00|1 × Fries — €4.20",
            "€24.20",
        ),
        (
            "please make it three of those",
            "2 × Margherita (medium) — €17.00|1 × Cola — €3.00|3 × Fries — €12.60",
            "€32.60",
        ),
        (
            "please put olives on the first one",
            "2 × Margherita (medium, olives +€1.00) — €19.00|1 × Cola — €3.00|3 × Fries — €12.60",
            "€34.60",
        ),
        (
            "one of the margheritas without the basil please",
            "1 × Margherita (medium, olives +€1.00) — €9.50|1 × Cola — €3.00|3 × Fries — €12.60|\
             1 × Margherita (medium, olives +€1.00, no basil) — €9.50",
            "€34.60",
        ),
        (
            "please forget about the cola",
            "1 × Margherita (medium, olives +€1.00) — €9.50|3 × Fries — €12.60|\
             1 × Margherita (medium, olives +€1.00, no basil) — €9.50",
            "€31.60",
        ),
    ];
    let mut references = vec![first.reference()];
    for (words, lines, total) in steps {
        if !words.is_empty() {
            ann.says(words).await;
        }
        let draft = ann.draft().await;
        assert_eq!(draft.0.message_id, first.0.message_id, "edited in place");
        let shown: Vec<&str> = draft
            .text()
            .lines()
            .filter_map(|line| {
                line.split_once(". ")
                    .filter(|(n, _)| n.len() == 1)
                    .map(|(_, l)| l)
            })
            .collect();
        assert_eq!(
            shown,
            lines.split('|').collect::<Vec<_>>(),
            "after {words:?}"
        );
        assert_eq!(draft.total(), total, "after {words:?}");
        contract_buttons(&draft);
        assert!(
            !references.contains(&draft.reference()),
            "a change makes older buttons old"
        );
        references.push(draft.reference());
    }
    assert_eq!(drafts(&ann), 1);
    shop.close().await;
}

#[tokio::test]
async fn the_edit_button_changes_lines_and_the_draft_keeps_its_buttons() {
    let shop = open_shop().await;
    let ann = shop.customer("Ann");
    ann.says("two margheritas and a cola please").await;
    let draft = ann.draft().await;
    ann.taps(&draft, "order:edit").await;
    let draft = ann.draft().await;
    contract_buttons(&draft);
    assert_eq!(draft.total(), "€20.00", "it still says what it costs");
    // A row with the line, and one below it with less and more.
    ann.taps(&draft, &draft.0.buttons[3][0].data.clone()).await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€17.00", "the only cola is gone");
    ann.taps(&draft, &draft.0.buttons[0][0].data.clone()).await;
    let draft = ann
        .sees("the options", |m| m.button("opt:").is_some())
        .await;
    let cheese = draft
        .buttons
        .iter()
        .flatten()
        .find(|b| b.text.contains("cheese"))
        .unwrap();
    assert!(draft.button("order:confirm:").is_some());
    ann.taps(&draft, &cheese.data.clone()).await;
    let draft = ann.draft().await;
    assert_eq!(draft.total(), "€20.00");
    // The menu comes in a message of its own and leaves the draft where it is.
    ann.says("edit").await;
    let draft = ann.draft().await;
    ann.taps(&draft, "menu:open").await;
    let menu = ann
        .sees("the menu", |m| m.button("menu:cat:").is_some())
        .await;
    assert_ne!(menu.message_id, draft.0.message_id);
    ann.taps(&draft, "order:confirm").await;
    ann.reads("is placed").await;
    shop.close().await;
}
