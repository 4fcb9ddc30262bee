//! The pure part: requests as they are built, answers as they are read.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashSet;

use paragon_wasm::protocol::endpoints::{Endpoints, Project};
use paragon_wasm::protocol::error::{Error, ErrorCode};
use paragon_wasm::protocol::integrations::{self, Integration};
use paragon_wasm::protocol::json::{Json, Kind};
use paragon_wasm::protocol::message::{
    Expected, Method, Payload, ReadAs, Request, Response, Selection,
};
use paragon_wasm::protocol::proxy::{self, ProxyRequest};
use paragon_wasm::protocol::route::{self, Route};
use paragon_wasm::protocol::token::UserToken;
use paragon_wasm::protocol::{me, retry};
use serde_json::{Value, json};

mod support;
use support::{header, jwt};

fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn token() -> UserToken {
    UserToken::read::<Value>(&jwt(&json!({ "sub": "ada", "exp": 2_000_000_000 }))).unwrap()
}

fn ok(body: Value) -> Response<Value> {
    Response { status: 200, body, parsed: true, retry_after_ms: None, date_ms: None }
}

/// An answer that is no JSON, or is not read as such as its status says no success.
fn text(status: u16, body: &str) -> Response<Value> {
    Response { status, parsed: false, ..ok(Value::from(body)) }
}

fn project() -> Project {
    Project { endpoints: Endpoints::default(), id: "p1".to_owned() }
}

fn request(route: &Route, id: &str) -> Request<Value> {
    route.request(id).unwrap()
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
    let read = ok(documented.clone()).read(Expected::User).unwrap();
    assert_eq!(read, documented);
    // Order and undocumented members survive as well.
    assert_eq!(read.to_string(), documented.to_string());

    let read = ok(fixture("user-openapi")).read(Expected::User).unwrap();
    assert_eq!(read["userId"], "12345");
    assert_eq!(read["project"]["accessibleFeatures"][0], "headless-cp");

    let read = ok(json!({ "id": "7" })).read(Expected::User).unwrap();
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
        let error = ok(body.clone()).read(Expected::User).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidResponse, "{body}");
        assert_eq!(error.status, Some(200));
    }
    for body in ["", "<!doctype html><title>Sign in</title>", "{\"userId\":"] {
        let error = text(200, body).read(Expected::User).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidResponse, "{body}");
    }
}

/// What every operation that is one request sends, and what it makes of the answers.
#[test]
fn routes() {
    use Expected::{Anything, Array, Nothing, Object, User};
    use Method::{Delete, Get, Patch, Post};
    let table: [(&Route, &str, Method, &str, Expected, bool); 10] = [
        (&route::ME, "", Get, "me", User, true),
        (&route::ME_UPDATE, "", Patch, "me", User, true),
        (&route::INTEGRATIONS, "", Get, "integrations", Array, true),
        (&route::METADATA, "", Get, "metadata", Array, true),
        (&route::CREDENTIALS, "", Get, "credentials", Array, true),
        (&route::CREDENTIAL_UPDATE, "credentialId", Patch, "credentials/i_-1", Object, true),
        (&route::WORKFLOW_ENABLE, "workflowId", Post, "workflows/i_-1", Nothing, true),
        (&route::WORKFLOW_DISABLE, "workflowId", Delete, "workflows/i_-1", Nothing, true),
        (&route::EVENT, "", Post, "events/trigger", Nothing, false),
        (&route::TRIGGER, "workflowId", Post, "triggers/i_-1", Anything, false),
    ];
    // The package counts on their order.
    assert_eq!(route::ROUTES.len(), table.len());
    for (known, (listed, ..)) in route::ROUTES.iter().zip(&table) {
        assert_eq!(format!("{known:?}"), format!("{listed:?}"));
    }
    for (route, id_name, method, path, expected, repeatable) in table {
        // An operation without an id ignores one.
        let request = request(route, "i_-1");
        assert_eq!((request.method, request.path.as_str()), (method, path));
        assert_eq!((request.expected, request.repeatable), (expected, repeatable), "{path}");
        assert!(!request.proxied && matches!(request.payload, Payload::Empty), "{path}");
        let url = format!("https://api.useparagon.com/projects/p1/sdk/{path}");
        assert_eq!(project().url(&request), url);
        for id in ["", "..", "a/b", "a b", "é", "a?b", "a%2fb", "a.b", &"a".repeat(129)] {
            match route.request::<Value>(id) {
                Ok(_) => assert_eq!(id_name, "", "{path}, {id}"),
                Err(error) => {
                    assert_eq!(error.code, ErrorCode::InvalidArgument);
                    assert_eq!(error.detail, Some(("path", id_name.into())));
                }
            }
        }
    }
}

#[test]
fn requests_have_the_headers_that_they_need_and_no_others() {
    let headers = |request: &Request<Value>| {
        let mut headers = Vec::new();
        request.headers(|name, value| headers.push(format!("{name}: {value}")));
        headers
    };
    let mut get = request(&route::ME, "");
    assert_eq!(headers(&get), ["accept: application/json"]);
    get.payload = Payload::Raw("a=b".into());
    assert_eq!(header(&get, "content-type"), None, "the platform knows what it sends");

    let mut patch = request(&route::ME_UPDATE, "");
    patch.payload = Payload::Json(json!({ "meta": {} }));
    assert_eq!(headers(&patch), ["accept: application/json", "content-type: application/json"]);

    let chosen = |credential: Option<&str>, configuration: Option<&str>| Selection {
        credential_id: credential.map(str::to_owned),
        configuration_id: configuration.map(str::to_owned),
    };
    let delete: Request<Value> = integrations::uninstall("int-1", chosen(Some("cred-1"), None));
    let url = "https://api.useparagon.com/projects/p1/sdk/integrations/int-1";
    assert_eq!((delete.method, project().url(&delete).as_str()), (Method::Delete, url));
    assert_eq!(headers(&delete), ["accept: application/json", "x-paragon-credential: cred-1"]);
    let delete: Request<Value> = integrations::uninstall("int-1", chosen(None, Some("conf-1")));
    let configuration = "x-paragon-configuration-id: conf-1";
    assert_eq!(headers(&delete), ["accept: application/json", configuration]);
    let delete: Request<Value> = integrations::uninstall("int-1", Selection::default());
    assert_eq!(headers(&delete), ["accept: application/json"]);
}

/// What may be sent twice, and what may not; of the routes, `routes` says it.
#[test]
fn only_harmless_requests_are_repeated() {
    let proxied = |method| {
        let (payload, read_as, selection) = (Payload::Empty, ReadAs::Auto, Selection::default());
        let asked = ProxyRequest { method, payload, headers: None, read_as, selection };
        proxy::request::<Value>("slack", "chat", asked).unwrap().repeatable
    };
    assert!(integrations::uninstall::<Value>("i", Selection::default()).repeatable);
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
        let request = proxy::request::<Value>(name, path, asked);
        request.map(|request| project().url(&request))
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
    let error = ask("slack", "x", Method::Get, Payload::Json(json!({}))).unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidArgument);
}

#[test]
fn what_the_proxy_answers() {
    let (either, only_json) = (Expected::Output { json: false }, Expected::Output { json: true });
    for expected in [either, only_json] {
        let json = |value| ok(value).read(expected).unwrap();
        assert_eq!(json(json!({ "output": [1] })), json!([1]));
        assert_eq!(json(json!({ "output": null })), json!(null));
        assert_eq!(json(json!({ "other": 1 })), json!({ "other": 1 }));
        assert_eq!(json(json!([1])), json!([1]));
        assert_eq!(json(json!("text")), "text");
        assert_eq!(text(204, "").read(expected).unwrap(), "");
    }
    assert_eq!(text(200, "a,b").read(either).unwrap(), "a,b");
    let error = text(200, "a,b").read(only_json).unwrap_err();
    assert_eq!((error.code, error.status), (ErrorCode::InvalidResponse, Some(200)));
}

#[test]
fn what_other_operations_expect() {
    let read = |answer: Response<Value>, expected| answer.read(expected).map_err(|e| e.code);
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
    let nothing = [ok(json!({})), text(204, ""), text(200, "<html>")];
    assert!(nothing.into_iter().all(|answer| read(answer, Expected::Nothing) == Ok(Value::Null)));

    assert_eq!(read(ok(json!(0)), Expected::Anything), Ok(json!(0)));
    assert_eq!(read(text(200, "<html>"), Expected::Anything), Ok(json!("<html>")));
    assert_eq!(read(text(204, ""), Expected::Anything), Ok(json!("")));

    assert_eq!(read(ok(json!([0])), Expected::JsonOrNothing), Ok(json!([0])));
    assert_eq!(read(text(204, ""), Expected::JsonOrNothing), Ok(Value::Null));
    assert_eq!(read(text(200, "<html>"), Expected::JsonOrNothing), invalid);
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
    let mut request = request(&route::TRIGGER, "w");
    request.path += "?secret=1";
    request.payload = Payload::Json(json!({ "secret": 1 }));
    request.caller_headers = Some(json!({ "x-api-key": "secret" }));
    assert_eq!(format!("{token:?} {request:?}"), "UserToken(secret) POST triggers/w");
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
        (format!("{missing_signature}."), "three parts"),
        (missing_signature.clone(), "three parts"),
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
        let error = text(401, &body).accepted(Some(&token)).unwrap_err();
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
        let error = response.accepted(Some(&token())).unwrap_err();
        assert_eq!((error.code, error.status), (code, Some(status)));
        assert!(error.message.contains("the reason"), "{}", error.message);
        assert_eq!((&error.detail, error.retry_after_ms), (&Some(("response", body)), Some(7.0)));
    }
}

#[test]
fn errors_survive_any_body() {
    let bodies =
        ["", "<h1>Bad gateway</h1>", "{\"message\":", "[1]", "null", "\"text\"", "{\"message\":7}"];
    for body in bodies {
        let error = text(502, body).accepted(Some(&token())).unwrap_err();
        assert_eq!(error.code, ErrorCode::ServerError, "{body}");
        let kept = serde_json::from_str(body).unwrap_or(Value::from(body));
        assert_eq!(error.detail, (!body.is_empty()).then_some(("response", kept)));
    }
    let long = format!("x{}", "é".repeat(100_000));
    let error = text(500, &long).accepted(Some(&token())).unwrap_err();
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
        let types =
            json!(["salesforce", "slack", "hubspot", "ledger", "custom.timesheet", "slack-archive"]);
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
        let me = request(&route::ME, "");
        endpoints.map(|endpoints| Project { endpoints, id: "p".into() }.url(&me))
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
        "http://[::1]:80",
        "https://[::2]",
        "https://127.9.9.9:65535",
        "https://0.10.255.200:0",
        "https://registry.2nd",
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
        // This machine as well, but not as people write it.
        "http://127.9.9.9",
        "http://[0:0::1]",
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
        "https://a:",
        "https://a:+1",
        "https://a:0x1",
        "https://256.0.0.1",
        "https://1.2.3.300",
        "https://1.2.3.4.5",
        "https://1.2.3.99999999999999999999",
        "https://example.0X7f",
        "https://a:65536",
        "https://1.2.3.04",
        "https://[::1",
        "https://[::1]x",
        "https://[::1].example.com",
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
    let kinds = ["{}", "[]", "null", "true", r#""""#, "1"];
    assert_eq!(kinds.map(|text| <Value as Json>::parse(text).unwrap().kind()), Kind::ALL);
    let object = Value::object([("a", Value::from_text("x")), ("b", Value::null())]);
    assert_eq!(object.stringify(), r#"{"a":"x","b":null}"#);
    assert_eq!((object.text("a").as_deref(), object.text("b"), object.flag("a")), (Some("x"), None, false));
    let mut list = json!([1]);
    list.set("a", json!(1));
    assert_eq!((list.keys(), list), (Vec::new(), json!([1])));
    assert_eq!(json!("aba").redacted("a"), "[redacted]b[redacted]");
    assert_eq!(<Value as Json>::decode("eyJhIjoiw7wifQ"), Some(json!({ "a": "ü" })));
    assert_eq!(<Value as Json>::decode("eyJhIjoiw7wifQ=="), Some(json!({ "a": "ü" })));
    assert_eq!(["!", "e30$", "_w", "eyJ"].map(<Value as Json>::decode), [const { None }; 4]);
}
