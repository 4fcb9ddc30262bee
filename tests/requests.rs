//! The pure part: requests as they are built, where they go, and when they are sent again.
#![cfg(not(target_arch = "wasm32"))]

use paragon_wasm::protocol::endpoints::{Endpoints, place};
use paragon_wasm::protocol::error::{Error, ErrorCode};
use paragon_wasm::protocol::integrations;
use paragon_wasm::protocol::message::{Expected, Method, Payload, ReadAs, Request, Selection};
use paragon_wasm::protocol::proxy::{self, ProxyRequest};
use paragon_wasm::protocol::retry;
use paragon_wasm::protocol::route::{self, Route};
use serde_json::{Value, json};

mod support;
use support::header;

fn url(request: &Request<Value>) -> String {
    Endpoints::default().url(place("p1", request))
}

fn request(route: &Route, id: &str) -> Request<Value> {
    route.request(id).unwrap()
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
        assert_eq!(url(&request), format!("https://api.useparagon.com/projects/p1/sdk/{path}"));
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
    let there = "https://api.useparagon.com/projects/p1/sdk/integrations/int-1";
    assert_eq!((delete.method, url(&delete).as_str()), (Method::Delete, there));
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
    let error = ask("slack", "x", Method::Get, Payload::Json(json!({}))).unwrap_err();
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
    assert_eq!(retry::delay_ms(0, f64::NAN, None), Some(0), "odd chance does no harm");

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
        let me = request(&route::ME, "");
        endpoints.map(|endpoints| endpoints.url(place("p", &me)))
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
