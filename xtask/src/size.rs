//! `cargo xtask size`: the size of the default entry and of the stock build.

use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::{
    pkg,
    process::{built, command, root},
};

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    if let Some(other) =
        arguments.iter().find(|flag| !["--accept", "--functions"].contains(&flag.as_str()))
    {
        bail!("`size` takes --accept and --functions, not `{other}`");
    }
    pkg::build()?;
    let passed = measurement()?.args(arguments).status()?.success();
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Measures `pkg/` and the stock build, and fails past a budget.
pub fn measurement() -> Result<Command> {
    let mut node = command("node");
    node.arg(root().join("xtask/js/size.mjs"));
    node.args([pkg::stock()?, pkg::compiled()?, built("wasm-bindgen")?]);
    Ok(node)
}
