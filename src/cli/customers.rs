//! `order-bot customers export` and `order-bot customers forget`.

use std::io;
use std::time::Duration;

use super::{Exit, ForgetArgs, Output};
use crate::engine::{self, row_of};
use crate::rights::{self, control};
use crate::settings::{Environment, ToolSettings};
use crate::store::{OpenError, Options, Store};

/// Writes what is kept about a customer, also while a bot runs on the folder.
pub(super) fn export(
    id: u64,
    environment: &Environment,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let settings = match ToolSettings::read(environment) {
        Ok(settings) => settings,
        Err(problems) => return output.bad_configuration(&problems),
    };
    let store = match Store::open_read_only(&settings.data_dir, &settings.keys()) {
        Ok(store) => store,
        Err(e) => {
            writeln!(output.err, "customers export: {e}")?;
            return Ok(Exit::Failed);
        }
    };
    let Some(data) = engine::export(store.view(), id) else {
        writeln!(
            output.err,
            "customers export: nothing is kept about customer {id}"
        )?;
        return Ok(Exit::Failed);
    };
    serde_json::to_writer_pretty(&mut *output.out, &data)?;
    writeln!(output.out)?;
    Ok(Exit::Ok)
}

/// Forgets a customer: in the folder, or by asking the bot that works in it.
pub(super) async fn forget(
    args: &ForgetArgs,
    environment: &Environment,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let settings = match ToolSettings::read(environment) {
        Ok(settings) => settings,
        Err(problems) => return output.bad_configuration(&problems),
    };
    let done = match forget_here(args, &settings) {
        Err(Trouble::Locked(e)) => ask(args, &settings, &e).await,
        Err(Trouble::Other(why)) => Err(why),
        Ok(words) => Ok(words),
    };
    match done {
        Ok(words) => {
            writeln!(output.out, "{words}")?;
            Ok(Exit::Ok)
        }
        Err(why) => {
            writeln!(output.err, "customers forget: {why}")?;
            Ok(Exit::Failed)
        }
    }
}

async fn ask(
    args: &ForgetArgs,
    settings: &ToolSettings,
    locked: &OpenError,
) -> Result<String, String> {
    let question = control::Question::Forget {
        user: args.id,
        force: args.force,
    };
    match control::ask(&settings.data_dir, question).await {
        Ok(Some(answer)) => answer,
        Ok(None) => Err(format!("{locked}; and it cannot be asked to do it")),
        Err(e) => Err(format!("the running bot did not answer ({})", e.kind())),
    }
}

enum Trouble {
    Locked(OpenError),
    Other(String),
}

impl Trouble {
    fn other(why: impl ToString) -> Self {
        Self::Other(why.to_string())
    }
}

fn forget_here(args: &ForgetArgs, settings: &ToolSettings) -> Result<String, Trouble> {
    let dir = &settings.data_dir;
    if !dir.is_dir() {
        return Err(Trouble::Other(format!("there is no {}", dir.display())));
    }
    let options = Options {
        keys: settings.keys(),
        ..Options::default()
    };
    let (store, _) = Store::open(dir, options).map_err(|e| match e {
        OpenError::Locked { .. } => Trouble::Locked(e),
        other => Trouble::other(other),
    })?;
    let id = args.id;
    let (deleted, commit) =
        engine::forget_offline(&store, id, args.force).map_err(Trouble::other)?;
    if !deleted.known {
        return Err(Trouble::Other(format!(
            "nothing is kept about customer {id}"
        )));
    }
    commit.wait().map_err(Trouble::other)?;
    store.scrub().map_err(|e| {
        Trouble::Other(format!(
            "deleted, but older files could not be written anew ({}): the next start of the bot does it",
            e.kind()
        ))
    })?;
    let orders = store.read(engine::nobodys_orders);
    let rows: Vec<_> = orders
        .iter()
        .map(|order| row_of(order, &settings.time_zone))
        .collect();
    rights::blank_rows(&dir.join(rights::CSV), &rows)
        .map_err(|e| Trouble::Other(format!("{}: {}", rights::CSV, e.kind())))?;
    store
        .close_blocking(Duration::from_secs(30))
        .map_err(Trouble::other)?;
    Ok(format!(
        "customer {id} is forgotten; {} orders keep their figures alone; a spreadsheet's rows follow at the bot's next \
         start",
        deleted.orders
    ))
}
