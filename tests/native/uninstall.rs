//! Disconnecting accounts: what is asked first, and what is not deleted.

use paragon_wasm::{CallOptions, ErrorCode};
use serde_json::{Value, json};

use crate::support::harness::{Call, Harness};
use crate::support::header;
use crate::support::session::{Result, options, signed_in, user, with_credential};

#[test]
fn uninstalling_resolves_the_type_and_deletes() {
    let mut harness = signed_in("ada");
    let call = harness.start(async |client| {
        client.uninstall_integration("slack", &with_credential("cred-2")).await
    });
    harness.answer(1, 200, json!([{ "id": "i-slack", "type": "slack", "enabled": true }]));
    harness.answer(2, 200, Value::Null);
    assert_eq!(harness.outcome(call).unwrap(), Value::Null);
    assert_eq!(
        harness.sent()[1..],
        ["GET p/sdk/integrations", "DELETE p/sdk/integrations/i-slack"]
    );
    assert_eq!(header(&harness.request(2), "x-paragon-credential").unwrap(), "cred-2");
}

fn uninstall(harness: &mut Harness) -> Call<Result> {
    harness.start(async |client| client.uninstall_integration("slack", &options()).await)
}

fn user_with(slack: &Value) -> Value {
    let mut user = user("ada");
    user["integrations"] = json!({ "slack": slack });
    user
}

fn not_enabled() -> Value {
    json!([{ "id": "i-slack", "type": "slack", "enabled": false }])
}

#[test]
fn an_account_that_must_be_reconnected_can_be_disconnected() {
    let mut harness = signed_in("ada");
    let call = uninstall(&mut harness);
    harness.answer(1, 200, not_enabled());
    assert_eq!(harness.sent()[2..], ["GET p/sdk/me"]);
    harness.answer(2, 200, user_with(&json!({ "enabled": false, "credentialStatus": "INVALID" })));
    assert_eq!(harness.sent()[3..], ["DELETE p/sdk/integrations/i-slack"]);
    harness.answer(3, 200, Value::Null);
    harness.outcome(call).unwrap();
}

#[test]
fn nothing_is_deleted_that_is_not_there() {
    let mut harness = signed_in("ada");
    let unknown =
        harness.start(async |client| client.uninstall_integration("slak", &options()).await);
    harness.answer(1, 200, not_enabled());
    assert_eq!(harness.outcome(unknown).unwrap_err().code, ErrorCode::IntegrationNotFound);

    let not_connected = uninstall(&mut harness);
    harness.answer(2, 200, not_enabled());
    harness.answer(3, 200, user_with(&json!({ "enabled": false })));
    assert_eq!(
        harness.outcome(not_connected).unwrap_err().code,
        ErrorCode::IntegrationNotInstalled
    );

    for (name, credential) in
        [("", None), ("slack", Some("")), ("slack", Some("a\nb")), ("slack", Some("ü"))]
    {
        let call = harness.start(async move |client| {
            let options = credential.map_or_else(options, with_credential);
            client.uninstall_integration(name, &options).await
        });
        assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::InvalidArgument);
    }
    assert_eq!(
        harness.sent()[1..],
        ["GET p/sdk/integrations", "GET p/sdk/integrations", "GET p/sdk/me"]
    );
}

#[test]
fn the_timeout_covers_a_call_of_several_requests() {
    let mut harness = signed_in("ada");
    let call = harness.start(async |client| {
        let options = CallOptions { timeout_ms: Some(100), ..options() };
        client.uninstall_integration("slack", &options).await
    });
    harness.pass_ms(60.0);
    harness.answer(1, 200, json!([{ "id": "i-slack", "type": "slack", "enabled": true }]));
    harness.pass_ms(60.0);
    assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Timeout);
}
