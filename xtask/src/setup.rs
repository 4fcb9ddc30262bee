//! What the other commands need: installed when it lacks, skipped in milliseconds when it is there.

use std::{
    collections::hash_map::DefaultHasher,
    ffi::OsString,
    fs,
    hash::Hasher,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::process::{answer, built, cargo, command, root, step, target};

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The standard library for wasm.
pub fn wasm_target() -> Result<()> {
    let mut library = command("rustc");
    library.args(["--print", "target-libdir", "--target", WASM_TARGET]);
    if answer(library).is_ok_and(|directory| Path::new(&directory).is_dir()) {
        return Ok(());
    }
    rustup(&["target", "add", WASM_TARGET])
}

/// The toolchain to ask rustup for, to have this version of Rust; `None` if it is the default one's.
pub fn toolchain(version: &'static str) -> Result<Option<&'static str>> {
    if is_version(None, version) {
        return Ok(None);
    }
    if is_version(Some(version), version) {
        return Ok(Some(version));
    }
    let arguments = ["toolchain", "install", version, "--profile", "minimal"];
    rustup(&arguments).with_context(|| {
        format!(
            "the package is compiled with Rust {version}, which is not installed. \
             `cargo xtask pkg --stable` takes any version"
        )
    })?;
    Ok(Some(version))
}

fn is_version(toolchain: Option<&str>, version: &str) -> bool {
    let mut rustc = rustc(toolchain);
    rustc.arg("--version");
    answer(rustc).is_ok_and(|text| text.split(' ').nth(1) == Some(version))
}

/// The source and the wasm target of the standard library, for this version of Rust.
pub fn rust_source(version: &'static str) -> Result<()> {
    let toolchain = toolchain(version)?;
    let library = sysroot(toolchain)?.join("lib/rustlib/src/rust/library/Cargo.lock");
    if library.is_file() {
        return Ok(());
    }
    match toolchain {
        None => rustup(&["component", "add", "rust-src"]),
        Some(toolchain) => rustup(&["component", "add", "rust-src", "--toolchain", toolchain]),
    }
}

/// The folder of a toolchain, the default one unless it is named.
pub fn sysroot(toolchain: Option<&str>) -> Result<PathBuf> {
    let mut sysroot = rustc(toolchain);
    sysroot.args(["--print", "sysroot"]);
    Ok(answer(sysroot)?.into())
}

fn rustc(toolchain: Option<&str>) -> Command {
    let mut rustc = command("rustc");
    if let Some(toolchain) = toolchain {
        rustc.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    rustc
}

/// `cargo fmt` and `cargo clippy`: not part of rustup's minimal profile.
pub fn lint_components() -> Result<()> {
    let lacks = |tool: &str| answer(cargo(&[tool, "--version"])).is_err();
    if lacks("fmt") || lacks("clippy") {
        rustup(&["component", "add", "rustfmt", "clippy"])?;
    }
    Ok(())
}

/// wasm-bindgen, its test runner and wasm-pack, built from `tools/` at the locked versions.
pub fn tools() -> Result<()> {
    let inputs = [root().join("Cargo.lock"), root().join("Cargo.toml"), root().join("tools")];
    let stamp = Stamp::of("tools", &inputs)?;
    let there = ["wasm-bindgen", "wasm-bindgen-test-runner", "wasm-pack"]
        .iter()
        .all(|tool| built(tool).is_ok_and(|path| path.exists()));
    if there && stamp.is_current() {
        return Ok(());
    }
    c_compiler()?;
    step("building wasm-bindgen and wasm-pack", cargo(&["build", "--package", "tools"]))?;
    stamp.save()
}

/// What `package-lock.json` names, in `node_modules/`.
pub fn npm_packages() -> Result<()> {
    node()?;
    let stamp = Stamp::of("npm", &[root().join("package-lock.json")])?
        .saved_in(root().join("node_modules/.installed"));
    if stamp.is_current() {
        return Ok(());
    }
    let mut version = npm();
    version.arg("--version");
    if answer(version).is_err() {
        bail!(
            "npm is not on the PATH, or does not run. It comes with Node from https://nodejs.org; where the \
             system's package manager has it apart, as on Debian and Ubuntu, type `sudo apt-get install npm`"
        );
    }
    let mut install = npm();
    install.args(["ci", "--no-audit", "--no-fund"]);
    step("installing npm packages", install)?;
    stamp.save()
}

/// npm, which on Windows is a script that has to be asked for by its full name.
pub fn npm() -> Command {
    command(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// A `PATH` on which wasm-pack finds the pinned `wasm-bindgen` and `wasm-opt` before any other.
pub fn path_with_tools() -> Result<OsString> {
    let tools = target()?.join("debug");
    let npm = root().join("node_modules/.bin");
    let mut optimiser = command(npm.join(if cfg!(windows) { "wasm-opt.cmd" } else { "wasm-opt" }));
    optimiser.arg("--version");
    answer(optimiser).context("node_modules/.bin/wasm-opt does not run: type `npm ci`")?;
    let before = std::env::var_os("PATH").unwrap_or_default();
    Ok(std::env::join_paths([tools, npm].into_iter().chain(std::env::split_paths(&before)))?)
}

/// A mark left after work on `inputs`, by which the same work is known to be done already.
#[derive(Debug)]
pub struct Stamp {
    file: PathBuf,
    state: String,
}

impl Stamp {
    /// The state of `inputs`, files or directories, by their content.
    pub fn of(name: &str, inputs: &[PathBuf]) -> Result<Self> {
        let mut state = DefaultHasher::new();
        for input in inputs {
            for file in files_under(input)? {
                state.write(file.to_string_lossy().as_bytes());
                state.write(&fs::read(&file).with_context(|| file.display().to_string())?);
            }
        }
        let file = target()?.join("xtask").join(format!("{name}.stamp"));
        Ok(Self { file, state: format!("{:016x}", state.finish()) })
    }

    pub fn saved_in(self, file: PathBuf) -> Self {
        Self { file, ..self }
    }

    pub fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|state| state == self.state)
    }

    pub fn save(&self) -> Result<()> {
        if let Some(directory) = self.file.parent() {
            fs::create_dir_all(directory)?;
        }
        Ok(fs::write(&self.file, &self.state)?)
    }
}

/// Every file under `path`, sorted; `path` itself if it is a file.
pub fn files_under(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let entries = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
    for entry in entries {
        files.extend(files_under(&entry?.path())?);
    }
    files.sort();
    Ok(files)
}

/// Node, at a version that the packages run on.
fn node() -> Result<()> {
    const INSTALL: &str = "install Node 20.19 or later from https://nodejs.org (or your system's \
                           package manager), and run this again";
    let mut version = command("node");
    version.arg("--version");
    let Ok(version) = answer(version) else { bail!("Node is not on the PATH: {INSTALL}") };
    let mut parts =
        version.trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
    if (parts.next().unwrap_or(0_u32), parts.next().unwrap_or(0_u32)) < (20, 19) {
        bail!("Node {version} is too old: {INSTALL}");
    }
    Ok(())
}

/// What Rust links with, and what compiles the C in wasm-pack's dependencies.
fn c_compiler() -> Result<()> {
    let mut compiler = command("cc");
    compiler.arg("--version");
    // Rust for Windows finds Microsoft's by itself, and says what to install where there is none.
    if cfg!(windows) || answer(compiler).is_ok() {
        return Ok(());
    }
    bail!(
        "no C compiler is on the PATH as `cc`: type `sudo apt-get install build-essential` on Debian or \
         Ubuntu, `sudo dnf install gcc` on Fedora, `xcode-select --install` on macOS"
    );
}

fn rustup(arguments: &[&str]) -> Result<()> {
    let typed = format!("rustup {}", arguments.join(" "));
    let mut rustup = command("rustup");
    rustup.args(arguments);
    step(&typed, rustup).map(drop).with_context(|| {
        format!(
            "`{typed}` did not succeed. Type it by itself to see why; where there is no rustup, install \
             it from https://rustup.rs, or what the command names with the system's package manager"
        )
    })
}
