//! `cargo xtask screenshots`: the pictures of the demo that the README shows.

use std::process::ExitCode;

use anyhow::Result;

use crate::{
    browser::Browser,
    demo, pkg,
    process::{command, root, step},
};

/// Takes the pictures of the demo that the README shows
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo xtask screenshots")]
pub struct Options {}

pub fn run(_: &Options) -> Result<ExitCode> {
    pkg::build()?;
    // The port that a reader of the README will see, too.
    let sandbox = demo::start_sandbox(4010, true)?;
    let browser = Browser::find_or_install()?;
    let mut screenshots = command("node");
    screenshots
        .arg(root().join("xtask/js/screenshots.mjs"))
        .arg(&sandbox.address)
        .arg(root().join("docs/images"))
        .env("CHROMIUM", &browser.chromium);
    println!("{}", step("taking the pictures", screenshots)?);
    Ok(ExitCode::SUCCESS)
}
