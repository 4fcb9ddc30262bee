//! A local Paragon: a server that stands in for Paragon's Users API in development, tests and CI.
//!
//! It serves the documented endpoints under `/projects/{projectId}/sdk/…`, checks tokens for real,
//! and keeps state: an integration that was disconnected is gone from the next answer. What only
//! a sandbox has lies under `/_sandbox/…`, described by `GET /_sandbox/openapi.json`.
//!
//! ```no_run
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use paragon_sandbox::{DEFAULT_PROJECT, DEFAULT_USER, Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Options::default()).await?;
//! let token = sandbox.token(DEFAULT_PROJECT, DEFAULT_USER, 3600)?;
//! let me = format!("{}/projects/{DEFAULT_PROJECT}/sdk/me", sandbox.url());
//! // GET `me` with `Authorization: Bearer {token}` …
//! # drop((me, token));
//! # Ok(())
//! # }
//! ```
//!
//! **Its keys are public.** They are computed from the project's id, so anybody can sign tokens
//! that a sandbox accepts. Never let a real service trust them, and never keep real data in one.
//!
//! The way of a request: `server` → `middleware` (CORS, log) → `routes` → a handler of `users_api`,
//! `install`, `provider` or `admin`, which reads `catalogue` and `store` and answers with `views`.

mod admin;
mod broken_body;
mod catalogue;
mod clock;
mod error;
mod extract;
mod faults;
mod install;
mod keys;
mod log;
mod middleware;
mod openapi;
mod page;
mod provider;
mod redact;
mod routes;
mod server;
mod state;
mod store;
mod token;
mod users_api;
mod views;

use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, OnceLock};

pub use catalogue::{DEFAULT_PROJECT, DEFAULT_USER};
pub use keys::KeyError;
pub use server::{Options, Running, Sandbox, StartError};
pub use store::StateFileError;
pub use token::{DEFAULT_TTL_SECONDS, TokenRequest, mint, public_key_pem, signing_key_pem};

/// True if the sandbox serves a project of this id.
#[must_use]
pub fn is_project(project_id: &str) -> bool {
    catalogue::project(project_id).is_some()
}

/// The whole sandbox as an axum router with its own state, to be mounted in another server.
/// [`Sandbox::start`] is the usual way; only there can a fault cut a connection before the answer,
/// and only there does the provider of an install have an origin of its own.
///
/// # Errors
/// When the state file cannot be used.
pub fn router(state: Option<&Path>) -> Result<axum::Router, StateFileError> {
    Ok(routes::router(app(state)?))
}

fn app(state: Option<&Path>) -> Result<App, StateFileError> {
    let store = store::Store::open(state)?;
    Ok(App(Arc::new(Shared {
        store,
        log: log::RequestLog::default(),
        faults: faults::Faults::default(),
        attempts: install::attempts::Attempts::default(),
        decisions: provider::decisions::Decisions::default(),
        provider_port: OnceLock::new(),
    })))
}

/// The state that all handlers share.
#[derive(Debug, Clone)]
struct App(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    store: store::Store,
    log: log::RequestLog,
    faults: faults::Faults,
    attempts: install::attempts::Attempts,
    decisions: provider::decisions::Decisions,
    /// The provider's address; `None` while it shares the API's port.
    provider_port: OnceLock<u16>,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
