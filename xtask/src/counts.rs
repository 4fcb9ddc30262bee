//! What tests print, read: how many passed, and what they have to say.

use std::{fmt, iter::Sum};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

/// Sums lines like `test result: ok. 3 passed; 0 failed; 1 ignored; …`, one for each binary.
pub fn libtest_counts(output: &str) -> Counts {
    let number = |line: &str, what: &str| {
        let before = line.split(what).next().unwrap_or_default();
        before.split_whitespace().next_back().and_then(|n| n.parse().ok()).unwrap_or(0)
    };
    output
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test result: "))
        .map(|line| Counts {
            passed: number(line, " passed"),
            failed: number(line, " failed"),
            skipped: number(line, " ignored"),
        })
        .sum()
}

/// Reads the end of what node's `spec` reporter prints: `ℹ pass 3`.
pub fn node_counts(output: &str) -> Counts {
    let number = |what: &str| -> u32 {
        output
            .lines()
            .filter_map(|line| {
                line.strip_prefix("ℹ ")?.strip_prefix(what)?.trim().parse::<u32>().ok()
            })
            .sum()
    };
    Counts {
        passed: number("pass "),
        failed: number("fail ") + number("cancelled "),
        skipped: number("skipped ") + number("todo "),
    }
}

/// What node's tests say beside their result: measurements, and why one was not run.
pub fn node_notes(output: &str) -> Vec<&str> {
    const SUMMARY: [&str; 8] =
        ["tests ", "suites ", "pass ", "fail ", "cancelled ", "skipped ", "todo ", "duration_ms "];
    let mut notes = Vec::new();
    for line in output.lines().map(str::trim) {
        let note = match (line.strip_prefix("ℹ "), line.split_once("# not run: ")) {
            (Some(said), _) if !SUMMARY.iter().any(|word| said.starts_with(word)) => said,
            (None, Some((_, _))) => line.split_once("# ").map_or(line, |(_, why)| why),
            _ => continue,
        };
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |sum, next| Self {
            passed: sum.passed + next.passed,
            failed: sum.failed + next.failed,
            skipped: sum.skipped + next.skipped,
        })
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, libtest_counts, node_counts, node_notes};

    #[test]
    fn sums_every_test_binary() {
        let output = "test a ... ok\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
            test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(libtest_counts(output), Counts { passed: 5, failed: 4, skipped: 1 });
    }

    #[test]
    fn reads_node_s_summary() {
        let output = "✔ a (1ms)\nℹ tests 4\nℹ suites 0\nℹ pass 2\nℹ fail 1\nℹ cancelled 0\n\
            ℹ skipped 1\nℹ todo 0\n";
        assert_eq!(node_counts(output), Counts { passed: 2, failed: 1, skipped: 1 });
    }

    #[test]
    fn reads_what_tests_say() {
        let output = "✔ a (1ms)\nℹ a: 12 bytes\n﹣ b (1ms) # not run: no network\n\
            ﹣ c (1ms) # not run: no network\nℹ tests 3\nℹ pass 1\n";
        assert_eq!(node_notes(output), ["a: 12 bytes", "not run: no network"]);
    }
}
