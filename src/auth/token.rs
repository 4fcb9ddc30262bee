//! The Paragon User Token: what the client reads of it, and how it keeps it to itself.

use std::fmt;

use crate::error::{Error, ErrorCode};
use crate::json::{Json, Kind};
use crate::text::{before, join};

/// A user token whose form and claims have been checked; the signature is the server's to verify.
///
/// It is a secret: `Debug` shows nothing of it, and it leaves the client only as the
/// `Authorization` header of a request, and in the address of the first page of an install.
#[derive(Clone)]
pub struct UserToken<J> {
    text: String,
    authorization: J,
    user_id: String,
    issued_at_ms: f64,
    stale_at_ms: f64,
    expires_at_ms: f64,
}

impl<J: Json> UserToken<J> {
    /// Checks the form of a JWT, `sub` and `exp`. White space around it is dropped: files and variables
    /// often end in a line break. `now_ms` is when it came, in milliseconds since 1970.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidToken`], whose message says what is wrong and holds no part of `text`.
    pub fn read(text: &str, now_ms: f64) -> Result<Self, Error<J>> {
        let text = text.trim_ascii();
        let invalid = |why: &str| {
            Error::new(
                ErrorCode::InvalidToken,
                &join(&[
                    "The user token ",
                    why,
                    ". Pass the signed JWT that your server makes for the user.",
                ]),
            )
        };
        if text.is_empty() {
            return Err(invalid("is missing"));
        }
        if text.starts_with("Bearer ") {
            return Err(invalid("begins with \"Bearer \", which the client adds"));
        }
        if text.starts_with("-----BEGIN") {
            return Err(invalid("is a key, which must never leave your server"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(invalid(
                "has a space, a line break or a non-ASCII character, which no header can carry",
            ));
        }
        let header = before(text, b'.');
        let payload = before(text.get(header.len() + 1..).unwrap_or_default(), b'.');
        let signature = text.get(header.len() + payload.len() + 2..).unwrap_or_default();
        if signature.is_empty() || signature.bytes().any(|byte| byte == b'.') {
            return Err(invalid("is not a JWT: it needs three parts with a dot between them"));
        }
        let object = |part| J::decode(part).filter(|json| json.kind() == Kind::Object);
        if object(header).is_none() {
            return Err(invalid("is not a JWT: its header cannot be read"));
        }
        let Some(claims) = object(payload) else {
            return Err(invalid("is not a JWT: its claims cannot be read"));
        };
        // Not a string by the standard, but some servers sign the number that their database has.
        let id = claims.get("sub").filter(|id| matches!(id.kind(), Kind::Text | Kind::Number));
        let id = id.map(|id| id.as_text().unwrap_or_else(|| id.stringify()));
        let Some(user_id) = id.filter(|id| !id.is_empty()) else {
            return Err(invalid("has no \"sub\" claim, the id of the user"));
        };
        let milliseconds =
            |claim| claims.get(claim).and_then(|time| time.as_number()).map(|time| time * 1000.0);
        let Some(expires_at_ms) = milliseconds("exp") else {
            return Err(invalid("has no \"exp\" claim, or it is not a number of seconds"));
        };
        let issued_at_ms = milliseconds("iat");
        let lifetime_ms = (expires_at_ms - issued_at_ms.unwrap_or(now_ms)).max(0.0);
        Ok(Self {
            text: text.to_owned(),
            authorization: J::from_text(&join(&["Bearer ", text])),
            user_id,
            issued_at_ms: issued_at_ms.unwrap_or_default(),
            stale_at_ms: expires_at_ms - (lifetime_ms / 10.0).min(60_000.0),
            expires_at_ms,
        })
    }

    /// The user: the claim `sub`.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// When it was made, in milliseconds since 1970: the claim `iat`, 0 without one.
    #[must_use]
    pub fn issued_at_ms(&self) -> f64 {
        self.issued_at_ms
    }

    /// When it is time to renew it, in milliseconds since 1970: a minute before `exp`, or when a
    /// tenth of its life is left if that is less. Without `iat` its life began when it came.
    #[must_use]
    pub fn stale_at_ms(&self) -> f64 {
        self.stale_at_ms
    }

    /// `true` if `exp` has passed at `now_ms`, in milliseconds since 1970.
    #[must_use]
    pub fn is_expired(&self, now_ms: f64) -> bool {
        now_ms >= self.expires_at_ms
    }

    /// The value of the `Authorization` header, made once: every request has it.
    #[must_use]
    pub fn authorization(&self) -> &J {
        &self.authorization
    }

    /// The token itself, for the one address that has to carry it: where a user's consent begins.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.text
    }
}

impl<J> fmt::Debug for UserToken<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserToken(secret)")
    }
}
