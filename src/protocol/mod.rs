//! What the Users API says and understands. Pure: values in, values out; no clock, no I/O.
//!
//! An operation is a pair that stands together in one file: the function that builds its request
//! and the function that reads its answer.

pub mod endpoints;
pub mod error;
pub mod integrations;
pub mod json;
pub mod me;
pub mod message;
pub mod proxy;
pub mod retry;
pub mod route;
pub mod text;
pub mod token;

use error::{Error, ErrorCode};
use json::Json;

/// Whether `text` can stand in a URL's path as one segment, without any encoding.
///
/// Paragon's ids are UUIDs; letters, digits, `-` and `_` are what is accepted.
#[must_use]
pub fn is_path_segment(text: &str) -> bool {
    is_segment(text.as_bytes())
}

fn is_segment(text: &[u8]) -> bool {
    let sound = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    matches!(text.len(), 1..=128) && text.iter().all(sound)
}

/// Whether `text` can be the value of a header: visible ASCII, at least one character.
#[must_use]
pub fn is_header_value(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The error for an argument that cannot be used, and why.
#[must_use]
pub fn invalid<J: Json>(name: &str, why: &str) -> Error<J> {
    let message = text::join(&["\"", name, "\" ", why, "."]);
    Error::new(ErrorCode::InvalidArgument, &message).with_detail("path", J::from_text(name))
}
