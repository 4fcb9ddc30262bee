//! Failures that were asked for, seen from the other end of the wire.

use std::time::{Duration, Instant};

use paragon_sandbox::{DEFAULT_PROJECT, Options, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::harness::Harness;

const PATIENCE: Duration = Duration::from_secs(10);

/// Everything the server sends for `GET /sdk/me` until it closes the connection.
async fn on_the_wire(harness: &Harness) -> String {
    let mut stream = TcpStream::connect(harness.sandbox.address()).await.unwrap();
    ask(&mut stream, harness).await;
    let mut received = Vec::new();
    // A reset is an end too.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut received)).await.expect("an end");
    String::from_utf8_lossy(&received).into_owned()
}

async fn ask(stream: &mut TcpStream, harness: &Harness) {
    let request = format!(
        "GET /projects/{DEFAULT_PROJECT}/sdk/me HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer {}\r\n\r\n",
        harness.token("ada")
    );
    stream.write_all(request.as_bytes()).await.unwrap();
}

fn content_length(response: &str) -> usize {
    let line = response.lines().find(|it| it.to_ascii_lowercase().starts_with("content-length:"));
    line.expect(response).split(':').nth(1).unwrap().trim().parse().unwrap()
}

fn body(response: &str) -> &str {
    response.split_once("\r\n\r\n").expect(response).1
}

#[tokio::test]
async fn answers_can_be_replaced_and_altered() {
    let harness = Harness::new().await;
    let get = || harness.sdk("ada", Method::GET, "/me").send();
    let rules = json!([
        {"times": 1, "action": {"kind": "answer", "status": 503, "headers": {"Retry-After": "2"}, "body": {"message": "busy"}}},
        {"times": 1, "action": {"kind": "answer", "status": 502, "headers": {"Content-Type": "text/html"}, "body": "<h1>Bad gateway</h1>"}},
        {"times": 1, "action": {"kind": "answer"}},
        {"times": 1, "action": {"kind": "alter", "status": 201, "headers": {"X-Odd": "yes"}}},
        {"times": 1, "action": {"kind": "redirect", "location": "https://elsewhere.example/"}},
        {"times": 1, "action": {"kind": "corrupt"}},
        {"times": 1, "cors": false},
    ]);
    harness.add_faults(rules).await;

    let answer = get().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (503, &"2".parse().unwrap())
    );
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({"message": "busy"}));
    let answer = get().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (502, &"text/html".parse().unwrap())
    );
    assert_eq!(answer.text().await.unwrap(), "<h1>Bad gateway</h1>");
    let answer = get().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap()), (500, String::new()));
    let answer = get().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["x-odd"]),
        (201, &"yes".parse().unwrap())
    );
    assert_eq!(answer.json::<Value>().await.unwrap()["userId"], "ada");
    let answer = get().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["location"]),
        (302, &"https://elsewhere.example/".parse().unwrap())
    );
    let answer = get().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (200, &"application/json".parse().unwrap())
    );
    assert!(answer.json::<Value>().await.is_err());
    let answer = get().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers().get("access-control-allow-origin")),
        (200, None)
    );
    assert_eq!(harness.me("ada").await["userId"], "ada", "the rules are used up");
}

#[tokio::test]
async fn a_connection_ends_before_the_headers() {
    let harness = Harness::new().await;
    harness.add_faults(json!([{"times": 1, "action": {"kind": "drop"}}])).await;
    assert_eq!(on_the_wire(&harness).await, "");
    harness
        .add_faults(
            json!([{"times": 1, "method": "PATCH", "action": {"kind": "drop", "applied": true}}]),
        )
        .await;
    let request =
        harness.sdk("ada", Method::PATCH, "/me").json(&json!({"meta": {"Lost": "answer"}}));
    assert!(request.send().await.is_err());
    assert_eq!(harness.me("ada").await["meta"]["Lost"], "answer", "the change was made");
    harness.add_faults(json!([{"times": 1, "method": "PATCH", "action": {"kind": "drop"}}])).await;
    let request =
        harness.sdk("ada", Method::PATCH, "/me").json(&json!({"meta": {"Lost": "request"}}));
    assert!(request.send().await.is_err());
    assert_eq!(harness.me("ada").await["meta"]["Lost"], "answer", "the change was not made");

    let list = harness.send(harness.plain(Method::GET, "/_sandbox/requests")).await.json;
    assert_eq!(list["requests"][0]["status"], Value::Null, "there was no answer");
}

#[tokio::test]
async fn a_connection_ends_after_the_headers_and_in_the_body() {
    let harness = Harness::new().await;
    let rules = json!([
        {"times": 1, "action": {"kind": "drop", "when": "afterHeaders"}},
        {"times": 1, "action": {"kind": "truncate"}},
        {"times": 1, "action": {"kind": "truncate", "bytes": 7}},
        {"times": 1, "action": {"kind": "truncate", "bytes": 1_000_000}},
    ]);
    harness.add_faults(rules).await;
    let whole = harness.send(harness.plain(Method::GET, "/_sandbox/users")).await.bytes.len();
    assert!(whole > 0);
    let response = on_the_wire(&harness).await;
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"));
    assert_eq!(body(&response), "");
    let length = content_length(&response);
    assert!(length > 1000);
    let response = on_the_wire(&harness).await;
    assert_eq!((content_length(&response), body(&response).len()), (length, length / 2));
    let response = on_the_wire(&harness).await;
    assert_eq!((content_length(&response), body(&response)), (length, "{\"authe"));
    let response = on_the_wire(&harness).await;
    assert_eq!(body(&response).len(), length);
    assert!(content_length(&response) > length, "never whole");
    harness.add_faults(json!([{"times": 1, "action": {"kind": "truncate"}}])).await;
    let answer = harness.sdk("ada", Method::GET, "/me").send().await.unwrap();
    assert!(answer.bytes().await.is_err());
}

#[tokio::test]
async fn a_hang_lasts_until_the_client_goes_away() {
    let harness = Harness::new().await;
    for when in ["beforeHeaders", "afterHeaders"] {
        harness.send(harness.plain(Method::DELETE, "/_sandbox/faults")).await;
        harness.add_faults(json!([{"action": {"kind": "hang", "when": when}}])).await;
        let mut stream = TcpStream::connect(harness.sandbox.address()).await.unwrap();
        ask(&mut stream, &harness).await;
        let mut received = vec![0; 64 * 1024];
        if when == "afterHeaders" {
            let length = timeout(PATIENCE, stream.read(&mut received)).await.unwrap().unwrap();
            let response = String::from_utf8_lossy(&received[..length]).into_owned();
            assert!(content_length(&response) > 1000 && body(&response).is_empty());
        }
        let more = timeout(Duration::from_millis(300), stream.read(&mut received)).await;
        assert!(more.is_err(), "{when}: {more:?}");
        // Closing our half ends the server's: it would wait for ever if it still hung.
        stream.shutdown().await.unwrap();
        let end = timeout(PATIENCE, stream.read(&mut received)).await.expect("the end");
        assert!(matches!(end, Ok(0) | Err(_)), "{when}: {end:?}");
    }
}

#[tokio::test]
async fn a_hang_does_not_outlive_the_sandbox() {
    for graceful in [true, false] {
        let harness = Harness::new().await;
        harness.add_faults(json!([{"action": {"kind": "hang"}}])).await;
        let mut stream = TcpStream::connect(harness.sandbox.address()).await.unwrap();
        ask(&mut stream, &harness).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        let address = harness.sandbox.address();
        if graceful {
            timeout(PATIENCE, harness.sandbox.shutdown()).await.expect("it stops");
        } else {
            drop(harness);
        }
        let mut rest = Vec::new();
        let _ = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("the end");
        assert!(rest.is_empty());
        // The address is free again.
        let options = Options { address, ..Options::default() };
        drop(Sandbox::start(options).await.expect("the same address"));
    }
}

#[tokio::test]
async fn delays_and_big_bodies_are_as_asked() {
    let harness = Harness::new().await;
    let bytes = 3 * 1024 * 1024 + 17;
    let rules = json!([
        {"times": 1, "delayMs": 200},
        {"times": 1, "action": {"kind": "bigBody", "bytes": bytes}},
        {"times": 1, "action": {"kind": "bigBody", "bytes": 0}},
    ]);
    harness.add_faults(rules).await;
    let started = Instant::now();
    harness.me("ada").await;
    assert!(started.elapsed() >= Duration::from_millis(200));
    let answer = harness.sdk("ada", Method::GET, "/me").send().await.unwrap();
    assert_eq!(answer.content_length(), Some(bytes));
    let text = answer.text().await.unwrap();
    assert_eq!(text.len() as u64, bytes);
    assert!(serde_json::from_str::<Value>(&text).unwrap()["padding"].is_string());
    let answer = harness.sdk("ada", Method::GET, "/me").send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({"padding": ""}));
}

#[tokio::test]
async fn rules_are_matched_counted_listed_and_cleared() {
    let harness = Harness::new().await;
    let failing = json!({"kind": "answer", "status": 418});
    let listed = harness
        .add_faults(json!([
            {"method": "PATCH", "path": "*/sdk/me", "times": 2, "skip": 1, "action": failing},
            {"path": "/projects/*/sdk/metadata", "action": failing},
        ]))
        .await
        .json;
    assert_eq!(
        (&listed["rules"][0]["remaining"], &listed["rules"][1]["remaining"]),
        (&json!(2), &Value::Null)
    );
    let status = async |method: Method, path: &str| {
        let request = harness.sdk("ada", method, path).json(&json!({"meta": {}}));
        request.send().await.unwrap().status().as_u16()
    };
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(status(Method::PATCH, "/me").await);
    }
    assert_eq!(seen, [200, 418, 418, 200]);
    assert_eq!(status(Method::GET, "/me").await, 200);
    assert_eq!(status(Method::GET, "/metadata").await, 418);
    assert_eq!(harness.send(harness.plain(Method::GET, "/_sandbox/users")).await.status, 200);
    let listed = harness.send(harness.plain(Method::GET, "/_sandbox/faults")).await.json;
    let hits = |rule: usize| {
        (listed["rules"][rule]["remaining"].clone(), listed["rules"][rule]["hits"].clone())
    };
    assert_eq!((hits(0), hits(1)), ((json!(0), json!(2)), (Value::Null, json!(1))));
    let cleared = harness.send(harness.plain(Method::DELETE, "/_sandbox/faults")).await.json;
    assert_eq!(cleared, json!({"rules": []}));
    assert_eq!(status(Method::GET, "/metadata").await, 200);
    harness.add_faults(json!([{"action": failing}])).await;
    harness.send(harness.plain(Method::POST, "/_sandbox/reset")).await;
    assert_eq!(status(Method::GET, "/metadata").await, 200, "a reset clears them too");
}

#[tokio::test]
async fn preflights_are_hit_only_when_named() {
    let harness = Harness::new().await;
    let preflight = || {
        let request =
            harness.sdk("ada", Method::OPTIONS, "/me").header("Origin", "https://a.example");
        request.header("Access-Control-Request-Method", "GET").send()
    };
    harness.add_faults(json!([{"action": {"kind": "answer", "status": 500}}])).await;
    assert_eq!(preflight().await.unwrap().status(), 204);
    harness
        .add_faults(json!([{"method": "OPTIONS", "action": {"kind": "answer", "status": 500}}]))
        .await;
    assert_eq!(preflight().await.unwrap().status(), 500);
}

#[tokio::test]
async fn rules_that_make_no_sense_are_refused_as_a_whole() {
    let harness = Harness::new().await;
    let cases = [
        json!([{"action": {"kind": "explode"}}]),
        json!([{"action": {"status": 500}}]),
        json!([{"action": {"kind": "answer", "status": 42}}]),
        json!([{"action": {"kind": "answer", "headers": {"bad name": "x"}}}]),
        json!([{"action": {"kind": "answer", "headers": {"x": "a\nb"}}}]),
        json!([{"action": {"kind": "answer", "headers": {"Content-Length": "7"}}}]),
        json!([{"action": {"kind": "answer", "stats": 500}}]),
        json!([{"action": {"kind": "redirect"}}]),
        json!([{"action": {"kind": "redirect", "location": "/", "status": 200}}]),
        json!([{"action": {"kind": "redirect", "location": "/ü"}}]),
        json!([{"action": {"kind": "bigBody", "bytes": u64::MAX}}]),
        json!([{"action": {"kind": "hang", "when": "later"}}]),
        json!([{"delayMs": 600_001}]),
        json!([{"times": -1}]),
        json!([{"method": "NO SUCH"}]),
        json!([{"pth": "/x"}]),
        json!([[]]),
        json!([{"action": {"kind": "corrupt", "bytes": 1}}]),
        json!([{"action": ["drop"]}]),
        json!([{}, {"method": ""}]),
        json!({}),
    ];
    for rules in cases {
        harness.add_faults(rules).await.assert(400, "body_invalid");
    }
    let listed = harness.send(harness.plain(Method::GET, "/_sandbox/faults")).await.json;
    assert_eq!(listed, json!({"rules": []}));
}
