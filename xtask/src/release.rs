//! `cargo xtask release`: everything of a release that happens on a maintainer's machine. Publishing
//! does not: `.github/workflows/release.yml` does it when the tag arrives. docs/releasing.md says how.

use std::{fs, path::Path, process::ExitCode};

use anyhow::{Context, Result, bail};
use semver::Version;

use crate::{
    changelog, pkg,
    process::{answer, cargo, command, root, step},
    setup,
};

/// The crates that are published.
const CRATES: [&str; 2] = ["paragon-wasm", "paragon-sandbox"];

/// The files that a release changes, besides those that [`telling_version`] finds.
const CHANGED: [&str; 4] = ["Cargo.toml", "Cargo.lock", "CHANGELOG.md", "fuzz/Cargo.lock"];

/// Changes the version and the changelog, commits that and tags it: docs/releasing.md
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo xtask release --dry-run 0.2.0")]
pub struct Options {
    /// The version to release; the default is the one in Cargo.toml
    version: Option<Version>,
    /// Changes nothing, and lists what is in the way
    #[arg(long)]
    dry_run: bool,
    /// Prints the changelog's section on the version of this tag
    #[arg(long, value_name = "TAG", conflicts_with_all = ["version", "dry_run"])]
    notes: Option<String>,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    if let Some(tag) = &options.notes {
        print!("{}", notes(root(), tag)?);
        return Ok(ExitCode::SUCCESS);
    }
    let current = current(root())?;
    let version = options.version.clone().unwrap_or_else(|| current.clone());
    if !version.build.is_empty() {
        bail!("npm drops what is behind `+`: leave it out of `{version}`");
    }
    println!("paragon-wasm {current} → {version}");

    let mut obstacles = blockers(root(), &current, &version)?;
    // That takes minutes: only where nothing else has to be seen to first.
    if obstacles.is_empty() {
        for check in [publish_crates, publish_package] {
            obstacles.extend(check(&version).err().map(|error| format!("{error:#}")));
        }
    }
    if !obstacles.is_empty() {
        println!("\nIn the way of this release:");
        for obstacle in obstacles {
            println!("- {}", obstacle.trim_end().replace('\n', "\n  "));
        }
        return Ok(ExitCode::FAILURE);
    }
    if options.dry_run {
        println!("\nNothing is in the way, and nothing was changed. CHANGELOG.md would say:\n");
        println!("{}", changelog::section(&changelog(root())?, "Unreleased").unwrap_or_default());
        println!("Run `cargo xtask test` before the release; the workflow runs it after.");
        return Ok(ExitCode::SUCCESS);
    }
    make(root(), &current, &version, &today()?)?;
    println!("\nCommitted, and tagged v{version}. Nothing has left this machine. To publish, type");
    println!("\n  git push --atomic origin HEAD v{version}\n");
    println!("To take it back instead: git tag --delete v{version} && git reset --keep HEAD~1");
    Ok(ExitCode::SUCCESS)
}

/// The changelog's section on the present version, if that is the one of `tag`.
fn notes(root: &Path, tag: &str) -> Result<String> {
    let version = current(root)?;
    if tag != format!("v{version}") {
        bail!("the tag is {tag}, but Cargo.toml says {version}");
    }
    changelog::section(&changelog(root)?, &version.to_string())
        .with_context(|| format!("CHANGELOG.md has no section on {version}"))
}

/// The reasons why `version` cannot be released from this tree.
fn blockers(root: &Path, current: &Version, version: &Version) -> Result<Vec<String>> {
    let mut obstacles = Vec::new();
    let tag = format!("v{version}");
    let tagged =
        |tag: &str| Ok::<_, anyhow::Error>(!git(root, &["tag", "--list", tag])?.is_empty());
    if tagged(&tag)? {
        obstacles.push(format!(
            "{version} has been released: there is the tag {tag}. Type `cargo xtask release` and the next version"
        ));
    } else if version < current {
        obstacles.push(format!("{version} comes before {current}, which Cargo.toml says"));
    }
    let changes = git(root, &["status", "--porcelain"])?;
    if !changes.is_empty() {
        obstacles.push(format!("there are changes that are not committed:\n{changes}"));
    }
    if changelog::section(&changelog(root)?, "Unreleased").is_none() {
        obstacles.push("CHANGELOG.md has nothing under `## Unreleased`".to_owned());
    }
    obstacles.extend(own_versions(root)?);
    Ok(obstacles)
}

/// Manifests of what is published that say a version themselves: there is one place for it.
fn own_versions(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in
        git(root, &["ls-files", "Cargo.toml", "*/Cargo.toml", "pkg-template/package.json"])?.lines()
    {
        let manifest = fs::read_to_string(root.join(file))?;
        let package = manifest.split("\n[dependencies]").next().unwrap_or_default();
        let package = package.split_once("[package]").map_or(package, |(_, rest)| rest);
        let says = package.lines().any(|line| {
            line.starts_with("version =") || line.trim_start().starts_with("\"version\":")
        });
        if says && !package.contains("publish = false") {
            found.push(format!(
                "{file} says a version of its own; Cargo.toml's [workspace.package] is the place"
            ));
        }
    }
    Ok(found)
}

/// The row `release` of `cargo xtask test`: the tree could be published.
pub fn rehearse() -> Result<()> {
    let version = current(root())?;
    let own = own_versions(root())?;
    if !own.is_empty() {
        bail!("{}", own.join("\n"));
    }
    publish_crates(&version)?;
    publish_package(&version)
}

/// Packs and compiles each crate as crates.io would get it.
fn publish_crates(_: &Version) -> Result<()> {
    for name in CRATES {
        // Whether all is committed is asked elsewhere, once.
        let publish = cargo(&["publish", "--dry-run", "--allow-dirty", "--package", name]);
        step(&format!("cargo publish --dry-run, {name}"), publish)?;
    }
    Ok(())
}

fn publish_package(version: &Version) -> Result<()> {
    pkg::build()?;
    let mut publish = setup::npm();
    // npm refuses to make a version before 1.0.0-rc.1 or the like the one that everybody gets.
    let tag = if version.pre.is_empty() { "latest" } else { "next" };
    publish.args(["publish", "./pkg", "--dry-run", "--access", "public", "--tag", tag]);
    step("npm publish --dry-run", publish).map(drop)
}

/// Changes the version and the changelog, commits that and tags it: all of it or nothing.
fn make(root: &Path, current: &Version, version: &Version, date: &str) -> Result<()> {
    let head = git(root, &["rev-parse", "HEAD"])?;
    let mut files = telling_version(root, current)?;
    files.extend(CHANGED.map(str::to_owned));
    let before: Vec<(String, Vec<u8>)> = files
        .into_iter()
        .filter_map(|file| fs::read(root.join(&file)).ok().map(|content| (file, content)))
        .collect();
    let files: Vec<&str> = before.iter().map(|(file, _)| file.as_str()).collect();
    let made = change(root, current, version, date).and_then(|()| {
        let message = format!("Release {version}");
        git(root, &[&["commit", "--quiet", "-m", &message, "--"], &files[..]].concat())?;
        git(root, &["tag", "--annotate", &format!("v{version}"), "-m", &message])
    });
    let Err(error) = made else { return Ok(()) };
    git(root, &["reset", "--quiet", "--soft", &head])?;
    for (file, content) in &before {
        fs::write(root.join(file), content)?;
    }
    git(root, &[&["reset", "--quiet", "--"], &files[..]].concat())?;
    Err(error.context("the release could not be made, and everything is as it was"))
}

/// The names with version by which documentation mentions what is published.
fn mentions(version: &Version) -> impl Iterator<Item = String> {
    CRATES.iter().flat_map(move |name| ["@", "-"].map(|mark| format!("{name}{mark}{version}")))
}

/// Documentation, examples and their tests that do.
fn telling_version(root: &Path, current: &Version) -> Result<Vec<String>> {
    let tracked =
        git(root, &["ls-files", "README.md", "docs", "examples", "pkg-template", "tests"])?;
    let tells = |file: &&str| {
        // A file that is not text, such as a picture, does not mention a version.
        fs::read_to_string(root.join(file))
            .is_ok_and(|text| mentions(current).any(|mention| text.contains(&mention)))
    };
    Ok(tracked.lines().filter(tells).map(str::to_owned).collect())
}

fn change(root: &Path, current: &Version, version: &Version, date: &str) -> Result<()> {
    for file in telling_version(root, current)?.iter().map(|file| root.join(file)) {
        let mut text = fs::read_to_string(&file)?;
        for (old, new) in mentions(current).zip(mentions(version)) {
            text = text.replace(&old, &new);
        }
        fs::write(&file, text)?;
    }
    let manifest = root.join("Cargo.toml");
    let text = fs::read_to_string(&manifest)?;
    let old = format!("\nversion = \"{current}\"\n");
    if text.matches(&old).count() != 1 {
        bail!("Cargo.toml does not say `{}` once", old.trim());
    }
    fs::write(&manifest, text.replace(&old, &format!("\nversion = \"{version}\"\n")))?;
    let released = changelog::released(&changelog(root)?, &version.to_string(), date)?;
    fs::write(root.join("CHANGELOG.md"), released)?;
    for lock in ["Cargo.lock", "fuzz/Cargo.lock"].map(|file| root.join(file)) {
        if lock.exists() {
            fs::write(&lock, locked(&fs::read_to_string(&lock)?, current, version))?;
        }
    }
    Ok(())
}

/// A lock file in which this project's own crates, which have no source, are at the new version. By
/// cargo it would take the network, for crates that this machine may never have needed.
fn locked(lock: &str, current: &Version, version: &Version) -> String {
    let (old, new) =
        (format!("\nversion = \"{current}\"\n"), format!("\nversion = \"{version}\"\n"));
    let packages = lock.split("[[package]]").map(|package| {
        if package.contains("\nsource = ") {
            package.to_owned()
        } else {
            package.replacen(&old, &new, 1)
        }
    });
    packages.collect::<Vec<_>>().join("[[package]]")
}

/// The version in Cargo.toml's `[workspace.package]`.
fn current(root: &Path) -> Result<Version> {
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    manifest
        .split_once("[workspace.package]")
        .and_then(|(_, rest)| rest.lines().find_map(|line| line.strip_prefix("version = \"")))
        .and_then(|rest| rest.split('"').next())
        .context("Cargo.toml says no version in [workspace.package]")?
        .parse()
        .context("Cargo.toml's version is not one of SemVer")
}

fn changelog(root: &Path) -> Result<String> {
    fs::read_to_string(root.join("CHANGELOG.md")).context("CHANGELOG.md cannot be read")
}

fn git(root: &Path, arguments: &[&str]) -> Result<String> {
    answer_in(root, command("git").args(arguments))
}

fn answer_in(root: &Path, command: &mut std::process::Command) -> Result<String> {
    let output = command.current_dir(root).output().with_context(|| {
        format!(
            "cannot start `{}`: is it installed, and on the PATH?",
            command.get_program().display()
        )
    })?;
    if !output.status.success() {
        let typed: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
        let said = String::from_utf8_lossy(&output.stderr).into_owned()
            + &String::from_utf8_lossy(&output.stdout);
        bail!("{} {}\n{}", command.get_program().display(), typed.join(" "), said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

/// `2026-11-21`. Node is needed for the package anyway.
fn today() -> Result<String> {
    let mut node = command("node");
    node.args(["--print", "new Date().toISOString().slice(0, 10)"]);
    answer(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository with what a release touches; it is removed when this is dropped.
    struct Repository(std::path::PathBuf);

    impl Repository {
        fn new(name: &str) -> Self {
            let folder =
                std::env::temp_dir().join(format!("paragon-wasm-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(folder.join("src")).unwrap();
            fs::create_dir_all(folder.join("pkg-template")).unwrap();
            let write = |file: &str, text: &str| fs::write(folder.join(file), text).unwrap();
            write(
                "Cargo.toml",
                "[workspace.package]\nversion = \"0.1.0\"\n\n[package]\nname = \"it\"\nversion.workspace = true\nedition = \"2024\"\n",
            );
            write("src/lib.rs", "");
            write("pkg-template/package.json", "{\n  \"name\": \"it\"\n}\n");
            fs::create_dir_all(folder.join("docs")).unwrap();
            write(
                "docs/entries.md",
                "paragon-wasm@0.1.0/index.js, paragon-sandbox-0.1.0-linux, 0.1.0\n",
            );
            write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n### Added\n\n- All.\n");
            let repository = Self(folder);
            repository.git(&["init", "--quiet", "--initial-branch", "main"]);
            repository.git(&["config", "user.name", "A maintainer"]);
            repository.git(&["config", "user.email", "maintainer@example.com"]);
            answer_in(&repository.0, &mut cargo(&["generate-lockfile", "--offline"])).unwrap();
            repository.git(&["add", "."]);
            repository.git(&["commit", "--quiet", "-m", "All"]);
            repository
        }

        fn git(&self, arguments: &[&str]) -> String {
            git(&self.0, arguments).unwrap()
        }

        fn read(&self, file: &str) -> String {
            fs::read_to_string(self.0.join(file)).unwrap()
        }
    }

    impl Drop for Repository {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn makes_a_release_and_only_once() {
        let it = Repository::new("release");
        let (first, second) = (version("0.1.0"), version("0.2.0"));
        assert_eq!(blockers(&it.0, &first, &first).unwrap(), [""; 0]);
        assert_eq!(blockers(&it.0, &first, &second).unwrap(), [""; 0]);

        make(&it.0, &first, &second, "2026-11-21").unwrap();
        assert!(it.read("Cargo.toml").contains("version = \"0.2.0\""));
        assert!(it.read("Cargo.lock").contains("version = \"0.2.0\""));
        assert!(it.read("CHANGELOG.md").contains("## 0.2.0 - 2026-11-21\n\n### Added"));
        let told = it.read("docs/entries.md");
        assert_eq!(told, "paragon-wasm@0.2.0/index.js, paragon-sandbox-0.2.0-linux, 0.1.0\n");
        assert_eq!(it.git(&["status", "--porcelain"]), "");
        assert_eq!(it.git(&["describe", "--exact-match"]), "v0.2.0");
        assert_eq!(notes(&it.0, "v0.2.0").unwrap(), "### Added\n\n- All.\n");
        assert!(notes(&it.0, "v0.3.0").unwrap_err().to_string().contains("Cargo.toml says 0.2.0"));

        let again = blockers(&it.0, &second, &second).unwrap();
        assert!(again[0].contains("has been released"), "{again:?}");
        assert!(again[1].contains("nothing under"), "{again:?}");
    }

    #[test]
    fn locks_own_crates_only() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\nsource = \"x\"\n\n\
            [[package]]\nname = \"it\"\nversion = \"0.1.0\"\ndependencies = [\n \"a\",\n]\n";
        let now = locked(lock, &version("0.1.0"), &version("0.2.0"));
        assert_eq!(
            now,
            lock.replace(
                "name = \"it\"\nversion = \"0.1.0\"",
                "name = \"it\"\nversion = \"0.2.0\""
            )
        );
    }

    #[test]
    fn tells_what_is_blockers() {
        let it = Repository::new("obstacles");
        fs::write(it.0.join("pkg-template/package.json"), "{\n  \"version\": \"0.1.0\"\n}\n")
            .unwrap();
        let found = blockers(&it.0, &version("0.1.0"), &version("0.0.9")).unwrap();
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].contains("0.0.9 comes before 0.1.0"));
        assert!(found[1].contains("not committed") && found[1].contains("package.json"));
        assert!(found[2].contains("pkg-template/package.json says a version"));
    }

    #[test]
    fn leaves_everything_as_it_was_when_it_fails() {
        let it = Repository::new("failure");
        let head = it.git(&["rev-parse", "HEAD"]);
        it.git(&["tag", "v0.2.0"]);
        let error = make(&it.0, &version("0.1.0"), &version("0.2.0"), "2026-11-21").unwrap_err();
        assert!(format!("{error:#}").contains("v0.2.0"), "{error:#}");
        assert!(it.read("Cargo.toml").contains("version = \"0.1.0\""));
        assert!(!it.read("CHANGELOG.md").contains("0.2.0"));
        assert_eq!(it.git(&["rev-parse", "HEAD"]), head);
        assert_eq!(it.git(&["status", "--porcelain"]), "");
    }
}
