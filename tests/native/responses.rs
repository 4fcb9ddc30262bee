//! The pure part: answers as they are read, errors, tokens and JSON values.

use std::collections::HashSet;

use paragon_wasm::api::integrations::{self, Integration};
use paragon_wasm::api::{answer, users, workflows};
use paragon_wasm::auth::token::UserToken;
use paragon_wasm::http::request::Expected;
use paragon_wasm::http::response::Response;
use paragon_wasm::{ErrorCode, Json, Kind, Payload};
use serde_json::{Value, json};

use crate::support::jwt;

fn fixture(name: &str) -> Value {
    serde_json::from_str(&read(&format!("tests/fixtures/{name}.json"))).unwrap()
}

fn token() -> UserToken<Value> {
    UserToken::<Value>::read(&jwt(&json!({ "sub": "ada", "exp": 2_000_000_000 })), 0.0).unwrap()
}

fn ok(body: Value) -> Response<Value> {
    Response { status: 200, body, parsed: true, broken: false, retry_after_ms: None, date_ms: None }
}

/// An answer that is not JSON, or is not read as JSON because its status reports a failure.
fn text(status: u16, body: &str) -> Response<Value> {
    Response { status, parsed: false, ..ok(Value::from(body)) }
}

#[test]
fn codes_and_names_are_unique_and_stable() {
    let codes: HashSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes.len(), ErrorCode::ALL.len());
    for code in &codes {
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{code}");
    }
    assert_eq!(ErrorCode::NotAuthenticated.name(), "UserNotAuthenticatedError");
    assert_eq!(ErrorCode::IntegrationNotFound.name(), "IntegrationNotFoundError");
    assert_eq!(ErrorCode::IntegrationNotInstalled.name(), "IntegrationNotInstalledError");
    assert_eq!(ErrorCode::Timeout.name(), "TimeoutError");
    assert_eq!(ErrorCode::Aborted.name(), "AbortError");
}

/// The Rust table, the TypeScript unions and all tables of the documentation name the same codes: those
/// of calls in one place, those of connecting accounts in another.
#[test]
fn every_place_that_lists_the_codes_lists_them_all() {
    let listed = |file: &str, from: &str, end: &str, open: &str, close: &str| -> Vec<String> {
        let text = read(file);
        let (_, text) = text.split_once(from).unwrap_or_else(|| panic!("{file}: {from}"));
        let text = text.split(end).next().unwrap_or_default();
        let code =
            |line: &str| Some(line.trim().strip_prefix(open)?.split(close).next()?.to_owned());
        text.lines().filter_map(code).collect()
    };
    let union = |file: &str, from: &str| listed(file, from, ";", "| \"", "\"");
    let comment = |file: &str, from: &str| listed(file, from, "*/", "* | `", "`");
    let table = |from: &str| listed("docs/errors.md", from, "\n## ", "| `", "`");

    let of_install = union("pkg-template/install.d.ts", "type InstallErrorCode =");
    let all = ErrorCode::ALL.iter().map(|code| code.as_str().to_owned());
    let (install, calls): (Vec<_>, Vec<_>) = all.partition(|code| of_install.contains(code));
    assert_eq!(
        (of_install.len(), install.first().map(String::as_str)),
        (8, Some("already_installed"))
    );
    assert_eq!(of_install, install);
    assert_eq!(union("src/exports/types.d.ts", "type CallErrorCode ="), calls);
    assert_eq!(comment("src/exports/types.d.ts", "* Why a call failed"), calls);
    assert_eq!(table("| code |"), calls);
    assert_eq!(table("## Connecting accounts"), install);
}

/// The second column of both tables is the error's `name`, where it is not `ParagonError`.
#[test]
fn the_documentation_has_the_names_of_errors() {
    let text = read("docs/errors.md");
    let mut rows = 0;
    for line in text.lines() {
        let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let [_, code, name, _, _, _] = cells[..] else { continue };
        let Some(code) = ErrorCode::from_code(code) else { continue };
        let name = if name.is_empty() { "ParagonError" } else { name };
        assert_eq!(code.name(), name, "{}", code.as_str());
        rows += 1;
    }
    assert_eq!(rows, ErrorCode::ALL.len());
}

fn read(file: &str) -> String {
    std::fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn a_user_is_read_as_documented_and_otherwise_untouched() {
    let documented = fixture("user-documented");
    let read = answer::read(ok(documented.clone()), Expected::User).unwrap();
    assert_eq!(read, documented);
    // Order and undocumented members survive as well.
    assert_eq!(read.to_string(), documented.to_string());

    let read = answer::read(ok(fixture("user-openapi")), Expected::User).unwrap();
    assert_eq!(read["userId"], "12345");
    assert_eq!(read["project"]["accessibleFeatures"][0], "headless-cp");

    let read = answer::read(ok(json!({ "id": "7" })), Expected::User).unwrap();
    let complete =
        json!({ "id": "7", "authenticated": true, "integrations": {}, "meta": {}, "userId": "7" });
    assert_eq!(read, complete);
}

#[test]
fn anything_but_a_user_is_an_invalid_response() {
    let bodies = [
        json!(null),
        json!([]),
        json!("user"),
        json!(12),
        json!({}),
        json!({ "userId": null }),
        json!({ "userId": ["1"], "id": {} }),
        json!({ "userId": "1", "authenticated": "yes" }),
        json!({ "userId": "1", "integrations": [] }),
        json!({ "userId": "1", "integrations": null }),
        json!({ "userId": "1", "meta": "none" }),
    ];
    for body in bodies {
        let error = answer::read(ok(body.clone()), Expected::User).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidResponse, "{body}");
        assert_eq!(error.status, Some(200));
    }
    for body in ["", "<!doctype html><title>Sign in</title>", "{\"userId\":"] {
        let error = answer::read(text(200, body), Expected::User).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidResponse, "{body}");
    }
}

#[test]
fn what_the_proxy_answers() {
    let (either, only_json) = (Expected::Output { json: false }, Expected::Output { json: true });
    for expected in [either, only_json] {
        let json = |value| answer::read(ok(value), expected).unwrap();
        assert_eq!(json(json!({ "output": [1] })), json!([1]));
        assert_eq!(json(json!({ "output": null })), json!(null));
        assert_eq!(json(json!({ "other": 1 })), json!({ "other": 1 }));
        assert_eq!(json(json!([1])), json!([1]));
        assert_eq!(json(json!("text")), "text");
        assert_eq!(answer::read(text(204, ""), expected).unwrap(), "");
    }
    assert_eq!(answer::read(text(200, "a,b"), either).unwrap(), "a,b");
    let error = answer::read(text(200, "a,b"), only_json).unwrap_err();
    assert_eq!((error.code, error.status), (ErrorCode::InvalidResponse, Some(200)));
}

#[test]
fn what_other_operations_expect() {
    let read =
        |answer: Response<Value>, expected| answer::read(answer, expected).map_err(|e| e.code);
    let invalid = Err(ErrorCode::InvalidResponse);
    for (expected, json, other) in [
        (Expected::Object, json!({ "a": [] }), json!([])),
        (Expected::Array, json!([{}]), json!({})),
    ] {
        assert_eq!(read(ok(json.clone()), expected), Ok(json));
        for body in [other, json!(null), json!(1), json!("{}")] {
            assert_eq!(read(ok(body), expected), invalid);
        }
        for body in ["", "{", "[]", "{}"] {
            assert_eq!(read(text(200, body), expected), invalid, "not read as JSON: {body}");
        }
    }
    let nothing = [ok(json!({})), ok(json!(null)), text(204, "")];
    assert!(nothing.into_iter().all(|answer| read(answer, Expected::Nothing) == Ok(Value::Null)));
    // The login page of a proxy, for instance: nothing has been done.
    assert_eq!(read(text(200, "<html>"), Expected::Nothing), invalid);

    assert_eq!(read(ok(json!(0)), Expected::Anything), Ok(json!(0)));
    assert_eq!(read(text(200, "<html>"), Expected::Anything), Ok(json!("<html>")));
    assert_eq!(read(text(204, ""), Expected::Anything), Ok(json!("")));
    // Half an answer is none.
    let broken = |body| Response { broken: true, ..text(200, body) };
    for expected in [Expected::Anything, Expected::Output { json: false }] {
        assert_eq!(read(broken("[{"), expected), invalid);
        assert_eq!(read(broken(""), expected), Ok(json!("")));
    }

    assert_eq!(read(ok(json!([0])), Expected::JsonOrNothing), Ok(json!([0])));
    assert_eq!(read(text(204, ""), Expected::JsonOrNothing), Ok(Value::Null));
    assert_eq!(read(text(200, "<html>"), Expected::JsonOrNothing), invalid);
}

#[test]
fn the_token_is_in_no_debug_output() {
    let text = jwt(&json!({ "sub": "ada", "exp": 2_000_000_000 }));
    let token = UserToken::<Value>::read(&text, 0.0).unwrap();
    let mut request = workflows::trigger("w", "secret=1").unwrap();
    request.payload = Payload::json(&json!({ "secret": 1 }));
    request.caller_headers = Some(json!({ "x-api-key": "secret" }));
    assert_eq!(format!("{token:?} {request:?}"), "UserToken(secret) POST triggers/w");
}

#[test]
fn tokens() {
    let claims = |claims: Value| jwt(&claims);
    let good = claims(json!({ "sub": "ada", "exp": 1000, "iat": 1, "aud": "useparagon.com/p" }));
    let read = UserToken::<Value>::read(&good, 0.0).unwrap();
    assert!(!read.is_expired(999_999.0));
    assert!(read.is_expired(1_000_000.0));
    // Claims are UTF-8.
    let read = |text: &str| UserToken::<Value>::read(text, 0.0);
    assert!(read(&claims(json!({ "sub": "Zoë 🙂", "exp": 1e9 }))).is_ok());
    // A number is no string by the standard, and some servers sign one.
    assert_eq!(read(&claims(json!({ "sub": 12, "exp": 1e9 }))).unwrap().user_id(), "12");
    // White space around it is none of the token's.
    for around in ["\n", "\r\n", " ", "\t"] {
        let read = read(&format!("{around}{good}{around}")).unwrap();
        assert_eq!(
            (read.secret(), read.authorization()),
            (&*good, &format!("Bearer {good}").into())
        );
    }

    let missing_signature = good.rsplit_once('.').unwrap().0.to_owned();
    let bad = [
        (String::new(), "missing"),
        ("abc".to_owned(), "three parts"),
        ("a.b".to_owned(), "three parts"),
        ("a.b.c.d".to_owned(), "three parts"),
        (format!("{missing_signature}."), "three parts"),
        (missing_signature.clone(), "three parts"),
        (format!("Bearer {good}"), "begins with \"Bearer \""),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n".to_owned(), "is a key"),
        (good.replacen('.', ".\n", 1), "line break"),
        (format!("{good}é"), "non-ASCII"),
        ("!.!.!".to_owned(), "header"),
        (good.replacen('.', ".!", 1), "claims"),
        (format!("{}.bm90IGpzb24.x", good.split('.').next().unwrap()), "claims"),
        (format!("{}.W10.x", good.split('.').next().unwrap()), "claims"),
        (claims(json!({ "exp": 1000 })), "\"sub\""),
        (claims(json!({ "sub": "", "exp": 1000 })), "\"sub\""),
        (claims(json!({ "sub": true, "exp": 1000 })), "\"sub\""),
        (claims(json!({ "sub": ["ada"], "exp": 1000 })), "\"sub\""),
        (claims(json!({ "sub": "ada" })), "\"exp\""),
        (claims(json!({ "sub": "ada", "exp": "soon" })), "\"exp\""),
        (claims(json!({ "sub": "ada", "exp": null })), "\"exp\""),
    ];
    for (text, why) in bad {
        let error = UserToken::<Value>::read(&text, 0.0).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidToken, "{text}");
        assert!(error.message.contains(why), "{text}: {}", error.message);
        assert!(text.len() < 8 || !error.message.contains(&text));
    }
}

#[test]
fn a_server_that_repeats_the_token_does_not_put_it_into_the_error() {
    let token = token();
    let secret = token.secret();
    let bodies = [
        json!({ "message": format!("bad token {secret}!"), "meta": { "token": secret } })
            .to_string(),
        format!("<html>zoë {secret}{secret}</html>"),
        secret.to_owned(),
        // JSON may spell any character out.
        format!("{{\"message\":\"\\u0065{}\"}}", &secret[1..]),
        // Cutting what is kept must not come before.
        format!("{}{secret}", "x".repeat(480)),
    ];
    for body in bodies {
        let error = text(401, &body).error_for_status(Some(&token)).unwrap_err();
        let Some(("response", answer)) = &error.detail else { panic!("the answer is kept") };
        let shown = format!("{} {answer}", error.message);
        assert!(!shown.contains(&secret[..20]), "{shown}");
        assert!(shown.contains("[redacted]"), "{shown}");
    }
}

#[test]
fn statuses_become_codes_and_keep_the_servers_words() {
    let table = [
        (400, ErrorCode::RequestFailed),
        (401, ErrorCode::Unauthorized),
        (403, ErrorCode::Forbidden),
        (404, ErrorCode::NotFound),
        (409, ErrorCode::RequestFailed),
        (429, ErrorCode::RateLimited),
        (500, ErrorCode::ServerError),
        (503, ErrorCode::ServerError),
        (302, ErrorCode::RequestFailed),
        (0, ErrorCode::RequestFailed),
    ];
    for (status, code) in table {
        let body = json!({ "message": "the reason", "code": "7003", "meta": { "a": 1 } });
        let response = Response { retry_after_ms: Some(7.0), ..text(status, &body.to_string()) };
        let error = response.error_for_status(Some(&token())).unwrap_err();
        assert_eq!((error.code, error.status), (code, Some(status)));
        assert!(error.message.contains("the reason"), "{}", error.message);
        assert!(error.message.contains(&format!("answered {status}: ")), "{}", error.message);
        assert_eq!((&error.detail, error.retry_after_ms), (&Some(("response", body)), Some(7.0)));
    }
}

#[test]
fn errors_survive_any_body() {
    let bodies =
        ["", "<h1>Bad gateway</h1>", "{\"message\":", "[1]", "null", "\"text\"", "{\"message\":7}"];
    for body in bodies {
        let error = text(502, body).error_for_status(Some(&token())).unwrap_err();
        assert_eq!(error.code, ErrorCode::ServerError, "{body}");
        let kept = serde_json::from_str(body).unwrap_or(Value::from(body));
        assert_eq!(error.detail, (!body.is_empty()).then_some(("response", kept)));
    }
    let long = format!("x{}", "é".repeat(100_000));
    let error = text(500, &long).error_for_status(Some(&token())).unwrap_err();
    let beginning = format!("x{}", "é".repeat(249));
    assert_eq!(error.detail, Some(("response", beginning.into())), "no character is cut");
}

#[test]
fn integrations_are_found_by_what_applications_call_them() {
    let list = fixture("integrations");
    let table = [
        ("salesforce", "11111111-aaaa", true),
        ("slack", "22222222-bbbb", false),
        ("hubspot", "33333333-cccc", false),
        ("ledger", "44444444-dddd", true),
        ("custom.ledger", "44444444-dddd", true),
        ("timesheet", "55555555-eeee", true),
        ("custom.timesheet", "55555555-eeee", true),
        ("slack-archive", "66666666-ffff", false),
    ];
    for (name, id, enabled) in table {
        let found = integrations::find(&list, name).unwrap();
        assert_eq!((found.id.as_str(), found.enabled), (id, enabled), "{name}");
    }
    for name in ["Salesforce", "custom.salesforce", "evil", "no-id", "custom", ""] {
        let error = integrations::find(&list, name).unwrap_err();
        assert_eq!(error.code, ErrorCode::IntegrationNotFound, "{name}");
        let types = json!([
            "salesforce",
            "slack",
            "hubspot",
            "ledger",
            "custom.timesheet",
            "slack-archive"
        ]);
        assert_eq!(error.detail, Some(("integrationTypes", types)));
        assert!(error.message.contains(r#""salesforce", "slack", "hubspot""#), "{}", error.message);
    }
}

#[test]
fn connected_means_enabled_or_in_need_of_reconnection() {
    let named = |name: &str, custom| Integration {
        id: "1".into(),
        name: name.into(),
        custom,
        enabled: false,
    };
    let user = json!({ "integrations": {
        "valid": { "enabled": true, "credentialStatus": "VALID" },
        "invalid": { "enabled": false, "credentialStatus": "INVALID" },
        "pending": { "enabled": false, "credentialStatus": "PENDING" },
        "undocumented": { "enabled": true },
        "never": { "enabled": false },
        "null": { "enabled": false, "credentialStatus": null },
        "odd": 12,
        "custom.ledger": { "enabled": true },
    } });
    for name in ["valid", "invalid", "pending", "undocumented"] {
        assert!(users::is_connected(&user, &named(name, false)), "{name}");
    }
    for name in ["never", "null", "odd", "absent", "ledger"] {
        assert!(!users::is_connected(&user, &named(name, false)), "{name}");
    }
    assert!(users::is_connected(&user, &named("ledger", true)));
}

#[test]
fn metadata_keys_that_only_look_right_are_named() {
    for key in ["Name", "Email", "plan", "names"] {
        assert_eq!(users::intended_key(key), None, "{key}");
    }
    assert_eq!(users::intended_key("name"), Some("Name"));
    assert_eq!(users::intended_key("EMAIL"), Some("Email"));
}

#[test]
fn json_values_off_the_web_behave_as_the_trait_says() {
    let mut value = json!({ "b": 1, "a": [true, "x"] });
    assert_eq!(value.keys(), ["b", "a"]);
    value.set("c", json!(null));
    assert_eq!(value.stringify(), r#"{"b":1,"a":[true,"x"],"c":null}"#);
    assert_eq!(Json::get(&value, "a").unwrap().elements().len(), 2);
    assert_eq!(<Value as Json>::parse("{"), None);
    let kinds = ["{}", "[]", "null", "true", r#""""#, "1"];
    assert_eq!(kinds.map(|text| <Value as Json>::parse(text).unwrap().kind()), Kind::ALL);
    let object = Value::object().with("a", Value::from_text("x")).with("b", Value::null());
    assert_eq!(object.stringify(), r#"{"a":"x","b":null}"#);
    assert_eq!(
        (object.text("a").as_deref(), object.text("b"), object.flag("a")),
        (Some("x"), None, false)
    );
    let mut list = json!([1]);
    list.set("a", json!(1));
    assert_eq!((list.keys(), list), (Vec::new(), json!([1])));
    assert_eq!(json!("aba").redacted("a"), "[redacted]b[redacted]");
    assert_eq!(<Value as Json>::decode("eyJhIjoiw7wifQ"), Some(json!({ "a": "ü" })));
    assert_eq!(<Value as Json>::decode("eyJhIjoiw7wifQ=="), Some(json!({ "a": "ü" })));
    // As JavaScript writes numbers.
    let numbers = [400.0, 0.5, 1e21, f64::NAN];
    let numbers = numbers.map(|number| <Value as Json>::from_number(number).stringify());
    assert_eq!(numbers, ["400", "0.5", "1e+21", "null"]);
    assert_eq!(["!", "e30$", "_w", "eyJ"].map(<Value as Json>::decode), [const { None }; 4]);
}
