//! How many calls are under way at once, and the order in which the others wait.

use paragon_wasm::{CallOptions, ErrorCode};
use serde_json::json;

use crate::support::harness::Harness;
use crate::support::session::{get_integrations, get_user, options, signed_in, user};

/// The number of calls under way at once, as docs/reference.md tells it.
const AT_ONCE: usize = 128;

#[test]
fn the_documented_number_of_calls_is_under_way() {
    let file = format!("{}/docs/reference.md", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(&format!("at most {AT_ONCE} calls are")));
}

#[test]
fn calls_that_are_too_many_wait_in_order() {
    let mut harness = signed_in("ada");
    let calls: Vec<_> = (0..3 * AT_ONCE).map(|_| harness.start(get_integrations)).collect();
    let sent = |harness: &Harness| harness.sent().len() - 1;
    assert_eq!(sent(&harness), AT_ONCE);
    // One that ends makes room for one.
    for index in 0..3 * AT_ONCE {
        harness.answer(1 + index, 200, json!([{ "index": index }]));
        assert_eq!(sent(&harness), (AT_ONCE + index + 1).min(3 * AT_ONCE));
    }
    for (index, call) in calls.into_iter().enumerate() {
        assert_eq!(harness.outcome(call).unwrap(), json!([{ "index": index }]));
    }
    // All turns are free again.
    let _calls: Vec<_> = (0..2 * AT_ONCE).map(|_| harness.start(get_integrations)).collect();
    assert_eq!(sent(&harness), 4 * AT_ONCE);
}

#[test]
fn a_call_that_waits_can_be_dropped_and_others_move_up() {
    let mut harness = signed_in("ada");
    let mut calls: Vec<_> = (0..AT_ONCE + 3).map(|_| harness.start(get_integrations)).collect();
    let last = calls.pop();
    calls.truncate(AT_ONCE);
    assert_eq!(harness.sent().len(), 1 + AT_ONCE);
    // The two before it were dropped: the turn that comes free is its own.
    harness.answer(1, 200, json!([]));
    assert_eq!(harness.sent().len(), 2 + AT_ONCE);
    harness.answer(1 + AT_ONCE, 200, json!(["last"]));
    assert_eq!(harness.outcome(last.unwrap()).unwrap(), json!(["last"]));
    // Calls under way that are dropped give theirs back.
    calls.clear();
    let _calls: Vec<_> = (0..2 * AT_ONCE).map(|_| harness.start(get_integrations)).collect();
    assert_eq!(harness.sent().len(), 2 + 2 * AT_ONCE);
}

#[test]
fn the_time_limit_counts_from_a_calls_turn() {
    let mut harness = signed_in("ada");
    let first: Vec<_> = (0..AT_ONCE).map(|_| harness.start(get_integrations)).collect();
    let mut waiting = harness.start(get_integrations);
    harness.pass_ms(29_000.0);
    harness.answer(1, 200, json!([]));
    harness.pass_ms(29_999.0);
    assert!(harness.is_pending(&mut waiting));
    harness.pass_ms(1.0);
    assert_eq!(harness.outcome(waiting).unwrap_err().code, ErrorCode::Timeout);
    for (index, call) in first.into_iter().enumerate() {
        let code = harness.outcome(call).err().map(|error| error.code);
        assert_eq!(code, (index > 0).then_some(ErrorCode::Timeout));
    }
}

#[test]
fn the_end_of_the_session_ends_calls_that_wait() {
    let mut harness = signed_in("ada");
    let calls: Vec<_> = (0..2 * AT_ONCE).map(|_| harness.start(get_integrations)).collect();
    harness.client.logout();
    for call in calls {
        assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Superseded);
    }
    assert_eq!(harness.sent().len(), 1 + AT_ONCE);
}

/// However many calls of it there are, they share one request.
#[test]
fn getting_the_user_needs_no_turn() {
    let mut harness = signed_in("ada");
    let busy: Vec<_> = (0..2 * AT_ONCE).map(|_| harness.start(get_integrations)).collect();
    let users: Vec<_> = (0..10 * AT_ONCE).map(|_| harness.start(get_user)).collect();
    assert_eq!(harness.sent().len(), 2 + AT_ONCE);
    harness.answer(1 + AT_ONCE, 200, user("ada"));
    for call in users {
        assert_eq!(harness.outcome(call).unwrap()["userId"], "ada");
    }
    drop(busy);
}

/// A call keeps its turn for all of its requests.
#[test]
fn a_call_of_several_requests_has_one_turn() {
    let mut harness = signed_in("ada");
    let call = harness.start(async |client| {
        let options = CallOptions { timeout_ms: Some(1_000), ..options() };
        client.uninstall_integration("slack", &options).await
    });
    let _others: Vec<_> = (0..2 * AT_ONCE).map(|_| harness.start(get_integrations)).collect();
    harness.answer(1, 200, json!([{ "id": "s", "type": "slack", "enabled": true }]));
    assert_eq!(harness.sent()[1 + AT_ONCE], "DELETE p/sdk/integrations/s");
    harness.answer_text(1 + AT_ONCE, 200, "");
    harness.outcome(call).unwrap();
    assert_eq!(harness.sent().len(), 3 + AT_ONCE);
}
