//! The pure part, with random input: answers, tokens, waits, URLs and paths.

use std::net::{Ipv4Addr, Ipv6Addr};

use paragon_wasm::api::proxy;
use paragon_wasm::http::endpoints::resolve;
use paragon_wasm::http::request::{Expected, Request};
use paragon_wasm::http::retry;
use paragon_wasm::{Endpoints, Method, Payload, ProxyRequest, ResponseType};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use url::{Host, Url};

use crate::support::cases::cases;
use crate::support::{jwt, reading};

proptest! {
    #![proptest_config(cases(4000))]

    #[test]
    fn whatever_a_server_answers_is_read_or_refused(status in status(), text in body()) {
        reading::answer(status, &text);
    }

    #[test]
    fn whatever_a_token_is_it_is_read_or_refused(bytes in token()) {
        reading::token(&bytes);
    }

    #[test]
    fn a_wait_has_bounds_and_grows(
        attempt in any::<u32>(),
        random in any::<f64>(),
        asked in prop::option::of(prop_oneof![0.0..20_000.0, any::<f64>()]),
    ) {
        let wait = retry::delay_ms(attempt, random, asked);
        let Some(ms) = wait else {
            // Only a server that asks for too much gets no repetition.
            prop_assert!(!asked.is_some_and(|asked| asked <= 10_000.0));
            return Ok(());
        };
        prop_assert!(ms <= 10_000 && f64::from(ms) + 1.0 > asked.unwrap_or(0.0));
        let later = retry::delay_ms(attempt.saturating_add(1), random, asked).unwrap();
        prop_assert!(random.is_nan() || (ms >= 200 && later >= ms), "{ms}, then {later}");
    }

    #[test]
    fn when_a_server_wants_to_be_asked_again_is_not_in_the_past(
        header in prop_oneof!["\\PC*", "[ +-]?[0-9]{0,12}"],
        now_ms in any::<f64>(),
        date in prop::option::of(any::<f64>()),
    ) {
        let wait = retry::retry_after_ms(&header, now_ms, |_| date);
        prop_assert!(wait.is_none_or(|ms| ms >= 0.0), "{wait:?}");
        let seconds = header.trim().parse::<u32>().ok();
        prop_assert!(seconds.is_none_or(|seconds| wait == Some(f64::from(seconds) * 1000.0)));
    }

    #[test]
    fn the_configured_host_is_the_one_that_a_browser_asks(url in url()) {
        let Ok(endpoints) = Endpoints::from_base_url::<Value>(&url) else { return Ok(()) };
        for asked in both(&endpoints) {
            // What no browser can parse is asked of nobody.
            let Ok(asked) = Url::parse(&asked) else { continue };
            prop_assert!(is_host(&asked, authority(&url)), "{url} leads to {asked}");
            prop_assert!(asked.scheme() == "https" || is_this_machine(&asked), "{url}");
            prop_assert_eq!((asked.username(), asked.password()), ("", None));
            prop_assert!(asked.query().is_none() && asked.fragment().is_none());
            prop_assert!(asked.path().ends_with("/projects/p1/sdk/proxy/x")
                || asked.path().ends_with("/projects/p1/sdk/x"));
        }
    }

    #[test]
    fn an_installations_hosts_are_below_its_own(host in prop_oneof![url(), authority_like()]) {
        let Ok(endpoints) = Endpoints::on_premise::<Value>(&host) else { return Ok(()) };
        for (asked, prefix) in both(&endpoints).iter().zip(["zeus.", "worker-proxy."]) {
            let Ok(asked) = Url::parse(asked) else { continue };
            let host = host.trim_ascii();
            let own = host.split_once("://").map_or(host, |(_, rest)| rest);
            let own = own.split('/').next().unwrap_or_default();
            prop_assert_eq!(asked.scheme(), "https");
            prop_assert!(is_host(&asked, &format!("{prefix}{own}")), "{host} leads to {asked}");
        }
    }

    #[test]
    fn a_path_stays_below_its_integration(name in integration(), path in path()) {
        let asked = ProxyRequest {
            method: Method::Get,
            payload: Payload::Empty,
            headers: None,
            response_type: ResponseType::Auto,
        };
        let Ok(request) = proxy::request::<Value>(&name, &path, asked) else {
            return Ok(());
        };
        let url = Url::parse(&Endpoints::default().url(resolve("p1", &request))).unwrap();
        let prefix = format!("/projects/p1/sdk/proxy/{name}/");
        prop_assert_eq!(url.host_str(), Some("proxy.useparagon.com"));
        prop_assert!(url.path().starts_with(&prefix), "{path:?} leads to {url}");
        prop_assert!(url.fragment().is_none());
    }
}

fn status() -> impl Strategy<Value = u16> {
    prop_oneof![Just(200), 200..300_u16, 400..600_u16, any::<u16>()]
}

/// JSON that resembles what is expected, other JSON, and what is none.
fn body() -> impl Strategy<Value = String> {
    let json = || value().prop_map(|value| value.to_string());
    prop_oneof![
        3 => object().prop_map(|value| value.to_string()),
        2 => vec(object(), 0..4).prop_map(|list| Value::from(list).to_string()),
        2 => json(),
        1 => (json(), any::<prop::sample::Index>()).prop_map(|(text, end)| {
            let cut: Vec<char> = text.chars().take(end.index(text.len())).collect();
            cut.into_iter().collect()
        }),
        1 => (0..300_usize).prop_map(|depth| "[".repeat(depth) + &"]".repeat(depth)),
        1 => "\\PC*(\\$TOKEN|\\$ESCAPED)\\PC*",
        1 => "\\PC{400,700}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC*".prop_map(Value::from),
        select(vec!["slack", "custom", "i-1", "../x", "$TOKEN", "$ESCAPED"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((member(), inner), 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn object() -> impl Strategy<Value = Value> {
    vec((member(), value()), 0..8).prop_map(|members| members.into_iter().collect())
}

fn member() -> impl Strategy<Value = String> {
    let known = select(vec![
        "authenticated",
        "userId",
        "id",
        "integrations",
        "meta",
        "type",
        "customIntegration",
        "slug",
        "enabled",
        "credentialStatus",
        "slack",
        "message",
        "output",
        "__proto__",
        "$TOKEN",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => "\\PC*"]
}

/// Bytes, text, claims with odd members, and tokens with a flaw.
fn token() -> impl Strategy<Value = Vec<u8>> {
    let claim = || prop_oneof![any::<f64>().prop_map(Value::from), value()];
    let claims = (claim(), claim(), claim())
        .prop_map(|(sub, exp, iat)| serde_json::json!({ "sub": sub, "exp": exp, "iat": iat }));
    let good = (any::<i64>(), any::<i64>(), "\\PC{1,9}")
        .prop_map(|(exp, iat, sub)| serde_json::json!({ "sub": sub, "exp": exp, "iat": iat }));
    let flawed = (good.clone(), any::<prop::sample::Index>(), any::<char>()).prop_map(
        |(claims, place, odd)| {
            let text = jwt(&claims);
            let place = place.index(text.len());
            format!("{}{odd}{}", &text[..place], &text[place + 1..]).into_bytes()
        },
    );
    prop_oneof![
        vec(any::<u8>(), 0..64),
        "[A-Za-z0-9_=-]{0,9}(\\.[A-Za-z0-9_=-]{0,9}){0,3}".prop_map(String::into_bytes),
        claims.prop_map(|claims| claims.to_string().into_bytes()),
        good.prop_map(|claims| jwt(&claims).into_bytes()),
        flawed,
    ]
}

fn url() -> impl Strategy<Value = String> {
    let scheme = select(vec!["https://", "http://", "https:/", "HTTPS://", "//", "ftp://", ""]);
    let path = prop_oneof![Just(String::new()), "(/[a-z%.2e~-]{0,4}){0,3}", "[/?#\\\\@]\\PC{0,6}"];
    prop_oneof![
        9 => (scheme, authority_like(), path).prop_map(|(scheme, host, path)| scheme.to_owned() + &host + &path),
        1 => "\\PC*",
    ]
}

/// Hosts with and without ports, and what may be taken for one.
fn authority_like() -> impl Strategy<Value = String> {
    let host = prop_oneof![
        select(vec![
            "localhost",
            "a.localhost",
            "localhost.",
            "localhost.example",
            "127.0.0.1",
            "127.1",
            "127.0.0.1.example.com",
            "0x7f.1",
            "0X7F.1",
            "2130706433",
            "0177.0.0.1",
            "127.000.000.001",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::1%25lo]",
            "[0:0::0:1]",
            "1.2.3",
            "xn--a",
            "a.b:0",
            "api.useparagon.com",
            "API.UseParagon.com",
            "ﬁ.example",
            "a_b.example",
            "0.0.0.0",
        ])
        .prop_map(str::to_owned),
        "[a-z0-9.-]{1,12}",
        "[0-9a-fx]{1,4}(\\.[0-9a-fx]{1,4}){0,4}",
        "\\[[0-9a-f:.]{0,12}\\]",
    ];
    let around = select(vec!["", "", "", "", "", "user@", "user:pass@", "a\\", " ", "\t"]);
    let port =
        prop_oneof![3 => Just(String::new()), 1 => ":[0-9]{0,6}", 1 => "[:@\\\\%][a-z0-9.]{0,8}"];
    (around, host, port).prop_map(|(before, host, port)| before.to_owned() + &host + &port)
}

fn integration() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec!["slack", "monday.com", "custom.ledger", "..", ".", "a..b", "%2e%2e", ""])
            .prop_map(str::to_owned),
        "[a-z./%2e\\\\-]{1,8}",
    ]
}

fn path() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => select(vec![
            "..", ".", "%2e", "%2E%2e", ".%2e", "%2e.", "%252e", "...", "a", "?", "#", "\\", "/",
            "//", "\t", "\n", "\r", " ", "\u{0}", "@", ":", "http://x", "é", "．．", "%", "%2f", "..;",
        ])
        .prop_map(str::to_owned),
        1 => "\\PC{0,4}",
        1 => any::<char>().prop_map(String::from),
    ];
    let end = select(vec!["", "", "", " ", "  ", "\n"]);
    (vec((piece, any::<bool>()), 0..7), end).prop_map(|(pieces, end)| {
        let slashed = |(piece, slash)| piece + if slash { "/" } else { "" };
        pieces.into_iter().map(slashed).collect::<String>() + end
    })
}

/// The URL of a request to the Users API, and of one to the proxy.
fn both(endpoints: &Endpoints) -> [String; 2] {
    let mut request: Box<Request<Value>> =
        Request::new(Method::Get, "x".to_owned(), Expected::Anything);
    let api = endpoints.url(resolve("p1", &request));
    request.proxied = true;
    [api, endpoints.url(resolve("p1", &request))]
}

/// The host in `url`, if nothing in it is odd.
fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

/// True if a browser asks the host that `written` seems to name. The cloud's proxy has its own.
fn is_host(asked: &Url, written: &str) -> bool {
    let (host, port) = match written.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse::<u16>().ok()),
        _ => (written, None),
    };
    let same = match asked.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case(host),
        Some(Host::Ipv4(address)) => host.parse::<Ipv4Addr>() == Ok(address),
        Some(Host::Ipv6(address)) => {
            host.trim_matches(['[', ']']).parse::<Ipv6Addr>() == Ok(address)
        }
        None => false,
    };
    let cloud = host == "api.useparagon.com" && asked.host_str() == Some("proxy.useparagon.com");
    cloud || (same && port.is_none_or(|port| asked.port_or_known_default() == Some(port)))
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
