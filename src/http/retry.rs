//! When a request is sent again, and after how long. Pure: the clock and the random number are given.

use crate::error::{Error, ErrorCode};

/// The number of repetitions unless the application says otherwise.
pub const DEFAULT_MAX_RETRIES: u32 = 2;

/// The wait before the first repetition, at most; it doubles with each. In milliseconds.
const BASE_MS: f64 = 400.0;

/// No wait is longer, in milliseconds. A server that asks for more gets no repetition.
const CAP_MS: f64 = 10_000.0;

/// `true` if another try may succeed where this one failed.
pub fn is_transient<J>(error: &Error<J>) -> bool {
    match error.code {
        ErrorCode::Network | ErrorCode::RateLimited => true,
        ErrorCode::ServerError => matches!(error.status, Some(502..=504)),
        _ => false,
    }
}

/// The wait before repetition number `attempt`, counted from 0, in milliseconds.
///
/// Exponential with jitter: between half of the step and the whole of it, by `random` in 0..1,
/// and never less than the server asked for. `None` when the server asks for too much.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0..=CAP_MS")]
pub fn delay_ms(attempt: u32, random: f64, retry_after_ms: Option<f64>) -> Option<u32> {
    let mut step = BASE_MS;
    for _ in 0..attempt.min(10) {
        step *= 2.0;
    }
    let step = step.min(CAP_MS);
    let jittered = step / 2.0 + step / 2.0 * random.clamp(0.0, 1.0);
    let asked = retry_after_ms.unwrap_or(0.0);
    (asked <= CAP_MS).then(|| jittered.max(asked) as u32)
}

/// The header `Retry-After`, as milliseconds from now: seconds, or a date, which `date_ms` reads.
pub fn retry_after_ms(
    header: &str,
    now_ms: f64,
    date_ms: impl Fn(&str) -> Option<f64>,
) -> Option<f64> {
    let header = header.trim_ascii();
    match header.parse::<u32>() {
        Ok(seconds) => Some(f64::from(seconds) * 1000.0),
        Err(_) => date_ms(header).map(|date| (date - now_ms).max(0.0)),
    }
}
