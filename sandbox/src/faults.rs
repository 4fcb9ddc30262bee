//! Faults that were asked for: which requests they hit, and how often they still will.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderName, Method, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::admin::body::LARGEST_INTEGER;
use crate::error::ApiError;

/// The largest number of rules.
const MOST_RULES: usize = 1000;

/// Ten minutes: longer than any client should wait, short enough to end.
const LONGEST_DELAY_MS: u64 = 600_000;

/// The largest body that a fault makes.
const LARGEST_BODY: u64 = 1 << 30;

/// Headers that frame the message. A wrong one would hit the sandbox's own HTTP, not the client;
/// `truncate` and `drop` are the faults of framing.
const FRAMING: [HeaderName; 3] =
    [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION];

/// A rule: which requests it hits, and what happens to them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Rule {
    /// Absent: any method. Preflights are hit only by a rule that names `OPTIONS`, so that a fault
    /// meant for a call is not used up by the browser asking whether it may make it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<String>,
    /// A path where `*` stands for any text. Absent: any path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    /// The number of requests that it hits. Absent: all, until the rules are deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) times: Option<u64>,
    /// The number of requests that it lets pass first.
    #[serde(default)]
    pub(crate) skip: u64,
    /// The time that the request waits before anything else happens.
    #[serde(default)]
    pub(crate) delay_ms: u64,
    /// The answer carries CORS headers; without them a browser hides it.
    #[serde(default = "yes")]
    pub(crate) cors: bool,
    #[serde(default)]
    pub(crate) action: Action,
}

/// The effect on a request that is hit. Every kind is written with braces: serde lets unknown
/// fields pass in those without.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub(crate) enum Action {
    /// Nothing but the delay.
    Pass {},
    /// This answer in place of the API's. A string is sent as it is, other JSON as JSON.
    Answer {
        #[serde(default = "server_error")]
        status: u16,
        #[serde(default)]
        headers: BTreeMap<String, String>,
        #[serde(default)]
        body: Option<Value>,
    },
    /// The API's answer with another status or other headers.
    Alter {
        #[serde(default)]
        status: Option<u16>,
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// The connection ends. With `applied`, the API has done its part by then.
    Drop {
        #[serde(default)]
        when: Moment,
        #[serde(default)]
        applied: bool,
    },
    /// The API's answer ends early: after `bytes`, or in the middle.
    Truncate {
        #[serde(default)]
        bytes: Option<u64>,
    },
    /// No answer, or no body, for as long as the client waits.
    Hang {
        #[serde(default)]
        when: Moment,
    },
    /// The API's answer, its JSON broken.
    Corrupt {},
    Redirect {
        location: String,
        #[serde(default = "found")]
        status: u16,
    },
    /// A well-formed JSON object of this many bytes.
    BigBody { bytes: u64 },
}

impl Action {
    fn truncated_after(&self) -> Option<u64> {
        match self {
            Self::Truncate { bytes } => *bytes,
            _ => None,
        }
    }
}

impl Default for Action {
    fn default() -> Self {
        Self::Pass {}
    }
}

/// When a connection ends or falls silent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Moment {
    #[default]
    BeforeHeaders,
    AfterHeaders,
}

/// The rules, in the order in which they are tried.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    next_id: u64,
    rules: Vec<Waiting>,
}

/// A rule and what has become of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Waiting {
    id: u64,
    /// The number of requests that it still hits; `null` for all.
    remaining: Option<u64>,
    /// The number of requests that it has hit.
    hits: u64,
    #[serde(flatten)]
    rule: Rule,
}

impl Faults {
    /// Adds rules behind those there are: all, or on an error none.
    pub(crate) fn add(&self, rules: Vec<Rule>) -> Result<(), ApiError> {
        for (position, rule) in rules.iter().enumerate() {
            rule.check()
                .map_err(|why| ApiError::body_invalid(format!("Rule {position}: {why}.")))?;
        }
        let mut inner = self.lock();
        if inner.rules.len() + rules.len() > MOST_RULES {
            return Err(ApiError::conflict(
                "too_many_rules",
                format!("More than {MOST_RULES} rules would wait; delete the old ones first."),
            ));
        }
        for rule in rules {
            inner.next_id += 1;
            let id = inner.next_id;
            inner.rules.push(Waiting { id, remaining: rule.times, hits: 0, rule });
        }
        Ok(())
    }

    /// The rule that hits this request, if any: the first that matches and is not used up.
    pub(crate) fn hit(&self, method: &Method, path: &str, is_preflight: bool) -> Option<Rule> {
        let mut inner = self.lock();
        for waiting in &mut inner.rules {
            if waiting.remaining == Some(0) || !waiting.rule.matches(method, path, is_preflight) {
                continue;
            }
            if waiting.rule.skip > 0 {
                waiting.rule.skip -= 1;
                continue;
            }
            waiting.remaining = waiting.remaining.map(|left| left - 1);
            waiting.hits += 1;
            return Some(waiting.rule.clone());
        }
        None
    }

    pub(crate) fn list(&self) -> Vec<Waiting> {
        self.lock().rules.clone()
    }

    pub(crate) fn clear(&self) {
        self.lock().rules.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rule {
    fn matches(&self, method: &Method, path: &str, is_preflight: bool) -> bool {
        let of_method = match &self.method {
            Some(wanted) => wanted.eq_ignore_ascii_case(method.as_str()),
            None => !is_preflight,
        };
        of_method && self.path.as_deref().is_none_or(|pattern| glob(pattern, path))
    }

    fn check(&self) -> Result<(), String> {
        if self.method.as_ref().is_some_and(|it| Method::from_bytes(it.as_bytes()).is_err()) {
            return Err("`method` is no HTTP method".to_owned());
        }
        if self.delay_ms > LONGEST_DELAY_MS {
            return Err(format!("`delayMs` is larger than {LONGEST_DELAY_MS}"));
        }
        let counts = [Some(self.skip), self.times, self.action.truncated_after()];
        if counts.into_iter().flatten().any(|count| count > LARGEST_INTEGER) {
            return Err(format!("a number in it is larger than {LARGEST_INTEGER}"));
        }
        match &self.action {
            Action::Answer { status, headers, .. } => {
                check_status(*status, 200..=599)?;
                check_headers(headers)
            }
            Action::Alter { status, headers } => {
                status.map_or(Ok(()), |status| check_status(status, 200..=599))?;
                check_headers(headers)
            }
            Action::Redirect { location, status } => {
                check_status(*status, 300..=399)?;
                if is_sendable(location) {
                    return Ok(());
                }
                Err("`location` cannot be sent in a header".to_owned())
            }
            Action::BigBody { bytes } if *bytes > LARGEST_BODY => {
                Err(format!("`bytes` is larger than {LARGEST_BODY}"))
            }
            _ => Ok(()),
        }
    }
}

/// True if the path matches the pattern, in which `*` stands for any text.
fn glob(pattern: &str, path: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(rest) = pieces.next().and_then(|first| path.strip_prefix(first)) else { return false };
    let mut rest = rest;
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

fn check_status(status: u16, allowed: std::ops::RangeInclusive<u16>) -> Result<(), String> {
    if allowed.contains(&status) && StatusCode::from_u16(status).is_ok() {
        return Ok(());
    }
    Err(format!("`status` must lie in {} to {}", allowed.start(), allowed.end()))
}

fn check_headers(headers: &BTreeMap<String, String>) -> Result<(), String> {
    for (name, value) in headers {
        let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else {
            return Err(format!("`{name}` is no header name"));
        };
        if FRAMING.contains(&header) {
            return Err(format!("`{header}` cannot be set; see `truncate` and `drop`"));
        }
        if !is_sendable(value) {
            return Err(format!("the value of `{header}` cannot be sent"));
        }
    }
    Ok(())
}

/// ASCII that can be seen, spaces and tabs: what every client reads alike.
fn is_sendable(value: &str) -> bool {
    value.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
}

fn yes() -> bool {
    true
}

fn server_error() -> u16 {
    500
}

fn found() -> u16 {
    302
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        let cases = [
            ("/a/b", "/a/b", true),
            ("/a/b", "/a/b/c", false),
            ("/a/*", "/a/b/c", true),
            ("*/sdk/me", "/projects/1/sdk/me", true),
            ("*/sdk/me", "/projects/1/sdk/me/x", false),
            ("/projects/*/sdk/*/x", "/projects/1/sdk/y/z/x", true),
            ("/projects/*/sdk/*/x", "/projects/1/sdk/y/z", false),
            ("*", "", true),
            ("a*a", "a", false),
            ("**", "/any", true),
            ("", "/", false),
        ];
        for (pattern, path, wanted) in cases {
            assert_eq!(glob(pattern, path), wanted, "{pattern} {path}");
        }
    }

    #[test]
    fn rules_are_tried_in_order_and_used_up() {
        let faults = Faults::default();
        let rule = |text: &str| serde_json::from_str::<Rule>(text).unwrap();
        faults
            .add(vec![
                rule(r#"{"method": "get", "times": 1, "skip": 1, "delayMs": 1}"#),
                rule(r#"{"method": "GET", "times": 1, "delayMs": 2}"#),
                rule(r#"{"method": "OPTIONS", "delayMs": 3}"#),
            ])
            .unwrap();
        let hit = |method: Method, preflight| {
            faults.hit(&method, "/x", preflight).map(|rule| rule.delay_ms)
        };
        assert_eq!(hit(Method::GET, false), Some(2), "the first lets one pass");
        assert_eq!(hit(Method::GET, false), Some(1));
        assert_eq!(hit(Method::GET, false), None);
        assert_eq!(hit(Method::OPTIONS, true), Some(3));
        assert_eq!(hit(Method::POST, false), None);
    }
}
