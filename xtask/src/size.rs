//! `cargo xtask size`: the size of the default entry and of the stock build.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::{
    pkg,
    process::{built, command, root},
};

/// Measures the default entry and the stock build, and fails past a budget
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo xtask size --functions")]
pub struct Options {
    /// Makes today's sizes the budget, and writes the tables of docs/size.md
    #[arg(long)]
    accept: bool,
    /// Lists the largest functions of the module
    #[arg(long)]
    functions: bool,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    pkg::build()?;
    let passed = measurement()?
        .args(options.accept.then_some("--accept"))
        .args(options.functions.then_some("--functions"))
        .status()?
        .success();
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Measures `pkg/` and the stock build, and fails past a budget.
pub fn measurement() -> Result<Command> {
    let mut node = command("node");
    node.arg(root().join("xtask/js/size.mjs"));
    node.args([pkg::stock()?, pkg::compiled()?, built("wasm-bindgen")?]);
    Ok(node)
}
