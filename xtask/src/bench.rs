//! `cargo xtask bench`: speed, beside the official SDK and a hand-written client. This prepares what
//! `bench/` measures with.

use std::{num::NonZeroU32, process::ExitCode};

use anyhow::{Result, bail};

use crate::{
    browser::Browser,
    options::read,
    pkg,
    process::{cargo, command, root, show, step, target},
};

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let options = Options::parse(arguments)?;
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

/// How often each is measured, at least, in a report that is published.
const PUBLISHED_RUNS: NonZeroU32 = NonZeroU32::new(30).unwrap();

#[derive(Debug)]
struct Options {
    runs: NonZeroU32,
    quick: bool,
    publish: bool,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self { runs: PUBLISHED_RUNS, quick: false, publish: false };
        read("bench", arguments, |name, number| {
            match name {
                "--runs" => options.runs = number.read("a whole number, 1 or more", "30")?,
                "--quick" => options.quick = true,
                "--publish" => options.publish = true,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        if options.publish && (options.quick || options.runs < PUBLISHED_RUNS) {
            bail!(
                "only a whole report of {PUBLISHED_RUNS} runs or more is published: leave out --quick and --runs"
            );
        }
        Ok(options)
    }
}
