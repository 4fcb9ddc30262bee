//! Wrong arguments are refused at once, and `--help` answers: before anything is looked for, installed
//! or built.

use std::process::{Command, Output};

/// `cargo xtask <words>` on a machine that has no program at all.
fn xtask(words: &str) -> Output {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask.args(words.split_whitespace()).env("PATH", "").output().unwrap()
}

fn text(output: Output) -> String {
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[test]
fn wrong_arguments_are_refused_with_what_is_right() {
    for (words, says) in [
        ("tst", "a similar subcommand exists: 'test'"),
        ("bench --runs x", "invalid value 'x' for '--runs <RUNS>'"),
        ("bench --runs=0", "invalid value '0' for '--runs <RUNS>'"),
        ("bench --runs", "a value is required for '--runs <RUNS>'"),
        ("bench --publish --runs 29", "only a report of 30 runs or more is published"),
        ("bench --publish --quick", "'--publish' cannot be used with '--quick'"),
        ("bench 30", "unexpected argument '30'"),
        ("demo --port abc", "invalid value 'abc' for '--port <PORT>'"),
        ("demo --sandbox-port=65536", "65536 is not in 0..=65535"),
        ("demo --prot 1", "a similar argument exists: '--port'"),
        ("fuzz many", "invalid value 'many' for '[RUNS]'"),
        ("pkg --out-dir", "a value is required for '--out-dir <FOLDER>'"),
        ("release 1.2", "invalid value '1.2' for '[VERSION]'"),
        ("release 1.2.3+4", "npm drops what is behind `+`"),
        ("release --notes v1.2.3 --dry-run", "'--notes <TAG>' cannot be used with '--dry-run'"),
        ("size --acept", "a similar argument exists: '--accept'"),
        ("test nosuch", "there is no such row; there are: native, wasm, js/"),
        ("test native --skip nativ", "--skip leaves no row"),
        ("check nosuch", "there is no such row; there are: check/fmt, check/clippy,"),
    ] {
        let output = xtask(words);
        assert!(!output.status.success(), "{words}");
        let complaint = text(output);
        assert!(complaint.contains(says), "{words}: {complaint}");
    }
}

#[test]
fn every_command_has_help_with_an_example() {
    let overview = text(xtask(""));
    assert_eq!(overview, text(xtask("--help")));
    let commands = overview.split_once("Commands:").unwrap().1.split_once("Options:").unwrap().0;
    let commands: Vec<&str> =
        commands.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.contains(&"demo") && commands.contains(&"screenshots"), "{overview}");
    for command in commands.iter().filter(|command| **command != "help") {
        let output = xtask(&format!("{command} --help"));
        assert!(output.status.success(), "{command}");
        let help = text(output);
        assert!(help.contains(&format!("Usage: cargo xtask {command}")), "{help}");
        assert!(help.contains(&format!("Example: cargo xtask {command}")), "{help}");
    }
}
