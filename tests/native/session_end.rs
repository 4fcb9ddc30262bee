//! The end of a session at the worst moments: nothing of an earlier session reaches the next one.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

use futures_util::FutureExt;
use paragon_wasm::{Client, ErrorCode, Event, TokenSource};
use serde_json::{Value, json};

use crate::support::harness::{FakePlatform, Harness, response};
use crate::support::session::{
    EXPIRES_AT, get_credentials, get_integrations, is_signed_in, listen, options, session_end,
    sign_in, signed_in, signed_in_by_provider, token, token_until, user,
};

/// Whatever comes at the moment at which the session ends, nothing is done with it, and a 401 of the old
/// session does not end the next one.
#[test]
fn nothing_is_done_for_a_session_that_has_ended() {
    let inputs: [fn(&mut Harness); 4] = [
        // The wait before a retry is over.
        |harness| {
            harness.release();
            harness.cut(1);
            harness.hold();
            harness.pass_ms(400.0);
        },
        |harness| harness.answer(1, 200, json!([])),
        |harness| harness.answer(1, 401, json!({})),
        |harness| harness.cut(1),
    ];
    for input in inputs {
        for signs_in in [false, true] {
            for input_first in [false, true] {
                let (mut harness, asked) = signed_in_by_provider(vec![Ok(token("ada"))]);
                let call = harness.start(get_integrations);
                let events = listen(&harness);
                harness.hold();
                if input_first {
                    input(&mut harness);
                }
                let next = if signs_in {
                    // It begins before the calls that wait react.
                    let client = harness.client.clone();
                    let source = TokenSource::Fixed(token("grace"));
                    Some(client.authenticate("p", source, None, &options()))
                } else {
                    harness.client.logout();
                    None
                };
                if !input_first {
                    input(&mut harness);
                }
                harness.release();
                assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Superseded);
                assert_eq!((harness.sent().len(), asked.get()), (2, 1));
                assert_eq!(*events.borrow(), [session_end(false)]);
                if let Some(next) = next {
                    let next = harness.start(async move |_| next.await);
                    harness.answer(2, 200, user("grace"));
                    assert_eq!(harness.outcome(next).unwrap(), "grace");
                }
            }
        }
    }
}

/// Signs ada in, with a function for tokens that does `end` before it returns each but the first.
fn signed_in_by_one_who(
    given: Result<String, Value>,
    end: impl Fn(&Client<FakePlatform>) + 'static,
) -> Harness {
    let mut harness = Harness::new();
    let (client, is_first) = (harness.client.clone(), Cell::new(true));
    let source = TokenSource::provider(move || {
        let token = if is_first.replace(false) {
            Ok(token("ada"))
        } else {
            end(&client);
            given.clone()
        };
        std::future::ready(token)
    });
    let call =
        harness.start(async |client| client.authenticate("p", source, None, &options()).await);
    harness.answer(0, 200, user("ada"));
    harness.outcome(call).unwrap();
    harness
}

/// The application's own function may end the session, and return at once.
#[test]
fn a_renewal_that_ends_the_session_sends_nothing() {
    for given in [Ok(token_until("ada", 7200.0)), Err(json!("offline"))] {
        let mut harness = signed_in_by_one_who(given, Client::logout);
        let events = listen(&harness);
        harness.pass_ms(EXPIRES_AT * 1000.0);
        let calls = [harness.start(get_integrations), harness.start(get_credentials)];
        let [first, second] = calls.map(|call| harness.outcome(call).unwrap_err().code);
        assert_eq!((first, second), (ErrorCode::Superseded, ErrorCode::NotAuthenticated));
        assert_eq!(harness.sent().len(), 1);
        assert_eq!(*events.borrow(), [session_end(false)]);
    }
}

#[test]
fn a_renewal_that_ends_the_session_opens_no_popup() {
    for given in [Ok(token_until("ada", 7200.0)), Err(json!("offline"))] {
        let mut harness = signed_in_by_one_who(given, Client::logout);
        harness.pass_ms(EXPIRES_AT * 1000.0);
        let call = harness.start(async |client| client.popup_url("a=b", &options()).await);
        assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Superseded);
    }
}

/// A 401 has the token renewed; meanwhile another sign-in begins, which is not to be ended.
#[test]
fn a_renewal_after_a_401_does_not_end_the_next_session() {
    for given in [Ok(token_until("ada", 7200.0)), Err(json!("offline"))] {
        let next = Rc::new(RefCell::new(None));
        let begun = Rc::clone(&next);
        let mut harness = signed_in_by_one_who(given, move |client| {
            let source = TokenSource::Fixed(token("grace"));
            begun.replace(Some(client.authenticate("p", source, None, &options())));
        });
        let events = listen(&harness);
        let call = harness.start(get_integrations);
        harness.answer(1, 401, json!({}));
        assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Superseded);
        let next = next.take().expect("a sign-in");
        let call = harness.start(async move |_| next.await);
        harness.answer(2, 200, user("grace"));
        assert_eq!(harness.outcome(call).unwrap(), "grace");
        let signed_in = Event::SignedIn { user_id: "grace".into() };
        assert_eq!(*events.borrow(), [session_end(false), signed_in]);
    }
}

/// A listener is notified of the end of a session while a sign-in begins.
#[test]
fn a_sign_in_from_within_a_sign_in_is_the_later_one() {
    let mut harness = signed_in("ada");
    let (client, inner) = (harness.client.clone(), Rc::new(RefCell::new(None)));
    let begun = Rc::clone(&inner);
    drop(harness.client.subscribe(move |event| {
        if let Event::SignedOut { .. } = event {
            let source = TokenSource::Fixed(token("grace"));
            begun.replace(Some(client.authenticate("p", source, None, &options())));
        }
    }));
    let outer = harness.start(async |client| sign_in(client, "emmy").await);
    assert_eq!(harness.outcome(outer).unwrap_err().code, ErrorCode::Superseded);
    let inner = inner.take().expect("a sign-in");
    let call = harness.start(async move |_| inner.await);
    harness.answer(1, 200, user("grace"));
    assert_eq!(harness.outcome(call).unwrap(), "grace");
}

/// An application's own `fetch` may end the session, and answer at once.
#[test]
fn a_session_that_ends_while_a_request_is_sent_drops_its_answer() {
    for status in [200, 401] {
        let mut harness = signed_in("ada");
        let events = listen(&harness);
        let (client, platform) = (harness.client.clone(), harness.platform.clone());
        harness.platform.on_send.replace(Some(Box::new(move || {
            client.logout();
            platform.settle(1, Ok(response(status, json!([]))));
        })));
        let call = harness.start(get_integrations);
        assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Superseded);
        assert_eq!(*events.borrow(), [session_end(false)]);
    }
}

#[test]
fn listeners_may_call_the_client() {
    let mut harness = Harness::new();
    let client = harness.client.clone();
    drop(harness.client.subscribe(move |event| match event {
        Event::SignedIn { .. } => client.logout(),
        Event::SignedOut { .. } => {
            let refused = client.get_integrations(&options()).now_or_never();
            let error = refused.expect("nothing is sent").unwrap_err();
            assert_eq!(error.code, ErrorCode::NotAuthenticated);
            let source = TokenSource::Fixed(token("grace"));
            drop(client.authenticate("p", source, None, &options()));
        }
        _ => {}
    }));
    let events = listen(&harness);
    let call = harness.start(async |client| sign_in(client, "ada").await);
    harness.answer(0, 200, user("ada"));
    assert_eq!(harness.outcome(call).unwrap(), "ada");
    assert!(!is_signed_in(&harness));
    assert_eq!(harness.sent().len(), 1);
    let received: HashSet<_> = events.borrow().iter().map(|event| format!("{event:?}")).collect();
    assert_eq!(received.len(), 2, "{received:?}");
}
