//! `cargo xtask fuzz`: the fuzz targets, with the compiler that everything else here uses.
//!
//! The coverage that guides the fuzzer needs no nightly compiler, only the flags below; cargo-fuzz,
//! which sets them too, asks for one because of the sanitizers. Safe Rust has little use for those.

use std::{fs, process::Command, process::ExitCode, time::Duration};

use anyhow::{Context, Result, bail};

use crate::process::{answer, cargo, command, root, seconds, step, target, watch};

pub const TARGETS: [&str; 2] = ["response", "token"];

/// Inputs a target is given in `cargo xtask test`: some seconds.
pub const SHORT: u64 = 200_000;

const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Ccodegen-units=1 -Cdebug-assertions \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Looks for inputs that break the reading of answers and tokens
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo xtask fuzz 500000000")]
pub struct Options {
    /// The number of inputs for each target; the default takes some minutes
    #[arg(default_value_t = 10_000_000)]
    runs: u64,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    if let Some(why) = missing() {
        bail!("{why}");
    }
    build()?;
    for name in TARGETS {
        let finished = watch(&format!("fuzz/{name}"), session(name, options.runs)?, Duration::MAX)?;
        println!("{}", seconds(finished.elapsed));
        if !finished.success {
            bail!("{name}: {}", finished.output.trim_end());
        }
        println!("      {}", finished.output.lines().next_back().unwrap_or_default());
    }
    Ok(ExitCode::SUCCESS)
}

/// The reason why this machine cannot fuzz, if there is one.
pub fn missing() -> Option<&'static str> {
    if cfg!(windows) {
        return Some("the fuzzer needs Linux or macOS");
    }
    let mut compiler = command("c++");
    compiler.arg("--version");
    answer(compiler).is_err().then_some("the fuzzer needs a C++ compiler: install g++ or clang")
}

/// Builds all targets.
pub fn build() -> Result<()> {
    let mut build = cargo(&["build", "--release", "--target", host()?.as_str()]);
    build
        .args(["--manifest-path", "fuzz/Cargo.toml", "--locked"])
        .env("CARGO_TARGET_DIR", target()?.join("fuzz"))
        .env("RUSTFLAGS", COVERAGE);
    step("building the fuzz targets", build).map(drop)
}

/// A target's run. New inputs go into the build folder; the committed ones are only read.
pub fn session(name: &str, runs: u64) -> Result<Command> {
    let built = target()?.join("fuzz");
    let found = built.join("corpus").join(name);
    fs::create_dir_all(&found)?;
    let mut session = command(built.join(host()?).join("release").join(name));
    session
        .arg(format!("-runs={runs}"))
        .arg(format!("-artifact_prefix={}/", built.display()))
        .arg(found)
        .arg(root().join("fuzz/corpus").join(name));
    Ok(session)
}

/// The triple of this machine. Named, so that the flags do not reach build scripts.
fn host() -> Result<String> {
    let mut rustc = command("rustc");
    rustc.arg("-vV");
    let version = answer(rustc)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` does not name the host")
}
