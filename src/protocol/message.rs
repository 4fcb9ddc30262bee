//! The request that is sent, the response that comes back, and the one place where a response
//! that reports a failure becomes an error.

use std::fmt;

use super::error::{Error, ErrorCode};
use super::json::{Json, Kind};
use super::me;
use super::text::{before, join};
use super::token::UserToken;

/// How many bytes of an answer that is not JSON are kept in an error.
const EXCERPT: usize = 500;

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

    /// Whether a request of this method may carry a body.
    #[must_use]
    pub fn takes_body(self) -> bool {
        !matches!(self, Method::Get | Method::Head)
    }
}

/// A request, ready to be sent but for the project and the user token, which the door to the
/// network adds.
#[derive(Clone)]
pub struct Request<J> {
    /// The HTTP method.
    pub method: Method,
    /// The path within the project's Users API, or behind the proxy; it may have a query.
    pub path: String,
    /// Which account it is about.
    pub selection: Selection,
    /// Headers that the application gave: an object of strings with names in lower case. They win
    /// over `Accept` and `Content-Type`.
    pub caller_headers: Option<J>,
    /// What is sent.
    pub payload: Payload<J>,
    /// How the answer is to be read.
    pub read_as: ReadAs,
    /// What the answer must be.
    pub expected: Expected,
    /// Whether sending it twice does no harm.
    pub repeatable: bool,
    /// Whether the answer is that of an integration's provider, behind Paragon's proxy.
    pub proxied: bool,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub enum Payload<J> {
    /// None.
    Empty,
    /// A value that goes out as JSON.
    Json(J),
    /// What the platform sends as it is: text, a form, bytes.
    Raw(J),
}

/// How an answer is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadAs {
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

impl ReadAs {
    /// Every reading there is.
    pub const ALL: [Self; 6] =
        [Self::Auto, Self::Json, Self::Text, Self::Blob, Self::ArrayBuffer, Self::Response];
}

/// What an answer must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Anything; it is not looked at.
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
    /// What the proxy wraps around an integration's answer.
    Output {
        /// Whether it must be JSON.
        json: bool,
    },
}

impl<J> Request<J> {
    /// A request without a body. Unless it is `POST`, sending it twice does no harm.
    #[must_use]
    pub fn new(method: Method, path: String, expected: Expected) -> Self {
        Self {
            method,
            path,
            selection: Selection::default(),
            caller_headers: None,
            payload: Payload::Empty,
            read_as: ReadAs::Auto,
            expected,
            repeatable: method != Method::Post,
            proxied: false,
        }
    }

    /// Hands `set` the name, in lower case, and the value of every header but `authorization` and
    /// those of [`Self::caller_headers`]. `X-Paragon-Credential` is documented;
    /// `X-Paragon-Configuration-Id` is what the official SDK sends. The npm package's `session.js`
    /// does the same for its module.
    pub fn headers(&self, mut set: impl FnMut(&'static str, &str)) {
        let json = "application/json";
        let headers = [
            ("accept", Some(json)),
            ("content-type", matches!(self.payload, Payload::Json(_)).then_some(json)),
            ("x-paragon-credential", self.selection.credential_id.as_deref()),
            ("x-paragon-configuration-id", self.selection.configuration_id.as_deref()),
        ];
        for (name, value) in headers {
            if let Some(value) = value {
                set(name, value);
            }
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

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Response<J> {
    /// The HTTP status.
    pub status: u16,
    /// What came: text, unless `parsed` says otherwise. Empty text when there was no body.
    pub body: J,
    /// Whether `body` is parsed JSON, or what the request asked for with [`ReadAs`]. A platform
    /// gives neither for any but the success statuses.
    pub parsed: bool,
    /// The header `Retry-After` in milliseconds from now, where it can be read.
    pub retry_after_ms: Option<f64>,
    /// The header `Date` in milliseconds since 1970, where it can be read.
    pub date_ms: Option<f64>,
}

impl<J: Json> Response<J> {
    /// The answer, unless its status reports a failure.
    ///
    /// # Errors
    /// The code for the status, with the server's own message and answer, freed of the token.
    pub fn accepted(self, token: Option<&UserToken<J>>) -> Result<Self, Error<J>> {
        let (code, advice) = match self.status {
            200..=299 => return Ok(self),
            401 => (
                ErrorCode::Unauthorized,
                " It does not accept the user token: check that it is signed with this project's \
                 key and has not expired, then call authenticate again.",
            ),
            403 => (ErrorCode::Forbidden, " The user or the project's plan does not permit this."),
            404 => (ErrorCode::NotFound, ""),
            429 => (ErrorCode::RateLimited, " Wait a moment, then try again."),
            500.. => (ErrorCode::ServerError, " Try again later."),
            _ => (ErrorCode::RequestFailed, ""),
        };
        // Written anew, as no escape within JSON may hide the token.
        let text = self
            .body
            .as_text()
            .and_then(|text| J::parse(&text))
            .map_or(self.body, |json| J::from_text(&json.stringify()));
        let text = token.map_or_else(J::null, |token| text.redacted(token.secret()));
        let text = text.as_text().unwrap_or_default();
        let answer = J::parse(&text);
        let server_message = answer.as_ref().and_then(|json| json.text("message"));
        let server_message = server_message.unwrap_or_default();
        let quoted = if server_message.is_empty() { ["", "."] } else { [": \"", "\"."] };
        let message = join(&[
            "Paragon answered ",
            &J::from_number(self.status.into()).stringify(),
            quoted[0],
            &server_message,
            quoted[1],
            advice,
        ]);
        let mut error = Error::new(code, &message)
            .with_status(self.status)
            .with_retry_after_ms(self.retry_after_ms);
        if !text.is_empty() {
            let excerpt = || {
                let start = (0..=EXCERPT.min(text.len())).rev().find_map(|end| text.get(..end));
                J::from_text(start.unwrap_or_default())
            };
            error = error.with_detail("response", answer.unwrap_or_else(excerpt));
        }
        Err(error)
    }

    fn has_text(&self) -> bool {
        self.body.as_text().is_some_and(|text| !text.is_empty())
    }

    /// What an accepted answer holds, if it is what was `expected`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidResponse`] for anything else.
    pub fn read(self, expected: Expected) -> Result<J, Error<J>> {
        let (kind, what) = match expected {
            Expected::Nothing => return Ok(J::null()),
            Expected::Output { json: true } if !self.parsed && self.has_text() => {
                let why = "The integration's answer is not JSON. Pass another responseType.";
                return Err(Error::new(ErrorCode::InvalidResponse, why).with_status(self.status));
            }
            Expected::Output { .. } if self.parsed => {
                return Ok(self.body.get("output").unwrap_or(self.body));
            }
            Expected::Output { .. } | Expected::Anything => return Ok(self.body),
            Expected::JsonOrNothing if self.parsed => return Ok(self.body),
            Expected::JsonOrNothing if !self.has_text() => return Ok(J::null()),
            Expected::JsonOrNothing => (Kind::Null, "JSON"),
            Expected::Object => (Kind::Object, "an object"),
            Expected::Array => (Kind::Array, "a list"),
            Expected::User => (Kind::Object, "a user"),
        };
        let status = self.status;
        let body = Some(self.body).filter(|body| self.parsed && body.kind() == kind);
        let body = if expected == Expected::User { body.and_then(me::complete) } else { body };
        body.ok_or_else(|| {
            let message = join(&[
                "Paragon's answer is not ",
                what,
                ". Check the configured host: something else may be answering there.",
            ]);
            Error::new(ErrorCode::InvalidResponse, &message).with_status(status)
        })
    }
}

/// Which of several accounts a request is about, or which of its configurations.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The credential's id.
    pub credential_id: Option<String>,
    /// The configuration's id.
    pub configuration_id: Option<String>,
}
