//! The value of an accepted response, checked against what the Users API documents for the request.

use super::users;
use crate::error::{Error, ErrorCode};
use crate::http::request::Expected;
use crate::http::response::Response;
use crate::json::{Json, Kind};
use crate::text::join;

/// The value of a response whose status reports a success.
///
/// # Errors
/// [`ErrorCode::InvalidResponse`] where it is not what was `expected`.
pub fn read<J: Json>(response: Response<J>, expected: Expected) -> Result<J, Error<J>> {
    let Response { status, body, parsed, broken, .. } = response;
    let is_empty = body.is_empty_text();
    let (kind, what) = match expected {
        // A page of something else that answers there is a success, too, of which nothing is done.
        Expected::Nothing if parsed || is_empty => return Ok(J::null()),
        Expected::Output { json: true } if !parsed && body.is_text() && !is_empty => {
            let why = "The integration's answer is not JSON. Pass another responseType.";
            return Err(Error::new(ErrorCode::InvalidResponse, why).with_status(status));
        }
        Expected::Output { .. } if parsed => return Ok(body.get("output").unwrap_or(body)),
        Expected::Output { .. } | Expected::Anything if broken && !is_empty => {
            let why = "The answer says that it is JSON, and is none. It may have been cut short.";
            return Err(Error::new(ErrorCode::InvalidResponse, why).with_status(status));
        }
        Expected::Output { .. } | Expected::Anything => return Ok(body),
        Expected::JsonOrNothing if parsed => return Ok(body),
        Expected::JsonOrNothing if is_empty || !body.is_text() => return Ok(J::null()),
        Expected::Nothing | Expected::JsonOrNothing => (Kind::Null, "JSON"),
        Expected::Object => (Kind::Object, "an object"),
        Expected::Array => (Kind::Array, "a list"),
        Expected::User => (Kind::Object, "a user"),
    };
    let body = Some(body).filter(|body| parsed && body.kind() == kind);
    let body = if expected == Expected::User { body.and_then(users::complete) } else { body };
    body.ok_or_else(|| {
        let message = join(&[
            "Paragon's answer is not ",
            what,
            ". Check the configured host: something else may be answering there.",
        ]);
        Error::new(ErrorCode::InvalidResponse, &message).with_status(status)
    })
}
