//! The menu in the spreadsheet: looked at, checked as a whole, put in force. The last good one is kept.
//!
//! A spreadsheet without a tab `Menu` is the normal case: then the menu is MENU_FILE's, and nothing but the names of the
//! tabs is asked for.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::ledger::{Fault, Spreadsheet};
use crate::menu::{HOURS_TAB, MENU_TAB, Menu, OPTIONS_TAB, Rows, TabMenu, Tabs, read_tabs};
use crate::shop::ShopSaid;

/// The pause before the next look where the spreadsheet could not be read.
const RETRY: Duration = Duration::from_secs(30);

/// Most problems that one message names.
const MOST_PROBLEMS: usize = 8;

/// Where the menu comes from.
#[derive(Debug)]
pub struct MenuSource {
    /// What takes it.
    pub engine: Arc<Engine>,
    /// The spreadsheet; none: the file alone.
    pub spreadsheet: Option<Spreadsheet>,
    /// MENU_FILE.
    pub file: PathBuf,
    /// The time between two looks.
    pub period: Option<Duration>,
    /// What was last found wrong: told once.
    pub told: Mutex<Option<ShopSaid>>,
}

/// What a look has found.
enum Found {
    /// A menu of the spreadsheet.
    Sheet(TabMenu),
    /// The file's, because the spreadsheet has none.
    File(String),
}

impl MenuSource {
    /// Looks at the start, whenever it is asked to, and every period, until it is stopped.
    pub async fn run(&self, stop: CancellationToken) {
        let watched = self.spreadsheet.is_some() && self.period.is_some();
        let mut asked = false;
        let mut due = watched;
        loop {
            let mut wait = self.period.filter(|_| watched);
            if due || asked {
                let well = self.look(asked).await;
                wait = wait.map(|period| if well { period } else { period.min(RETRY) });
            }
            let pause = async {
                match wait {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = pause => (asked, due) = (false, true),
                () = self.engine.reload_asked() => (asked, due) = (true, true),
            }
        }
    }

    /// One look; whether it could be done. Who asked is answered in any case.
    async fn look(&self, asked: bool) -> bool {
        let (said, well) = match self.find().await {
            Err(said) => (Some(said), false),
            Ok(Ok(found)) => (self.take(found, asked), true),
            Ok(Err(broken)) => (Some(broken), true),
        };
        let trouble = said.clone().filter(|said| {
            matches!(
                said,
                ShopSaid::MenuBroken { .. } | ShopSaid::MenuUnreachable { .. }
            )
        });
        let known = {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            let known = *told == trouble;
            told.clone_from(&trouble);
            known
        };
        // Google out of reach is told by the ledger's health; a broken edit by nobody else.
        let tells = match &said {
            Some(ShopSaid::MenuUnreachable { .. }) => asked,
            Some(ShopSaid::MenuBroken { .. }) => asked || !known,
            Some(ShopSaid::MenuSame) => asked,
            _ => true,
        };
        if let Some(said) = said.filter(|_| tells) {
            self.engine.shop_says(said);
        }
        well
    }

    /// The menu as it stands now. Outer error: it could not be looked at; inner: it is broken.
    async fn find(&self) -> Result<Result<Found, ShopSaid>, ShopSaid> {
        let path = self.file.clone();
        let file = tokio::task::spawn_blocking(move || std::fs::read_to_string(path)).await;
        let Ok(Ok(file)) = file else {
            let problem = format!("MENU_FILE: {} cannot be read", self.file.display());
            return Ok(Err(broken(vec![problem])));
        };
        let Some(spreadsheet) = self.spreadsheet.as_ref().filter(|_| self.period.is_some()) else {
            return Ok(Ok(Found::File(file)));
        };
        let unreachable = |fault: Fault| ShopSaid::MenuUnreachable {
            advice: fault.advice,
        };
        let names = spreadsheet.tabs().await.map_err(unreachable)?;
        let has = |tab: &str| names.iter().any(|name| name.eq_ignore_ascii_case(tab));
        if !has(MENU_TAB) {
            return Ok(Ok(Found::File(file)));
        }
        let read = async |tab: &str| -> Result<Option<Rows>, ShopSaid> {
            if !has(tab) {
                return Ok(None);
            }
            let rows = spreadsheet.read(tab).await.map_err(unreachable)?;
            // A tab that is still empty says nothing.
            Ok(Some(rows).filter(|rows| !rows.is_empty()))
        };
        let Some(menu) = read(MENU_TAB).await? else {
            return Ok(Ok(Found::File(file)));
        };
        let tabs = Tabs {
            menu,
            options: read(OPTIONS_TAB).await?,
            hours: read(HOURS_TAB).await?,
        };
        Ok(read_tabs(&file, &tabs)
            .map(Found::Sheet)
            .map_err(|problems| broken(problems.iter().map(ToString::to_string).collect())))
    }

    /// Puts a menu in force; what is to be said about it.
    fn take(&self, found: Found, asked: bool) -> Option<ShopSaid> {
        let (now, _) = self.engine.base_menu();
        let kept = self.engine.kept_menu();
        let (menu, keep) = match found {
            Found::Sheet(read) => (read.menu()?, Some(read)),
            // Without being asked, the file is read at the start alone.
            Found::File(_) if kept.is_none() && !asked => return None,
            Found::File(json) => match Menu::parse(&json) {
                Ok(menu) => (menu, None),
                Err(problems) => {
                    let line = |p: &crate::menu::Problem| format!("MENU_FILE: {p}");
                    return Some(broken(problems.iter().map(line).collect()));
                }
            },
        };
        if menu.currency() != now.currency() {
            let problem = "MENU_FILE: currency: another currency needs a restart".to_owned();
            return Some(broken(vec![problem]));
        }
        if menu.version() == now.version() && keep.is_some() == kept.is_some() {
            return Some(ShopSaid::MenuSame);
        }
        let (items, sheet) = (menu.items().len(), keep.is_some());
        match self.engine.take_menu(Arc::new(menu), keep.as_ref()) {
            Ok(()) => {
                tracing::info!(items, sheet, "another menu is in force");
                Some(ShopSaid::MenuTaken { items, sheet })
            }
            Err(e) => {
                tracing::error!(error = %e, "the menu could not be kept");
                None
            }
        }
    }
}

fn broken(mut problems: Vec<String>) -> ShopSaid {
    let more = problems.len().saturating_sub(MOST_PROBLEMS);
    problems.truncate(MOST_PROBLEMS);
    ShopSaid::MenuBroken { problems, more }
}
