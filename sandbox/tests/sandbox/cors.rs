//! The CORS headers that a browser on another origin needs.

use paragon_sandbox::DEFAULT_PROJECT;
use reqwest::Method;

use crate::harness::Harness;

const ORIGIN: &str = "https://app.example";

#[tokio::test]
async fn preflights_are_answered_for_every_method_and_header() {
    let harness = Harness::new().await;
    let paths = ["/projects/x/sdk/me", "/nowhere", "/_sandbox/token", "/projects/x/sdk/proxy/a/b"];
    let asked = ["authorization,content-type", "x-paragon-credential", "x-anything-else"];
    for (method, path) in ["GET", "POST", "PATCH", "PUT", "DELETE"].iter().zip(paths.iter().cycle())
    {
        for headers in asked {
            let request = harness
                .plain(Method::OPTIONS, path)
                .header("Origin", ORIGIN)
                .header("Access-Control-Request-Method", *method)
                .header("Access-Control-Request-Headers", headers);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 204);
            let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(header("access-control-allow-origin"), "*");
            assert!(header("access-control-allow-methods").contains(method));
            assert_eq!(header("access-control-allow-headers"), headers);
            assert_eq!(header("access-control-max-age"), "7200");
        }
    }
}

#[tokio::test]
async fn answers_and_refusals_are_readable() {
    let harness = Harness::new().await;
    let rules = r#"[{"path": "*/events/trigger", "action": {"kind": "answer", "status": 429, "headers": {"Retry-After": "1"}}}]"#;
    harness.add_faults(serde_json::from_str(rules).unwrap()).await;
    let event = format!("/projects/{DEFAULT_PROJECT}/sdk/events/trigger");
    let requests = [
        (harness.sdk("ada", Method::GET, "/me"), 200),
        (harness.sdk("ada", Method::DELETE, "/me"), 405),
        (harness.plain(Method::GET, "/projects/x/sdk/me"), 401),
        (harness.plain(Method::GET, "/nowhere"), 404),
        (harness.plain(Method::POST, &event), 429),
        (harness.plain(Method::POST, "/_sandbox/token"), 200),
    ];
    for (request, status) in requests {
        let answer = request.header("Origin", ORIGIN).send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        let exposed = answer.headers()["access-control-expose-headers"].to_str().unwrap();
        assert!(exposed.contains("Date") && exposed.contains("Retry-After"));
    }
}

#[tokio::test]
async fn other_options_requests_are_no_preflights() {
    let harness = Harness::new().await;
    let answer = harness.plain(Method::OPTIONS, "/_sandbox/users").send().await.unwrap();
    assert_eq!(answer.status(), 405);
}
