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
//! The way of a request: `server` → `middleware` (CORS, log) → `routes` → a handler of `users_api`
//! or `desk`, which reads `catalogue` and `store` and answers with `views`.

mod broken_body;
mod catalogue;
mod clock;
mod desk;
mod error;
mod extract;
mod faults;
mod keys;
mod log;
mod middleware;
mod openapi;
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
use std::sync::Arc;

pub use catalogue::{DEFAULT_PROJECT, DEFAULT_USER};
pub use keys::KeyError;
pub use server::{Options, Running, Sandbox, StartError};
pub use store::StateFileError;
pub use token::{DEFAULT_TTL_SECONDS, TokenRequest, mint, public_key_pem, signing_key_pem};

/// Whether the sandbox serves a project of this id.
#[must_use]
pub fn is_project(project_id: &str) -> bool {
    catalogue::project(project_id).is_some()
}

/// The whole sandbox as an axum router with its own state, to be mounted in another server.
/// [`Sandbox::start`] is the usual way; only there can a fault cut a connection before the answer.
///
/// # Errors
/// When the state file cannot be used.
pub fn router(state: Option<&Path>) -> Result<axum::Router, StateFileError> {
    let store = store::Store::open(state)?;
    let (log, faults) = (log::RequestLog::default(), faults::Faults::default());
    Ok(routes::router(App(Arc::new(Shared { store, log, faults }))))
}

/// What all handlers share.
#[derive(Debug, Clone)]
struct App(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    store: store::Store,
    log: log::RequestLog,
    faults: faults::Faults,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
