//! Retries: which requests are sent again, and when.

use paragon_wasm::{CallOptions, ErrorCode, Event};
use serde_json::{Value, json};

use crate::support::harness::{Call, Harness};
use crate::support::session::{
    Result, bearer, get_integrations, get_user, listen, options, signed_in, signed_in_by_provider,
    token_until, user, with_credential,
};

#[test]
fn failures_that_may_pass_are_tried_again_with_growing_waits() {
    let mut harness = signed_in("ada");
    let mut call = harness.start(get_user);
    harness.cut(1);
    harness.pass_ms(399.0);
    assert_eq!(harness.sent().len(), 2);
    harness.pass_ms(1.0);
    assert_eq!(harness.sent().len(), 3);
    harness.answer(2, 503, json!({}));
    harness.pass_ms(799.0);
    assert!(harness.is_pending(&mut call));
    harness.pass_ms(1.0);
    harness.answer(3, 200, user("ada"));
    assert_eq!(harness.outcome(call).unwrap(), user("ada"));
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
        let mut harness = signed_in("ada");
        let call = harness.start(get_user);
        harness.answer(1, status, json!({}));
        harness.pass_ms(400.0);
        assert_eq!(harness.sent().len() == 3, repeated, "{status}");
        if repeated {
            harness.answer(2, status, json!({}));
            harness.pass_ms(800.0);
            harness.answer(3, status, json!({}));
        }
        assert_eq!(harness.outcome(call).unwrap_err().status, Some(status));
    }
    let mut harness = signed_in("ada");
    let call = harness.start(async |client| client.event("e", &json!({}), &options()).await);
    harness.cut(1);
    assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Network);
    assert_eq!(harness.sent().len(), 2);
}

#[test]
fn a_server_that_says_when_is_asked_then() {
    for header in ["2", "at 2000"] {
        let mut harness = signed_in("ada");
        let call = harness.start(get_user);
        harness.answer_with(1, 429, json!({}), Some(header), None);
        harness.pass_ms(1_999.0);
        assert_eq!(harness.sent().len(), 2, "{header}");
        harness.pass_ms(1.0);
        harness.answer(2, 200, user("ada"));
        harness.outcome(call).unwrap();
    }
    let mut harness = signed_in("ada");
    let call = harness.start(get_user);
    harness.answer_with(1, 429, json!({}), Some("3600"), None);
    let error = harness.outcome(call).unwrap_err();
    assert_eq!((error.code, error.retry_after_ms), (ErrorCode::RateLimited, Some(3_600_000.0)));
}

#[test]
fn trying_again_ends_with_the_time_or_the_session() {
    let mut harness = signed_in("ada");
    let call = harness.start(async |client| {
        let options = CallOptions { timeout_ms: Some(300), max_retries: Some(10), ..options() };
        client.get_user(&options).await
    });
    harness.cut(1);
    harness.pass_ms(300.0);
    assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Timeout);
    harness.pass_ms(10_000.0);
    assert_eq!(harness.sent().len(), 2);

    let call = harness.start(get_user);
    harness.cut(2);
    harness.client.logout();
    assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Superseded);
    harness.pass_ms(10_000.0);
    assert_eq!(harness.sent().len(), 3);
}

#[test]
fn a_retry_that_is_due_when_the_call_ends_is_not_sent() {
    let mut harness = signed_in("ada");
    let call = harness.start(get_user);
    harness.cut(1);
    harness.hold();
    harness.pass_ms(400.0);
    harness.client.logout();
    harness.release();
    assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Superseded);
    assert_eq!(harness.sent().len(), 2);

    let mut harness = signed_in("ada");
    let call = harness.start(async |client| {
        client.get_user(&CallOptions { timeout_ms: Some(400), ..options() }).await
    });
    harness.cut(1);
    harness.pass_ms(400.0);
    assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Timeout);
    assert_eq!(harness.sent().len(), 2);
}

/// Uninstalls slack, up to the DELETE, which is request 2.
fn uninstall(harness: &mut Harness, options: CallOptions) -> Call<Result> {
    let call =
        harness.start(async move |client| client.uninstall_integration("slack", &options).await);
    harness.answer(1, 200, slack());
    call
}

fn slack() -> Value {
    json!([{ "id": "i", "type": "slack", "enabled": true }])
}

#[test]
fn a_repeated_delete_that_finds_nothing_has_succeeded() {
    let mut harness = signed_in("ada");
    let events = listen(&harness);
    let call = uninstall(&mut harness, options());
    harness.cut(2);
    harness.pass_ms(400.0);
    harness.answer(3, 404, json!({}));
    harness.outcome(call).unwrap();
    assert_eq!(events.borrow().len(), 1);
    // Without a lost answer, 404 is 404: another call was first, or there is no such account.
    for (options, code) in [
        (options(), ErrorCode::IntegrationNotInstalled),
        (with_credential("c"), ErrorCode::NotFound),
    ] {
        let mut harness = signed_in("ada");
        let events = listen(&harness);
        let call = uninstall(&mut harness, options);
        harness.answer(2, 404, json!({}));
        let error = harness.outcome(call).unwrap_err();
        assert_eq!((error.code, error.status), (code, Some(404)));
        assert!(events.borrow().is_empty());
    }
}

/// That the list was cut says nothing about the deletion after it.
#[test]
fn a_lost_answer_counts_for_its_own_request_only() {
    for (options, code) in [
        (options(), ErrorCode::IntegrationNotInstalled),
        (with_credential("c"), ErrorCode::NotFound),
    ] {
        let mut harness = signed_in("ada");
        let events = listen(&harness);
        let call = harness
            .start(async move |client| client.uninstall_integration("slack", &options).await);
        harness.cut(1);
        harness.pass_ms(400.0);
        harness.answer(2, 200, slack());
        assert_eq!(harness.sent()[3], "DELETE p/sdk/integrations/i");
        harness.answer(3, 404, json!({}));
        let error = harness.outcome(call).unwrap_err();
        assert_eq!((error.code, error.status), (code, Some(404)));
        assert!(events.borrow().is_empty());
    }
}

#[test]
fn each_request_of_a_call_has_tries_and_a_renewal_of_its_own() {
    let tokens = [3600.0, 3601.0, 3602.0].map(|at| Ok(token_until("ada", at)));
    let (mut harness, asked) = signed_in_by_provider(tokens.to_vec());
    let events = listen(&harness);
    let call =
        harness.start(async |client| client.uninstall_integration("slack", &options()).await);
    for (first, line) in [(1, "GET p/sdk/integrations"), (5, "DELETE p/sdk/integrations/i")] {
        harness.cut(first);
        harness.pass_ms(400.0);
        harness.answer(first + 1, 503, json!({}));
        harness.pass_ms(800.0);
        harness.answer(first + 2, 401, json!({}));
        assert_eq!(harness.sent()[first..], [line; 4]);
        if first == 1 {
            assert_eq!((asked.get(), harness.authorization(4)), (2, bearer(3601.0)));
            harness.answer(4, 200, slack());
        }
    }
    assert_eq!((asked.get(), harness.authorization(8)), (3, bearer(3602.0)));
    // The try that was cut has deleted it.
    harness.answer(8, 404, json!({}));
    assert_eq!(harness.outcome(call).unwrap(), Value::Null);
    let event = Event::IntegrationUninstalled {
        integration_id: "i".into(),
        integration_type: "slack".into(),
        credential_id: None,
    };
    assert_eq!(*events.borrow(), [event]);
}

/// The generator of random numbers is the application's own, which may have replaced it.
#[test]
fn a_random_number_is_taken_only_for_a_retry() {
    let mut harness = signed_in("ada");
    for status in [200, 404, 500] {
        let call = harness.start(get_integrations);
        harness.answer(harness.platform.sent_count() - 1, status, json!([]));
        let _ = harness.outcome(call);
    }
    let once = harness.start(async |client| {
        client.get_user(&CallOptions { max_retries: Some(0), ..options() }).await
    });
    harness.cut(4);
    harness.outcome(once).unwrap_err();
    assert_eq!(harness.platform.randoms.get(), 0);
    let _call = harness.start(get_user);
    harness.cut(5);
    assert_eq!(harness.platform.randoms.get(), 1);
}
