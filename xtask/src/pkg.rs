//! `cargo xtask pkg`: the npm package, in `pkg/`.
//!
//! wasm-pack builds into the target directory; from what may be in it, `pkg/` is then made anew, and
//! put in the place of the one before. Nothing that an earlier build or wasm-pack left lying about
//! can ship.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    slice,
};

use anyhow::{Context, Result, bail};

use crate::{
    process::{answer, built, cargo, command, root, step, target},
    setup::{self, Stamp, files_under},
};

/// The Cargo profile, and through it the `custom` section of wasm-pack's in `Cargo.toml`.
const PROFILE: &str = "npm";

/// The wasm as wasm-pack names it.
const OPTIMISED: &str = "paragon_wasm_bg.wasm";

/// How the wasm is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compiler {
    /// As it ships: the standard library is compiled along, for size, and a panic stops at once
    /// without a message. That takes flags that stable compilers accept only when they are told to
    /// (`RUSTC_BOOTSTRAP`); what they mean may change with a version, what comes out is the same
    /// for all who have the same version.
    Small,
    /// With nothing but what is stable. A third larger.
    Stable,
}

impl Compiler {
    const SMALL_FLAGS: [&str; 8] = [
        "-Zunstable-options",
        "-Cpanic=immediate-abort",
        "-Zlocation-detail=none",
        "-Zfmt-debug=none",
        // Functions of one line cost less in place than called: cargo's level for size leaves them
        // all to LLVM, which sees them too late. That saves a tenth.
        "-Zinline-mir=yes",
        "-Zcross-crate-inline-threshold=yes",
        "-Cllvm-args=-inline-threshold=10",
        // Without them old engines can run the module, and it is smaller.
        "-Ctarget-feature=-reference-types",
    ];

    /// The standard library as rustup has it was compiled with reference types, and the linker would
    /// say that the module needs them.
    const STABLE_FLAGS: [&str; 3] = [
        "-Ctarget-feature=-reference-types",
        "-Clink-arg=--no-check-features",
        "-Clink-arg=--features=bulk-memory,multivalue,mutable-globals,nontrapping-fptoint,sign-ext",
    ];

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Small => &[
                "--features",
                "npm",
                "-Zbuild-std=std,panic_abort",
                "-Zbuild-std-features=optimize_for_size",
            ],
            Self::Stable => &["--features", "npm"],
        }
    }

    /// `paths` are the flags that hold for both.
    fn prepare(self, command: &mut Command, mut paths: Vec<String>) -> Result<()> {
        match self {
            Self::Small => {
                command.env("RUSTC_BOOTSTRAP", "1");
                paths.extend(Self::SMALL_FLAGS.map(str::to_owned));
            }
            Self::Stable => {
                paths.extend(Self::STABLE_FLAGS.map(str::to_owned));
                command.env("CARGO_TARGET_DIR", self.target()?);
            }
        }
        command.env("CARGO_ENCODED_RUSTFLAGS", paths.join("\u{1f}"));
        Ok(())
    }

    /// Where it compiles to. Neither takes the other's place.
    fn target(self) -> Result<PathBuf> {
        Ok(match self {
            Self::Small => target()?,
            Self::Stable => target()?.join("stable"),
        })
    }

    /// What cargo makes, before anything is taken out of it.
    fn compiled(self) -> Result<PathBuf> {
        Ok(self.target()?.join("wasm32-unknown-unknown").join(PROFILE).join("paragon_wasm.wasm"))
    }
}

/// `cargo xtask pkg [--stable]`
pub fn run(arguments: &[String]) -> Result<()> {
    let compiler = match arguments {
        [] => Compiler::Small,
        [flag] if flag == "--stable" => Compiler::Stable,
        [other, ..] => bail!("`pkg` takes nothing but --stable, not `{other}`"),
    };
    let report = build_with(compiler)?;
    println!("\n{report}");
    Ok(())
}

/// Builds what is not up to date; returns the table of sizes.
pub fn build() -> Result<String> {
    build_with(Compiler::Small)
}

fn build_with(compiler: Compiler) -> Result<String> {
    complete(&generate(compiler)?)
}

/// That the package can be built with nothing but what is stable, and that it runs. `pkg/` stays.
pub fn try_stable() -> Result<()> {
    let generated = generate(Compiler::Stable)?;
    let pkg = root().join("node_modules/.cache/paragon-wasm").join("stable");
    if pkg.exists() {
        fs::remove_dir_all(&pkg)?;
    }
    put_together(&generated, &pkg)?;
    let mut call = command("node");
    call.args(["--input-type=module", "--eval", CALL]).arg(pkg.join("index.js"));
    let code = answer(call)?;
    fs::remove_dir_all(&pkg)?;
    if code != "not_authenticated" {
        bail!("a call that the module has to judge gave `{code}`");
    }
    Ok(())
}

/// Prints the code of the error that the module has for a call before anybody has signed in.
const CALL: &str = "import { pathToFileURL } from 'node:url';
const { getIntegrations } = await import(pathToFileURL(process.argv[1]));
console.log(await getIntegrations().then(() => 'nothing', (error) => error.code));";

fn generate(compiler: Compiler) -> Result<PathBuf> {
    setup::wasm_target()?;
    if compiler == Compiler::Small {
        setup::rust_source()?;
    }
    setup::npm_packages()?;
    setup::tools()?;

    let generated = compiler.target()?.join("wasm-pack");
    optimised_wasm(&generated, compiler)?;
    Ok(generated)
}

/// Runs wasm-pack, unless cargo says that the same wasm would come in again. That is what there is
/// to save: cargo needs no time for unchanged code, wasm-opt takes seconds for any.
fn optimised_wasm(generated: &Path, compiler: Compiler) -> Result<()> {
    let paths = without_paths()?;
    let mut build =
        cargo(&["build", "--lib", "--profile", PROFILE, "--target", "wasm32-unknown-unknown"]);
    build.args(compiler.arguments());
    compiler.prepare(&mut build, paths.clone())?;
    step("compiling to wasm", build)?;
    let output = compiler.compiled()?;
    let inputs: Vec<PathBuf> = ["Cargo.toml", "Cargo.lock", "package-lock.json"]
        .iter()
        .map(|file| root().join(file))
        .chain([output])
        .collect();
    let stamp = Stamp::of(&format!("wasm-pack-{compiler:?}"), &inputs)?;
    if stamp.is_current() && generated.join(OPTIMISED).exists() {
        return Ok(());
    }
    if generated.exists() {
        fs::remove_dir_all(generated)?;
    }
    let mut wasm_pack = command(built("wasm-pack")?);
    wasm_pack
        .env("PATH", setup::path_with_tools()?)
        // Without `--mode no-install` it would download what it does not find.
        .args(["build", "--target", "web", "--mode", "no-install", "--no-pack"])
        .args(["--profile", PROFILE, "--out-dir"])
        .arg(generated)
        .arg("--")
        .args(compiler.arguments());
    compiler.prepare(&mut wasm_pack, paths)?;
    step("wasm-pack: bindings and optimisation", wasm_pack)?;
    stamp.save()
}

/// What cargo makes of the module that ships, before anything is taken out of it.
pub fn compiled() -> Result<PathBuf> {
    Compiler::Small.compiled()
}

/// Flags by which a panic names its file, where it does, from the crate on. Otherwise the package would tell where
/// it was built, and two machines would not build the same.
fn without_paths() -> Result<Vec<String>> {
    let mut sysroot = command("rustc");
    sysroot.args(["--print", "sysroot"]);
    let library = Path::new(&answer(sysroot)?).join("lib/rustlib/src/rust");
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

/// Puts `pkg/` together from what was generated and what is written by hand, unless that is what is
/// in it; returns the table of sizes.
fn complete(generated: &Path) -> Result<String> {
    let pkg = root().join("pkg");
    let inputs = [
        "Cargo.toml",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "package-lock.json",
        "pkg-template",
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
    copy_all(generated, pkg, |file| {
        let name = file.to_string_lossy();
        [".js", ".d.ts", ".wasm"].iter().any(|suffix| name.ends_with(suffix))
    })?;
    copy_all(&root().join("pkg-template"), pkg, |_| true)?;
    // The name that `paragon-wasm/paragon_wasm.wasm` exports.
    fs::rename(pkg.join(OPTIMISED), pkg.join("paragon_wasm.wasm"))?;
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
        .arg(pkg)
        // The bundler names files in comments, by where they are from here.
        .current_dir(pkg)
        // The workspace's own, which this program inherits: there is one place to change them.
        .arg(env!("CARGO_PKG_VERSION"))
        .arg(env!("CARGO_PKG_LICENSE"))
        .arg(env!("CARGO_PKG_REPOSITORY"));
    step("putting pkg/ together", finish)
}

fn copy_all(from: &Path, to: &Path, wanted: impl Fn(&Path) -> bool) -> Result<()> {
    for file in files_under(from)? {
        let relative = file.strip_prefix(from)?;
        if wanted(relative) {
            let copy = to.join(relative);
            fs::create_dir_all(copy.parent().context("a file without a directory")?)?;
            fs::copy(&file, copy)?;
        }
    }
    Ok(())
}
