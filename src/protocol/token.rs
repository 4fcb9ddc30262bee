//! The Paragon User Token: what the client reads of it, and how it keeps it to itself.

use std::fmt;

use super::error::{Error, ErrorCode};
use super::json::{Json, Kind};
use super::text::join;

/// A user token whose form and claims have been checked; the signature is the server's to verify.
///
/// It is a secret: `Debug` shows nothing of it, and it leaves the client only as the
/// `Authorization` header of a request, and in the address of the first page of an install.
#[derive(Clone)]
pub struct UserToken {
    text: String,
    user_id: String,
    issued_at_ms: f64,
    expires_at_ms: f64,
}

impl UserToken {
    /// Checks the form of a JWT, `sub` and `exp`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidToken`], whose message says what is wrong and holds no part of `text`.
    pub fn read<J: Json>(text: &str) -> Result<Self, Error<J>> {
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
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(invalid(
                "has a space, a line break or a non-ASCII character, which no header can carry",
            ));
        }
        let mut parts = text.as_bytes().split(|byte| *byte == b'.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(invalid("is not a JWT: it needs three parts with a dot between them"));
        };
        if decode_object::<J>(header).is_none() || signature.is_empty() {
            return Err(invalid("is not a JWT: its header or its signature cannot be read"));
        }
        let Some(claims) = decode_object::<J>(payload) else {
            return Err(invalid("is not a JWT: its claims cannot be read"));
        };
        let Some(user_id) = claims.text("sub").filter(|sub| !sub.is_empty()) else {
            return Err(invalid("has no \"sub\" claim, the id of the user, or it is not a string"));
        };
        let expires_at = claims.get("exp").and_then(|exp| exp.as_number());
        let Some(expires_at) = expires_at else {
            return Err(invalid("has no \"exp\" claim, or it is not a number of seconds"));
        };
        let issued_at = claims.get("iat").and_then(|iat| iat.as_number()).unwrap_or(0.0);
        Ok(Self {
            text: text.to_owned(),
            user_id,
            issued_at_ms: issued_at * 1000.0,
            expires_at_ms: expires_at * 1000.0,
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

    /// Whether it is time to renew it at `now_ms`: a minute before `exp`, or when a tenth of its
    /// life is left if that is less.
    #[must_use]
    pub fn is_stale(&self, now_ms: f64) -> bool {
        let lifetime = (self.expires_at_ms - self.issued_at_ms).max(0.0);
        now_ms >= self.expires_at_ms - (lifetime / 10.0).min(60_000.0)
    }

    /// Whether `exp` has passed at `now_ms`, in milliseconds since 1970.
    #[must_use]
    pub fn is_expired(&self, now_ms: f64) -> bool {
        now_ms >= self.expires_at_ms
    }

    /// The value of the `Authorization` header.
    #[must_use]
    pub fn authorization(&self) -> String {
        join(&["Bearer ", &self.text])
    }

    /// The token itself, for the one address that has to carry it: see [`super::install`].
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.text
    }

    /// `text` without the token, should a server have repeated it.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        // By bytes, as `str::replace` brings two kilobytes of search algorithm.
        let (text, token) = (text.as_bytes(), self.text.as_bytes());
        let mut clean = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some((&first, after)) = rest.split_first() {
            if let Some(after) = rest.strip_prefix(token) {
                clean.extend_from_slice(b"[redacted]");
                rest = after;
            } else {
                clean.push(first);
                rest = after;
            }
        }
        String::from_utf8(clean).unwrap_or_default()
    }
}

impl fmt::Debug for UserToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserToken(secret)")
    }
}

fn decode_object<J: Json>(part: &[u8]) -> Option<J> {
    let bytes = decode_base64url(part)?;
    let value = J::parse(std::str::from_utf8(&bytes).ok()?)?;
    (value.kind() == Kind::Object).then_some(value)
}

/// Base64url, without padding as JWTs have it; padding at the end is tolerated.
fn decode_base64url(mut text: &[u8]) -> Option<Vec<u8>> {
    while let [unpadded @ .., b'='] = text {
        text = unpadded;
    }
    if text.is_empty() || text.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::new();
    let (mut pending, mut bits) = (0u32, 0u32);
    for byte in text {
        let sextet = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        pending = (pending << 6) | u32::from(sextet);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((pending >> bits & 0xff) as u8);
            pending &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}
