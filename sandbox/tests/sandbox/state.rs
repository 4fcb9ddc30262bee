//! What changes, and what must not.

use paragon_sandbox::DEFAULT_PROJECT;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::stage::{Answer, OTHER_PROJECT, Stage};

const NOT_CONNECTED: &str =
    r#"{"enabled":false,"workflowSettings":{},"allCredentials":[],"allConfigurations":[]}"#;

async fn disconnect(stage: &Stage, user: &str, key: &str, credential: Option<&str>) -> Answer {
    let id = stage.integration_id(key).await;
    let mut request = stage.sdk(user, Method::DELETE, &format!("/integrations/{id}"));
    if let Some(credential) = credential {
        request = request.header("X-Paragon-Credential", credential);
    }
    stage.send(request).await
}

#[tokio::test]
async fn metadata_is_merged() {
    let stage = Stage::new().await;
    let patch = |meta: Value| stage.sdk("ada", Method::PATCH, "/me").json(&json!({"meta": meta}));
    let user =
        stage.send(patch(json!({"Plan": "free", "Seats": 3, "Odd": {"a": null}}))).await.json;
    let wanted = json!({"Name": "Ada Okafor", "Email": "ada@lantern.example", "Plan": "free", "Seats": 3, "Odd": {"a": null}});
    assert_eq!(user["meta"], wanted);
    assert_eq!(stage.me("ada").await, user, "the answer is the user");
    let user = stage.send(patch(json!({"Seats": null, "__proto__": {"a": 1}}))).await.json;
    assert_eq!(user["meta"]["Seats"], Value::Null);
    assert_eq!(user["meta"]["__proto__"], json!({"a": 1}));
    stage.send(patch(json!({}))).await;
    stage.send(stage.sdk("ada", Method::PATCH, "/me").json(&json!({}))).await;
    assert_eq!(stage.me("ada").await["meta"], user["meta"]);
}

#[tokio::test]
async fn a_disconnected_integration_is_gone() {
    let stage = Stage::new().await;
    let answer = disconnect(&stage, "ada", "slack", None).await;
    assert_eq!((answer.status, answer.bytes.len()), (StatusCode::OK, 0));
    let never: Value = serde_json::from_str(NOT_CONNECTED).unwrap();
    assert_eq!(stage.me("ada").await["integrations"]["slack"], never);
    let list = stage.send(stage.sdk("ada", Method::GET, "/credentials")).await.json;
    assert_eq!(list.as_array().unwrap().len(), 3);
    let workflow = stage.workflow_id("slack", "Announce won deals").await;
    let run = stage.sdk("ada", Method::POST, &format!("/triggers/{workflow}")).json(&json!({}));
    stage.send(run).await.assert(404, "integration_not_connected");
    disconnect(&stage, "ada", "slack", None).await.assert(404, "integration_not_connected");
    let others = stage.me("grace").await;
    assert_eq!(others["integrations"]["slack"]["enabled"], true, "another user's stays");
}

#[tokio::test]
async fn one_of_two_accounts_can_be_disconnected() {
    let stage = Stage::new().await;
    let accounts = |me: &Value| -> Vec<String> {
        let all = me["integrations"]["salesforce"]["allCredentials"].as_array().unwrap();
        all.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    let before = accounts(&stage.me("mateo").await);
    disconnect(&stage, "mateo", "salesforce", Some("nope"))
        .await
        .assert(404, "credential_not_found");
    let of_another = stage.me("mateo").await["integrations"]["googledrive"]["credentialId"].clone();
    let of_another = of_another.as_str().unwrap();
    disconnect(&stage, "mateo", "salesforce", Some(of_another))
        .await
        .assert(404, "credential_not_found");
    assert_eq!(accounts(&stage.me("mateo").await), before);

    assert_eq!(disconnect(&stage, "mateo", "salesforce", Some(&before[1])).await.status, 200);
    assert_eq!(accounts(&stage.me("mateo").await), before[..1]);
    stage.send(stage.plain(Method::POST, "/_sandbox/reset")).await;
    // Without the header the default account goes, and the other becomes the default.
    assert_eq!(disconnect(&stage, "mateo", "salesforce", None).await.status, 200);
    let me = stage.me("mateo").await;
    assert_eq!(accounts(&me), before[1..]);
    assert_eq!(me["integrations"]["salesforce"]["credentialId"], before[1].as_str());
    assert_eq!(me["integrations"]["salesforce"]["externalId"], "staging");
}

#[tokio::test]
async fn workflows_switch_and_run() {
    let stage = Stage::new().await;
    let id = stage.workflow_id("salesforce", "Sync contacts to Salesforce").await;
    let path = format!("/workflows/{id}");
    let switch = async || {
        stage.me("ada").await["integrations"]["salesforce"]["workflowSettings"][&id].clone()
    };
    let settings = json!({"owner": "ada@lantern.example"});
    let run =
        |body: &Value| stage.sdk("ada", Method::POST, &format!("/triggers/{id}?dry=1")).json(body);
    assert_eq!(switch().await, json!({"enabled": true, "settings": settings}));
    let answer = stage.send(run(&json!({"a": 1}))).await.json;
    assert_eq!(answer["received"], json!({"body": {"a": 1}, "query": {"dry": "1"}}));

    for _ in 0..2 {
        assert_eq!(stage.send(stage.sdk("ada", Method::DELETE, &path)).await.status, 200);
        assert_eq!(switch().await, json!({"enabled": false, "settings": settings}));
    }
    stage.send(run(&json!({}))).await.assert(404, "workflow_not_enabled");
    assert_eq!(stage.send(stage.sdk("ada", Method::POST, &path)).await.status, 200);
    assert_eq!(switch().await["enabled"], true);

    let silent = stage.workflow_id("salesforce", "Nightly export").await;
    let request = stage.sdk("grace", Method::POST, &format!("/triggers/{silent}"));
    let answer = stage.send(request).await;
    assert_eq!((answer.status.as_u16(), answer.bytes.len()), (200, 0));

    let broken = stage.workflow_id("hubspot", "Send won deals to HubSpot").await;
    let broken = format!("/workflows/{broken}");
    stage.send(stage.sdk("ada", Method::POST, &broken)).await.assert(409, "credential_not_valid");
    assert_eq!(stage.send(stage.sdk("ada", Method::DELETE, &broken)).await.status, 200);
    stage
        .send(stage.sdk("noor", Method::POST, &broken))
        .await
        .assert(404, "integration_not_connected");
}

#[tokio::test]
async fn a_workflow_switches_for_the_chosen_account_only() {
    let stage = Stage::new().await;
    let id = stage.workflow_id("salesforce", "Sync contacts to Salesforce").await;
    let request = stage.sdk("mateo", Method::POST, &format!("/workflows/{id}"));
    stage.send(request.header("X-Paragon-Credential", "ext:staging")).await;
    let request = stage.sdk("mateo", Method::DELETE, &format!("/workflows/{id}"));
    stage.send(request.header("X-Paragon-Credential", "ext:production")).await;
    let me = stage.me("mateo").await;
    let enabled = |account: usize| {
        let account = &me["integrations"]["salesforce"]["allCredentials"][account];
        account["configurations"][0]["workflowSettings"][&id]["enabled"].clone()
    };
    assert_eq!((enabled(0), enabled(1)), (json!(false), json!(true)));
}

#[tokio::test]
async fn new_tokens_repair_an_account_and_settings_are_replaced() {
    let stage = Stage::new().await;
    let drive = stage.me("ada").await["integrations"]["googledrive"]["credentialId"].clone();
    let path = format!("/credentials/{}", drive.as_str().unwrap());
    let change = |body: Value| stage.sdk("ada", Method::PATCH, &path).json(&body);
    let answer = stage.send(change(json!({"accessToken": "new-one"}))).await.json;
    assert_eq!((&answer["status"], &answer["id"]), (&json!("VALID"), &drive));
    assert!(!answer.to_string().contains("new-one"), "a secret is not given back");
    let account = "/credentials?integration=googledrive&includeAccountAuth=true";
    let account = stage.send(stage.sdk("ada", Method::GET, account)).await.json;
    assert_eq!(account["accountAuth"]["OAUTH_ACCESS_TOKEN"], "new-one");

    let id = stage.workflow_id("googledrive", "Import new files").await;
    let workflows = json!({id.clone(): {"enabled": true, "settings": {"deep": [1, {"a": null}]}}});
    stage.send(change(json!({"config": {"sharedSettings": {"folderId": "x"}}}))).await;
    stage.send(change(json!({"config": {"workflowSettings": workflows}}))).await;
    let entry = stage.me("ada").await["integrations"]["googledrive"].clone();
    assert_eq!(entry["enabled"], true);
    assert_eq!(entry["sharedSettings"], json!({"folderId": "x"}));
    assert_eq!(entry["workflowSettings"], workflows);
    // Another user's account is out of reach.
    let foreign = stage.sdk("grace", Method::PATCH, &path).json(&json!({"accessToken": "x"}));
    stage.send(foreign).await.assert(404, "credential_not_found");
}

#[tokio::test]
async fn projects_and_users_are_apart_and_reset_restores_all() {
    let stage = Stage::new().await;
    let before = stage.me("ada").await;
    stage
        .send(stage.sdk("ada", Method::PATCH, "/me").json(&json!({"meta": {"Only": "here"}})))
        .await;
    disconnect(&stage, "ada", "salesforce", None).await;
    let token = stage.sandbox.token(OTHER_PROJECT, "ada", 60).unwrap();
    let other = stage.plain(Method::GET, &format!("/projects/{OTHER_PROJECT}/sdk/me"));
    let other = stage.send(other.bearer_auth(token)).await.json;
    assert_eq!(other["meta"].get("Only"), None);
    assert_eq!(stage.me("grace").await["meta"].get("Only"), None);
    assert_ne!(stage.me("ada").await, before);
    stage.send(stage.plain(Method::POST, "/_sandbox/reset")).await;
    assert_eq!(stage.me("ada").await, before);
    assert_eq!(before["project"]["id"], DEFAULT_PROJECT);
}
