//! What several test files use.
#![allow(dead_code, reason = "no test file uses all of it")]

pub mod chance;
mod jwt;
pub mod machine;
pub mod reading;
pub mod session;
pub mod world;

pub use jwt::jwt;

use paragon_wasm::protocol::message::Request;
use serde_json::Value;

/// What a request's header of that name, in lower case, is.
pub fn header(request: &Request<Value>, name: &str) -> Option<String> {
    let mut found = None;
    request.headers(|known, value| {
        if known == name {
            assert!(found.replace(value.to_owned()).is_none(), "{name} stands there twice");
        }
    });
    found
}
