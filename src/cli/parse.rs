//! `order-bot parse`: messages in, parsed orders out, a line each.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::run::{menu, start_logging};
use super::{Exit, Output, ParseArgs, ParserChoice};
use crate::app;
use crate::metrics::Metrics;
use crate::parsed::{Intent, ParsedOrder};
use crate::settings::{Environment, ToolSettings};
use crate::understand::{CacheSettings, GptSettings, Mode, Parser};

/// Reads messages until standard input ends.
pub(super) async fn run(
    args: ParseArgs,
    environment: &Environment,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let settings = match ToolSettings::read(environment) {
        Ok(settings) => settings,
        Err(problems) => return output.bad_configuration(&problems),
    };
    let Some(menu) = menu(args.menu.as_deref().unwrap_or(&settings.menu_file), output)? else {
        return Ok(Exit::BadConfiguration);
    };
    start_logging(&settings.log, environment, output)?;
    let gpt = match args.parser {
        ParserChoice::Local => None,
        ParserChoice::Gpt | ParserChoice::Auto => settings.openai.as_ref().map(|openai| {
            let mode = match args.parser {
                ParserChoice::Auto => Mode::Auto,
                _ => Mode::Gpt,
            };
            GptSettings {
                mode,
                ..app::gpt_settings(openai)
            }
        }),
    };
    if gpt.is_none() && args.parser == ParserChoice::Gpt {
        writeln!(
            output.err,
            "OPENAI_API_KEY: is not set; set it, or use --parser local"
        )?;
        return Ok(Exit::BadConfiguration);
    }
    let cache = CacheSettings {
        ttl: settings.cache.ttl,
        entries: settings.cache.entries,
    };
    let parser = Parser::new(Arc::new(menu), gpt, cache, Metrics::new());
    let mut input = BufReader::new(tokio::io::stdin());
    let mut line = Vec::new();
    let mut exit = Exit::Ok;
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).await? == 0 {
            return Ok(exit);
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        let json = match args.parser {
            ParserChoice::Local => serde_json::to_string(&parser.local().parse(text).order)?,
            ParserChoice::Auto => serde_json::to_string(&*parser.parse(0, text).await.order)?,
            ParserChoice::Gpt => match parser.parse_gpt_only(text).await {
                Ok(order) => serde_json::to_string(&order)?,
                Err(e) => {
                    // The answer stays on its line: nothing was understood.
                    writeln!(output.err, "parse: the model gave no order: {}", e.class())?;
                    exit = Exit::Failed;
                    let mut order = ParsedOrder::empty(Intent::Other);
                    order.unmatched.push(text.into());
                    serde_json::to_string(&order)?
                }
            },
        };
        writeln!(output.out, "{json}")?;
        output.out.flush()?;
    }
}
