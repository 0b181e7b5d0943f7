//! The program `order-bot`: reads its command line and environment, does what it is asked, and says how it went.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use order_bot::cli::{self, Cli, Exit, Output};
use order_bot::privacy::keep_memory_private;
use order_bot::settings::Environment;
use order_bot::telemetry::withhold_panics;

fn main() -> ExitCode {
    withhold_panics();
    if let Err(error) = keep_memory_private() {
        return failed(&error).into();
    }
    let command = Cli::parse().command;
    // Before any client is made. It fails only where a provider is set already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error).into(),
    };
    let environment = Environment::of_process();
    let mut output = Output {
        out: &mut io::stdout(),
        err: &mut io::stderr(),
    };
    let exit = runtime
        .block_on(cli::run(command, &environment, &mut output))
        .unwrap_or_else(|error| failed(&error));
    // A thread that still reads standard input would hold up the end.
    runtime.shutdown_timeout(Duration::from_millis(100));
    exit.into()
}

/// Reports what kept the program from doing anything at all. A reader that has gone away needs no report.
fn failed(error: &io::Error) -> Exit {
    use io::Write as _;
    if error.kind() != io::ErrorKind::BrokenPipe {
        let _ = writeln!(io::stderr(), "order-bot: {error}");
    }
    Exit::Failed
}
