//! The proxy: an integration's own API, with the user's account.

use super::endpoints::Project;
use super::error::{Details, Error, ErrorCode};
use super::json::Json;
use super::message::{Body, Method, Payload, ReadAs, Request, Response, Selection};
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
/// # Errors
/// [`ErrorCode::InvalidArgument`] for a type or path that would lead elsewhere, and for a body
/// that the method cannot carry.
pub fn request<J>(
    project: &Project,
    integration: &str,
    path: &str,
    asked: ProxyRequest<J>,
) -> Result<Request<J>, Error<J>> {
    let invalid = |name: &str, why: &str| {
        Error::new(ErrorCode::InvalidArgument, &join(&["request: \"", name, "\" ", why, "."]))
            .with_details(Details::Path(name.to_owned()))
    };
    if !is_integration_name(integration) {
        return Err(invalid("type", "must be an integration's type, such as salesforce"));
    }
    let path = path.strip_prefix('/').unwrap_or(path);
    if !stays_inside(path) {
        return Err(invalid(
            "path",
            "must stay within the integration: no \"..\", backslash, fragment, control character or space at the end",
        ));
    }
    if !asked.method.takes_body() && !matches!(asked.payload, Payload::Empty) {
        return Err(invalid("body", "cannot be sent with GET or HEAD"));
    }
    let url = project.proxy(&join(&[integration, "/", path]));
    let mut request = asked.selection.apply(Request::new(asked.method, url));
    if matches!(asked.payload, Payload::Json(_)) {
        request = request.with_header("Content-Type", Some("application/json"));
    }
    request.payload = asked.payload;
    request.caller_headers = asked.headers;
    request.read_as = asked.read_as;
    // Only a read is repeated: what else the integration's API does is not known.
    request.repeatable = matches!(asked.method, Method::Get | Method::Head);
    request.proxied = true;
    Ok(request)
}

/// What the integration's API gave: the `output` of the proxy's answer, or the answer itself
/// where it is no such object. `None` when there is none.
///
/// # Errors
/// None: it is a reader of answers, as the others are.
pub fn read<J: Json>(response: Response<J>) -> Result<Option<J>, Error<J>> {
    Ok(match response.body {
        Body::Native(value) => Some(value),
        Body::Json(value) => Some(value.get("output").unwrap_or(value)),
        Body::Text(text) if text.is_empty() => None,
        Body::Text(text) => Some(J::from_text(&text)),
    })
}

/// The same where JSON was asked for.
///
/// # Errors
/// [`ErrorCode::InvalidResponse`] when something else came.
pub fn read_json<J: Json>(response: Response<J>) -> Result<Option<J>, Error<J>> {
    match &response.body {
        Body::Text(text) if !text.is_empty() => Err(Error::new(
            ErrorCode::InvalidResponse,
            "The integration's answer is not JSON. Pass another responseType.",
        )
        .with_status(response.status)),
        _ => read(response),
    }
}

/// `salesforce`, `monday.com`, `custom.ledger`: letters, digits, `-`, `_` and inner dots.
fn is_integration_name(name: &str) -> bool {
    name.len() <= 128 && name.split('.').all(super::is_path_segment)
}

/// Whether `path` still lies below where it is put, once it has been normalised.
///
/// A browser drops tabs, line breaks and spaces at the end, takes `\` for `/`, and `%2e` for a
/// dot; a server may take `%2f` and `%5c` for separators.
fn stays_inside(path: &str) -> bool {
    let is_odd = |character: char| character.is_ascii_control() || matches!(character, '\\' | '#');
    if path.ends_with(' ') || path.chars().any(is_odd) {
        return false;
    }
    let before_query = path.split_once('?').map_or(path, |(path, _)| path);
    let mut normalised = String::new();
    let mut rest = before_query;
    while let Some(character) = rest.chars().next() {
        let (decoded, after) = decode(rest).unwrap_or((character, without_first(rest)));
        normalised.push(decoded);
        rest = after;
    }
    !normalised.split(['/', '\\']).any(|segment| segment == "." || segment == "..")
}

/// A dot or a separator that `text` begins with in percent-encoding, and what follows it.
fn decode(text: &str) -> Option<(char, &str)> {
    let codes =
        [("%2e", '.'), ("%2E", '.'), ("%2f", '/'), ("%2F", '/'), ("%5c", '\\'), ("%5C", '\\')];
    codes.into_iter().find_map(|(code, character)| Some((character, text.strip_prefix(code)?)))
}

fn without_first(text: &str) -> &str {
    let mut characters = text.chars();
    characters.next();
    characters.as_str()
}
