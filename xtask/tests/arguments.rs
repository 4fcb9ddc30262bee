//! What is typed wrongly is refused at once: before anything is looked for, installed or built.

use std::process::Command;

/// What `cargo xtask <words>` complains of on a machine that has no program at all.
fn complaint(words: &str) -> String {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = xtask.args(words.split_whitespace()).env("PATH", "").output().unwrap();
    assert!(!output.status.success(), "{words}");
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[test]
fn wrong_arguments_are_refused_with_what_is_right() {
    for (words, says) in [
        ("tst", "there is no command `tst`; `cargo xtask` lists them"),
        ("bench --runs x", "--runs needs a whole number, 1 or more, not `x`"),
        ("bench --runs=0", "--runs needs a whole number, 1 or more, not `0`"),
        ("bench --runs", "--runs needs a number: `--runs 30`"),
        ("bench --publish --runs 29", "only a whole report of 30 runs or more is published"),
        ("bench --publish --quick", "only a whole report of 30 runs or more is published"),
        ("bench 30", "`bench` has no `30`"),
        ("demo --port abc", "--port needs a number from 0 to 65535, not `abc`"),
        ("demo --sandbox-port=65536", "--sandbox-port needs a number from 0 to 65535, not `65536`"),
        ("demo --port", "--port needs a number: `--port 8080`"),
        ("demo --prot 1", "`demo` has no `--prot`; `cargo xtask` lists what there is"),
        ("fuzz many", "how many inputs? `cargo xtask fuzz 10000000`"),
        ("release 1.2", "`1.2` is no version like 0.2.0 or 1.0.0-rc.1"),
        ("test nosuch", "there is no such row; there are: native, wasm, js/"),
        ("check nosuch", "there is no such row; there are: check/fmt, check/clippy,"),
    ] {
        let complaint = complaint(words);
        assert!(complaint.contains(says), "{words}: {complaint}");
    }
}
