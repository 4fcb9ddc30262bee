//! The one place that reads the clock and writes dates.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970, as tokens count them.
pub(crate) fn now_seconds() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// The present moment as the API writes dates: `2026-11-21T06:39:21.000Z`.
pub(crate) fn now_rfc3339() -> String {
    humantime::format_rfc3339_millis(SystemTime::now()).to_string()
}
