//! Settings of all calls of a client, and of one.

use crate::http::endpoints::Endpoints;
use crate::http::request::AccountSelector;
use crate::http::retry::DEFAULT_MAX_RETRIES;

/// The time limit of a call unless it says otherwise, in milliseconds.
pub const DEFAULT_TIMEOUT_MS: u32 = 30_000;

/// The settings of all calls of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The addresses of the API.
    pub endpoints: Endpoints,
    /// When a call is given up, in milliseconds.
    pub timeout_ms: u32,
    /// The number of repetitions, after a failure that may pass, of a request that may be sent twice.
    pub max_retries: u32,
    /// `true` if each request is reported to [`super::Platform::debug`].
    pub debug: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            endpoints: Endpoints::default(),
            timeout_ms: DEFAULT_TIMEOUT_MS,
            max_retries: DEFAULT_MAX_RETRIES,
            debug: false,
        }
    }
}

/// Options that every call takes; what is not given is as in [`Settings`].
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// When the call is given up, in milliseconds.
    pub timeout_ms: Option<u32>,
    /// The number of repetitions of a request.
    pub max_retries: Option<u32>,
    /// Which of several accounts the call is about.
    pub account: AccountSelector,
}
