//! The project's commands. `cargo xtask` lists them.
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
mod links;
mod options;
mod pkg;
mod process;
mod release;
mod screenshots;
mod setup;
mod size;
mod test;
mod version;

use std::process::ExitCode;

use anyhow::{Result, bail};

const COMMANDS: &str = "\
cargo xtask <command>

  demo     install what is missing, build the package, start a local Paragon and the demo page
             --port N, --sandbox-port N   where to listen; 0 picks a free port
             --open                       open the page in the default browser
  pkg      build the npm package into pkg/
             --stable                     with nothing but stable compiler flags: larger
             --out-dir <folder>           into this one instead
  test     run everything, in rows: native, wasm, js/<file>, matrix/<app>, check/<name>, fuzz/<target>,
           size, release
             <word>…                      only rows whose name contains one of the words
             --quick                      something of each part, in two minutes: the loop while working
             --list                       print the rows' names
  check    what a reviewer would say: formatting, lints, documentation, types, dead links
             <word>…                      only checks whose name contains one of the words
  bench    measure speed beside the official SDK and a hand-written client: half an hour,
           on a machine that does nothing else
             --runs N                     how often each is measured, 30 times unless given
             --quick                      less of everything: a look, no measurement
             --publish                    put the table and the picture into the README
  size     the size of the default entry and of the stock build; fails past a budget
             --accept                     take it as the new state, and write docs/size.md's tables
             --functions                  list the module's largest functions
  fuzz     looks for inputs that break the reading of answers and tokens
             <runs>                       how many inputs for each, 10,000,000 unless given
  release  change the version and the changelog, commit and tag that: docs/releasing.md
             <version>                    the new one; without it, the one that Cargo.toml says
             --dry-run                    change nothing: say what is in the way
             --notes <tag>                print what the changelog says of a tag's version
  screenshots
           take the pictures of the demo that the README shows
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<ExitCode> {
    let Some((command, rest)) = arguments.split_first() else {
        print!("{COMMANDS}");
        return Ok(ExitCode::SUCCESS);
    };
    process::end_children_on_interrupt()?;
    match command.as_str() {
        "demo" => demo::run(rest),
        "pkg" => pkg::run(rest).map(|()| ExitCode::SUCCESS),
        "test" => test::run(rest),
        "check" => check::run(rest),
        "bench" => bench::run(rest),
        "size" => size::run(rest),
        "fuzz" => fuzz::run(rest),
        "release" => release::run(rest),
        "screenshots" => screenshots::run(rest),
        "help" | "-h" | "--help" => {
            print!("{COMMANDS}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no command `{other}`; `cargo xtask` lists them"),
    }
}
