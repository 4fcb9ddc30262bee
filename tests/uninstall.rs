//! Disconnecting accounts: what is asked first, and what is not deleted.
#![cfg(not(target_arch = "wasm32"))]

use paragon_wasm::ErrorCode;
use paragon_wasm::client::{CallOptions, Outcome};
use serde_json::{Value, json};

mod support;
use support::header;
use support::session::{signed_in, user};
use support::world::{Call, Stage, World};

#[test]
fn uninstalling_resolves_the_type_and_deletes() {
    let mut stage = signed_in("ada");
    let call = stage.start(async |client| {
        client.uninstall_integration("slack", Some("cred-2"), CallOptions::default()).await
    });
    stage.answer(1, 200, json!([{ "id": "i-slack", "type": "slack", "enabled": true }]));
    stage.answer(2, 200, Value::Null);
    assert_eq!(stage.outcome(call).unwrap(), Value::Null);
    assert_eq!(stage.sent()[1..], ["GET p/sdk/integrations", "DELETE p/sdk/integrations/i-slack"]);
    assert_eq!(header(&stage.request(2), "x-paragon-credential").unwrap(), "cred-2");
}

fn uninstall(stage: &mut Stage) -> Call<Outcome<World, Value>> {
    stage.start(async |client| {
        client.uninstall_integration("slack", None, CallOptions::default()).await
    })
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
    let mut stage = signed_in("ada");
    let call = uninstall(&mut stage);
    stage.answer(1, 200, not_enabled());
    assert_eq!(stage.sent()[2..], ["GET p/sdk/me"]);
    stage.answer(2, 200, user_with(&json!({ "enabled": false, "credentialStatus": "INVALID" })));
    assert_eq!(stage.sent()[3..], ["DELETE p/sdk/integrations/i-slack"]);
    stage.answer(3, 200, Value::Null);
    stage.outcome(call).unwrap();
}

#[test]
fn nothing_is_deleted_that_is_not_there() {
    let mut stage = signed_in("ada");
    let unknown = stage.start(async |client| {
        client.uninstall_integration("slak", None, CallOptions::default()).await
    });
    stage.answer(1, 200, not_enabled());
    assert_eq!(stage.outcome(unknown).unwrap_err().code, ErrorCode::IntegrationNotFound);

    let not_connected = uninstall(&mut stage);
    stage.answer(2, 200, not_enabled());
    stage.answer(3, 200, user_with(&json!({ "enabled": false })));
    assert_eq!(stage.outcome(not_connected).unwrap_err().code, ErrorCode::IntegrationNotInstalled);

    for (name, credential) in
        [("", None), ("slack", Some("")), ("slack", Some("a\nb")), ("slack", Some("ü"))]
    {
        let call = stage.start(async move |client| {
            client.uninstall_integration(name, credential, CallOptions::default()).await
        });
        assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::InvalidArgument);
    }
    assert_eq!(
        stage.sent()[1..],
        ["GET p/sdk/integrations", "GET p/sdk/integrations", "GET p/sdk/me"]
    );
}

#[test]
fn the_timeout_covers_a_call_of_several_requests() {
    let mut stage = signed_in("ada");
    let call = stage.start(async |client| {
        client
            .uninstall_integration(
                "slack",
                None,
                CallOptions { timeout_ms: Some(100), ..CallOptions::default() },
            )
            .await
    });
    stage.pass_ms(60.0);
    stage.answer(1, 200, json!([{ "id": "i-slack", "type": "slack", "enabled": true }]));
    stage.pass_ms(60.0);
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Timeout);
}
