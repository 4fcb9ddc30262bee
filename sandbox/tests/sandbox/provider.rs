//! The provider as a test controls it: decisions, revoked consent, faults of each step.

use paragon_sandbox::DEFAULT_PROJECT;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::Harness;
use crate::popup::{Popup, data, query};

#[tokio::test]
async fn a_revoked_account_is_invalid_until_it_is_reconnected() {
    let harness = Harness::new().await;
    let revoke = |body: Value| harness.plain(Method::POST, "/_sandbox/provider/revoke").json(&body);
    let status =
        async || harness.me("ada").await["integrations"]["slack"]["credentialStatus"].clone();
    let revoked = harness.send(revoke(json!({"integration": "slack"}))).await.json;
    let slack = harness.me("ada").await["integrations"]["slack"].clone();
    assert_eq!(revoked["revoked"], json!([slack["credentialId"]]));
    assert_eq!((slack["enabled"].clone(), status().await), (json!(false), json!("INVALID")));
    let popup = Popup::open(&harness, "ada", "slack").await;
    let saved = popup.install("ada@example.com", json!({})).await;
    assert_eq!((&saved["id"], status().await), (&slack["credentialId"], json!("VALID")));
    let settings = &harness.me("ada").await["integrations"]["slack"]["sharedSettings"];
    assert_eq!(settings, &slack["sharedSettings"], "settings survive");

    let one =
        json!({"integration": "salesforce", "userId": "mateo", "credentialId": "ext:staging"});
    harness.send(revoke(one)).await;
    let mateo = &harness.me("mateo").await["integrations"]["salesforce"];
    let statuses: Vec<&Value> =
        mateo["allCredentials"].as_array().unwrap().iter().map(|it| &it["status"]).collect();
    assert_eq!(statuses, ["VALID", "INVALID"]);
    let refused = [
        (json!({"integration": "notion"}), 404, "credential_not_found"),
        (json!({"integration": "nope"}), 404, "integration_not_found"),
        (json!({"integration": "slack", "projectId": "nope"}), 404, "unknown_project"),
        (json!({"integration": "slack", "userId": ""}), 400, "body_invalid"),
        (json!({}), 400, "body_invalid"),
    ];
    for (body, status, code) in refused {
        harness.send(revoke(body)).await.assert(status, code);
    }
}

#[tokio::test]
async fn decisions_stand_in_for_clicks() {
    let harness = Harness::new().await;
    let decide = |body: Value| harness.plain(Method::POST, "/_sandbox/provider").json(&body);
    let decisions = json!({"decisions": [
        {"integration": "notion", "decision": "deny"},
        {"integration": "slack", "times": 1, "decision": "deny", "reason": "Ask your admin."},
        {"times": 1, "decision": "allow", "account": "robot@example.com"},
        {"times": 1, "decision": "allow", "severOpener": true},
        {"times": 1, "severOpener": true},
    ]});
    let provider = harness.send(decide(decisions)).await.json;
    assert_eq!(provider["origin"], harness.sandbox.provider_url());
    assert_eq!(provider["decisions"].as_array().unwrap().len(), 5);
    let popup = Popup::open(&harness, "noor", "slack").await;
    let open = async || harness.send(harness.http.get(popup.address(&[]).await)).await;

    let denied = open().await;
    assert_eq!(denied.status, 303);
    let back = denied.header("location").parse().unwrap();
    assert_eq!(query(&back, "error_description"), "Ask your admin.");
    assert_eq!(data(&popup.arrive(&back).await)["message"]["error"], "Ask your admin.");
    let back = open().await.header("location").parse().unwrap();
    let payload = data(&popup.arrive(&back).await)["message"]["credential"]["payload"].clone();
    assert_eq!(popup.save(&payload, json!({})).await.json["providerId"], "robot@example.com");
    let severed = open().await;
    assert_eq!(severed.header("cross-origin-opener-policy"), "same-origin");
    assert_eq!(data(&severed), json!({"decision": "allow"}));
    let severed = open().await;
    assert_eq!(severed.header("cross-origin-opener-policy"), "same-origin");
    assert!(!String::from_utf8(severed.bytes).unwrap().contains("<script"), "it waits");
    let asked = open().await;
    assert_eq!((asked.status.as_u16(), asked.header("cross-origin-opener-policy")), (200, ""));

    let provider = harness.send(harness.plain(Method::GET, "/_sandbox/provider")).await.json;
    let hits: Vec<_> = provider["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["hits"].as_u64().unwrap())
        .collect();
    assert_eq!(hits, [0, 1, 1, 1, 1]);
    let provider = harness.send(harness.plain(Method::DELETE, "/_sandbox/provider")).await.json;
    assert_eq!(provider["decisions"], json!([]));
    for bad in [
        json!({"decisions": [[]]}),
        json!({"decisions": [{"decision": "maybe"}]}),
        json!({"decisions": [{"account": ""}]}),
        json!({}),
    ] {
        harness.send(decide(bad)).await.assert(400, "body_invalid");
    }
}

#[tokio::test]
async fn faults_hit_every_step() {
    let harness = Harness::new().await;
    let popup = Popup::open(&harness, "noor", "slack").await;
    let page = popup.address(&[]).await;
    let back = popup.press(&page, "allow", "a@example.com").await;
    let steps = [
        "*/build-oauth",
        "*/oauth-nonce",
        "/provider/slack/authorize",
        "/oauth",
        "*/sdk/credentials",
        "*/session-id/*",
    ];
    let rules: Vec<Value> = steps
        .iter()
        .map(|path| json!({"path": path, "action": {"kind": "answer", "status": 503}}))
        .collect();
    harness.add_faults(rules.into()).await;
    let status = async |request: reqwest::RequestBuilder| request.send().await.unwrap().status();
    let nonce = format!("/projects/{DEFAULT_PROJECT}/sdk/actions/oauth-nonce?x=1");
    let requests = [
        popup.build(&[]),
        harness.plain(Method::GET, &nonce),
        harness.http.get(page),
        harness.http.get(back),
        harness.sdk("noor", Method::POST, "/credentials").json(&json!({})),
        harness.sdk("noor", Method::GET, "/actions/session-id/x"),
    ];
    for request in requests {
        let shown = format!("{request:?}");
        assert_eq!(status(request).await, 503, "{shown}");
    }
    let log = harness.send(harness.plain(Method::GET, "/_sandbox/requests")).await.json;
    let paths = log["requests"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap());
    assert!(paths.into_iter().any(|it| it == "/provider/slack/authorize"), "it is logged, too");
}
