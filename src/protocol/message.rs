//! The request that is sent, the response that comes back, and the one place where a response
//! that reports a failure becomes an error.

use std::fmt;

use super::error::{Details, Error, ErrorCode, ServerAnswer};
use super::json::{Json, Kind};
use super::text::{decimal, join};
use super::token::UserToken;

/// How many characters of an answer that is not JSON are kept in an error.
const EXCERPT: usize = 500;

/// The HTTP methods of the Users API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The method as HTTP spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// A request, ready to be sent: every header value has been checked to be one.
#[derive(Clone)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// The absolute URL.
    pub url: String,
    /// Names and values of the headers, `Authorization` among them.
    pub headers: Vec<(&'static str, String)>,
    /// JSON text.
    pub body: Option<String>,
}

impl Request {
    /// A request without a body.
    #[must_use]
    pub fn new(method: Method, url: String, token: &UserToken) -> Self {
        let headers = vec![
            ("Accept", "application/json".to_owned()),
            ("Authorization", token.authorization()),
        ];
        Self { method, url, headers, body: None }
    }

    /// The same with a header. `value` must be visible ASCII.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The same with a JSON body.
    #[must_use]
    pub fn with_json(self, body: String) -> Self {
        let mut request = self.with_header("Content-Type", "application/json");
        request.body = Some(body);
        request
    }
}

impl fmt::Debug for Request {
    /// Headers and body are left out: they hold the user token and the application's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.url)
    }
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Response<J> {
    /// The HTTP status.
    pub status: u16,
    /// What the body holds.
    pub body: Body<J>,
}

/// The body of an answer.
#[derive(Clone, Debug)]
pub enum Body<J> {
    /// JSON. A platform gives it for success statuses only.
    Json(J),
    /// Text that has not been parsed, or is not JSON. Empty when there was no body.
    Text(String),
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
            Body::Json(json) => token.redact(&json.stringify()),
            Body::Text(text) => token.redact(text),
        };
        let answer = match J::parse(&text) {
            Some(json) => ServerAnswer::Json(json),
            None => ServerAnswer::Text(text.chars().take(EXCERPT).collect()),
        };
        let server_message = match &answer {
            ServerAnswer::Json(json) => json.text("message"),
            ServerAnswer::Text(_) => None,
        };
        let message = join(&[
            "Paragon answered ",
            &decimal(self.status.into()),
            server_message.as_ref().map_or("", |_| ": "),
            server_message.as_deref().unwrap_or(""),
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
            ". It does not accept the user token: check that it is signed with this project's key \
             and has not expired, then call authenticate again."
        }
        ErrorCode::Forbidden => ". The user or the project's plan does not permit this.",
        ErrorCode::RateLimited => ". Wait a moment, then try again.",
        ErrorCode::ServerError => ". Try again later.",
        _ => ".",
    }
}
