//! paragon-wasm: an unofficial client for [Paragon's Users API], compiled to WebAssembly.
//!
//! Most people use it as the npm package `paragon-wasm`; the README is about that. A Rust
//! application for the browser uses [`Client`] with the platform `Browser`; `examples/rust-frontend`
//! is a whole page.
//!
//! Answers are the server's own objects, read by way of [`Json`]; every failure is an [`Error`]
//! with an [`ErrorCode`].
//!
//! What follows is a map for whoever reads the code.
//!
//! | room | what it is for |
//! |---|---|
//! | [`protocol`] | what the Users API says: builds a request, reads a response, names an error. Pure |
//! | [`engine`] | who is signed in, and what each call does next. Waits for nothing |
//! | [`client`] | drives the engine with futures, for Rust applications |
//! | `browser` | the platform of a page, a worker or Node, and its JSON values (wasm only) |
//! | `bindings` | the boundary to the npm package's JavaScript, which drives the engine (`npm` only) |
//!
//! The way of one call: whoever drives the engine asks it what the call needs next, sends, waits or
//! gets a token, and tells it what came of that, until the call is done.
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

#[cfg(all(target_arch = "wasm32", feature = "npm"))]
mod bindings;
#[cfg(target_arch = "wasm32")]
mod browser;
pub mod client;
pub mod engine;
pub mod protocol;

#[cfg(all(target_arch = "wasm32", not(feature = "npm")))]
pub use browser::Browser;
#[cfg(target_arch = "wasm32")]
pub use browser::JsJson;
pub use client::{
    CallOptions, Client, CredentialUpdate, Event, Invocation, Outcome, Pending, Platform, Settings,
    TokenProvider, TokenSource,
};
pub use protocol::endpoints::Endpoints;
pub use protocol::error::{Error, ErrorCode};
pub use protocol::json::{Json, Kind};
pub use protocol::message::{Method, Payload, ReadAs, Selection};
pub use protocol::proxy::ProxyRequest;
