//! A version, as `SemVer` has it, without build metadata.

use std::{cmp::Ordering, fmt, str::FromStr};

use anyhow::{Error, bail};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    numbers: [u64; 3],
    /// `rc.1` of `1.0.0-rc.1`; empty for a version that is meant for everybody.
    preliminary: String,
}

impl Version {
    pub fn is_preliminary(&self) -> bool {
        !self.preliminary.is_empty()
    }
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (numbers, preliminary) = text.split_once('-').unwrap_or((text, ""));
        let parsed: Vec<u64> = numbers
            .split('.')
            // `01` is no number of a version, and neither is `+1`.
            .filter(|part| *part == "0" || part.starts_with(|first| matches!(first, '1'..='9')))
            .map_while(|part| part.parse().ok())
            .collect();
        let well_formed = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let is_complete = numbers.split('.').count() == 3
            && (!text.contains('-') || preliminary.split('.').all(well_formed));
        match parsed[..] {
            [major, minor, patch] if is_complete => {
                Ok(Self { numbers: [major, minor, patch], preliminary: preliminary.to_owned() })
            }
            _ => bail!("`{text}` is no version like 0.2.0 or 1.0.0-rc.1"),
        }
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let parts = |version: &Self| -> Vec<(bool, u64, String)> {
            let part = |part: &str| match part.parse() {
                Ok(number) => (false, number, String::new()),
                // Names come after numbers.
                Err(_) => (true, 0, part.to_owned()),
            };
            version.preliminary.split('.').map(part).collect()
        };
        self.numbers
            .cmp(&other.numbers)
            // 1.0.0-rc.1 comes before 1.0.0.
            .then_with(|| other.is_preliminary().cmp(&self.is_preliminary()))
            .then_with(|| parts(self).cmp(&parts(other)))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{major}.{minor}.{patch}")?;
        if self.is_preliminary() { write!(f, "-{}", self.preliminary) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_read_and_printed() {
        for text in ["0.1.0", "10.20.30", "1.0.0-rc.1", "1.0.0-alpha-2"] {
            assert_eq!(text.parse::<Version>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "1",
            "1.0",
            "1.0.0.0",
            "v1.0.0",
            "1.0.x",
            "01.0.0",
            "1.0.+1",
            "1.0.0-",
            "1.0.0-a..b",
            "1.0.0 ",
        ] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }

    #[test]
    fn versions_are_in_semver_s_order() {
        let order = [
            "0.1.0",
            "0.2.0",
            "0.10.0",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-rc.2",
            "1.0.0-rc.10",
            "1.0.0",
            "1.0.1",
        ];
        let versions: Vec<Version> = order.iter().map(|text| text.parse().unwrap()).collect();
        assert!(versions.is_sorted_by(|a, b| a < b));
    }
}
