//! The sections of CHANGELOG.md.

use anyhow::{Context, Result};

const UNRELEASED: &str = "## Unreleased\n";

/// The text under `## {title}`, with or without a date behind it; nothing if there is no entry.
pub fn section(changelog: &str, title: &str) -> Option<String> {
    let is_title = |line: &str| {
        line.strip_prefix("## ")
            .and_then(|rest| rest.strip_prefix(title))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let lines: Vec<&str> = changelog
        .lines()
        .skip_while(|line| !is_title(line))
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .collect();
    let has_entries = lines.iter().any(|line| line.starts_with("- "));
    has_entries.then(|| format!("{}\n", lines.join("\n").trim()))
}

/// The changelog once everything that was unreleased is part of a version.
pub fn released(changelog: &str, version: &str, date: &str) -> Result<String> {
    let (before, after) = changelog
        .split_once(UNRELEASED)
        .with_context(|| format!("CHANGELOG.md has no `{}`", UNRELEASED.trim()))?;
    Ok(format!("{before}{UNRELEASED}\n## {version} - {date}\n{after}"))
}

#[cfg(test)]
mod tests {
    use super::{released, section};

    const CHANGELOG: &str =
        "# Changelog\n\n## Unreleased\n\n### Added\n\n- One.\n\n## 0.1.0 - 2026-01-02\n\n- Zero.\n";

    #[test]
    fn a_section_is_found_by_its_title() {
        assert_eq!(section(CHANGELOG, "Unreleased").unwrap(), "### Added\n\n- One.\n");
        assert_eq!(section(CHANGELOG, "0.1.0").unwrap(), "- Zero.\n");
        assert_eq!(section(CHANGELOG, "0.1"), None);
        assert_eq!(
            section("## Unreleased\n\n### Added\n\n## 0.1.0\n\n- Zero.\n", "Unreleased"),
            None
        );
    }

    #[test]
    fn a_release_takes_what_was_unreleased() {
        let now = released(CHANGELOG, "0.2.0", "2026-11-21").unwrap();
        assert!(
            now.contains(
                "## Unreleased\n\n## 0.2.0 - 2026-11-21\n\n### Added\n\n- One.\n\n## 0.1.0"
            )
        );
        assert_eq!(section(&now, "Unreleased"), None);
        assert_eq!(section(&now, "0.2.0"), section(CHANGELOG, "Unreleased"));
        assert!(released("# Changelog\n", "0.2.0", "2026-11-21").is_err());
    }
}
