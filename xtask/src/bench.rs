//! `cargo xtask bench`: speed, beside the official SDK and a hand-written client. This prepares what
//! `bench/` measures with.

use std::process::ExitCode;

use anyhow::Result;

use crate::{
    browser::Browser,
    pkg,
    process::{cargo, command, root, show, step, target},
};

pub fn run(arguments: &[String]) -> Result<ExitCode> {
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
        .args(arguments)
        .env("CHROMIUM", &browser.chromium)
        .env("PARAGON_SANDBOX_BIN", target()?.join(sandbox));
    let success = show(bench)?;
    Ok(if success { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
