#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chaos;
mod grid;
pub(super) mod shop;

use serde_json::json;

use self::grid::{Grid, Trick};
use self::shop::{Shop, ledger, ledger_with, tempo};
use super::*;

/// Passes until nothing is left to be done at once.
async fn settle(ledger: &Ledger, shop: &Shop) {
    for _ in 0..20 {
        match ledger.sync_once(shop).await {
            Ok(pass) if !pass.more => return,
            _ => {}
        }
    }
    panic!("does not come to rest");
}

#[tokio::test]
async fn the_first_order_makes_tab_and_header_and_stands() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    shop.set("1", "placed");
    let ledger = ledger(&grid).await;
    ledger.sync_once(&shop).await.unwrap();
    assert_eq!(grid.get().tabs[0].2[0], COLUMNS);
    assert_eq!(grid.orders(), ["1:placed"]);
    assert_eq!(grid.rows()[0][5], "+49 30 1");
    assert_eq!(shop.backlog().0, 0);
    assert_eq!(
        grid.calls(),
        ["get", "tabs", "shape", "header", "column", "append"]
    );
    assert_eq!(ledger.health().status, "ok");
}

#[tokio::test]
async fn what_waits_goes_out_in_one_call_and_later_orders_need_no_reading() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    let ledger = ledger(&grid).await;
    ledger.sync_once(&shop).await.unwrap();
    grid.calls();
    for id in 0..1_000 {
        shop.set(&id.to_string(), "placed");
    }
    settle(&ledger, &shop).await;
    assert_eq!(grid.calls(), ["append"]);
    for id in 0..1_000 {
        shop.set(&id.to_string(), "accepted");
    }
    settle(&ledger, &shop).await;
    assert_eq!(grid.calls(), ["column", "update", "column"]);
    let rows = grid.orders();
    assert_eq!(rows.len(), 1_000);
    assert!(rows.iter().all(|row| row.ends_with(":accepted")));
    assert_eq!(shop.backlog().0, 0);
}

#[tokio::test]
async fn a_change_finds_its_row_wherever_the_operator_has_put_it() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    let ledger = ledger(&grid).await;
    shop.set_all(&["1", "2", "3"], "placed");
    settle(&ledger, &shop).await;
    grid.edit(|rows| {
        rows[1..].reverse();
        rows.insert(1, vec![String::new(), "lunch".into()]);
        rows[2].push("my note".into());
    });
    shop.set("1", "done");
    settle(&ledger, &shop).await;
    assert_eq!(grid.orders(), [":", "3:placed", "2:placed", "1:done"]);
}

#[tokio::test]
async fn a_deleted_row_comes_back_only_when_its_order_changes() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    let ledger = ledger(&grid).await;
    shop.set_all(&["1", "2", "3"], "placed");
    settle(&ledger, &shop).await;
    grid.edit(|rows| {
        rows.remove(1);
        rows.remove(1);
    });
    shop.set("1", "done");
    settle(&ledger, &shop).await;
    assert_eq!(grid.orders(), ["3:placed", "1:done"]);
}

#[tokio::test]
async fn an_append_whose_answer_is_lost_is_not_repeated() {
    for trick in [Trick::DoneAndCut, Trick::DoneAndGarbled] {
        let (grid, shop) = (Grid::start().await, Shop::default());
        let ledger = ledger(&grid).await;
        shop.set("1", "placed");
        grid.trick("append", trick);
        let fault = ledger.sync_once(&shop).await.unwrap_err();
        assert_eq!(
            (fault.class, fault.may_have_landed),
            (Class::Unavailable, true)
        );
        assert_eq!(ledger.health().status, "degraded");
        shop.set("1", "accepted");
        shop.set("2", "placed");
        settle(&ledger, &shop).await;
        assert_eq!(grid.orders(), ["1:accepted", "2:placed"]);
        assert_eq!(ledger.health().status, "ok");
    }
}

#[tokio::test]
async fn an_append_that_lands_late_leaves_one_row() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    let ledger = ledger_with(
        &grid,
        sheet::Tempo {
            first_look: Duration::ZERO,
            ..tempo()
        },
    )
    .await;
    shop.set_all(&["1", "2"], "placed");
    grid.trick("append", Trick::HangThenDone);
    assert!(ledger.sync_once(&shop).await.unwrap_err().may_have_landed);
    shop.set("2", "accepted");
    settle(&ledger, &shop).await;
    assert_eq!(grid.orders(), ["1:placed", "2:accepted"]);
    grid.land().await;
    assert_eq!(grid.rows().len(), 4);
    // The operator sorts, so that the stale row is the upper one.
    grid.edit(|rows| rows[1..].reverse());
    settle(&ledger, &shop).await;
    assert_eq!(grid.orders(), ["2:accepted", "1:placed"]);
}

#[tokio::test]
async fn a_rewriting_that_lands_late_neither_brings_the_old_state_back_nor_covers_another_order() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    let ledger = ledger_with(
        &grid,
        sheet::Tempo {
            first_look: Duration::ZERO,
            ..tempo()
        },
    )
    .await;
    shop.set_all(&["1", "2"], "placed");
    settle(&ledger, &shop).await;
    shop.set("1", "accepted");
    grid.trick("update", Trick::HangThenDone);
    assert!(ledger.sync_once(&shop).await.unwrap_err().may_have_landed);
    shop.set("1", "done");
    settle(&ledger, &shop).await;
    grid.edit(|rows| rows[1..].reverse());
    settle(&ledger, &shop).await;
    grid.land().await;
    assert_eq!(grid.orders(), ["1:accepted", "1:done"]);
    settle(&ledger, &shop).await;
    let mut orders = grid.orders();
    orders.sort();
    assert_eq!(orders, ["1:done", "2:placed"]);
}

#[tokio::test]
async fn a_row_written_by_a_process_that_died_is_found_by_the_next() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    shop.set("1", "placed");
    shop.forgetful(true);
    settle(&ledger(&grid).await, &shop).await;
    shop.forgetful(false);
    shop.set("2", "placed");
    assert_eq!(shop.backlog().0, 2);
    settle(&ledger(&grid).await, &shop).await;
    assert_eq!(grid.orders(), ["1:placed", "2:placed"]);
    assert_eq!(shop.backlog().0, 0);
}

#[tokio::test]
async fn a_call_left_behind_by_a_process_that_died_lands_and_is_mended_by_the_next_but_one() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    shop.set("1", "placed");
    grid.trick("append", Trick::HangThenDone);
    ledger(&grid).await.sync_once(&shop).await.unwrap_err();
    settle(&ledger(&grid).await, &shop).await;
    let third = ledger_with(
        &grid,
        sheet::Tempo {
            first_look: Duration::ZERO,
            ..tempo()
        },
    )
    .await;
    settle(&third, &shop).await;
    grid.land().await;
    settle(&third, &shop).await;
    assert_eq!(grid.orders(), ["1:placed"]);
}

#[tokio::test]
async fn a_copy_that_the_operator_made_is_left_alone_and_kept_up_to_date() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    let short = sheet::Tempo {
        watch: Duration::ZERO,
        ..tempo()
    };
    let ledger = ledger_with(&grid, short).await;
    shop.set_all(&["1", "2"], "placed");
    settle(&ledger, &shop).await;
    grid.edit(|rows| rows.push(rows[1].clone()));
    shop.set("1", "done");
    settle(&ledger, &shop).await;
    assert_eq!(grid.orders(), ["1:done", "2:placed", "1:done"]);
}

#[tokio::test]
async fn rows_that_move_between_reading_and_writing_are_all_put_right() {
    let moves: [fn(&mut Vec<grid::Tab>); 4] = [
        |tabs| tabs[0].2[1..].reverse(),
        |tabs| drop(tabs[0].2.remove(1)),
        |tabs| tabs[0].2.insert(1, Vec::new()),
        |tabs| tabs[0].2[1..].rotate_left(1),
    ];
    for (number, change) in moves.into_iter().chain(moves).enumerate() {
        let (grid, shop) = (Grid::start().await, Shop::default());
        let ledger = ledger(&grid).await;
        shop.set_all(&["1", "2", "3", "4"], "placed");
        settle(&ledger, &shop).await;
        shop.set_all(&["1", "3"], "done");
        let change = Box::new(change);
        let trick = if number < moves.len() {
            Trick::Before(change)
        } else {
            Trick::After(change)
        };
        grid.trick("update", trick);
        settle(&ledger, &shop).await;
        let mut orders = grid.orders();
        orders.retain(|row| row != ":");
        orders.sort();
        assert_eq!(
            orders,
            ["1:done", "2:placed", "3:done", "4:placed"],
            "move {number}"
        );
        assert_eq!(shop.backlog().0, 0);
    }
}

#[tokio::test]
async fn rows_that_move_while_second_rows_are_deleted_are_put_right() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    shop.set_all(&["1", "2", "3"], "placed");
    settle(&ledger(&grid).await, &shop).await;
    grid.edit(|rows| rows.push(rows[1].clone()));
    grid.trick(
        "shape",
        Trick::Before(Box::new(|tabs| tabs[0].2[1..].swap(2, 3))),
    );
    let ledger = ledger_with(
        &grid,
        sheet::Tempo {
            first_look: Duration::ZERO,
            ..tempo()
        },
    )
    .await;
    settle(&ledger, &shop).await;
    settle(&ledger, &shop).await;
    let mut orders = grid.orders();
    orders.sort();
    assert_eq!(orders, ["1:placed", "2:placed", "3:placed"]);
}

#[tokio::test]
async fn a_tab_deleted_while_the_bot_runs_is_made_again() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    let ledger = ledger(&grid).await;
    shop.set("1", "placed");
    settle(&ledger, &shop).await;
    grid.get().tabs.clear();
    shop.set("2", "placed");
    settle(&ledger, &shop).await;
    assert_eq!(grid.orders(), ["2:placed"]);
}

#[tokio::test]
async fn a_renamed_header_stops_the_writing_and_is_named() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    let ledger = ledger_with(
        &grid,
        sheet::Tempo {
            header: Duration::ZERO,
            ..tempo()
        },
    )
    .await;
    shop.set("1", "placed");
    settle(&ledger, &shop).await;
    grid.edit(|rows| rows[0][4] = "canary".into());
    shop.set("2", "placed");
    let fault = ledger.sync_once(&shop).await.unwrap_err();
    assert_eq!(fault.class, Class::Header);
    assert!(
        fault.advice.contains("Orders!E1 must say `customer_name`"),
        "{fault}"
    );
    assert!(!fault.advice.contains("canary"));
    assert_eq!(ledger.health().error, Some("header"));
    assert_eq!(grid.orders(), ["1:placed"]);
    grid.edit(|rows| rows[0][4] = "customer_name".into());
    settle(&ledger, &shop).await;
    assert_eq!(grid.orders(), ["1:placed", "2:placed"]);
    // An empty row above the header.
    grid.edit(|rows| rows.insert(0, Vec::new()));
    shop.set("3", "placed");
    assert_eq!(
        ledger.sync_once(&shop).await.unwrap_err().class,
        Class::Header
    );
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    let ledger = ledger(&grid).await;
    ledger.sync_once(&shop).await.unwrap();
    grid.get().accept = Some("t2".into());
    shop.set("1", "placed");
    settle(&ledger, &shop).await;
    assert_eq!(grid.orders(), ["1:placed"]);
    grid.get().accept = Some("never".into());
    shop.set("2", "placed");
    let fault = ledger.sync_once(&shop).await.unwrap_err();
    assert_eq!((fault.class, fault.may_have_landed), (Class::Auth, false));
    assert_eq!(grid.get().token_calls, 3);
}

#[tokio::test]
async fn a_token_answer_without_a_token_is_not_kept() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    let ledger = ledger(&grid).await;
    grid.get()
        .tokens
        .extend([(200, "{}".into()), (200, "{}".into())]);
    shop.set("1", "placed");
    let fault = ledger.sync_once(&shop).await.unwrap_err();
    assert_eq!(fault.class, Class::Unavailable);
    assert!(grid.calls().is_empty());
    settle(&ledger, &shop).await;
    assert_eq!(grid.orders(), ["1:placed"]);
}

#[tokio::test]
async fn faults_of_the_token_endpoint_are_told_apart() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    let ledger = ledger(&grid).await;
    grid.get().tokens.extend([
        (
            400,
            r#"{"error":"invalid_grant","error_description":"canary"}"#.to_owned(),
        ),
        (503, "<html>canary".to_owned()),
        (500, r#"{"error":"internal_failure"}"#.to_owned()),
    ]);
    for class in [Class::Auth, Class::Unavailable, Class::Unavailable] {
        let fault = ledger.sync_once(&shop).await.unwrap_err();
        assert_eq!((fault.class, fault.may_have_landed), (class, false));
        assert!(!fault.to_string().contains("canary"));
    }
    settle(&ledger, &shop).await;
}

#[tokio::test]
async fn refusals_are_named_and_nothing_is_written_twice() {
    let (grid, shop) = (Grid::start().await, Shop::default());
    let ledger = ledger(&grid).await;
    settle(&ledger, &shop).await;
    shop.set("1", "placed");
    for (status, class, word) in [
        (429, Class::Quota, "limit"),
        (403, Class::Permission, "bot@shop.test"),
        (404, Class::NotFound, "SHEETS_SPREADSHEET_ID"),
        (503, Class::Unavailable, "503"),
    ] {
        grid.trick(
            "append",
            Trick::Refuse(status, json!({"error": {"message": "canary"}})),
        );
        let fault = ledger.sync_once(&shop).await.unwrap_err();
        assert_eq!(fault.class, class);
        assert!(fault.advice.contains(word), "{fault}");
        assert!(!fault.to_string().contains("canary"));
    }
    settle(&ledger, &shop).await;
    assert_eq!(grid.orders(), ["1:placed"]);
}

#[tokio::test]
async fn probe_tells_who_must_be_let_in() {
    let grid = Grid::start().await;
    let ledger = ledger(&grid).await;
    assert!(ledger.probe().await.unwrap().contains("bot@shop.test"));
    assert_eq!(grid.get().tabs[0].2[0], COLUMNS);
    // Shared for reading only.
    grid.trick(
        "header",
        Trick::Refuse(403, json!({"error": {"code": 403}})),
    );
    let fault = ledger.probe().await.unwrap_err();
    assert!(
        fault
            .advice
            .contains("share it with bot@shop.test as an editor"),
        "{fault}"
    );
}

#[tokio::test]
async fn the_worker_writes_when_woken_and_stops_when_told() {
    let (grid, shop) = (Grid::start().await, Arc::new(Shop::default()));
    let ledger = Arc::new(ledger(&grid).await);
    let (wake, stop) = (Arc::new(Notify::new()), CancellationToken::new());
    let worker = tokio::spawn({
        let (ledger, shop, wake, stop) = (ledger.clone(), shop.clone(), wake.clone(), stop.clone());
        async move { ledger.run(&*shop, &wake, &stop).await }
    });
    shop.set("1", "placed");
    wake.notify_one();
    shop.all_written().await;
    stop.cancel();
    worker.await.unwrap();
    shop.set("2", "placed");
    assert_eq!(
        ledger
            .flush(&*shop, Instant::now() + Duration::from_secs(5))
            .await,
        0
    );
    assert_eq!(grid.orders(), ["1:placed", "2:placed"]);
}

#[tokio::test]
async fn a_row_prints_its_id_only() {
    let shop = Shop::default();
    shop.set("1", "placed");
    assert_eq!(format!("{:?}", shop.row("1").unwrap().0), "Row(1)");
}
