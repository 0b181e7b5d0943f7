//! The menu in the spreadsheet.

use crate::{
    harness::{
        settings::{SPREADSHEET, Settings},
        shop::Shop,
    },
    shop_day::staff_read,
};

fn rows(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect();
    text.lines().map(cells).collect()
}

fn settings() -> Settings {
    Settings::default()
        .without_openai()
        .set("ORDER_REQUIRES", "")
}

#[tokio::test]
async fn a_spreadsheet_without_the_tab_is_asked_for_its_tabs_alone() {
    let shop = Shop::start_with(settings()).await;
    let ann = shop.customer("Ann");
    ann.says("a cola").await;
    assert!(ann.draft().await.text().contains("Cola"));
    shop.telegram
        .expect("a look at the tabs", |_| {
            (shop.google.count("spreadsheets.get") > 0).then_some(())
        })
        .await;
    assert_eq!(shop.google.count("spreadsheets.batchUpdate"), 0);
    shop.close().await;
}

#[tokio::test]
async fn the_menu_is_read_a_broken_edit_is_named_by_its_cell_and_the_last_good_one_stays() {
    let mut shop = Shop::start_with(settings()).await;
    let (ann, staff) = (shop.customer("Ann"), shop.operators());
    shop.google.add_tab(SPREADSHEET, "Menu");
    let menu = shop.google.sheet(SPREADSHEET, "Menu");
    menu.fill(&rows(
        "name|price|category\nMango lassi|4,50 €|Drinks\nCola|3.30|Drinks",
    ));
    staff.says("/reload").await;
    staff_read(&shop, "The spreadsheet's menu is in use: 2 items").await;
    ann.says("a mango lassi").await;
    assert_eq!(ann.draft().await.total(), "€4.50");

    menu.edit_cell(2, "price", "cheap");
    staff.says("/reload").await;
    let broken = staff_read(&shop, "Menu!B2: ").await;
    assert!(
        broken.text.contains("The last good one stays"),
        "{}",
        broken.text
    );
    ann.says("and a cola").await;
    assert!(ann.draft().await.text().contains("Mango lassi"));

    // Also over a restart, while the tab is broken and while Google is away.
    shop.bot.restart().await;
    let bob = shop.customer("Bob");
    bob.says("a mango lassi").await;
    assert_eq!(bob.draft().await.total(), "€4.50");

    // A good edit: another price is shown to whoever has it in an open order.
    menu.edit_cell(2, "price", "5.00");
    staff.says("/reload").await;
    bob.reads("€5.00").await;
    shop.close().await;
}

#[tokio::test]
async fn the_file_is_pushed_once_and_what_stands_there_is_not_written_over() {
    let shop = Shop::start_with(settings()).await;
    let (ann, staff) = (shop.customer("Ann"), shop.operators());
    let said = shop.bot.other(&["menu", "push"], &[]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let menu = shop.google.sheet(SPREADSHEET, "Menu");
    let grid = menu.grid();
    assert_eq!(grid[0][..4], ["id", "name", "category", "price"]);
    assert!(
        grid.iter()
            .any(|row| row[0] == "margherita" && row[3] == "8.50"),
        "{grid:?}"
    );
    assert!(!shop.google.sheet(SPREADSHEET, "Options").grid().is_empty());
    staff.says("/reload").await;
    staff_read(&shop, "The spreadsheet's menu is in use: 6 items").await;
    ann.says("a large margherita").await;
    assert_eq!(ann.draft().await.total(), "€11.50");

    menu.edit_cell(2, "price", "9.00");
    let said = shop.bot.other(&["menu", "push"], &[]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err.contains("the tab Menu holds something already"),
        "{said:?}"
    );
    assert_eq!(menu.grid()[1][3], "9.00");
    let said = shop.bot.other(&["menu", "push", "--force"], &[]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(menu.grid()[1][3], "8.50");
    shop.close().await;
}
