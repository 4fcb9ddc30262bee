//! The proxy: an integration's own API, with the user's account.

use crate::error::Error;
use crate::http::endpoints::stays_inside;
use crate::http::request::{Expected, Method, Payload, Request, ResponseType, is_segment};
use crate::json::Json;
use crate::text::join;

/// A request to an integration's API.
#[derive(Clone, Debug)]
pub struct ProxyRequest<J> {
    /// The HTTP method.
    pub method: Method,
    /// The body.
    pub payload: Payload<J>,
    /// Headers for the integration's API, as the platform has them.
    pub headers: Option<J>,
    /// The form in which the answer is wanted.
    pub response_type: ResponseType,
}

/// `{method} /sdk/proxy/{type}/{path}`. `path` may have a query.
///
/// The answer is what the integration's API gave: the `output` of the proxy's answer, or the
/// answer itself where it is no such object.
///
/// # Errors
/// [`crate::ErrorCode::InvalidArgument`] for a type or path that would lead elsewhere, and
/// for a body that the method cannot carry.
pub fn request<J: Json>(
    integration: &str,
    path: &str,
    asked: ProxyRequest<J>,
) -> Result<Box<Request<J>>, Error<J>> {
    if !is_integration_name(integration) {
        return Err(Error::invalid_argument(
            "type",
            "must be an integration's type, such as salesforce",
        ));
    }
    let path = path.strip_prefix("/").unwrap_or(path);
    if !stays_inside(path) {
        return Err(Error::invalid_argument(
            "path",
            "must stay within the integration: no \"..\", backslash, fragment, control character or space at the end",
        ));
    }
    if !asked.method.takes_body() && !matches!(asked.payload, Payload::Empty) {
        return Err(Error::invalid_argument("body", "cannot be sent with GET or HEAD"));
    }
    let path = join(&[integration, "/", path]);
    let json = asked.response_type == ResponseType::Json;
    let mut request = Request::new(asked.method, path, Expected::Output { json });
    request.payload = asked.payload;
    request.caller_headers = asked.headers;
    request.response_type = asked.response_type;
    // Only a read is repeated: what else the integration's API does is not known.
    request.repeatable = !asked.method.takes_body();
    request.proxied = true;
    Ok(request)
}

/// `salesforce`, `monday.com`, `custom.ledger`: letters, digits, `-`, `_` and inner dots.
fn is_integration_name(name: &str) -> bool {
    name.len() <= 128 && name.as_bytes().split(|byte| *byte == b'.').all(is_segment)
}
