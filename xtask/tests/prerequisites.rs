//! A missing tool is reported in a sentence that says what to type. The programs that are looked
//! for are scripts here, in a folder that is all of the `PATH`.

#![cfg(unix)]

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Command};

/// The folder, where a Rust is that lacks nothing; it is removed when this is dropped.
struct Machine(PathBuf);

impl Machine {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        let library = folder.join("lib/rustlib/src/rust/library");
        fs::create_dir_all(&library).unwrap();
        fs::write(library.join("Cargo.lock"), "").unwrap();
        Self(folder).with("rustc", "[ $1 = --version ] && echo rustc 1.95.0 || echo ${0%/rustc}")
    }

    /// A program in place of the one that is there.
    fn with(self, program: &str, script: &str) -> Self {
        let file = self.0.join(program);
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    /// The complaint of `cargo xtask pkg` there.
    fn complaint(&self) -> String {
        let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let output = xtask.arg("pkg").env("PATH", &self.0).output().unwrap();
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn node_is_missing() {
    let complaint = Machine::new("no-node").complaint();
    assert!(complaint.contains("Node is not on the PATH: install Node 20.19"), "{complaint}");
    assert!(complaint.contains("https://nodejs.org"), "{complaint}");
}

#[test]
fn node_is_too_old() {
    let complaint = Machine::new("old-node").with("node", "echo v18.20.0").complaint();
    assert!(complaint.contains("Node v18.20.0 is too old: install Node 20.19"), "{complaint}");
}

#[test]
fn rust_for_wasm_is_missing_and_rustup_too() {
    let complaint = Machine::new("no-rustup").with("rustc", "echo /no/such/folder").complaint();
    assert!(complaint.contains("`rustup target add wasm32-unknown-unknown`"), "{complaint}");
    assert!(complaint.contains("https://rustup.rs"), "{complaint}");
}

#[test]
fn rust_has_another_version_than_the_package_is_compiled_with() {
    let rustc = "[ $1 = --version ] && echo rustc 1.99.0 || echo ${0%/rustc}";
    let complaint = Machine::new("other-rust").with("rustc", rustc).complaint();
    assert!(complaint.contains("the package is compiled with Rust 1.95.0"), "{complaint}");
    assert!(
        complaint.contains("`rustup toolchain install 1.95.0 --profile minimal`"),
        "{complaint}"
    );
    assert!(complaint.contains("`cargo xtask pkg --stable`"), "{complaint}");
}

#[test]
fn rust_has_that_version_in_another_toolchain() {
    let rustc = "[ $1 = --version ] && echo rustc ${RUSTUP_TOOLCHAIN:-1.99.0} || echo ${0%/rustc}";
    let complaint = Machine::new("pinned-rust").with("rustc", rustc).complaint();
    assert!(complaint.contains("Node is not on the PATH"), "{complaint}");
}
