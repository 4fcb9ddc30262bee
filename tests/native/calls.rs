//! Calls one by one: their arguments, what they send and what they return.

use paragon_wasm::{
    AccountSelector, CallOptions, Client, CredentialUpdate, ErrorCode, Method, Payload, Pending,
    ProxyRequest, ResponseType, WorkflowRequest,
};
use serde_json::{Value, json};

use crate::support::harness::FakePlatform;
use crate::support::header;
use crate::support::session::{options, signed_in};

fn workflow_request() -> WorkflowRequest<Value> {
    WorkflowRequest {
        payload: Payload::json(&json!({ "a": 1 })),
        headers: None,
        query: String::new(),
    }
}

fn proxy_request() -> ProxyRequest<Value> {
    ProxyRequest {
        method: Method::Get,
        payload: Payload::Empty,
        headers: None,
        response_type: ResponseType::Auto,
    }
}

#[test]
fn metadata_of_one_integration_is_found_by_its_name() {
    let all = json!([{ "type": "slack" }, { "type": "custom.ledger" }, { "odd": 1 }]);
    for (name, found) in [
        (Some("slack"), Some(json!({ "type": "slack" }))),
        (Some("ledger"), Some(json!({ "type": "custom.ledger" }))),
        (Some("custom.ledger"), Some(json!({ "type": "custom.ledger" }))),
        (Some("slac"), None),
        (None, Some(all.clone())),
    ] {
        let mut harness = signed_in("ada");
        let name = name.map(str::to_owned);
        let call =
            harness.start(async |client| client.get_integration_metadata(name, &options()).await);
        assert_eq!(harness.sent()[1..], ["GET p/sdk/metadata"]);
        harness.answer(1, 200, all.clone());
        match (harness.outcome(call), found) {
            (Ok(metadata), Some(found)) => assert_eq!(metadata, found),
            (Err(error), None) => assert_eq!(error.code, ErrorCode::IntegrationNotFound),
            (result, _) => panic!("{result:?}"),
        }
    }
}

#[test]
fn a_credential_gets_the_tokens_that_are_given() {
    let text = |text: &str| Some(text.to_owned());
    for (access_token, refresh_token, body) in [
        (text("a"), text("r"), Some(json!({ "accessToken": "a", "refreshToken": "r" }))),
        (text("a"), None, Some(json!({ "accessToken": "a" }))),
        (None, text("r"), Some(json!({ "refreshToken": "r" }))),
        (None, None, None),
    ] {
        let mut harness = signed_in("ada");
        let update = CredentialUpdate { access_token, refresh_token };
        assert_eq!(format!("{update:?}"), "CredentialUpdate(secret)");
        let call = harness
            .start(async move |client| client.update_credential("c-1", &update, &options()).await);
        let Some(body) = body else {
            let error = harness.outcome(call).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidArgument);
            assert_eq!(error.detail, Some(("path", "fields".into())));
            continue;
        };
        assert_eq!(harness.sent()[1..], ["PATCH p/sdk/credentials/c-1"]);
        assert_eq!(harness.json_body(1), body);
        harness.answer(1, 200, json!({ "id": "c-1" }));
        assert_eq!(harness.outcome(call).unwrap(), json!({ "id": "c-1" }));
    }
}

#[test]
fn events_and_workflows_send_what_they_are_given() {
    let mut harness = signed_in("ada");
    let payload = json!({ "seats": [1, null] });
    let event = harness
        .start(async move |client| client.event("Seats Changed", &payload, &options()).await);
    let workflow = harness.start(async |client| {
        let request = WorkflowRequest {
            headers: Some(json!({ "x-own": "1" })),
            query: "q=a%20b".to_owned(),
            ..workflow_request()
        };
        client.workflow("w", request, &options()).await
    });
    assert_eq!(harness.sent()[1..], ["POST p/sdk/events/trigger", "POST p/sdk/triggers/w?q=a%20b"]);
    let body = json!({ "name": "Seats Changed", "payload": { "seats": [1, null] } });
    assert_eq!(harness.json_body(1), body);
    assert_eq!(harness.json_body(2), json!({ "a": 1 }));
    assert_eq!(harness.request(2).caller_headers, Some(json!({ "x-own": "1" })));
    harness.answer_text(1, 200, "");
    harness.answer(2, 200, json!({ "b": 2 }));
    assert_eq!(harness.outcome(event).unwrap(), Value::Null);
    assert_eq!(harness.outcome(workflow).unwrap(), json!({ "b": 2 }));

    for (name, payload, path) in [("", json!({}), "name"), ("e", json!([]), "payload")] {
        let call =
            harness.start(async move |client| client.event(name, &payload, &options()).await);
        let error = harness.outcome(call).unwrap_err();
        assert_eq!(error.detail, Some(("path", path.into())));
    }
    assert_eq!(harness.sent().len(), 3);
}

type Start = fn(&Client<FakePlatform>, &CallOptions) -> Pending<FakePlatform>;

/// The calls that are about an account.
const ABOUT_ACCOUNT: [Start; 5] = [
    |client, options| client.switch_workflow("w", true, options),
    |client, options| client.switch_workflow("w", false, options),
    |client, options| client.event("e", &json!({}), options),
    |client, options| client.workflow("w", workflow_request(), options),
    |client, options| client.request("slack", "x", proxy_request(), options),
];

#[test]
fn calls_name_the_account_that_is_chosen() {
    for start in ABOUT_ACCOUNT {
        for (credential_id, configuration_id) in
            [(None, None), (Some("c"), None), (None, Some("f")), (Some("c"), Some("f"))]
        {
            let mut harness = signed_in("ada");
            let [credential_id, configuration_id] =
                [credential_id, configuration_id].map(|id| id.map(str::to_owned));
            let account = AccountSelector {
                credential_id: credential_id.clone(),
                configuration_id: configuration_id.clone(),
            };
            let options = CallOptions { account, ..options() };
            let _call = harness.start(async move |client| start(&client, &options).await);
            let request = harness.request(1);
            assert_eq!(header(&request, "x-paragon-credential"), credential_id);
            assert_eq!(header(&request, "x-paragon-configuration-id"), configuration_id);
        }
    }
}

#[test]
fn an_account_that_no_header_can_carry_is_refused() {
    for start in ABOUT_ACCOUNT {
        for id in ["", "a b", "a\nb", "ü"] {
            for (name, is_credential) in
                [("selectedCredentialId", true), ("selectedConfigurationId", false)]
            {
                let mut harness = signed_in("ada");
                let given = |here: bool| here.then(|| id.to_owned());
                let account = AccountSelector {
                    credential_id: given(is_credential),
                    configuration_id: given(!is_credential),
                };
                let options = CallOptions { account, ..options() };
                let call = harness.start(async move |client| start(&client, &options).await);
                let error = harness.outcome(call).unwrap_err();
                assert_eq!(error.code, ErrorCode::InvalidArgument);
                assert_eq!(error.detail, Some(("path", name.into())));
                assert_eq!(harness.sent().len(), 1);
            }
        }
    }
}
