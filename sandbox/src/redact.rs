//! Keeps secrets out of the request log: by the name of what holds them, and by the look of a JWT.

use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

const REDACTED: &str = "[redacted]";

/// A name that holds one of these (in any case) holds a secret.
const SECRET_NAMES: [&str; 6] =
    ["token", "secret", "password", "authorization", "cookie", "apikey"];

/// Every JWT begins with this: `{"` in base64.
const JWT_START: &str = "eyJ";

/// The shortest run that is taken for (a part of) a JWT.
const JWT_LENGTH: usize = 16;

/// Text with everything removed that looks like a JWT.
pub(crate) fn text(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(JWT_START) {
        let (before, run) = rest.split_at(start);
        let end = run.find(|c: char| !is_jwt_char(c)).unwrap_or(run.len());
        let (run, after) = run.split_at(end);
        clean.push_str(before);
        clean.push_str(if run.len() >= JWT_LENGTH { REDACTED } else { run });
        rest = after;
    }
    clean.push_str(rest);
    clean
}

/// A raw query string (or form body): its order and encoding stay.
pub(crate) fn query(query: &str) -> String {
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if is_secret_name(name) => format!("{name}={REDACTED}"),
            Some((name, value)) if is_secret_json(value) => format!("{name}={REDACTED}"),
            _ => text(pair),
        })
        .collect();
    pairs.join("&")
}

/// True if an encoded value is JSON with a secret in it, as answers to a form are.
fn is_secret_json(value: &str) -> bool {
    let decoded = percent_decode_str(value).decode_utf8_lossy();
    let Ok(whole) = serde_json::from_str::<Value>(&decoded) else { return false };
    let mut clean = whole.clone();
    json(&mut clean);
    clean != whole
}

/// Headers as an object; one that occurs several times is joined as HTTP allows.
pub(crate) fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let mut clean: Map<String, Value> = Map::new();
    for name in headers.keys() {
        let values: Vec<String> = headers
            .get_all(name)
            .iter()
            .map(|value| {
                let value = String::from_utf8_lossy(value.as_bytes());
                match value.split_once(' ') {
                    // The scheme helps to find mistakes and is no secret.
                    Some((scheme, _)) if name == header::AUTHORIZATION && scheme.len() < 10 => {
                        format!("{scheme} {REDACTED}")
                    }
                    _ if is_secret_name(name.as_str()) => REDACTED.to_owned(),
                    _ => text(&value),
                }
            })
            .collect();
        clean.insert(name.to_string(), values.join(", ").into());
    }
    clean
}

/// A JSON body, in place, however deep the secret lies.
pub(crate) fn json(value: &mut Value) {
    match value {
        Value::String(string) => *string = text(string),
        Value::Array(items) => items.iter_mut().for_each(json),
        Value::Object(object) => {
            for (name, value) in object.iter_mut() {
                if is_secret_name(name) && (value.is_string() || value.is_number()) {
                    *value = REDACTED.into();
                } else {
                    json(value);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Bytes that are no text, e.g. a form with a file: a JWT among them is overwritten.
pub(crate) fn bytes(bytes: &[u8]) -> Vec<u8> {
    let mut clean = bytes.to_vec();
    let mut at = 0;
    while let Some(run) = clean.get_mut(at..).filter(|rest| !rest.is_empty()) {
        if !run.starts_with(JWT_START.as_bytes()) {
            at += 1;
            continue;
        }
        let end = run.iter().position(|byte| !is_jwt_char(char::from(*byte))).unwrap_or(run.len());
        if end >= JWT_LENGTH {
            run[..end].fill(b'*');
        }
        at += end;
    }
    clean
}

/// Letters of base64url, the dots between the parts, and `%` for a dot that was encoded.
fn is_jwt_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '%')
}

pub(crate) fn is_secret_name(name: &str) -> bool {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SECRET_NAMES.iter().any(|secret| plain.contains(secret))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";

    #[test]
    fn tokens_disappear_from_text_queries_and_json() {
        let encoded = TOKEN.replace('.', "%2E");
        let cases = [
            (text(&format!("see {TOKEN}, please")), "see [redacted], please"),
            (query(&format!("a=1&userToken={TOKEN}&b=2")), "a=1&userToken=[redacted]&b=2"),
            (query("user_token=opaque&x=y"), "user_token=[redacted]&x=y"),
            (query(&format!("state={encoded}")), "state=[redacted]"),
            (query("values=%7B%22apiKey%22%3A%22opaque%22%7D"), "values=[redacted]"),
            (
                query("values=%7B%22shop%22%3A%22lamps%22%7D"),
                "values=%7B%22shop%22%3A%22lamps%22%7D",
            ),
            (text("eyJ is short"), "eyJ is short"),
        ];
        for (clean, wanted) in cases {
            assert_eq!(clean, wanted);
        }
        let mut body = json!({ "a": [{ "accessToken": "opaque" }], "note": TOKEN, "tokens": 3 });
        json(&mut body);
        let wanted =
            json!({ "a": [{ "accessToken": REDACTED }], "note": REDACTED, "tokens": REDACTED });
        assert_eq!(body, wanted);
    }

    #[test]
    fn tokens_disappear_from_headers_and_bytes() {
        let mut map = HeaderMap::new();
        map.insert("authorization", format!("Bearer {TOKEN}").parse().unwrap());
        map.insert("cookie", "session=1".parse().unwrap());
        map.insert("referer", format!("https://a.example/?t={TOKEN}").parse().unwrap());
        map.insert("accept", "text/html".parse().unwrap());
        let clean = headers(&map);
        assert_eq!(clean["authorization"], "Bearer [redacted]");
        assert_eq!(clean["cookie"], REDACTED);
        assert_eq!(clean["referer"], "https://a.example/?t=[redacted]");
        assert_eq!(clean["accept"], "text/html");

        let mut raw = vec![0xff, 0xfe];
        raw.extend_from_slice(TOKEN.as_bytes());
        raw.push(0);
        let clean = bytes(&raw);
        assert_eq!(clean.len(), raw.len());
        assert!(!String::from_utf8_lossy(&clean).contains("eyJ"));
    }
}
