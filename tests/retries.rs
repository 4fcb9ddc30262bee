//! What is sent again, when, and when not.
#![cfg(not(target_arch = "wasm32"))]

use paragon_wasm::ErrorCode;
use paragon_wasm::client::CallOptions;
use paragon_wasm::protocol::message::Selection;
use serde_json::json;

mod support;
use support::session::{get_user, signed_in, user};
use support::world::Stage;

#[test]
fn failures_that_may_pass_are_tried_again_with_growing_waits() {
    let mut stage = signed_in("ada");
    let mut call = stage.start(get_user);
    stage.cut(1);
    stage.pass_ms(399.0);
    assert_eq!(stage.sent().len(), 2);
    stage.pass_ms(1.0);
    assert_eq!(stage.sent().len(), 3);
    stage.answer(2, 503, json!({}));
    stage.pass_ms(799.0);
    assert!(stage.is_pending(&mut call));
    stage.pass_ms(1.0);
    stage.answer(3, 200, user("ada"));
    assert_eq!(stage.outcome(call).unwrap(), user("ada"));
}

#[test]
fn what_is_tried_again_and_what_is_not() {
    for (status, repeated) in [
        (429, true),
        (502, true),
        (503, true),
        (504, true),
        (500, false),
        (501, false),
        (404, false),
        (409, false),
    ] {
        let mut stage = signed_in("ada");
        let call = stage.start(get_user);
        stage.answer(1, status, json!({}));
        stage.pass_ms(400.0);
        assert_eq!(stage.sent().len() == 3, repeated, "{status}");
        if repeated {
            stage.answer(2, status, json!({}));
            stage.pass_ms(800.0);
            stage.answer(3, status, json!({}));
        }
        assert_eq!(stage.outcome(call).unwrap_err().status, Some(status));
    }
    let mut stage = signed_in("ada");
    let call = stage.start(async |client| {
        client.event("e", &json!({}), Selection::default(), CallOptions::default()).await
    });
    stage.cut(1);
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Network);
    assert_eq!(stage.sent().len(), 2);
}

#[test]
fn a_server_that_says_when_is_listened_to() {
    for header in ["2", "at 2000"] {
        let mut stage = signed_in("ada");
        let call = stage.start(get_user);
        stage.answer_with(1, 429, json!({}), Some(header), None);
        stage.pass_ms(1_999.0);
        assert_eq!(stage.sent().len(), 2, "{header}");
        stage.pass_ms(1.0);
        stage.answer(2, 200, user("ada"));
        stage.outcome(call).unwrap();
    }
    let mut stage = signed_in("ada");
    let call = stage.start(get_user);
    stage.answer_with(1, 429, json!({}), Some("3600"), None);
    let error = stage.outcome(call).unwrap_err();
    assert_eq!((error.code, error.retry_after_ms), (ErrorCode::RateLimited, Some(3_600_000.0)));
}

#[test]
fn trying_again_ends_with_the_time_or_the_session() {
    let mut stage = signed_in("ada");
    let call = stage.start(async |client| {
        client.get_user(CallOptions { timeout_ms: Some(300), max_retries: Some(10) }).await
    });
    stage.cut(1);
    stage.pass_ms(300.0);
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Timeout);
    stage.pass_ms(10_000.0);
    assert_eq!(stage.sent().len(), 2);

    let call = stage.start(get_user);
    stage.cut(2);
    stage.client.logout();
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Superseded);
    stage.pass_ms(10_000.0);
    assert_eq!(stage.sent().len(), 3);
}

#[test]
fn a_retry_that_is_due_when_the_call_ends_is_not_sent() {
    let mut stage = signed_in("ada");
    let call = stage.start(get_user);
    stage.cut(1);
    stage.hold();
    stage.pass_ms(400.0);
    stage.client.logout();
    stage.release();
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Superseded);
    assert_eq!(stage.sent().len(), 2);

    let mut stage = signed_in("ada");
    let call = stage.start(async |client| {
        client.get_user(CallOptions { timeout_ms: Some(400), ..CallOptions::default() }).await
    });
    stage.cut(1);
    stage.pass_ms(400.0);
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Timeout);
    assert_eq!(stage.sent().len(), 2);
}

#[test]
fn a_repeated_delete_that_finds_nothing_has_succeeded() {
    let start = |stage: &mut Stage| {
        let call = stage.start(async |client| {
            client.uninstall_integration("slack", None, CallOptions::default()).await
        });
        stage.answer(1, 200, json!([{ "id": "i", "type": "slack", "enabled": true }]));
        call
    };
    let mut stage = signed_in("ada");
    let call = start(&mut stage);
    stage.cut(2);
    stage.pass_ms(400.0);
    stage.answer(3, 404, json!({}));
    stage.outcome(call).unwrap();
    // Without a lost answer, 404 is 404.
    let mut stage = signed_in("ada");
    let call = start(&mut stage);
    stage.answer(2, 404, json!({}));
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::NotFound);
}
