//! What a machine lacks is said in a sentence that tells what to type. The programs that are looked
//! for are scripts here, in a folder that is all of the `PATH`.

#![cfg(unix)]

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Command};

/// The folder; it is removed when this is dropped.
struct Programs(PathBuf);

impl Programs {
    /// Programs by name, with what each prints.
    fn new(name: &str, programs: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (program, prints) in programs {
            let file = folder.join(program);
            fs::write(&file, format!("#!/bin/sh\necho '{prints}'\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self(folder)
    }

    /// What `cargo xtask` says on this machine before it gives up.
    fn complaint(&self, arguments: &[&str]) -> String {
        let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let output = xtask.args(arguments).env("PATH", &self.0).output().unwrap();
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A folder that is there, as the standard library for wasm.
const INSTALLED: (&str, &str) = ("rustc", "/");

#[test]
fn node_is_missing() {
    let complaint = Programs::new("no-node", &[INSTALLED]).complaint(&["check", "eslint"]);
    assert!(complaint.contains("Node is not on the PATH: install Node 20.19"), "{complaint}");
    assert!(complaint.contains("https://nodejs.org"), "{complaint}");
}

#[test]
fn node_is_too_old() {
    let programs = Programs::new("old-node", &[INSTALLED, ("node", "v18.20.0")]);
    let complaint = programs.complaint(&["check", "eslint"]);
    assert!(complaint.contains("Node v18.20.0 is too old: install Node 20.19"), "{complaint}");
}

#[test]
fn rust_for_wasm_is_missing_and_rustup_too() {
    let programs = Programs::new("no-rustup", &[("rustc", "/there/is/no/such/folder")]);
    let complaint = programs.complaint(&["check", "eslint"]);
    assert!(complaint.contains("`rustup target add wasm32-unknown-unknown`"), "{complaint}");
    assert!(complaint.contains("https://rustup.rs"), "{complaint}");
}

#[test]
fn rust_is_too_old() {
    // It is asked for two things here: a folder, and its version.
    let programs = Programs::new("old-rust", &[("rustc", "")]);
    let rustc = programs.0.join("rustc");
    fs::write(rustc, "#!/bin/sh\n[ \"$1\" = --version ] && echo 'rustc 1.80.1' || echo /\n")
        .unwrap();
    let complaint = programs.complaint(&["pkg"]);
    assert!(complaint.contains("this is rustc 1.80.1"), "{complaint}");
    assert!(complaint.contains("type `rustup update stable`"), "{complaint}");
}
