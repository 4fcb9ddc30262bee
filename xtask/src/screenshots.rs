//! `cargo xtask screenshots`: the pictures of the demo that the README shows.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::{
    browser::Browser,
    demo, pkg,
    process::{command, root, step},
};

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    if let Some(argument) = arguments.first() {
        bail!("unexpected `{argument}`; `cargo xtask` lists what there is");
    }
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
