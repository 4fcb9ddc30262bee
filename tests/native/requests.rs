//! The pure part: requests as they are built, where they go, and when they are sent again.

use paragon_wasm::api::{credentials, install, integrations, proxy, users, workflows};
use paragon_wasm::http::endpoints::resolve;
use paragon_wasm::http::request::{Expected, Request};
use paragon_wasm::http::retry;
use paragon_wasm::{
    AccountSelector, Endpoints, Error, ErrorCode, Method, Payload, ProxyRequest, ResponseType,
};
use serde_json::{Value, json};

use crate::support::header;

fn url(request: &Request<Value>) -> String {
    Endpoints::default().url(resolve("p1", request))
}

type Build = fn(&str) -> Result<Box<Request<Value>>, Error<Value>>;

/// Every operation that is one request: what it sends, and its result for each answer.
#[test]
fn operations() {
    use Expected::{Anything, Array, Nothing, Object, User};
    use Method::{Delete, Get, Patch, Post};
    let table: [(Build, &str, Method, &str, Expected, bool); 11] = [
        (|_| Ok(users::get()), "", Get, "me", User, true),
        (|_| Ok(users::update(Payload::Empty)), "", Patch, "me", User, true),
        (|_| Ok(integrations::list()), "", Get, "integrations", Array, true),
        (|_| Ok(integrations::metadata()), "", Get, "metadata", Array, true),
        (|_| Ok(integrations::uninstall("i", None)), "", Delete, "integrations/i", Nothing, true),
        (|_| Ok(credentials::list()), "", Get, "credentials", Array, true),
        (
            |id| credentials::update(id, Payload::Empty),
            "credentialId",
            Patch,
            "credentials/i_-1",
            Object,
            true,
        ),
        (|id| workflows::switch(id, true), "workflowId", Post, "workflows/i_-1", Nothing, true),
        (|id| workflows::switch(id, false), "workflowId", Delete, "workflows/i_-1", Nothing, true),
        (|_| Ok(workflows::event(Payload::Empty)), "", Post, "events/trigger", Nothing, false),
        (|id| workflows::trigger(id, ""), "workflowId", Post, "triggers/i_-1", Anything, false),
    ];
    for (build, id_name, method, path, expected, repeatable) in table {
        let request = build("i_-1").unwrap();
        assert_eq!((request.method, request.path.as_str()), (method, path));
        assert_eq!((request.expected, request.repeatable), (expected, repeatable), "{path}");
        assert!(!request.proxied && matches!(request.payload, Payload::Empty), "{path}");
        assert_eq!(request.changes_user(), method != Get, "{path}");
        assert_eq!(url(&request), format!("https://api.useparagon.com/projects/p1/sdk/{path}"));
        for id in ["", "..", "a/b", "a b", "é", "a?b", "a%2fb", "a.b", &"a".repeat(129)] {
            match build(id) {
                Ok(_) => assert_eq!(id_name, "", "{path}, {id}"),
                Err(error) => {
                    assert_eq!(error.code, ErrorCode::InvalidArgument);
                    assert_eq!(error.detail, Some(("path", id_name.into())));
                }
            }
        }
    }
    let trigger = workflows::trigger::<Value>("w", "a=%20").unwrap();
    assert_eq!(url(&trigger), "https://api.useparagon.com/projects/p1/sdk/triggers/w?a=%20");
    let popup = install::popup_path("p1", "a=b", "t");
    assert_eq!(popup, "/projects/p1/sdk/actions/oauth-nonce?a=b&userToken=t");
}

#[test]
fn requests_have_the_headers_that_they_need_and_no_others() {
    let headers = |request: &Request<Value>| {
        let mut headers = Vec::new();
        request.headers(|name, value| headers.push(format!("{name}: {value}")));
        headers
    };
    let mut get = users::get();
    assert_eq!(headers(&get), ["accept: application/json"]);
    get.payload = Payload::Raw("a=b".into());
    assert_eq!(header(&get, "content-type"), None, "the platform knows what it sends");

    let patch = users::update(Payload::json(&json!({ "meta": {} })));
    assert_eq!(headers(&patch), ["accept: application/json", "content-type: application/json"]);

    let delete: Box<Request<Value>> = integrations::uninstall("int-1", Some("cred-1".to_owned()));
    let there = "https://api.useparagon.com/projects/p1/sdk/integrations/int-1";
    assert_eq!((delete.method, url(&delete).as_str()), (Method::Delete, there));
    assert_eq!(headers(&delete), ["accept: application/json", "x-paragon-credential: cred-1"]);
    let mut delete: Box<Request<Value>> = integrations::uninstall("int-1", None);
    assert_eq!(headers(&delete), ["accept: application/json"]);
    let configuration_id = Some("conf-1".to_owned());
    delete.account = AccountSelector { configuration_id, ..AccountSelector::default() };
    let configuration = "x-paragon-configuration-id: conf-1";
    assert_eq!(headers(&delete), ["accept: application/json", configuration]);
}

/// JSON is made into text once, also where the request is sent again.
#[test]
fn a_json_payload_is_text() {
    let Payload::Json(Value::String(text)) = Payload::json(&json!({ "a": ["ü", null] })) else {
        panic!("text")
    };
    assert_eq!(text, r#"{"a":["ü",null]}"#);
}

fn proxied(method: Method, payload: Payload<Value>) -> ProxyRequest<Value> {
    ProxyRequest { method, payload, headers: None, response_type: ResponseType::Auto }
}

/// The requests of the proxy that may be sent twice; `operations` has the others.
#[test]
fn only_harmless_requests_are_repeated() {
    let repeatable = |method| {
        let sent = proxied(method, Payload::Empty);
        proxy::request("slack", "chat", sent).unwrap().repeatable
    };
    assert!(repeatable(Method::Get) && repeatable(Method::Head));
    for method in [Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Options] {
        assert!(!repeatable(method), "{method:?}");
    }
}

#[test]
fn the_proxy_is_not_left() {
    let ask = |name: &str, path: &str, method, payload| {
        let request = proxy::request(name, path, proxied(method, payload));
        request.map(|request| url(&request))
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
    let error = ask("slack", "x", Method::Get, Payload::json(&json!({}))).unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidArgument);
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
    assert_eq!(retry::delay_ms(0, f64::NAN, None), Some(0), "an odd random number does no harm");

    let date = |_: &str| Some(5000.0);
    assert_eq!(retry::retry_after_ms("3", 0.0, date), Some(3000.0));
    assert_eq!(retry::retry_after_ms(" 0 ", 0.0, date), Some(0.0));
    assert_eq!(retry::retry_after_ms("Wed, 21 Oct 2026 07:28:00 GMT", 2000.0, date), Some(3000.0));
    assert_eq!(retry::retry_after_ms("Wed, 21 Oct 2026 07:28:00 GMT", 9000.0, date), Some(0.0));
    assert_eq!(retry::retry_after_ms("soon", 0.0, |_| None), None);
}

#[test]
fn hosts() {
    let url = |endpoints: Result<Endpoints, Error<Value>>| {
        let me = users::get::<Value>();
        endpoints.map(|endpoints| endpoints.url(resolve("p", &me)))
    };
    let premise = |host| url(Endpoints::on_premise(host));
    let at = |address| url(Endpoints::from_base_url(address));
    assert_eq!(premise("example.com").unwrap(), "https://zeus.example.com/projects/p/sdk/me");
    assert_eq!(
        premise("http://example.com/x").unwrap(),
        "https://zeus.example.com/projects/p/sdk/me"
    );
    assert_eq!(premise(" example.com\n").unwrap(), premise("example.com").unwrap());
    assert_eq!(at("https://example.com/\n").unwrap(), at("https://example.com").unwrap());
    for host in ["", "exa mple.com", "a@b.com", "https://", "a..b", "ü.com", "a:x", "[::1"] {
        assert_eq!(premise(host).unwrap_err().code, ErrorCode::InvalidConfiguration, "{host}");
    }
    // `zeus.` before it is no address.
    for host in ["127.0.0.1", "http://127.0.0.1:4010", "[::1]", "a.0x7f"] {
        let error = premise(host).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidConfiguration, "{host}");
        assert!(error.message.contains("\"apiUrl\""), "{}", error.message);
    }
    // A host of the installation in the place of its domain.
    for host in ["zeus.example.com", "https://dashboard.example.com/", "worker-proxy.example.com"] {
        let error = premise(host).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidConfiguration, "{host}");
        assert!(error.message.contains("the domain alone, without"), "{}", error.message);
    }
    premise("zeus-paragon.example.com").unwrap();
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
        // This machine as well, but not the usual spelling.
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
