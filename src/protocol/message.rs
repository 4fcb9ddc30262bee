//! The request that is sent, the response that comes back, and the one place where a response
//! that reports a failure becomes an error.

use std::fmt;

use super::error::{Details, Error, ErrorCode, ServerAnswer};
use super::json::{Json, Kind};
use super::text::{decimal, join};
use super::token::UserToken;

/// How many characters of an answer that is not JSON are kept in an error.
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
    const ALL: [Self; 7] =
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

    /// The method of that name, in upper or lower case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(name))
    }

    /// Whether a request of this method may carry a body.
    #[must_use]
    pub fn takes_body(self) -> bool {
        !matches!(self, Method::Get | Method::Head)
    }
}

/// A request, ready to be sent but for the user token, which only the door to the network adds.
#[derive(Clone)]
pub struct Request<J> {
    /// The HTTP method.
    pub method: Method,
    /// The absolute URL.
    pub url: String,
    /// Names and values of the headers. Every value has been checked to be one.
    pub headers: Vec<(&'static str, String)>,
    /// Headers that the application gave, as its platform has them. They win over `Accept` and
    /// `Content-Type` of `headers`.
    pub caller_headers: Option<J>,
    /// What is sent.
    pub payload: Payload<J>,
    /// How the answer is to be read.
    pub read_as: ReadAs,
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
    /// JSON text.
    Json(String),
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
    /// The reading of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "json" => Self::Json,
            "text" => Self::Text,
            "blob" => Self::Blob,
            "arrayBuffer" => Self::ArrayBuffer,
            "response" => Self::Response,
            _ => return None,
        })
    }
}

impl<J> Request<J> {
    /// A request without a body. Unless it is `POST`, sending it twice does no harm.
    #[must_use]
    pub fn new(method: Method, url: String) -> Self {
        Self {
            method,
            url,
            headers: vec![("Accept", "application/json".to_owned())],
            caller_headers: None,
            payload: Payload::Empty,
            read_as: ReadAs::Auto,
            repeatable: method != Method::Post,
            proxied: false,
        }
    }

    /// The same with a header, if there is a value. It must be visible ASCII.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            self.headers.push((name, value.to_owned()));
        }
        self
    }

    /// The same with a JSON body.
    #[must_use]
    pub fn with_json(mut self, body: String) -> Self {
        self.payload = Payload::Json(body);
        self.with_header("Content-Type", Some("application/json"))
    }

    /// The path, without the query: for people.
    #[must_use]
    pub fn path(&self) -> &str {
        // After the scheme, its empty authority and the host.
        let path = self.url.splitn(4, '/').nth(3).unwrap_or("");
        path.split_once('?').map_or(path, |(path, _)| path)
    }
}

impl<J> fmt::Debug for Request<J> {
    /// Query, headers and body are left out: they hold the application's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} /{}", self.method.as_str(), self.path())
    }
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Response<J> {
    /// The HTTP status.
    pub status: u16,
    /// What the body holds.
    pub body: Body<J>,
    /// The header `Retry-After`, where it can be read.
    pub retry_after: Option<String>,
    /// The header `Date` in milliseconds since 1970, where it can be read.
    pub date_ms: Option<f64>,
}

/// The body of an answer.
#[derive(Clone, Debug)]
pub enum Body<J> {
    /// JSON. A platform gives it for success statuses only.
    Json(J),
    /// Text that has not been parsed, or is not JSON. Empty when there was no body.
    Text(String),
    /// What the request asked for with [`ReadAs`]. A platform gives it for success statuses only.
    Native(J),
}

impl<J: Json> Response<J> {
    /// The answer, unless its status reports a failure.
    ///
    /// # Errors
    /// The code for the status, with the server's own message and answer, freed of the token.
    pub fn accepted(self, token: &UserToken) -> Result<Self, Error<J>> {
        let code = match self.status {
            200..=299 => return Ok(self),
            401 => ErrorCode::Unauthorized,
            403 => ErrorCode::Forbidden,
            404 => ErrorCode::NotFound,
            429 => ErrorCode::RateLimited,
            500.. => ErrorCode::ServerError,
            _ => ErrorCode::RequestFailed,
        };
        let text = match &self.body {
            Body::Json(json) | Body::Native(json) => json.stringify(),
            // Written anew, as no escape within the JSON may hide the token.
            Body::Text(text) => {
                J::parse(text).map_or_else(|| text.clone(), |json| json.stringify())
            }
        };
        let text = token.redact(&text);
        let answer = match J::parse(&text) {
            Some(json) => ServerAnswer::Json(json),
            None => ServerAnswer::Text(text.chars().take(EXCERPT).collect()),
        };
        let server_message = match &answer {
            ServerAnswer::Json(json) => json.text("message").unwrap_or_default(),
            ServerAnswer::Text(_) => String::new(),
        };
        let message = join(&[
            "Paragon answered ",
            &decimal(self.status.into()),
            if server_message.is_empty() { "" } else { ": \"" },
            &server_message,
            if server_message.is_empty() { "." } else { "\"." },
            advice(code),
        ]);
        let details = if text.is_empty() { Details::None } else { Details::Response(answer) };
        Err(Error::new(code, &message).with_status(self.status).with_details(details))
    }

    /// The JSON body of an accepted answer, which must be of `kind`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidResponse`] for anything else; `what` names what was expected.
    pub fn json(self, kind: Kind, what: &str) -> Result<J, Error<J>> {
        match self.body {
            Body::Json(json) if json.kind() == kind => Ok(json),
            _ => Err(Error::new(
                ErrorCode::InvalidResponse,
                &join(&[
                    "Paragon's answer is not ",
                    what,
                    ". Check the configured host: something else may be answering there.",
                ]),
            )
            .with_status(self.status)),
        }
    }
}

fn advice(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Unauthorized => {
            " It does not accept the user token: check that it is signed with this project's key \
             and has not expired, then call authenticate again."
        }
        ErrorCode::Forbidden => " The user or the project's plan does not permit this.",
        ErrorCode::RateLimited => " Wait a moment, then try again.",
        ErrorCode::ServerError => " Try again later.",
        _ => "",
    }
}

/// Headers that choose one of several accounts, or one of its configurations.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The credential's id.
    pub credential_id: Option<String>,
    /// The configuration's id.
    pub configuration_id: Option<String>,
}

impl Selection {
    /// `request` with the selection. `X-Paragon-Credential` is documented;
    /// `X-Paragon-Configuration-Id` is what the official SDK sends.
    #[must_use]
    pub fn apply<J>(&self, request: Request<J>) -> Request<J> {
        request
            .with_header("X-Paragon-Credential", self.credential_id.as_deref())
            .with_header("X-Paragon-Configuration-Id", self.configuration_id.as_deref())
    }
}
