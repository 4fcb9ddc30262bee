//! The request that is sent.

use std::fmt;

use crate::error::Error;
use crate::json::Json;
use crate::text::{before, join};

/// The HTTP methods that are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
    /// `OPTIONS`
    Options,
}

impl Method {
    /// Every method there is.
    pub const ALL: [Self; 7] =
        [Self::Get, Self::Head, Self::Post, Self::Put, Self::Patch, Self::Delete, Self::Options];

    /// The method as HTTP spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
            Method::Options => "OPTIONS",
        }
    }

    /// `true` if a request of this method may carry a body.
    #[must_use]
    pub fn takes_body(self) -> bool {
        !matches!(self, Method::Get | Method::Head)
    }
}

/// A request, ready to be sent but for the project and the user token, which
/// [`crate::client`] adds.
#[derive(Clone)]
pub struct Request<J> {
    /// The HTTP method.
    pub method: Method,
    /// The path within the project's Users API, or behind the proxy; it may have a query.
    pub path: String,
    /// Which account it is about.
    pub account: AccountSelector,
    /// Headers that the application gave: an object of strings with names in lower case. They win
    /// over `Accept` and `Content-Type`.
    pub caller_headers: Option<J>,
    /// The body.
    pub payload: Payload<J>,
    /// The form in which the answer is wanted.
    pub response_type: ResponseType,
    /// The kind of answer that is documented.
    pub expected: Expected,
    /// `true` if sending it twice does no harm.
    pub repeatable: bool,
    /// `true` if the answer is that of an integration's provider, behind Paragon's proxy.
    pub proxied: bool,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub enum Payload<J> {
    /// None.
    Empty,
    /// JSON text, as the platform has text: made once, also where the request is sent again.
    Json(J),
    /// A value that the platform sends as it is: text, a form, bytes.
    Raw(J),
}

impl<J: Json> Payload<J> {
    /// `value` as JSON.
    #[must_use]
    #[inline(never)]
    pub fn json(value: &J) -> Self {
        Self::Json(value.to_json_text())
    }
}

/// The form in which an answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseType {
    /// As JSON, if it is JSON; as text otherwise.
    Auto,
    /// As JSON.
    Json,
    /// As text.
    Text,
    /// As the platform's blob.
    Blob,
    /// As the platform's buffer of bytes.
    ArrayBuffer,
    /// Not at all: the platform's response itself.
    Response,
}

impl ResponseType {
    /// `true` if the platform gives the answer in a form of its own.
    #[must_use]
    pub fn is_raw(self) -> bool {
        matches!(self, Self::Blob | Self::ArrayBuffer | Self::Response)
    }
}

/// The kind of answer that is documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing, or JSON that is not looked at.
    Nothing,
    /// JSON or text.
    Anything,
    /// JSON, or nothing.
    JsonOrNothing,
    /// A JSON object.
    Object,
    /// A JSON array.
    Array,
    /// The user.
    User,
    /// The object that the proxy wraps around an integration's answer.
    Output {
        /// `true` if it must be JSON.
        json: bool,
    },
}

impl<J> Request<J> {
    /// A request without a body. Unless it is `POST`, sending it twice does no harm. Boxed: requests
    /// are moved about a lot.
    #[must_use]
    #[inline(never)]
    pub fn new(method: Method, path: String, expected: Expected) -> Box<Self> {
        Box::new(Self {
            method,
            path,
            account: AccountSelector::default(),
            caller_headers: None,
            payload: Payload::Empty,
            response_type: ResponseType::Auto,
            expected,
            repeatable: method != Method::Post,
            proxied: false,
        })
    }

    /// A request for a list.
    #[must_use]
    #[inline(never)]
    pub fn list(path: &str) -> Box<Self> {
        Self::new(Method::Get, path.to_owned(), Expected::Array)
    }

    /// The same with a body.
    #[must_use]
    #[inline(never)]
    pub fn with_payload(mut self: Box<Self>, payload: Payload<J>) -> Box<Self> {
        self.payload = payload;
        self
    }

    /// `true` if it may change what the server says of the user.
    #[must_use]
    pub fn changes_user(&self) -> bool {
        self.method != Method::Get && !self.proxied
    }

    /// Hands `set` the name, in lower case, and the value of every header but `authorization` and
    /// those of [`Self::caller_headers`]. `X-Paragon-Credential` is documented;
    /// `X-Paragon-Configuration-Id` is what the official SDK sends.
    pub fn headers(&self, mut set: impl FnMut(&'static str, &str)) {
        let json = "application/json";
        set("accept", json);
        if matches!(self.payload, Payload::Json(_)) {
            set("content-type", json);
        }
        if let Some(id) = &self.account.credential_id {
            set("x-paragon-credential", id);
        }
        if let Some(id) = &self.account.configuration_id {
            set("x-paragon-configuration-id", id);
        }
    }
}

impl<J> fmt::Debug for Request<J> {
    /// Query, headers and body are left out: they hold the application's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.as_str(), without_query(&self.path))
    }
}

/// `path` without its query: for people.
#[must_use]
pub fn without_query(path: &str) -> &str {
    before(path, b'?')
}

/// Which of several accounts a request is about, or which of its configurations.
#[derive(Clone, Debug, Default)]
pub struct AccountSelector {
    /// The credential's id.
    pub credential_id: Option<String>,
    /// The configuration's id.
    pub configuration_id: Option<String>,
}

impl AccountSelector {
    /// Checks that both ids can be the value of a header.
    ///
    /// # Errors
    /// [`crate::ErrorCode::InvalidArgument`]
    pub fn check<J: Json>(&self) -> Result<(), Error<J>> {
        let check = |name, id: &Option<String>| match id {
            Some(id) if !is_header_value(id) => {
                Err(Error::invalid_argument(name, "must be an id: visible ASCII, not empty"))
            }
            _ => Ok(()),
        };
        check("selectedCredentialId", &self.credential_id)?;
        check("selectedConfigurationId", &self.configuration_id)
    }
}

/// `true` if `text` can stand in a URL's path as one segment, without any encoding.
///
/// Paragon's ids are UUIDs; letters, digits, `-` and `_` are what is accepted.
#[must_use]
pub fn is_path_segment(text: &str) -> bool {
    is_segment(text.as_bytes())
}

pub(crate) fn is_segment(text: &[u8]) -> bool {
    let sound = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    matches!(text.len(), 1..=128) && text.iter().all(sound)
}

/// `prefix` and `id`, which the application calls `name`.
pub(crate) fn path_with_id<J: Json>(
    prefix: &str,
    name: &str,
    id: &str,
) -> Result<String, Error<J>> {
    if is_path_segment(id) {
        return Ok(join(&[prefix, id]));
    }
    Err(Error::invalid_argument(name, "must be an id: letters, digits, \"-\" and \"_\""))
}

/// `true` if `text` can be the value of a header: visible ASCII, at least one character.
#[must_use]
pub fn is_header_value(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
