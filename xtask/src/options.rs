//! What stands behind a command: `--name`, `--name N` and `--name=N`.

use std::str::FromStr;

use anyhow::{Context, Result, bail};

/// Hands `take` each option, with what reads its number; `take` says whether there is such an option.
///
/// # Errors
/// The first argument that is none of them, or whose number is missing or no such number.
pub fn read(
    command: &str,
    arguments: &[String],
    mut take: impl FnMut(&str, &mut Number) -> Result<bool>,
) -> Result<()> {
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (argument.as_str(), None),
        };
        let mut number = Number { name, value, rest: &mut rest };
        if !take(name, &mut number)? {
            bail!("`{command}` has no `{argument}`; `cargo xtask` lists what there is");
        }
    }
    Ok(())
}

/// The number of an option, which is behind `=` or the next argument.
pub struct Number<'a, 'b> {
    name: &'a str,
    value: Option<&'a str>,
    rest: &'b mut std::slice::Iter<'a, String>,
}

impl Number<'_, '_> {
    /// The number; `kind` says which it may be, `example` shows one.
    pub fn read<T: FromStr>(&mut self, kind: &str, example: &str) -> Result<T> {
        let name = self.name;
        let value = self.value.take().or_else(|| self.rest.next().map(String::as_str));
        let value = value.with_context(|| format!("{name} needs a number: `{name} {example}`"))?;
        value.parse().ok().with_context(|| format!("{name} needs {kind}, not `{value}`"))
    }
}
