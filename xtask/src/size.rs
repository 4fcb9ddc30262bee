//! `cargo xtask size`: what the default entry weighs, and which functions grew.

use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::{
    pkg,
    process::{built, command, root},
};

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let accept = match arguments {
        [] => false,
        [flag] if flag == "--accept" => true,
        [other, ..] => bail!("`size` takes nothing but --accept, not `{other}`"),
    };
    pkg::build()?;
    let mut measure = measurement()?;
    if accept {
        measure.arg("--accept");
    }
    let passed = measure.status()?.success();
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What measures `pkg/`, and fails past the budget.
pub fn measurement() -> Result<Command> {
    let mut node = command("node");
    node.arg(root().join("xtask/js/size.mjs")).arg(pkg::compiled()?).arg(built("wasm-bindgen")?);
    Ok(node)
}
