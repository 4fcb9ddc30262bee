//! `cargo xtask bench`: speed, beside the official SDK and a hand-written client. This prepares what
//! `bench/` measures with.

use std::{num::NonZeroU32, process::ExitCode};

use anyhow::{Result, bail};

use crate::{
    browser::Browser,
    pkg,
    process::{cargo, command, root, show, step, target},
};

/// The smallest number of runs in a report that is published.
const PUBLISHED_RUNS: NonZeroU32 = NonZeroU32::new(30).unwrap();

/// Measures speed beside the official SDK and a hand-written client
///
/// It takes half an hour, on a machine that does nothing else.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo xtask bench --runs 5")]
pub struct Options {
    /// The number of times that each is measured
    #[arg(long, default_value_t = PUBLISHED_RUNS)]
    runs: NonZeroU32,
    /// Measures less of everything: for a first look
    #[arg(long)]
    quick: bool,
    /// Writes the table and the picture into the README
    #[arg(long, conflicts_with = "quick")]
    publish: bool,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    if options.publish && options.runs < PUBLISHED_RUNS {
        bail!("only a report of {PUBLISHED_RUNS} runs or more is published: leave out --runs");
    }
    pkg::build()?;
    // Not the one that the tests use: that one takes longer to answer than the calls that are
    // measured, and would hide how they differ.
    let sandbox = cargo(&["build", "--package", "paragon-sandbox", "--profile", "bench"]);
    step("building a fast local Paragon", sandbox)?;
    let sandbox = format!("release/paragon-sandbox{}", std::env::consts::EXE_SUFFIX);
    let browser = Browser::find_or_install()?;

    let mut bench = command("node");
    bench
        .arg(root().join("bench/run.mjs"))
        .arg(target()?.join("bench/report.json"))
        .arg(options.runs.to_string())
        .args(options.quick.then_some("--quick"))
        .args(options.publish.then_some("--publish"))
        .env("CHROMIUM", &browser.chromium)
        .env("PARAGON_SANDBOX_BIN", target()?.join(sandbox));
    let success = show(bench)?;
    Ok(if success { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
