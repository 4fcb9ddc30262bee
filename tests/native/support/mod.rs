//! Support that several test modules use.

pub mod cases;
pub mod harness;
mod jwt;
pub mod reading;
pub mod session;

pub use jwt::jwt;

use paragon_wasm::http::request::Request;
use serde_json::Value;

/// The value of a request's header with that name, in lower case.
pub fn header(request: &Request<Value>, name: &str) -> Option<String> {
    let mut found = None;
    request.headers(|known, value| {
        if known == name {
            assert!(found.replace(value.to_owned()).is_none(), "{name} stands there twice");
        }
    });
    found
}
