//! Requests that change the state, and those that must not.

use paragon_sandbox::DEFAULT_PROJECT;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, OTHER_PROJECT};

const NOT_CONNECTED: &str =
    r#"{"enabled":false,"workflowSettings":{},"allCredentials":[],"allConfigurations":[]}"#;

async fn disconnect(harness: &Harness, user: &str, key: &str, credential: Option<&str>) -> Answer {
    let id = harness.integration_id(key).await;
    let mut request = harness.sdk(user, Method::DELETE, &format!("/integrations/{id}"));
    if let Some(credential) = credential {
        request = request.header("X-Paragon-Credential", credential);
    }
    harness.send(request).await
}

#[tokio::test]
async fn metadata_is_merged() {
    let harness = Harness::new().await;
    let patch = |meta: Value| harness.sdk("ada", Method::PATCH, "/me").json(&json!({"meta": meta}));
    let user =
        harness.send(patch(json!({"Plan": "free", "Seats": 3, "Odd": {"a": null}}))).await.json;
    let wanted = json!({"Name": "Ada Okafor", "Email": "ada@lantern.example", "Plan": "free", "Seats": 3, "Odd": {"a": null}});
    assert_eq!(user["meta"], wanted);
    assert_eq!(harness.me("ada").await, user, "the answer is the user");
    let user = harness.send(patch(json!({"Seats": null, "__proto__": {"a": 1}}))).await.json;
    assert_eq!(user["meta"]["Seats"], Value::Null);
    assert_eq!(user["meta"]["__proto__"], json!({"a": 1}));
    harness.send(patch(json!({}))).await;
    harness.send(harness.sdk("ada", Method::PATCH, "/me").json(&json!({}))).await;
    assert_eq!(harness.me("ada").await["meta"], user["meta"]);
}

#[tokio::test]
async fn a_disconnected_integration_is_gone() {
    let harness = Harness::new().await;
    let answer = disconnect(&harness, "ada", "slack", None).await;
    assert_eq!((answer.status, answer.bytes.len()), (StatusCode::OK, 0));
    let never: Value = serde_json::from_str(NOT_CONNECTED).unwrap();
    assert_eq!(harness.me("ada").await["integrations"]["slack"], never);
    let list = harness.send(harness.sdk("ada", Method::GET, "/credentials")).await.json;
    assert_eq!(list.as_array().unwrap().len(), 3);
    let workflow = harness.workflow_id("slack", "Announce won deals").await;
    let run = harness.sdk("ada", Method::POST, &format!("/triggers/{workflow}")).json(&json!({}));
    harness.send(run).await.assert(404, "integration_not_connected");
    disconnect(&harness, "ada", "slack", None).await.assert(404, "integration_not_connected");
    let others = harness.me("grace").await;
    assert_eq!(others["integrations"]["slack"]["enabled"], true, "another user's stays");
}

#[tokio::test]
async fn one_of_two_accounts_can_be_disconnected() {
    let harness = Harness::new().await;
    let accounts = |me: &Value| -> Vec<String> {
        let all = me["integrations"]["salesforce"]["allCredentials"].as_array().unwrap();
        all.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    let before = accounts(&harness.me("mateo").await);
    disconnect(&harness, "mateo", "salesforce", Some("nope"))
        .await
        .assert(404, "credential_not_found");
    let of_another =
        harness.me("mateo").await["integrations"]["googledrive"]["credentialId"].clone();
    let of_another = of_another.as_str().unwrap();
    disconnect(&harness, "mateo", "salesforce", Some(of_another))
        .await
        .assert(404, "credential_not_found");
    assert_eq!(accounts(&harness.me("mateo").await), before);

    assert_eq!(disconnect(&harness, "mateo", "salesforce", Some(&before[1])).await.status, 200);
    assert_eq!(accounts(&harness.me("mateo").await), before[..1]);
    harness.send(harness.plain(Method::POST, "/_sandbox/reset")).await;
    // Without the header the default account goes, and the other becomes the default.
    assert_eq!(disconnect(&harness, "mateo", "salesforce", None).await.status, 200);
    let me = harness.me("mateo").await;
    assert_eq!(accounts(&me), before[1..]);
    assert_eq!(me["integrations"]["salesforce"]["credentialId"], before[1].as_str());
    assert_eq!(me["integrations"]["salesforce"]["externalId"], "staging");
}

#[tokio::test]
async fn workflows_switch_and_run() {
    let harness = Harness::new().await;
    let id = harness.workflow_id("salesforce", "Sync contacts to Salesforce").await;
    let path = format!("/workflows/{id}");
    let switch = async || {
        harness.me("ada").await["integrations"]["salesforce"]["workflowSettings"][&id].clone()
    };
    let settings = json!({"owner": "ada@lantern.example"});
    let run = |body: &Value| {
        harness.sdk("ada", Method::POST, &format!("/triggers/{id}?dry=1")).json(body)
    };
    assert_eq!(switch().await, json!({"enabled": true, "settings": settings}));
    let answer = harness.send(run(&json!({"a": 1}))).await.json;
    assert_eq!(answer["received"], json!({"body": {"a": 1}, "query": {"dry": "1"}}));

    for _ in 0..2 {
        assert_eq!(harness.send(harness.sdk("ada", Method::DELETE, &path)).await.status, 200);
        assert_eq!(switch().await, json!({"enabled": false, "settings": settings}));
    }
    harness.send(run(&json!({}))).await.assert(404, "workflow_not_enabled");
    assert_eq!(harness.send(harness.sdk("ada", Method::POST, &path)).await.status, 200);
    assert_eq!(switch().await["enabled"], true);

    let silent = harness.workflow_id("salesforce", "Nightly export").await;
    let request = harness.sdk("grace", Method::POST, &format!("/triggers/{silent}"));
    let answer = harness.send(request).await;
    assert_eq!((answer.status.as_u16(), answer.bytes.len()), (200, 0));

    let broken = harness.workflow_id("hubspot", "Send won deals to HubSpot").await;
    let broken = format!("/workflows/{broken}");
    harness
        .send(harness.sdk("ada", Method::POST, &broken))
        .await
        .assert(409, "credential_not_valid");
    assert_eq!(harness.send(harness.sdk("ada", Method::DELETE, &broken)).await.status, 200);
    harness
        .send(harness.sdk("noor", Method::POST, &broken))
        .await
        .assert(404, "integration_not_connected");
}

#[tokio::test]
async fn a_workflow_switches_for_the_chosen_account_only() {
    let harness = Harness::new().await;
    let id = harness.workflow_id("salesforce", "Sync contacts to Salesforce").await;
    let request = harness.sdk("mateo", Method::POST, &format!("/workflows/{id}"));
    harness.send(request.header("X-Paragon-Credential", "ext:staging")).await;
    let request = harness.sdk("mateo", Method::DELETE, &format!("/workflows/{id}"));
    harness.send(request.header("X-Paragon-Credential", "ext:production")).await;
    let me = harness.me("mateo").await;
    let enabled = |account: usize| {
        let account = &me["integrations"]["salesforce"]["allCredentials"][account];
        account["configurations"][0]["workflowSettings"][&id]["enabled"].clone()
    };
    assert_eq!((enabled(0), enabled(1)), (json!(false), json!(true)));
}

#[tokio::test]
async fn new_tokens_repair_an_account_and_settings_are_replaced() {
    let harness = Harness::new().await;
    let drive = harness.me("ada").await["integrations"]["googledrive"]["credentialId"].clone();
    let path = format!("/credentials/{}", drive.as_str().unwrap());
    let change = |body: Value| harness.sdk("ada", Method::PATCH, &path).json(&body);
    let answer = harness.send(change(json!({"accessToken": "new-one"}))).await.json;
    assert_eq!((&answer["status"], &answer["id"]), (&json!("VALID"), &drive));
    assert!(!answer.to_string().contains("new-one"), "a secret is not given back");
    let account = "/credentials?integration=googledrive&includeAccountAuth=true";
    let account = harness.send(harness.sdk("ada", Method::GET, account)).await.json;
    assert_eq!(account["accountAuth"]["OAUTH_ACCESS_TOKEN"], "new-one");

    let id = harness.workflow_id("googledrive", "Import new files").await;
    let workflows = json!({id.clone(): {"enabled": true, "settings": {"deep": [1, {"a": null}]}}});
    harness.send(change(json!({"config": {"sharedSettings": {"folderId": "x"}}}))).await;
    harness.send(change(json!({"config": {"workflowSettings": workflows}}))).await;
    let entry = harness.me("ada").await["integrations"]["googledrive"].clone();
    assert_eq!(entry["enabled"], true);
    assert_eq!(entry["sharedSettings"], json!({"folderId": "x"}));
    assert_eq!(entry["workflowSettings"], workflows);
    // Another user's account is out of reach.
    let foreign = harness.sdk("grace", Method::PATCH, &path).json(&json!({"accessToken": "x"}));
    harness.send(foreign).await.assert(404, "credential_not_found");
}

#[tokio::test]
async fn projects_and_users_are_apart_and_reset_restores_all() {
    let harness = Harness::new().await;
    let before = harness.me("ada").await;
    harness
        .send(harness.sdk("ada", Method::PATCH, "/me").json(&json!({"meta": {"Only": "here"}})))
        .await;
    disconnect(&harness, "ada", "salesforce", None).await;
    let token = harness.sandbox.token(OTHER_PROJECT, "ada", 60).unwrap();
    let other = harness.plain(Method::GET, &format!("/projects/{OTHER_PROJECT}/sdk/me"));
    let other = harness.send(other.bearer_auth(token)).await.json;
    assert_eq!(other["meta"].get("Only"), None);
    assert_eq!(harness.me("grace").await["meta"].get("Only"), None);
    assert_ne!(harness.me("ada").await, before);
    harness.send(harness.plain(Method::POST, "/_sandbox/reset")).await;
    assert_eq!(harness.me("ada").await, before);
    assert_eq!(before["project"]["id"], DEFAULT_PROJECT);
}
