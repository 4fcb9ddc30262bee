//! Reads any response and any token, and checks the result. Property tests and fuzz targets call the
//! same two functions.

use std::sync::LazyLock;

use paragon_wasm::api::{answer, integrations, users};
use paragon_wasm::auth::token::UserToken;
use paragon_wasm::http::request::Expected;
use paragon_wasm::http::response::Response;
use paragon_wasm::{Error, ErrorCode, Json};
use serde_json::Value;

use super::jwt::jwt_of;

type Check = fn(Value) -> Result<(), Error<Value>>;

/// Placeholders for the user token in the text of an answer: a server may repeat it, and may write it
/// as JSON permits.
const REPEATED: [&str; 2] = ["$TOKEN", "$ESCAPED"];

/// The kinds of answers, each with the function that reads it.
const READERS: [(Expected, Check); 9] = [
    (Expected::User, |user| {
        assert!(user["authenticated"].is_boolean() && user["meta"].is_object());
        let id = &user["userId"];
        assert!(user["integrations"].is_object());
        assert!(id.is_string() || id.is_number() || id.is_boolean(), "{id}");
        Ok(())
    }),
    (Expected::Array, |list| {
        assert!(list.is_array());
        let found = integrations::find(&list, "slack")?;
        let _ = users::is_connected(&list, &found);
        Ok(())
    }),
    (Expected::Array, |list| integrations::find_metadata(&list, "slack").map(drop)),
    (Expected::Object, |credential| {
        assert!(credential.is_object());
        Ok(())
    }),
    (Expected::Nothing, |nothing| {
        assert!(nothing.is_null());
        Ok(())
    }),
    (Expected::Anything, |_| Ok(())),
    (Expected::JsonOrNothing, |_| Ok(())),
    (Expected::Output { json: false }, |_| Ok(())),
    (Expected::Output { json: true }, |_| Ok(())),
];

/// An answer becomes a value or a documented error, and no error holds the token.
pub fn answer(status: u16, text: &str) {
    let secret = secret();
    let token = UserToken::<Value>::read(secret, 0.0).expect("a good token");
    let text = text.replace(REPEATED[0], secret).replace(REPEATED[1], escaped());
    let ok = (200..300).contains(&status);
    // As a platform gives it: JSON is parsed where the status says success.
    let json = <Value as Json>::parse(&text);
    let is_json = json.is_some();
    let parsed = ok && is_json;
    let body = json.filter(|_| ok).unwrap_or_else(|| Value::from(text));
    // A failure is refused before it is read.
    for (expected, check) in READERS.iter().take(if ok { READERS.len() } else { 1 }) {
        let body = body.clone();
        let response =
            Response { status, body, parsed, broken: false, retry_after_ms: None, date_ms: None };
        let accepted = response.error_for_status(Some(&token));
        let Err(error) = accepted.and_then(|response| check(answer::read(response, *expected)?))
        else {
            assert!(ok, "{status} is no success");
            continue;
        };
        let right: &[ErrorCode] = match status {
            200..300 => &[ErrorCode::InvalidResponse, ErrorCode::IntegrationNotFound],
            401 => &[ErrorCode::Unauthorized],
            403 => &[ErrorCode::Forbidden],
            404 => &[ErrorCode::NotFound],
            429 => &[ErrorCode::RateLimited],
            500.. => &[ErrorCode::ServerError],
            _ => &[ErrorCode::RequestFailed],
        };
        assert!(right.contains(&error.code), "{status} gave {:?}", error.code);
        // The names of integrations come from a success, whose content is the application's.
        if error.code != ErrorCode::IntegrationNotFound {
            assert_eq!(error.status, Some(status));
            let shown = shown(&error, is_json);
            assert!(!shown.contains(secret), "the token is in {shown}");
        }
    }
}

/// A good user token.
fn secret() -> &'static str {
    static SECRET: LazyLock<String> =
        LazyLock::new(|| jwt_of(br#"{"sub":"ada","exp":2000000000}"#));
    &SECRET
}

/// The same as JSON may also write it.
fn escaped() -> &'static str {
    static ESCAPED: LazyLock<String> = LazyLock::new(|| {
        let escape = |character| format!("\\u{:04x}", u32::from(character));
        secret().chars().map(escape).collect::<Vec<_>>().concat()
    });
    &ESCAPED
}

/// Everything of an error that shows the answer.
fn shown(error: &Error<Value>, is_json: bool) -> String {
    let detail = match &error.detail {
        None => String::new(),
        Some(("response", answer)) if is_json => answer.to_string(),
        Some(("response", Value::String(text))) => {
            assert!(text.len() <= 500, "a text of {} bytes is kept", text.len());
            text.clone()
        }
        Some(other) => panic!("{other:?} is no answer"),
    };
    format!("{} {error:?} {detail}", error.message)
}

/// The messages for tokens that are refused, from one of each kind.
fn refusals() -> &'static [String] {
    static REFUSALS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let claims = |claims: &str| jwt_of(claims.as_bytes());
        let bad = [
            String::new(),
            "a b".to_owned(),
            "Bearer a".to_owned(),
            "-----BEGIN".to_owned(),
            "a".to_owned(),
            "a.b.c".to_owned(),
            claims("no JSON"),
            claims(r#"{"exp":1}"#),
            claims(r#"{"sub":"ada"}"#),
        ];
        let refusal = |text: String| UserToken::<Value>::read(&text, 0.0).expect_err("a bad token");
        bad.into_iter().map(|text| refusal(text).message.clone()).collect()
    });
    &REFUSALS
}

/// A token is read or refused, as it is and as claims; neither way shows it.
pub fn token(bytes: &[u8]) {
    token_text(&String::from_utf8_lossy(bytes));
    token_text(&jwt_of(bytes));
}

fn token_text(text: &str) {
    let token = match UserToken::<Value>::read(text, 0.0) {
        Ok(token) => token,
        Err(error) => {
            assert_eq!(error.code, ErrorCode::InvalidToken);
            // The same sentences whatever the token is: so they hold nothing of it.
            assert!(refusals().contains(&error.message), "{}", error.message);
            assert!(error.cause.is_none() && error.detail.is_none());
            return;
        }
    };
    let text = text.trim_ascii();
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic()) && !token.user_id().is_empty());
    assert_eq!(token.authorization().as_str(), Some(format!("Bearer {text}").as_str()));
    let repeated = Value::from(format!("é{text} {text}."));
    assert_eq!(repeated.redacted(token.secret()), "é[redacted] [redacted].");
    assert!(!format!("{token:?}").contains(text));
    for now_ms in [0.0, token.issued_at_ms(), 1.7e12, f64::MAX] {
        // A token that has expired should have been renewed before.
        assert!(!token.is_expired(now_ms) || now_ms >= token.stale_at_ms(), "{text} at {now_ms}");
    }
}
