//! Links in the documentation that lead nowhere.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};

/// Fails with a list of the relative links in Markdown files whose file does not exist.
pub fn dead_links(root: &Path) -> Result<()> {
    let mut dead = Vec::new();
    for page in pages(root)? {
        let directory = page.parent().unwrap_or(root);
        let shown = page.strip_prefix(root).unwrap_or(&page).display();
        for (line, target) in links(&fs::read_to_string(&page)?) {
            let path = target.split(['#', '?']).next().unwrap_or_default();
            let elsewhere = target.contains("://") || target.starts_with("mailto:");
            if !elsewhere && !path.is_empty() && !directory.join(path).exists() {
                dead.push(format!("{shown}:{line}: there is no {path}"));
            }
        }
    }
    if !dead.is_empty() {
        bail!("{}", dead.join("\n"));
    }
    Ok(())
}

/// Every Markdown file that a person wrote.
fn pages(directory: &Path) -> Result<Vec<PathBuf>> {
    const NOT_OURS: [&str; 4] = ["target", "node_modules", "pkg", ".git"];

    let mut pages = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let ours = path.file_name().is_none_or(|name| NOT_OURS.iter().all(|other| name != *other));
        if path.is_dir() && ours {
            pages.extend(self::pages(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    pages.sort();
    Ok(pages)
}

/// The targets of `[text](target)` and `[name]: target` with their line numbers, outside of code.
fn links(page: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (index, line) in page.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        if line.starts_with('[')
            && let Some((_, target)) = line.split_once("]: ")
        {
            found.extend(target.split_whitespace().next().map(|target| (index + 1, target)));
        }
        // Odd pieces between back-ticks are code.
        for prose in line.split('`').step_by(2) {
            for piece in prose.split("](").skip(1) {
                let target = piece.split([')', ' ']).next().unwrap_or_default();
                found.push((index + 1, target.trim_matches(['<', '>'])));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::links;

    #[test]
    fn finds_links_in_prose_only() {
        let page = "see [a](docs/a.md#x \"title\") and `[no](code)`, [b](<b.md>)\n\
                    ```\n[c](c.md)\n```\n[d]: d.md\n";
        assert_eq!(links(page), [(1, "docs/a.md#x"), (1, "b.md"), (5, "d.md")]);
    }

    #[test]
    fn a_link_whose_text_is_code_counts() {
        assert_eq!(links("[`xtask`](xtask/)"), [(1, "xtask/")]);
    }
}
