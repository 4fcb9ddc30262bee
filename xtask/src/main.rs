//! The project's commands. `cargo xtask` lists them, `cargo xtask <command> --help` explains one.
//!
//! Each command is one file here, and each first asks [`setup`] for what it needs: a tool that is
//! there costs milliseconds, a missing one is installed, and what cannot be installed ends in a
//! sentence that says what to type.

mod bench;
mod browser;
mod changelog;
mod check;
mod counts;
mod demo;
mod fuzz;
mod pkg;
mod process;
mod release;
mod screenshots;
mod setup;
mod size;
mod test;

use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, Parser, Subcommand};

/// The commands of this project. `cargo xtask <command> --help` has the options and an example.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Options),
    Pkg(pkg::Options),
    Test(test::Options),
    Check(check::Options),
    Bench(bench::Options),
    Size(size::Options),
    Fuzz(fuzz::Options),
    Release(release::Options),
    Screenshots(screenshots::Options),
}

fn main() -> ExitCode {
    let result = match CommandLine::parse().command {
        Some(command) => run(&command),
        None => CommandLine::command().print_help().map(|()| ExitCode::SUCCESS).map_err(Into::into),
    };
    result.unwrap_or_else(|error| {
        eprintln!("\nerror: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(command: &Command) -> Result<ExitCode> {
    process::end_children_on_interrupt()?;
    match command {
        Command::Demo(options) => demo::run(options),
        Command::Pkg(options) => pkg::run(options),
        Command::Test(options) => test::run(options),
        Command::Check(options) => check::run(options),
        Command::Bench(options) => bench::run(options),
        Command::Size(options) => size::run(options),
        Command::Fuzz(options) => fuzz::run(options),
        Command::Release(options) => release::run(options),
        Command::Screenshots(options) => screenshots::run(options),
    }
}
