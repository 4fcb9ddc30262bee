//! The proxy: an integration's own API, with the user's account.

use super::error::Error;
use super::invalid;
use super::json::Json;
use super::message::{Expected, Method, Payload, ReadAs, Request, Selection};
use super::text::join;

/// What an application asks of an integration's API.
#[derive(Clone, Debug)]
pub struct ProxyRequest<J> {
    /// The HTTP method.
    pub method: Method,
    /// What is sent.
    pub payload: Payload<J>,
    /// Headers for the integration's API, as the platform has them.
    pub headers: Option<J>,
    /// How the answer is to be read.
    pub read_as: ReadAs,
    /// Which account.
    pub selection: Selection,
}

/// `{method} /sdk/proxy/{type}/{path}`. `path` may have a query.
///
/// The answer is what the integration's API gave: the `output` of the proxy's answer, or the
/// answer itself where it is no such object.
///
/// # Errors
/// [`super::error::ErrorCode::InvalidArgument`] for a type or path that would lead elsewhere, and
/// for a body that the method cannot carry.
pub fn request<J: Json>(
    integration: &str,
    path: &str,
    asked: ProxyRequest<J>,
) -> Result<Request<J>, Error<J>> {
    if !is_integration_name(integration) {
        return Err(invalid("type", "must be an integration's type, such as salesforce"));
    }
    let path = path.strip_prefix("/").unwrap_or(path);
    if !stays_inside(path) {
        return Err(invalid(
            "path",
            "must stay within the integration: no \"..\", backslash, fragment, control character or space at the end",
        ));
    }
    if !asked.method.takes_body() && !matches!(asked.payload, Payload::Empty) {
        return Err(invalid("body", "cannot be sent with GET or HEAD"));
    }
    let path = join(&[integration, "/", path]);
    let json = asked.read_as == ReadAs::Json;
    let mut request = Request::new(asked.method, path, Expected::Output { json });
    request.selection = asked.selection;
    request.payload = asked.payload;
    request.caller_headers = asked.headers;
    request.read_as = asked.read_as;
    // Only a read is repeated: what else the integration's API does is not known.
    request.repeatable = !asked.method.takes_body();
    request.proxied = true;
    Ok(request)
}

/// `salesforce`, `monday.com`, `custom.ledger`: letters, digits, `-`, `_` and inner dots.
fn is_integration_name(name: &str) -> bool {
    name.len() <= 128 && name.as_bytes().split(|byte| *byte == b'.').all(super::is_segment)
}

/// Whether `path` still lies below where it is put, once it has been normalised.
///
/// A browser drops tabs, line breaks and spaces at the end, takes `\` for `/`, and `%2e` for a
/// dot; a server may take `%2f` and `%5c` for separators.
pub(super) fn stays_inside(path: &str) -> bool {
    if path.as_bytes().ends_with(b" ") {
        return false;
    }
    // How many dots the segment consists of so far; `None` once there is something else in it.
    let mut dots = Some(0);
    let mut in_query = false;
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte.is_ascii_control() || matches!(byte, b'\\' | b'#') {
            return false;
        }
        let (meant, after) = match rest {
            [b'%', b'2', b'e' | b'E', after @ ..] => (b'.', after),
            [b'%', b'2', b'f' | b'F', after @ ..] | [b'%', b'5', b'c' | b'C', after @ ..] => {
                (b'/', after)
            }
            _ => (byte, after),
        };
        rest = after;
        in_query |= byte == b'?';
        if in_query {
            continue;
        }
        match meant {
            b'/' if matches!(dots, Some(1 | 2)) => return false,
            b'/' => dots = Some(0),
            b'.' => dots = dots.map(|dots| dots + 1),
            _ => dots = None,
        }
    }
    !matches!(dots, Some(1 | 2))
}
