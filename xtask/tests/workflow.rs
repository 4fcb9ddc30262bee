//! The jobs of `.github/workflows/ci.yml` run each row of `cargo xtask test` once.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

/// The names of the rows that `cargo xtask test <words>` runs.
fn rows(words: &str) -> Vec<String> {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = xtask.args(["test", "--list"]).args(words.split_whitespace()).output().unwrap();
    assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn every_row_is_in_exactly_one_job() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github/workflows/ci.yml");
    let workflow = fs::read_to_string(file).unwrap();
    assert!(workflow.contains("run: cargo xtask test ${{ matrix.rows }}\n"), "{workflow}");

    let mut jobs: BTreeMap<String, Vec<&str>> =
        rows("").into_iter().map(|row| (row, Vec::new())).collect();
    for words in workflow.lines().filter_map(|line| line.trim().strip_prefix("rows: ")) {
        let words = words.trim_matches('"');
        for row in rows(words) {
            jobs.get_mut(&row).unwrap().push(words);
        }
    }
    jobs.retain(|_, jobs| jobs.len() != 1);
    assert!(jobs.is_empty(), "rows in no job, or in several: {jobs:#?}");
}
