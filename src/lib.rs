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
//! | [`client`] | the session: who is signed in, what is in flight, when it ends |
//! | `bindings` | the boundary to JavaScript (wasm only): convert, call, convert |
//!
//! The way of one call: the package's loader → `bindings` → `client`, which has `protocol` build
//! the request, sends it through its [`client::Platform`], has `protocol` read the answer → back.
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

#[cfg(target_arch = "wasm32")]
pub use browser::{Browser, JsJson};
pub use client::{
    CallOptions, Client, CredentialUpdate, Event, Invocation, Outcome, Pending, Platform, Settings,
    TokenProvider, TokenSource,
};
pub use protocol::endpoints::Endpoints;
pub use protocol::error::{Error, ErrorCode};
pub use protocol::json::{Json, Kind};
pub use protocol::message::{Method, Payload, ReadAs, Selection};
pub use protocol::proxy::ProxyRequest;
