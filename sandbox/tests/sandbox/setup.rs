//! Keys, the questions of a setup, the lists they choose from, and sets of settings.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness};
use crate::popup::Popup;

async fn connect(harness: &Harness, product: &str, payload: Value, options: Value) -> Answer {
    let id = harness.integration_id(product).await;
    let body =
        json!({"integrationId": id, "config": {}, "payload": payload, "installOptions": options});
    harness.send(harness.sdk("noor", Method::POST, "/credentials").json(&body)).await
}

async fn choices(harness: &Harness, action: &str, key: &str, more: Value) -> Answer {
    let mut body = json!({"action": action, "sourceKey": key, "parameters": [], "paginationParameters": {"pageCursor": 0}});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    harness.send(harness.sdk("noor", Method::POST, "/actions").json(&body)).await
}

#[tokio::test]
async fn keys_connect_accounts() {
    let harness = Harness::new().await;
    let wrong = connect(&harness, "klaviyo", json!({"apiKey": "wrong"}), json!({})).await;
    wrong.assert(400, "integration_error");
    assert_eq!(wrong.json["meta"]["isIntegrationError"], true);
    let missing = connect(&harness, "klaviyo", json!({"apiKey": ""}), json!({})).await;
    assert_eq!(
        (missing.code(), &missing.json["meta"]["fields"]),
        ("options_invalid", &json!({"apiKey": "is required"}))
    );
    let payload = json!({"apiKey": "pk_1", "skipPostOAuthInputs": false});
    let saved = connect(&harness, "klaviyo", payload.clone(), json!({})).await.json;
    assert_eq!(saved["status"], "VALID");
    assert!(!saved.to_string().contains("pk_1"), "a key is not shown");
    let same =
        connect(&harness, "klaviyo", payload, json!({"allowMultipleCredentials": true})).await.json;
    assert_eq!(same["id"], saved["id"], "the same key is the same account");
    let other = connect(
        &harness,
        "klaviyo",
        json!({"apiKey": "pk_2"}),
        json!({"allowMultipleCredentials": true}),
    )
    .await
    .json;
    assert_ne!(other["id"], saved["id"]);
    let auth = harness.sdk(
        "noor",
        Method::GET,
        "/credentials?integration=klaviyo&includeAccountAuth=true",
    );
    assert_eq!(harness.send(auth).await.json["accountAuth"], json!({"apiKey": "pk_1"}));
    assert_eq!(harness.me("noor").await["integrations"]["klaviyo"]["enabled"], true);

    let custom = json!({"apiKey": "fn_1", "region": "west"});
    let refused = connect(&harness, "fieldnotes", custom, json!({})).await;
    assert_eq!(refused.json["meta"]["fields"], json!({"region": "is not one of the choices"}));
    let custom = json!({"apiKey": "fn_1", "region": "north"});
    let saved = connect(&harness, "fieldnotes", custom, json!({})).await.json;
    assert_eq!(saved["providerData"]["region"], "north");

    let deny = json!({"decisions": [{"integration": "klaviyo", "decision": "deny", "reason": "the key was deleted", "times": 1}]});
    harness.send(harness.plain(Method::POST, "/_sandbox/provider").json(&deny)).await;
    let denied = connect(&harness, "klaviyo", json!({"apiKey": "pk_3"}), json!({})).await;
    assert_eq!(denied.json["message"], "Klaviyo refused it: the key was deleted.");
}

#[tokio::test]
async fn a_setup_is_open_until_its_questions_are_answered() {
    let harness = Harness::new().await;
    let popup = Popup::open(&harness, "noor", "jira").await;
    let pending = popup.install("noor@jira.example", json!({})).await;
    assert_eq!(pending["status"], "PENDING");
    let status =
        async || harness.me("noor").await["integrations"]["jira"]["credentialStatus"].clone();
    assert_eq!(status().await, "PENDING");
    let id = pending["id"].as_str().unwrap();
    let answer = |answers: Value| {
        let path = format!("/credentials/{id}/complete-setup");
        let body = json!({"integrationId": popup.integration_id, "config": {}, "payload": answers, "installOptions": {}});
        harness.sdk("noor", Method::POST, &path).json(&body)
    };
    let refused = harness.send(answer(json!({"edition": "nope", "pollMinutes": "often", "syncComments": "yes", "prefix": 1, "webhookPassword": 1}))).await;
    refused.assert(400, "options_invalid");
    let fields = json!({
        "edition": "is not one of the choices",
        "project": "is required",
        "prefix": "must be text",
        "pollMinutes": "must be a number",
        "syncComments": "must be true or false",
        "webhookPassword": "must be text",
    });
    assert_eq!(refused.json["meta"]["fields"], fields);
    assert_eq!(status().await, "PENDING");

    let answers = json!({"edition": "software", "project": "PRJ-3", "pollMinutes": "15", "syncComments": false, "webhookPassword": "hush", "skipPostOAuthInputs": false});
    let done = harness.send(answer(answers)).await.json;
    assert_eq!((&done["status"], status().await), (&json!("VALID"), json!("VALID")));
    let data = json!({"account": "noor@jira.example", "edition": "software", "project": "PRJ-3", "pollMinutes": "15", "syncComments": false});
    assert_eq!(done["providerData"], data, "and not the password");

    // Connected again, it does not ask again.
    let revoke = json!({"integration": "jira", "userId": "noor"});
    harness.send(harness.plain(Method::POST, "/_sandbox/provider/revoke").json(&revoke)).await;
    harness
        .send(answer(json!({"edition": "service", "project": "P", "pollMinutes": 1})))
        .await
        .assert(409, "credential_not_valid");
    let again = popup.install("noor@jira.example", json!({})).await;
    assert_eq!((&again["id"], &again["status"]), (&pending["id"], &json!("VALID")));

    let bypassed = json!({"bypassPostOAuthPrompt": true, "allowMultipleCredentials": true});
    assert_eq!(popup.install("second@jira.example", bypassed).await["status"], "VALID");
    let nobody = harness.sdk("ada", Method::POST, &format!("/credentials/{id}/complete-setup"));
    harness.send(nobody.json(&json!({}))).await.assert(404, "credential_not_found");
}

#[tokio::test]
async fn choices_come_in_pages_and_can_be_searched() {
    let harness = Harness::new().await;
    choices(&harness, "jira", "projects", json!({})).await.assert(404, "integration_not_connected");
    let popup = Popup::open(&harness, "noor", "jira").await;
    popup.install("noor@jira.example", json!({})).await;
    let (mut seen, mut cursor) = (Vec::new(), json!(0));
    while !cursor.is_null() {
        let page = json!({"paginationParameters": {"pageCursor": cursor}});
        let output = choices(&harness, "jira", "projects", page).await.json["output"].clone();
        seen.extend(output["records"].as_array().unwrap().clone());
        cursor = output["nextPageCursor"].clone();
    }
    assert_eq!(
        (seen.len(), &seen[119]),
        (120, &json!({"label": "Project 120", "value": "PRJ-120"}))
    );
    let search =
        |text: &str| json!({"paginationParameters": {"pageCursor": false, "search": text}});
    let found = choices(&harness, "jira", "projects", search("project 11")).await.json;
    let labels: Vec<&str> = found["output"]["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["label"].as_str().unwrap())
        .collect();
    assert_eq!(
        (labels.len(), labels[0], &found["output"]["nextPageCursor"]),
        (11, "Project 11", &Value::Null)
    );
    let none = choices(&harness, "jira", "projects", search("zzz")).await.json;
    assert_eq!(none["output"]["records"], json!([]));

    let with = |edition: &str| json!({"parameters": [{"key": "edition", "source": {"type": "VALUE", "value": edition}}]});
    let types = choices(&harness, "jira", "issueTypes", with("service")).await.json;
    assert_eq!(types["output"]["records"][0]["value"], "incident");
    let types = choices(&harness, "jira", "issueTypes", json!({})).await.json;
    assert_eq!(types["output"]["records"], json!([]));
    let nested = choices(&harness, "jira", "fields", json!({})).await.json;
    assert_eq!(nested["output"]["records"][0]["id"], "summary");

    choices(&harness, "jira", "nope", json!({})).await.assert(404, "source_not_found");
    choices(&harness, "nope", "projects", json!({})).await.assert(404, "integration_not_found");
    for cursor in [json!("next"), json!(-1), json!(1e9), json!(true), json!([])] {
        let page = json!({"paginationParameters": {"pageCursor": cursor}});
        choices(&harness, "jira", "projects", page).await.assert(400, "body_invalid");
    }
    choices(&harness, "jira", "projects", json!({"parameters": {}}))
        .await
        .assert(400, "body_invalid");
    let revoke = json!({"integration": "jira", "userId": "noor"});
    harness.send(harness.plain(Method::POST, "/_sandbox/provider/revoke").json(&revoke)).await;
    choices(&harness, "jira", "projects", json!({})).await.assert(401, "integration_error");
}

#[tokio::test]
async fn an_account_may_have_several_configurations() {
    let harness = Harness::new().await;
    let slack = harness.me("ada").await["integrations"]["slack"].clone();
    let path = format!("/credentials/{}/configurations", slack["credentialId"].as_str().unwrap());
    let request = |method: Method, named: &str| {
        let request = harness.sdk("ada", method, &path);
        if named.is_empty() { request } else { request.header("X-Paragon-Configuration-Id", named) }
    };
    let added =
        harness.send(request(Method::POST, "").json(&json!({"externalId": " team-b "}))).await.json;
    let second = added["configurations"][1].clone();
    assert_eq!((&second["externalId"], &second["isDefault"]), (&json!("team-b"), &json!(false)));
    assert_eq!(added["configurations"][0]["id"], slack["credentialConfigId"]);
    let third =
        harness.send(request(Method::POST, "").json(&json!({}))).await.json["configurations"][2]
            .clone();
    assert!(third["dateCreated"].as_str() >= second["dateCreated"].as_str());

    let noted = harness
        .send(request(Method::PATCH, "ext:team-b").json(&json!({"meta": {"team": "B"}})))
        .await
        .json;
    assert_eq!(noted["configurations"][1]["configMeta"], json!({"team": "B"}));
    let settings = harness.sdk("ada", Method::PATCH, path.trim_end_matches("/configurations"));
    let settings = settings.header("X-Paragon-Configuration-Id", "team-b");
    let settings = settings.json(&json!({"config": {"sharedSettings": {"channel": "#b"}}}));
    let changed = harness.send(settings).await.json;
    assert_eq!(changed["configurations"][1]["sharedSettings"], json!({"channel": "#b"}));
    assert_eq!(changed["configurations"][0]["sharedSettings"], slack["sharedSettings"]);
    let me = harness.me("ada").await["integrations"]["slack"].clone();
    assert_eq!(me["allConfigurations"].as_array().unwrap().len(), 3);

    harness
        .send(request(Method::POST, "").json(&json!({"externalId": "team-b"})))
        .await
        .assert(409, "external_id_taken");
    harness
        .send(request(Method::POST, "").json(&json!({"externalId": 1})))
        .await
        .assert(400, "body_invalid");
    harness.send(request(Method::POST, "").json(&json!([]))).await.assert(400, "body_invalid");
    harness.send(request(Method::PATCH, "").json(&json!({}))).await.assert(400, "body_invalid");
    harness.send(request(Method::DELETE, "nope")).await.assert(404, "configuration_not_found");
    for default in ["", slack["credentialConfigId"].as_str().unwrap()] {
        harness
            .send(request(Method::DELETE, default))
            .await
            .assert(409, "configuration_is_default");
    }
    let left = harness.send(request(Method::DELETE, "team-b")).await.json;
    assert_eq!(left["configurations"].as_array().unwrap().len(), 2);
    let hubspot = harness.me("ada").await["integrations"]["hubspot"]["credentialId"].clone();
    let path = format!("/credentials/{}/configurations", hubspot.as_str().unwrap());
    harness.send(harness.sdk("ada", Method::POST, &path)).await.assert(409, "credential_not_valid");
}

#[tokio::test]
async fn every_form_leads_somewhere() {
    let harness = Harness::new().await;
    let list = harness.send(harness.sdk("noor", Method::GET, "/integrations")).await.json;
    let mut kinds = std::collections::BTreeSet::new();
    for integration in list.as_array().unwrap() {
        let config = &integration["sdkIntegrationConfig"];
        assert_eq!(config.is_null(), integration["isActive"] == false, "{}", integration["name"]);
        let of = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let mut inputs = [of(&config["authConfigInputs"]), of(&config["postOauthInputs"])].concat();
        for it in of(&config["accountTypes"]) {
            inputs.extend(of(&it["endUserSuppliedValues"]));
        }
        inputs.extend(of(&integration["configs"][0]["values"]["sharedMeta"]["inputs"]));
        let workflows = integration["configs"][0]["values"]["workflowMeta"].as_object().unwrap();
        inputs.extend(workflows.values().flat_map(|it| of(&it["inputs"])));
        for input in inputs {
            let kind = input["type"].as_str().unwrap().to_owned();
            if let Some(key) = input["sourceType"].as_str() {
                let source = &config["dataSources"][key];
                let fixed = source["type"] == "STATIC_ENUM_DATA_SOURCE";
                assert_eq!(kind, if fixed { "ENUM" } else { "DYNAMIC_ENUM" }, "{key}");
            } else {
                assert_eq!(kind.ends_with("ENUM"), input["values"].is_array(), "{input}");
            }
            kinds.insert(kind);
        }
    }
    for kind in [
        "ENUM",
        "DYNAMIC_ENUM",
        "TEXT_NO_VARS",
        "PASSWORD",
        "SWITCH",
        "BOOLEAN_INPUT",
        "NUMBER",
        "EMAIL",
    ] {
        assert!(kinds.contains(kind), "{kind}");
    }
}
