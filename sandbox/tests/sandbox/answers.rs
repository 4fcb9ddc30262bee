//! The answers of every endpoint, good and bad. Their shapes are checked by the harness.

use paragon_sandbox::DEFAULT_PROJECT;
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::harness::Harness;

#[tokio::test]
async fn the_user_is_as_documented() {
    let harness = Harness::new().await;
    let me = harness.me("ada").await;
    assert_eq!(me["authenticated"], true);
    assert_eq!(me["userId"], "ada");
    assert_eq!(me.get("id"), None);
    let of = |key: &str| &me["integrations"][key];
    let cases = [
        ("salesforce", true, "VALID"),
        ("slack", true, "VALID"),
        ("hubspot", false, "INVALID"),
        ("googledrive", false, "EXPIRED"),
    ];
    for (key, enabled, status) in cases {
        assert_eq!(of(key)["enabled"], enabled, "{key}");
        assert_eq!(of(key)["credentialStatus"], status, "{key}");
        assert!(of(key)["providerId"].is_string() && of(key)["providerData"].is_object());
    }
    let never = json!({"enabled": false, "workflowSettings": {}, "allCredentials": [], "allConfigurations": []});
    assert_eq!(of("notion"), &never);
    assert!(
        me["project"]["accessibleFeatures"].as_array().unwrap().contains(&"headless-cp".into())
    );
}

#[tokio::test]
async fn every_state_occurs_among_the_users() {
    let harness = Harness::new().await;
    let me = harness.me("noor").await;
    assert!(me["integrations"].as_object().unwrap().values().all(|it| it["enabled"] == false));
    assert_eq!(me["meta"], json!({}));
    let me = harness.me("mateo").await;
    assert_eq!(me["integrations"]["salesforce"]["allCredentials"].as_array().unwrap().len(), 2);
    let me = harness.me("yuki").await;
    assert_eq!(me["integrations"]["jira"]["credentialStatus"], "PENDING");
    assert_eq!(me["meta"]["Seats"], 12);
    assert!(me["integrations"]["shopify"]["providerData"]["shop"]["plan"].is_object());
    let me = harness.me("ines").await;
    assert_eq!(me["integrations"]["custom.taskbird"]["enabled"], true);
    assert_eq!(me["integrations"]["fieldnotes"]["credentialStatus"], "EXPIRED");
    let me = harness.me("grace").await;
    let connected = me["integrations"].as_object().unwrap().values();
    assert_eq!(connected.filter(|it| it["enabled"] == true).count(), 12);
    assert_eq!(harness.me("somebody new").await["userId"], "somebody new");
}

#[tokio::test]
async fn integrations_metadata_and_icons_fit_together() {
    let harness = Harness::new().await;
    let list = harness.send(harness.sdk("ada", Method::GET, "/integrations")).await.json;
    let list = list.as_array().unwrap();
    assert!(list.len() >= 12);
    for integration in list {
        let icon = integration["icon"].as_str().unwrap();
        let path = icon.strip_prefix(&harness.sandbox.url()).expect("an icon of this origin");
        let answer = harness.send(harness.plain(Method::GET, path)).await;
        assert_eq!(answer.header("content-type"), "image/svg+xml");
        assert!(answer.bytes.starts_with(b"<svg ") && answer.bytes.ends_with(b"</svg>\n"));
    }
    let custom: Vec<&Value> = list.iter().filter(|it| it["type"] == "custom").collect();
    assert_eq!(custom[0]["customIntegration"]["slug"], "custom.taskbird");
    let metadata = harness.send(harness.sdk("ada", Method::GET, "/metadata")).await.json;
    let active = list.iter().filter(|integration| integration["isActive"] == true).count();
    assert_eq!(metadata.as_array().unwrap().len(), active);
    assert!(active < list.len(), "one is not switched on");
}

#[tokio::test]
async fn one_integration_can_be_asked_for_with_its_account() {
    let harness = Harness::new().await;
    let get = |query: &str| harness.sdk("mateo", Method::GET, &format!("/credentials{query}"));
    let all = harness.send(get("")).await.json;
    assert_eq!(all.as_array().unwrap().len(), 4);
    let one = harness.send(get("?integration=salesforce&includeAccountAuth=undefined")).await.json;
    assert_eq!((&one["type"], one.get("accountAuth")), (&json!("salesforce"), None));
    let auth = get("?integration=salesforce&includeAccountAuth=true");
    let second = harness.send(auth.header("X-Paragon-Credential", "ext:staging")).await.json;
    assert_eq!(second["providerData"]["sandbox"], true);
    assert!(second["accountAuth"]["OAUTH_ACCESS_TOKEN"].is_string());
    harness.send(get("?integration=notion")).await.assert(404, "integration_not_connected");
    harness.send(get("?integration=nope")).await.assert(404, "integration_not_found");
}

#[tokio::test]
async fn refusals_have_a_code() {
    let harness = Harness::new().await;
    let json_type = ("Content-Type", "application/json");
    let patch = |path: &str| harness.sdk("ada", Method::PATCH, path);
    let post = |path: &str| harness.sdk("ada", Method::POST, path);
    let credential = harness.me("ada").await["integrations"]["slack"]["credentialId"].clone();
    let credential = format!("/credentials/{}", credential.as_str().unwrap());
    let cases = [
        (patch("/me").header(json_type.0, json_type.1).body("{"), 400, "body_not_json"),
        (patch("/me").header(json_type.0, json_type.1), 400, "body_not_json"),
        (patch("/me").json(&json!([])), 400, "body_invalid"),
        (patch("/me").json(&json!({"meta": 1})), 400, "body_invalid"),
        (patch("/me").body("a=1"), 415, "unsupported_media_type"),
        (patch("/me").json(&"x".repeat(11 << 20)), 413, "body_too_large"),
        (patch("/credentials/nope").json(&json!({})), 404, "credential_not_found"),
        (patch(&credential).json(&json!({"accessToken": 1})), 400, "body_invalid"),
        (patch(&credential).json(&json!({"config": 1})), 400, "body_invalid"),
        (
            patch(&credential).json(&json!({"config": {"workflowSettings": {"a": 1}}})),
            400,
            "body_invalid",
        ),
        (
            patch(&credential).json(&json!({})).header("X-Paragon-Configuration-Id", "nope"),
            404,
            "configuration_not_found",
        ),
        (harness.sdk("ada", Method::DELETE, "/integrations/nope"), 404, "integration_not_found"),
        (post("/workflows/nope"), 404, "workflow_not_found"),
        (post("/triggers/nope").json(&json!({})), 404, "workflow_not_found"),
        (post("/events/trigger").json(&json!({"payload": {}})), 400, "body_invalid"),
        (post("/events/trigger").json(&json!({"name": "A", "payload": 1})), 400, "body_invalid"),
        (harness.sdk("ada", Method::GET, "/proxy/nope/x"), 404, "integration_not_found"),
        (harness.sdk("ada", Method::GET, "/proxy/notion/x"), 404, "integration_not_connected"),
        (harness.sdk("ada", Method::GET, "/proxy/slack/_status/1"), 400, "status_invalid"),
        (harness.sdk("ada", Method::GET, "/integrations/%FF"), 405, "method_not_allowed"),
        (harness.sdk("ada", Method::DELETE, "/integrations/%FF"), 404, "route_not_found"),
        (harness.sdk("ada", Method::PUT, "/me"), 405, "method_not_allowed"),
        (harness.plain(Method::GET, "/sdk/me"), 404, "route_not_found"),
        (harness.plain(Method::GET, "/_sandbox/icons/nope.svg"), 404, "icon_not_found"),
    ];
    for (request, status, code) in cases {
        let shown = format!("{request:?}");
        let answer = harness.send(request).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{shown}");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{shown}");
    }
    let answer = harness.send(harness.sdk("ada", Method::PUT, "/me")).await;
    assert_eq!(answer.header("allow"), "GET,HEAD,PATCH");
}

#[tokio::test]
async fn events_are_taken_at_both_addresses() {
    let harness = Harness::new().await;
    let event = json!({"name": "Deal Won", "payload": {"amount": 3}});
    for version in ["", "/v2"] {
        let path = format!("{version}/projects/{DEFAULT_PROJECT}/sdk/events/trigger");
        let request = harness.plain(Method::POST, &path).bearer_auth(harness.token("ada"));
        let answer = harness.send(request.json(&event)).await;
        assert_eq!((answer.status.as_u16(), answer.bytes.len()), (200, 0));
    }
}

#[tokio::test]
async fn the_proxy_reflects_what_it_was_sent() {
    let harness = Harness::new().await;
    let path = "/proxy/slack/_echo/a%2Fb?x=1&x=2&y=%20+";
    let request = harness.sdk("ada", Method::PUT, path).header("X-Custom", "yes");
    let answer = harness.send(request.json(&json!({"a": [1]}))).await.json;
    let output = &answer["output"];
    assert_eq!(output["method"], "PUT");
    assert_eq!(output["path"], "_echo/a%2Fb");
    assert_eq!(output["query"], json!({"x": ["1", "2"], "y": "  "}));
    assert_eq!(output["headers"]["x-custom"], "yes");
    assert_eq!(output["headers"].get("authorization"), None);
    assert_eq!(output["body"], json!({"a": [1]}));

    let bytes: Vec<u8> = (0..=255).collect();
    let request = harness.sdk("ada", Method::POST, "/proxy/slack/_echo").body(bytes.clone());
    let output = harness.send(request).await.json["output"].clone();
    assert_eq!(output["bodySize"], 256);
    assert!(output["body"]["base64"].as_str().unwrap().starts_with("AAECAwQF"));

    let form = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n";
    let request = harness.sdk("ada", Method::POST, "/proxy/slack/_echo").body(form);
    let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    assert_eq!(harness.send(request).await.json["output"]["body"], form);

    let file = harness.send(harness.sdk("ada", Method::GET, "/proxy/slack/_file")).await;
    assert_eq!(file.bytes, bytes);
    let empty = harness.send(harness.sdk("ada", Method::DELETE, "/proxy/slack/_empty")).await;
    assert_eq!((empty.status.as_u16(), empty.bytes.len()), (200, 0));
    let text = harness.send(harness.sdk("ada", Method::GET, "/proxy/slack/_text")).await;
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
}

#[tokio::test]
async fn the_proxy_answers_as_the_product_would() {
    let harness = Harness::new().await;
    let of = |user: &str, path: &str| harness.sdk(user, Method::GET, &format!("/proxy/{path}"));
    let answer = harness.send(of("ada", "salesforce/query?q=SELECT")).await.json;
    assert_eq!(answer["output"]["records"][0]["Name"], "Priya Raman");
    for slug in ["custom.taskbird/tasks", "taskbird/tasks"] {
        let status = harness.send(of("ines", slug)).await.status.as_u16();
        assert_eq!(status, if slug.starts_with("custom.") { 200 } else { 404 }, "{slug}");
    }
    // The product refuses the account: a 401 that is not about the session.
    let refused = harness.send(of("ada", "hubspot/contacts")).await;
    refused.assert(401, "integration_error");
    assert_eq!(refused.json["meta"]["isIntegrationError"], true);
    assert_eq!(refused.header("www-authenticate"), "");
    harness.send(of("yuki", "jira/issues")).await.assert(409, "credential_not_valid");
    harness.send(of("ada", "slack/_status/503")).await.assert(503, "integration_error");
    let chosen = of("mateo", "salesforce/_echo").header("X-Paragon-Credential", "staging");
    let default = harness.send(of("mateo", "salesforce/_echo")).await.json;
    let chosen = harness.send(chosen).await.json;
    assert_ne!(default["output"]["credentialId"], chosen["output"]["credentialId"]);
    let unknown = of("mateo", "salesforce/x").header("X-Paragon-Credential", "nope");
    harness.send(unknown).await.assert(404, "credential_not_found");
}
