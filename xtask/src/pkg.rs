//! `cargo xtask pkg`: the npm package, in `pkg/`.
//!
//! wasm-pack builds the module; `pkg/` is then made anew from its output and `pkg-template/`, and
//! replaces the one before. Nothing that an earlier build left behind can ship.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    slice,
};

use anyhow::{Context, Result, bail};

use crate::{
    process::{built, command, root, step, target},
    setup::{self, Stamp, files_under},
};

/// The version of Rust that compiles the module that ships. The meaning of the flags in
/// [`Build::WITH_STD`] may change with the version; the same version gives the same module.
const RUST: &str = "1.95.0";

/// The wasm as wasm-pack names it.
const OPTIMISED: &str = "paragon_wasm_bg.wasm";

/// One way to build the module with wasm-pack, for its target `web`.
#[derive(Debug)]
struct Build {
    name: &'static str,
    /// Of Cargo, and through it the settings of wasm-pack in `Cargo.toml`.
    profile: &'static str,
    compiler: Compiler,
    flags: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compiler {
    /// The installed one, without anything from here: no flags and no variables.
    Stock,
    /// The installed one.
    Stable,
    /// [`RUST`], which compiles the standard library too, with panics that trap at once, without a
    /// message. Stable compilers accept these flags only with `RUSTC_BOOTSTRAP`.
    WithStd,
}

/// Without reference types: with them, wasm-bindgen 0.2.130 loses a slot of its table for each exception
/// that an import catches (findings/wasm-bindgen-caught-exception-leak.sh). And wasm2js takes no others.
const NO_REFERENCE_TYPES: &str = "-Ctarget-feature=-reference-types,-multivalue";

impl Build {
    /// The npm package's.
    const PUBLISHED: Self = Self {
        name: "published",
        profile: "npm",
        compiler: Compiler::WithStd,
        flags: &[NO_REFERENCE_TYPES],
    };

    /// The same with stable flags only, which makes it larger.
    const STABLE: Self = Self {
        name: "stable",
        profile: "npm",
        compiler: Compiler::Stable,
        flags: &[
            NO_REFERENCE_TYPES,
            // rustup's standard library has them: without these the linker would mark the module so.
            "-Clink-arg=--no-check-features",
            "-Clink-arg=--features=bulk-memory,mutable-globals,nontrapping-fptoint,sign-ext",
        ],
    };

    /// The build that `wasm-pack build --target web` makes.
    const STOCK: Self =
        Self { name: "stock", profile: "release", compiler: Compiler::Stock, flags: &[] };

    /// docs/size.md has what each of these flags gives, and what others would.
    const WITH_STD: [&str; 3] = [
        "-Zunstable-options",
        "-Cpanic=immediate-abort",
        // Small functions are compiled into their callers.
        "-Zcross-crate-inline-threshold=yes",
    ];

    fn arguments(&self) -> &'static [&'static str] {
        match self.compiler {
            Compiler::Stock | Compiler::Stable => &[],
            Compiler::WithStd => &["-Zbuild-std=std,panic_abort"],
        }
    }

    /// The target directory. Builds of one profile differ in their folder.
    fn target(&self) -> Result<PathBuf> {
        let target = target()?;
        Ok(if self.compiler == Compiler::Stable { target.join("stable") } else { target })
    }

    /// The wasm as cargo makes it, with the names of functions.
    fn compiled(&self) -> Result<PathBuf> {
        let profiles = self.target()?.join("wasm32-unknown-unknown");
        Ok(profiles.join(self.profile).join("paragon_wasm.wasm"))
    }

    fn prepare(&self, command: &mut Command) -> Result<()> {
        command.env("CARGO_TARGET_DIR", self.target()?);
        if self.compiler == Compiler::Stock {
            return Ok(());
        }
        let (mut toolchain, mut flags) = (None, self.flags.to_vec());
        if self.compiler == Compiler::WithStd {
            command.env("RUSTC_BOOTSTRAP", "1");
            flags.extend(Self::WITH_STD);
            toolchain = setup::toolchain(RUST)?;
            if let Some(toolchain) = toolchain {
                command.env("RUSTUP_TOOLCHAIN", toolchain);
            }
        }
        let paths = without_paths(toolchain)?;
        flags.extend(paths.iter().map(String::as_str));
        command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
        Ok(())
    }

    /// Runs wasm-pack, unless cargo says that the same wasm would come in again: cargo takes no time for
    /// unchanged code, wasm-opt takes seconds for any. Returns the folder of wasm-pack's output.
    fn generate(&self) -> Result<PathBuf> {
        setup::wasm_target()?;
        if self.compiler == Compiler::WithStd {
            setup::rust_source(RUST)?;
        }
        setup::npm_packages()?;
        setup::tools()?;

        let generated = target()?.join("wasm-pack").join(self.name);
        // The one of the `PATH`, as wasm-pack does, which is rustup's and so goes by the toolchain.
        let mut build = command("cargo");
        build
            .args(["build", "--lib", "--target", "wasm32-unknown-unknown"])
            .args(["--profile", self.profile])
            .args(self.arguments());
        self.prepare(&mut build)?;
        step(&format!("compiling to wasm ({})", self.name), build)?;
        let inputs: Vec<PathBuf> = ["Cargo.toml", "Cargo.lock", "package-lock.json"]
            .iter()
            .map(|file| root().join(file))
            .chain([self.compiled()?])
            .collect();
        let stamp = Stamp::of(&format!("wasm-pack-{}", self.name), &inputs)?;
        if stamp.is_current() && generated.join(OPTIMISED).exists() {
            return Ok(generated);
        }
        if generated.exists() {
            fs::remove_dir_all(&generated)?;
        }
        let mut wasm_pack = command(built("wasm-pack")?);
        wasm_pack
            .env("PATH", setup::path_with_tools()?)
            // Without `--mode no-install` it would download what it does not find.
            .args(["build", ".", "--target", "web", "--mode", "no-install", "--no-pack"])
            .args(["--profile", self.profile, "--out-dir"])
            .arg(&generated)
            .arg("--")
            .args(self.arguments());
        self.prepare(&mut wasm_pack)?;
        step("wasm-pack: bindings and optimisation", wasm_pack)?;
        stamp.save()?;
        Ok(generated)
    }
}

/// Builds the npm package in pkg/
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo xtask pkg --stable --out-dir target/stable-pkg")]
pub struct Options {
    /// Uses stable compiler flags only, with any version of Rust; the package gets larger
    #[arg(long)]
    stable: bool,
    /// Writes the package into this folder instead of pkg/
    #[arg(long, value_name = "FOLDER")]
    out_dir: Option<PathBuf>,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let build = if options.stable { Build::STABLE } else { Build::PUBLISHED };
    let generated = build.generate()?;
    let report = match &options.out_dir {
        None => complete(&generated)?,
        Some(folder) => put_together(&generated, &std::path::absolute(folder)?)?,
    };
    println!("\n{report}");
    Ok(ExitCode::SUCCESS)
}

/// Builds what is not up to date; returns the table of sizes.
pub fn build() -> Result<String> {
    complete(&Build::PUBLISHED.generate()?)
}

/// The output of `wasm-pack build --target web`.
pub fn stock() -> Result<PathBuf> {
    Build::STOCK.generate()
}

/// The module that ships as cargo makes it, with the names of functions.
pub fn compiled() -> Result<PathBuf> {
    Build::PUBLISHED.compiled()
}

/// Flags that shorten the paths of source files in the module. Otherwise the package would tell where it
/// was built, and two machines would not build the same.
fn without_paths(toolchain: Option<&str>) -> Result<Vec<String>> {
    let library = setup::sysroot(toolchain)?.join("lib/rustlib/src/rust");
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo"))).context("no home")?;
    let mut paths = vec![(library, "rust"), (root().to_owned(), "paragon-wasm")];
    // One folder for each registry that was ever used, named by its address.
    for registry in fs::read_dir(home.join("registry/src")).into_iter().flatten() {
        paths.push((registry?.path(), "crates"));
    }
    let flags =
        paths.iter().map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display()));
    Ok(flags.collect())
}

/// Puts `pkg/` together from the output of wasm-pack and what is written by hand, unless it is up to
/// date; returns the table of sizes.
fn complete(generated: &Path) -> Result<String> {
    let pkg = root().join("pkg");
    let inputs = [
        "Cargo.toml",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "package-lock.json",
        "pkg-template",
        "src/exports/types.d.ts",
        "xtask/js",
        "xtask/src/pkg.rs",
    ];
    let inputs: Vec<PathBuf> =
        inputs.iter().map(|name| root().join(name)).chain([generated.to_owned()]).collect();
    let made_of = Stamp::of("pkg-made-of", &inputs)?;
    let table = target()?.join("xtask").join("pkg-sizes");
    if made_of.is_current() && pkg.exists() && Stamp::of("pkg", slice::from_ref(&pkg))?.is_current()
    {
        return fs::read_to_string(&table).with_context(|| table.display().to_string());
    }

    // Elsewhere at first: who installs or serves `pkg/` meanwhile must not see half of it. On the
    // same disk, so that it can be moved; where no tool looks for sources.
    let cache = root().join("node_modules/.cache/paragon-wasm");
    let new = cache.join(format!("pkg-{}", std::process::id()));
    let old = cache.join(format!("old-{}", std::process::id()));
    fs::create_dir_all(&new)?;
    let sizes = put_together(generated, &new);
    let moved = sizes.and_then(|sizes| {
        if pkg.exists() {
            fs::rename(&pkg, &old).context("pkg/ cannot be replaced")?;
        }
        fs::rename(&new, &pkg).context("pkg/ cannot be put in its place")?;
        Ok(sizes)
    });
    for folder in [new, old] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    let sizes = moved?;
    // Saving makes the folder that the table is in, too.
    made_of.save()?;
    fs::write(&table, &sizes)?;
    Stamp::of("pkg", &[pkg])?.save()?;
    Ok(sizes)
}

fn put_together(generated: &Path, pkg: &Path) -> Result<String> {
    for file in files_under(&root().join("pkg-template"))? {
        let copy = pkg.join(file.strip_prefix(root().join("pkg-template"))?);
        fs::create_dir_all(copy.parent().context("a file without a directory")?)?;
        fs::copy(&file, copy)?;
    }
    fs::copy(root().join("src/exports/types.d.ts"), pkg.join("types.d.ts"))?;
    // The name that `paragon-wasm/paragon_wasm.wasm` exports.
    fs::copy(generated.join(OPTIMISED), pkg.join("paragon_wasm.wasm"))?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let source = root().join(licence);
        if !source.exists() {
            bail!("{licence} is missing from the project's root: the package must ship it");
        }
        fs::copy(source, pkg.join(licence))?;
    }
    let mut finish = command("node");
    finish
        .arg(root().join("xtask/js/complete-package.mjs"))
        .args([pkg, generated])
        // The bundler names files in comments, by where they are from here.
        .current_dir(pkg)
        // The workspace's own, which this program inherits: there is one place to change them.
        .arg(env!("CARGO_PKG_VERSION"))
        .arg(env!("CARGO_PKG_LICENSE"))
        .arg(env!("CARGO_PKG_REPOSITORY"));
    step("putting pkg/ together", finish)
}
