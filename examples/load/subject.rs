//! The programs that are measured.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

/// A program that takes orders, and what it keeps of them.
#[derive(Clone, Debug)]
pub struct Subject {
    pub program: PathBuf,
    pub arguments: Vec<String>,
    /// Writes a row for each order, and customers to `customers.json`.
    pub keeps: bool,
}

impl Subject {
    /// The bot.
    pub fn bot(program: PathBuf) -> Self {
        Self {
            program,
            arguments: vec!["run".into()],
            keeps: true,
        }
    }

    /// `examples/floor.rs`.
    pub fn floor(program: PathBuf) -> Self {
        Self {
            program,
            arguments: Vec::new(),
            keeps: false,
        }
    }

    /// `benches/peer/bot.py` by an interpreter that has its packages.
    pub fn peer(python: &Path) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peer/bot.py");
        Self {
            program: python.to_owned(),
            arguments: vec![script.into()],
            keeps: true,
        }
    }
}

/// The target folder of this build.
pub fn target() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    // target/<profile>/examples/load
    Ok(here
        .ancestors()
        .nth(3)
        .context("no target folder")?
        .to_owned())
}

/// The bot and the floor in the release profile; `built`: as they are, else they are built first.
pub fn programs(built: bool) -> anyhow::Result<(PathBuf, PathBuf)> {
    if !built {
        build()?;
    }
    let release = target()?.join("release");
    Ok((release.join("order-bot"), release.join("examples/floor")))
}

fn build() -> anyhow::Result<()> {
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args([
        "build",
        "--release",
        "--bin",
        "order-bot",
        "--example",
        "floor",
    ]);
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    ensure!(cargo.status()?.success(), "the program could not be built");
    Ok(())
}
