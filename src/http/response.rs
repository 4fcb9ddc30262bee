//! The response that comes back, and the one place where a response that reports a failure becomes
//! an error.

use crate::auth::token::UserToken;
use crate::error::{Error, ErrorCode};
use crate::json::Json;
use crate::text::join;

/// The length up to which an answer that is not JSON is kept in an error, in bytes.
const EXCERPT: usize = 500;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Response<J> {
    /// The HTTP status.
    pub status: u16,
    /// The body: text, unless `parsed` says otherwise. Empty text when there was no body.
    pub body: J,
    /// `true` if `body` is parsed JSON, or what the request asked for with
    /// [`super::request::ResponseType`]. A platform
    /// gives neither for anything but the success statuses.
    pub parsed: bool,
    /// `true` if the header `Content-Type` says that `body` is JSON, and it does not parse.
    pub broken: bool,
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
    pub fn error_for_status(self, token: Option<&UserToken<J>>) -> Result<Self, Error<J>> {
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
        let text = self.body.parse_text().map_or(self.body, |json| json.to_json_text());
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
}
