//! paragon-wasm: an unofficial client for [Paragon's Users API], compiled to WebAssembly.
//!
//! Most people use it as the npm package `paragon-wasm`; the README is about that. A Rust
//! application for the browser uses [`Client`] with the platform `Browser`; `examples/rust-frontend`
//! is a whole page. Such an application takes the crate with `default-features = false`.
//!
//! Answers are the server's own objects, read through [`Json`]; every failure is an [`Error`]
//! with an [`ErrorCode`].
//!
//! A map for whoever reads the code. Each room imports only from those below it.
//!
//! | room | purpose |
//! |---|---|
//! | `exports` | the functions that JavaScript calls: reads arguments, calls the client, converts (feature `exports`) |
//! | `browser` | the platform of a page, a worker or Node: `fetch`, timers, JSON values (wasm only) |
//! | [`client`] | the client: one public method a call, and `execute`, which sends every request |
//! | [`api`] | the Users API, one file a resource: builds a request, reads its answer |
//! | [`http`] | requests, responses, hosts and the rules for a retry |
//! | [`auth`] | the user token |
//! | [`error`] | the one table of error codes |
//! | `models` | typed models of the documented shapes (feature `models`) |
//! | [`json`] | the JSON value of whatever platform the client runs on |
//!
//! One call, `uninstallIntegration("salesforce")` for instance: `exports::ParagonClient` reads the
//! arguments → [`Client::uninstall_integration`] → `execute` with [`api::integrations::list`] →
//! [`api::integrations::find`] → `execute` with [`api::integrations::uninstall`] → the event → the
//! promise settles.
//!
//! [Paragon's Users API]: https://docs.useparagon.com/apis/users

// On wasm a panic strands the promise of the call it happens in. Outside tests nothing may panic.
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

pub mod api;
pub mod auth;
#[cfg(target_arch = "wasm32")]
mod browser;
pub mod client;
pub mod error;
#[cfg(all(target_arch = "wasm32", feature = "exports"))]
mod exports;
pub mod http;
pub mod json;
#[cfg(feature = "models")]
pub mod models;
mod slab;
pub mod text;

pub use api::proxy::ProxyRequest;
#[cfg(target_arch = "wasm32")]
pub use browser::{Browser, JsJson};
pub use client::{
    CallOptions, Client, CredentialUpdate, Event, Pending, Platform, Settings, TokenProvider,
    TokenSource, WorkflowRequest,
};
pub use error::{Error, ErrorCode};
pub use http::endpoints::Endpoints;
pub use http::request::{AccountSelector, Method, Payload, ResponseType};
pub use json::{Json, Kind};
