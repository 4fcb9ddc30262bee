//! The pure part: requests as they are built, answers as they are read.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashSet;

use paragon_wasm::protocol::endpoints::{Endpoints, Project};
use paragon_wasm::protocol::error::{Details, Error, ErrorCode, ServerAnswer};
use paragon_wasm::protocol::integrations::{self, Integration};
use paragon_wasm::protocol::json::Json;
use paragon_wasm::protocol::message::{
    Body, Method, Payload, ReadAs, Request, Response, Selection,
};
use paragon_wasm::protocol::proxy::{self, ProxyRequest};
use paragon_wasm::protocol::token::UserToken;
use paragon_wasm::protocol::{credentials, me, retry, workflows};
use serde_json::{Value, json};

mod support;
use support::jwt;

fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn token() -> UserToken {
    UserToken::read::<Value>(&jwt(&json!({ "sub": "ada", "exp": 2_000_000_000 }))).unwrap()
}

fn ok(body: Value) -> Response<Value> {
    answer(200, Body::Json(body))
}

fn answer(status: u16, body: Body<Value>) -> Response<Value> {
    Response { status, body, retry_after: None, date_ms: None }
}

fn project() -> Project {
    Project { endpoints: Endpoints::default(), id: "p1".to_owned() }
}

fn header<'a>(request: &'a Request<Value>, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
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

/// The Rust enum, the TypeScript union and both tables of the documentation name the same codes.
#[test]
fn every_place_that_lists_the_codes_lists_them_all() {
    let known: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    let root = env!("CARGO_MANIFEST_DIR");
    let listed = |file: &str, from: &str, open: &str, close: &str| -> Vec<String> {
        let text = std::fs::read_to_string(format!("{root}/{file}")).unwrap();
        let text = &text[text.find(from).unwrap_or_else(|| panic!("{file}: {from}"))..];
        text.lines()
            .skip(1)
            // Connecting accounts has codes of its own, which are not made here.
            .take_while(|line| !line.starts_with("## "))
            .filter_map(|line| {
                Some(line.trim().strip_prefix(open)?.split(close).next()?.to_owned())
            })
            .collect()
    };
    let types = "pkg-template/index.d.ts";
    assert_eq!(listed(types, "type ParagonErrorCode =", "| \"", "\""), known);
    assert_eq!(listed(types, "* Why a call failed", "* | `", "`"), known);
    assert_eq!(listed("docs/errors.md", "| code |", "| `", "`"), known);
}

#[test]
fn a_user_is_read_as_documented_and_otherwise_untouched() {
    let documented = fixture("user-documented");
    let read = me::read(ok(documented.clone())).unwrap();
    assert_eq!(read, documented);
    // Order and undocumented members survive as well.
    assert_eq!(read.to_string(), documented.to_string());

    let read = me::read(ok(fixture("user-openapi"))).unwrap();
    assert_eq!(read["userId"], "12345");
    assert_eq!(read["project"]["accessibleFeatures"][0], "headless-cp");

    let read = me::read(ok(json!({ "id": "7" }))).unwrap();
    let complete =
        json!({ "id": "7", "authenticated": true, "integrations": {}, "meta": {}, "userId": "7" });
    assert_eq!(read, complete);
}

#[test]
fn what_is_no_user_is_an_invalid_response() {
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
        let error = me::read(ok(body.clone())).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidResponse, "{body}");
        assert_eq!(error.status, Some(200));
    }
    for text in ["", "<!doctype html><title>Sign in</title>", "{\"userId\":"] {
        let response = answer(200, Body::Text(text.to_owned()));
        assert_eq!(me::read(response).unwrap_err().code, ErrorCode::InvalidResponse, "{text}");
    }
}

#[test]
fn requests_carry_the_token_and_nothing_that_is_not_needed() {
    let project = project();
    let get: Request<Value> = me::get(&project);
    let url = "https://api.useparagon.com/projects/p1/sdk/me";
    assert_eq!((get.method, get.url.as_str()), (Method::Get, url));
    assert_eq!(header(&get, "Content-Type"), None);
    assert!(matches!(get.payload, Payload::Empty));

    let patch = me::patch(&project, &json!({ "Name": "Ada \"A\"", "n": [1, null] }));
    assert_eq!(patch.method, Method::Patch);
    assert_eq!(header(&patch, "Content-Type"), Some("application/json"));
    let Payload::Json(body) = patch.payload else { panic!("JSON is sent") };
    assert_eq!(body, r#"{"meta":{"Name":"Ada \"A\"","n":[1,null]}}"#);

    let chosen = Selection { credential_id: Some("cred-1".into()), configuration_id: None };
    let delete: Request<Value> = integrations::uninstall(&project, "int-1", &chosen);
    assert_eq!(delete.url, "https://api.useparagon.com/projects/p1/sdk/integrations/int-1");
    assert_eq!(header(&delete, "X-Paragon-Credential"), Some("cred-1"));
    let delete: Request<Value> = integrations::uninstall(&project, "int-1", &Selection::default());
    assert_eq!(header(&delete, "X-Paragon-Credential"), None);
}

/// What may be sent twice, and what may not.
#[test]
fn only_harmless_requests_are_repeated() {
    let (project, none) = (project(), Selection::default());
    let proxied = |method| {
        let (payload, read_as) = (Payload::Empty, ReadAs::Auto);
        let asked =
            ProxyRequest { method, payload, headers: None, read_as, selection: none.clone() };
        proxy::request::<Value>(&project, "slack", "chat", asked).unwrap().repeatable
    };
    let trigger = workflows::trigger(&project, "w", "", Payload::Json("{}".into()), None, &none);
    let table: [(bool, Request<Value>); 8] = [
        (true, me::get(&project)),
        (true, me::patch(&project, &json!({}))),
        (true, integrations::uninstall(&project, "i", &none)),
        (true, credentials::update(&project, "c", "{}".into())),
        (true, workflows::switch(&project, "w", true, &none)),
        (true, workflows::switch(&project, "w", false, &none)),
        (false, trigger),
        (false, workflows::event(&project, "\"e\"", "{}", &none)),
    ];
    for (expected, request) in table {
        assert_eq!(request.repeatable, expected, "{request:?}");
    }
    assert!(proxied(Method::Get) && proxied(Method::Head));
    for method in [Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Options] {
        assert!(!proxied(method), "{method:?}");
    }
}

#[test]
fn the_proxy_is_not_left() {
    let ask = |name: &str, path: &str, method, payload| {
        let asked = ProxyRequest {
            method,
            payload,
            headers: None,
            read_as: ReadAs::Auto,
            selection: Selection::default(),
        };
        proxy::request::<Value>(&project(), name, path, asked).map(|request| request.url)
    };
    let get = |name: &str, path: &str| ask(name, path, Method::Get, Payload::Empty);
    let base = "https://proxy.useparagon.com/projects/p1/sdk/proxy/";
    for (name, path, expected) in [
        ("slack", "/chat.postMessage", "slack/chat.postMessage"),
        ("slack", "a/b?c=../d&e=#", ""),
        ("slack", "a/b?c=../d", "slack/a/b?c=../d"),
        ("monday.com", "", "monday.com/"),
        ("custom.ledger", "//x", "custom.ledger//x"),
        ("slack", "..a/b..", "slack/..a/b.."),
        ("slack", ".../x", "slack/.../x"),
        ("slack", "é/ü", "slack/é/ü"),
        ("slack", "https://other.example/x", "slack/https://other.example/x"),
    ] {
        match get(name, path) {
            Ok(url) => assert_eq!(url, format!("{base}{expected}")),
            Err(error) => assert_eq!((error.code, expected), (ErrorCode::InvalidArgument, "")),
        }
    }
    let outside = [
        "..",
        "../x",
        "a/../..",
        "a/..",
        ".",
        "./a",
        "%2e%2e/x",
        "a/%2E./b",
        ".%2e",
        "a\\..\\b",
        "\\x",
        "a/.\t./b",
        "a\n",
        "a#b",
        "/..",
        "a/%2e",
        "..%2fme",
        "a/..  ",
        "..%5Cme",
        "a%2F..%2f..",
        ".. ",
        "a/%2E%2e  ",
        "a ",
    ];
    for path in outside {
        assert_eq!(get("slack", path).unwrap_err().code, ErrorCode::InvalidArgument, "{path}");
    }
    for name in ["", "..", "a/b", "a..b", ".a", "sla ck", "é", "a?b", "a%2fb"] {
        assert_eq!(get(name, "x").unwrap_err().code, ErrorCode::InvalidArgument, "{name}");
    }
    let error = ask("slack", "x", Method::Get, Payload::Json("{}".into())).unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidArgument);
}

#[test]
fn what_the_proxy_answers() {
    let json = |value| proxy::read(answer(200, Body::Json(value))).unwrap().unwrap();
    assert_eq!(json(json!({ "output": [1] })), json!([1]));
    assert_eq!(json(json!({ "output": null })), json!(null));
    assert_eq!(json(json!({ "other": 1 })), json!({ "other": 1 }));
    assert_eq!(json(json!([1])), json!([1]));
    let text = |text: &str| answer(200, Body::Text(text.to_owned()));
    assert_eq!(proxy::read(text("a,b")).unwrap().unwrap(), json!("a,b"));
    assert_eq!(proxy::read(text("")).unwrap(), None);
    assert_eq!(proxy::read_json(text("")).unwrap(), None);
    assert_eq!(proxy::read_json(text("a,b")).unwrap_err().code, ErrorCode::InvalidResponse);
}

#[test]
fn waiting_before_a_repetition() {
    assert_eq!(retry::delay_ms(0, 0.0, None), Some(200));
    assert_eq!(retry::delay_ms(0, 1.0, None), Some(400));
    assert_eq!(retry::delay_ms(1, 1.0, None), Some(800));
    assert_eq!(retry::delay_ms(u32::MAX, 1.0, None), Some(10_000));
    assert_eq!(retry::delay_ms(0, 1.0, Some(3000.0)), Some(3000));
    assert_eq!(retry::delay_ms(0, 1.0, Some(1.0)), Some(400));
    assert_eq!(retry::delay_ms(0, 1.0, Some(60_000.0)), None);
    assert_eq!(retry::delay_ms(0, f64::NAN, None), Some(0), "odd chance does no harm");

    let date = |_: &str| Some(5000.0);
    assert_eq!(retry::retry_after_ms("3", 0.0, date), Some(3000.0));
    assert_eq!(retry::retry_after_ms(" 0 ", 0.0, date), Some(0.0));
    assert_eq!(retry::retry_after_ms("Wed, 21 Oct 2026 07:28:00 GMT", 2000.0, date), Some(3000.0));
    assert_eq!(retry::retry_after_ms("Wed, 21 Oct 2026 07:28:00 GMT", 9000.0, date), Some(0.0));
    assert_eq!(retry::retry_after_ms("soon", 0.0, |_| None), None);
}

#[test]
fn the_token_is_in_no_debug_output() {
    let text = jwt(&json!({ "sub": "ada", "exp": 2_000_000_000 }));
    let token = UserToken::read::<Value>(&text).unwrap();
    let request = me::patch(&project(), &json!({ "secret": 1 }));
    let debug = format!("{token:?} {request:?}");
    assert!(!debug.contains(&text) && !debug.contains("secret\""), "{debug}");
}

#[test]
fn tokens() {
    let claims = |claims: Value| jwt(&claims);
    let good = claims(json!({ "sub": "ada", "exp": 1000, "iat": 1, "aud": "useparagon.com/p" }));
    let read = UserToken::read::<Value>(&good).unwrap();
    assert!(!read.is_expired(999_999.0));
    assert!(read.is_expired(1_000_000.0));
    // Claims are UTF-8.
    assert!(UserToken::read::<Value>(&claims(json!({ "sub": "Zoë 🙂", "exp": 1e9 }))).is_ok());

    let missing_signature = good.rsplit_once('.').unwrap().0.to_owned();
    let bad = [
        (String::new(), "missing"),
        ("abc".to_owned(), "three parts"),
        ("a.b".to_owned(), "three parts"),
        ("a.b.c.d".to_owned(), "three parts"),
        (format!("{missing_signature}."), "signature"),
        (format!("Bearer {good}"), "space"),
        (format!("{good}\n"), "line break"),
        (format!("{good}é"), "non-ASCII"),
        ("!.!.!".to_owned(), "header"),
        (good.replacen('.', ".!", 1), "claims"),
        (format!("{}.bm90IGpzb24.x", good.split('.').next().unwrap()), "claims"),
        (format!("{}.W10.x", good.split('.').next().unwrap()), "claims"),
        (claims(json!({ "exp": 1000 })), "\"sub\""),
        (claims(json!({ "sub": "", "exp": 1000 })), "\"sub\""),
        (claims(json!({ "sub": 12, "exp": 1000 })), "\"sub\""),
        (claims(json!({ "sub": "ada" })), "\"exp\""),
        (claims(json!({ "sub": "ada", "exp": "soon" })), "\"exp\""),
        (claims(json!({ "sub": "ada", "exp": null })), "\"exp\""),
    ];
    for (text, why) in bad {
        let error = UserToken::read::<Value>(&text).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidToken, "{text}");
        assert!(error.message.contains(why), "{text}: {}", error.message);
        assert!(text.len() < 8 || !error.message.contains(&text));
    }
}

#[test]
fn a_server_that_repeats_the_token_does_not_put_it_into_the_error() {
    let text = jwt(&json!({ "sub": "ada", "exp": 2_000_000_000 }));
    let token = UserToken::read::<Value>(&text).unwrap();
    let bodies = [
        json!({ "message": format!("bad token {text}!"), "meta": { "token": text } }).to_string(),
        format!("<html>zoë {text}{text}</html>"),
        text.clone(),
        // JSON may spell any character out.
        format!("{{\"message\":\"\\u0065{}\"}}", &text[1..]),
    ];
    for body in bodies {
        let response = answer(401, Body::Text(body));
        let error = response.accepted(&token).unwrap_err();
        let Details::Response(answer) = &error.details else { panic!("the answer is kept") };
        let shown = format!("{} {answer:?}", error.message);
        assert!(!shown.contains(&text), "{shown}");
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
        let response = answer(status, Body::Text(body.to_string()));
        let error: Error<Value> = response.accepted(&token()).unwrap_err();
        assert_eq!((error.code, error.status), (code, Some(status)));
        assert!(error.message.contains("the reason"), "{}", error.message);
        assert!(
            matches!(&error.details, Details::Response(ServerAnswer::Json(kept)) if *kept == body)
        );
    }
}

#[test]
fn errors_survive_any_body() {
    let bodies =
        ["", "<h1>Bad gateway</h1>", "{\"message\":", "[1]", "null", "\"text\"", "{\"message\":7}"];
    for body in bodies {
        let response = answer(502, Body::Text(body.to_owned()));
        let error = response.accepted(&token()).unwrap_err();
        assert_eq!(error.code, ErrorCode::ServerError, "{body}");
        assert_eq!(matches!(error.details, Details::None), body.is_empty());
    }
    let long = answer(500, Body::Text("é".repeat(100_000)));
    let Details::Response(ServerAnswer::Text(kept)) = &long.accepted(&token()).unwrap_err().details
    else {
        panic!("text is kept as text")
    };
    assert_eq!(kept.chars().count(), 500);
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
        let Details::IntegrationTypes(types) = &error.details else { panic!("types are listed") };
        assert_eq!(
            *types,
            ["salesforce", "slack", "hubspot", "ledger", "custom.timesheet", "slack-archive"]
        );
        assert!(error.message.contains("salesforce, slack, hubspot"));
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
        assert!(me::is_connected(&user, &named(name, false)), "{name}");
    }
    for name in ["never", "null", "odd", "absent", "ledger"] {
        assert!(!me::is_connected(&user, &named(name, false)), "{name}");
    }
    assert!(me::is_connected(&user, &named("ledger", true)));
}

#[test]
fn metadata_keys_that_only_look_right_are_named() {
    let meant = |value: Value| me::misspelt_keys(&value);
    assert!(meant(json!({ "Name": 1, "Email": 2, "plan": 3, "names": 4 })).is_empty());
    let found = meant(json!({ "name": 1, "EMAIL": 2 }));
    assert_eq!(found, [("name".to_owned(), "Name"), ("EMAIL".to_owned(), "Email")]);
}

#[test]
fn hosts() {
    let url = |endpoints: Result<Endpoints, Error<Value>>| {
        endpoints.map(|endpoints| Project { endpoints, id: "p".into() }.api("me"))
    };
    let premise = |host| url(Endpoints::on_premise(host));
    let at = |address| url(Endpoints::at_url(address));
    assert_eq!(premise("example.com").unwrap(), "https://zeus.example.com/projects/p/sdk/me");
    assert_eq!(
        premise("http://example.com/x").unwrap(),
        "https://zeus.example.com/projects/p/sdk/me"
    );
    for host in ["", "exa mple.com", "a@b.com", "https://", "a..b", "ü.com", "a:x", "[::1"] {
        assert_eq!(premise(host).unwrap_err().code, ErrorCode::InvalidConfiguration, "{host}");
    }
    let good = [
        "https://api.example.com",
        "https://api.example.com/",
        "https://api.example.com:8443/paragon",
        "http://localhost:4010",
        "http://app.localhost",
        "http://127.0.0.1:1",
        "http://127.9.9.9",
        "http://[::1]:80",
    ];
    for address in good {
        let expected = format!("{}/projects/p/sdk/me", address.trim_end_matches('/'));
        assert_eq!(at(address).unwrap(), expected);
    }
    let bad = [
        "",
        "api.example.com",
        "//api.example.com",
        "ftp://example.com",
        "javascript:alert(1)",
        "http://example.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.1",
        "https://0x7f.1",
        "https://2130706433",
        "https://1.2.3",
        "http://10.0.0.1",
        "http://0x7f.0.0.1",
        "http://localhost@example.com",
        "http://[::2]",
        "https://user:pass@example.com",
        "https://example.com?x",
        "https://example.com#x",
        "https://example.com/a/../b",
        "https://example.com/ a",
        "https://exa\nmple.com",
        "https://example.com\\@evil.com",
        "https://",
        "https:///x",
        "https://a:99999",
    ];
    for address in bad {
        assert_eq!(at(address).unwrap_err().code, ErrorCode::InvalidConfiguration, "{address}");
    }
}

#[test]
fn json_values_off_the_web_behave_as_the_trait_says() {
    let mut value = json!({ "b": 1, "a": [true, "x"] });
    assert_eq!(value.keys(), ["b", "a"]);
    value.set("c", json!(null));
    assert_eq!(value.stringify(), r#"{"b":1,"a":[true,"x"],"c":null}"#);
    assert_eq!(Json::get(&value, "a").unwrap().elements().len(), 2);
    assert_eq!(<Value as Json>::parse("{"), None);
}
