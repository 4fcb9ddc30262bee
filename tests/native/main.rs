//! All native tests, in one binary: linking takes longer than running them.
//!
//! | module | what it is about |
//! |---|---|
//! | `requests`, `responses`, `properties` | the pure part: `api`, `http`, `auth`, `error`, `json` |
//! | `session`, `session_end`, `renewal`, `retries`, `turns`, `calls`, `uninstall`, `install` | the client on a platform that the test controls |
//! | `interleavings` | the same under random orders of events |
//! | `sandbox` | the client against a sandbox in this process |
#![cfg(not(target_arch = "wasm32"))]

mod calls;
mod install;
mod interleavings;
mod properties;
mod renewal;
mod requests;
mod responses;
mod retries;
mod sandbox;
mod session;
mod session_end;
mod support;
mod turns;
mod uninstall;
