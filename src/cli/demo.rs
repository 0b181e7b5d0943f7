//! placeholder
use super::{Exit, Output};
use crate::settings::Environment;
use std::io;
pub(super) async fn run(_environment: &Environment, _output: &mut Output<'_>) -> io::Result<Exit> {
    Ok(Exit::Failed)
}
