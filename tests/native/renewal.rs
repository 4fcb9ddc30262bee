//! Tokens that renew themselves, and whose clock decides.

use std::cell::Cell;
use std::rc::Rc;

use paragon_wasm::{
    ErrorCode, Event, Method, Payload, Platform, ProxyRequest, ResponseType, TokenSource,
};
use serde_json::{Value, json};

use crate::support::harness::Harness;
use crate::support::jwt;
use crate::support::session::{
    EXPIRES_AT, bearer, get_credentials, get_integrations, get_user, is_signed_in, listen, options,
    provider, session_end, sign_in, signed_in, signed_in_by_provider, token_until, user,
};

type Tokens = Vec<Result<String, Value>>;

/// A token that expires then, in seconds since 1970.
#[expect(clippy::unnecessary_wraps, reason = "what a provider returns, as in `offline`")]
fn until(expires_at: f64) -> Result<String, Value> {
    Ok(token_until("ada", expires_at))
}

fn offline() -> Result<String, Value> {
    Err(json!("offline"))
}

/// The same as [`signed_in_by_provider`], where each token but the first takes a second to get.
fn signed_in_by_slow_provider(results: Tokens) -> (Harness, Rc<Cell<usize>>) {
    let mut harness = Harness::new();
    let (source, asked) = provider(results);
    let TokenSource::Provider(provide) = source else { unreachable!() };
    let (platform, count) = (harness.platform.clone(), Rc::clone(&asked));
    let slow = TokenSource::provider(move || {
        let (platform, provide, is_first) =
            (platform.clone(), Rc::clone(&provide), count.get() == 0);
        async move {
            let result = provide().await;
            if !is_first {
                platform.sleep(1_000).await;
            }
            result
        }
    });
    let call = harness.start(async |client| client.authenticate("p", slow, None, &options()).await);
    harness.answer(0, 200, user("ada"));
    harness.outcome(call).unwrap();
    (harness, asked)
}

#[test]
fn a_token_is_renewed_shortly_before_it_expires_once_for_all() {
    let (mut harness, asked) = signed_in_by_provider(vec![until(3600.0), until(7200.0)]);
    harness.pass_ms(3_539_000.0);
    let early = harness.start(get_user);
    assert_eq!((asked.get(), harness.authorization(1)), (1, bearer(3600.0)));
    harness.answer(1, 200, user("ada"));
    harness.outcome(early).unwrap();
    harness.pass_ms(1_000.0);
    let calls = [harness.start(get_integrations), harness.start(get_credentials)];
    assert_eq!(asked.get(), 2);
    for (index, call) in calls.into_iter().enumerate() {
        assert_eq!(harness.authorization(index + 2), bearer(7200.0));
        harness.answer(index + 2, 200, json!([]));
        harness.outcome(call).unwrap();
    }
}

#[test]
fn calls_that_waited_for_one_token_all_go_on_with_it() {
    let tokens = vec![until(3600.0), until(7200.0), until(7201.0)];
    let (mut harness, asked) = signed_in_by_slow_provider(tokens);
    harness.pass_ms(3_540_000.0);
    let calls = [harness.start(get_integrations), harness.start(get_credentials)];
    assert_eq!((asked.get(), harness.sent().len()), (2, 1));
    harness.pass_ms(1_000.0);
    assert_eq!((asked.get(), harness.sent().len()), (2, 3));
    for sent in [1, 2] {
        assert_eq!(harness.authorization(sent), bearer(7200.0));
    }
    // The first call's 401 is about the token that the second call has as well.
    harness.answer(1, 401, json!({}));
    assert_eq!(asked.get(), 3);
    harness.pass_ms(1_000.0);
    assert_eq!(harness.authorization(3), bearer(7201.0));
    harness.answer(3, 200, json!([]));
    harness.answer(2, 200, json!([]));
    for call in calls {
        harness.outcome(call).unwrap();
    }
}

#[test]
fn a_401_renews_the_token_once_and_the_call_goes_on() {
    let (mut harness, asked) = signed_in_by_provider(vec![until(3600.0), until(3601.0)]);
    let calls = [harness.start(get_integrations), harness.start(get_credentials)];
    harness.answer(1, 401, json!({}));
    harness.answer(2, 401, json!({}));
    assert_eq!(asked.get(), 2, "one renewal for both");
    for (index, call) in calls.into_iter().enumerate() {
        assert_eq!(harness.authorization(index + 3), bearer(3601.0));
        harness.answer(index + 3, 200, json!([]));
        harness.outcome(call).unwrap();
    }
}

#[test]
fn a_token_that_another_call_has_renewed_meanwhile_is_used_without_asking() {
    let (mut harness, asked) = signed_in_by_provider(vec![until(3600.0), until(3601.0)]);
    let events = listen(&harness);
    let first = harness.start(get_integrations);
    let second = harness.start(get_credentials);
    harness.answer(1, 401, json!({}));
    harness.answer(3, 200, json!([]));
    harness.outcome(first).unwrap();
    // This 401 is about the token that is no longer in use.
    harness.answer(2, 401, json!({}));
    assert_eq!((asked.get(), harness.authorization(4)), (2, bearer(3601.0)));
    assert_eq!(harness.sent()[4], "GET p/sdk/credentials");
    // But not twice.
    harness.answer(4, 401, json!({}));
    assert_eq!(harness.outcome(second).unwrap_err().code, ErrorCode::Unauthorized);
    assert_eq!((asked.get(), harness.sent().len()), (2, 5));
    assert_eq!(*events.borrow(), [session_end(true)]);
}

#[test]
fn a_second_401_or_a_renewal_that_fails_ends_the_session() {
    let other_user = Ok(token_until("grace", 3600.0));
    for (tokens, requests, cause) in [
        (vec![until(3600.0), until(3600.0)], 3, None),
        (vec![until(3600.0), offline()], 2, Some(json!("offline"))),
        (vec![until(3600.0), other_user], 2, None),
        (vec![until(3600.0), Ok("no token".to_owned())], 2, None),
    ] {
        let (mut harness, _) = signed_in_by_provider(tokens);
        let events = listen(&harness);
        let call = harness.start(get_user);
        let other = harness.start(get_integrations);
        harness.answer(1, 401, json!({ "message": "no" }));
        if requests == 3 {
            harness.answer(3, 401, json!({ "message": "no" }));
        }
        let error = harness.outcome(call).unwrap_err();
        assert_eq!((error.code, error.status), (ErrorCode::Unauthorized, Some(401)));
        assert_eq!(error.detail, Some(("response", json!({ "message": "no" }))));
        assert_eq!(error.cause, cause);
        assert_eq!(harness.outcome(other).unwrap_err().code, ErrorCode::Superseded);
        assert_eq!(harness.sent().len(), requests + 1);
        assert_eq!(*events.borrow(), [session_end(true)]);
        assert!(!is_signed_in(&harness));
    }
}

#[test]
fn when_renewing_fails_early_the_old_token_serves_while_it_can() {
    let (mut harness, asked) = signed_in_by_provider(vec![until(3600.0), offline()]);
    harness.pass_ms(3_590_000.0);
    let call = harness.start(get_user);
    assert_eq!(harness.authorization(1), bearer(3600.0));
    harness.answer(1, 200, user("ada"));
    harness.outcome(call).unwrap();
    assert_eq!(asked.get(), 2);
    harness.pass_ms(10_000.0);
    let call = harness.start(get_user);
    let error = harness.outcome(call).unwrap_err();
    assert_eq!((error.code, &error.cause), (ErrorCode::TokenUnavailable, &Some(json!("offline"))));
    assert_eq!(harness.sent().len(), 2);
}

#[test]
fn a_token_that_expires_while_the_next_one_is_asked_for_is_not_sent() {
    let (mut harness, asked) = signed_in_by_slow_provider(vec![until(3600.0), offline()]);
    let events = listen(&harness);
    harness.pass_ms(3_599_999.0);
    let call = harness.start(get_integrations);
    harness.pass_ms(1_000.0);
    assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::TokenUnavailable);
    assert!(is_signed_in(&harness) && events.borrow().is_empty());
    // The next call asks again.
    let _call = harness.start(get_integrations);
    assert_eq!((asked.get(), harness.sent().len()), (3, 1));
}

#[test]
fn a_call_that_waited_looks_at_the_token_again() {
    // It expires during the wait.
    let mut harness = signed_in("ada");
    harness.pass_ms(3_599_800.0);
    let call = harness.start(get_integrations);
    harness.answer(1, 503, json!({}));
    harness.pass_ms(400.0);
    assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::TokenExpired);
    assert_eq!(harness.sent().len(), 2);

    // It is about to expire after the wait.
    let (mut harness, asked) = signed_in_by_provider(vec![until(3600.0), until(7200.0)]);
    harness.pass_ms(3_539_800.0);
    let call = harness.start(get_integrations);
    harness.answer(1, 503, json!({}));
    assert_eq!((asked.get(), harness.authorization(1)), (1, bearer(3600.0)));
    harness.pass_ms(400.0);
    assert_eq!((asked.get(), harness.authorization(2)), (2, bearer(7200.0)));
    harness.answer(2, 200, json!([]));
    harness.outcome(call).unwrap();
}

#[test]
fn a_provider_that_never_answers_does_not_hang_the_call() {
    let mut harness = Harness::new();
    let never = TokenSource::provider(std::future::pending);
    let call =
        harness.start(async |client| client.authenticate("p", never, None, &options()).await);
    harness.pass_ms(30_000.0);
    let error = harness.outcome(call).unwrap_err();
    assert_eq!(error.code, ErrorCode::Timeout);
    // It is not Paragon that did not answer.
    let whose = "The function that gives user tokens did not answer within 30000 ms.";
    assert_eq!(error.message, whose);
    let never = TokenSource::provider(std::future::pending);
    let call =
        harness.start(async |client| client.authenticate("p", never, None, &options()).await);
    let later = harness.start(async |client| sign_in(client, "grace").await);
    assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Superseded);
    harness.answer(0, 200, user("grace"));
    harness.outcome(later).unwrap();
}

#[test]
fn a_provider_that_waits_for_a_call_of_its_own_client_is_told_at_once() {
    let mut harness = Harness::new();
    let (client, asked) = (harness.client.clone(), Rc::new(Cell::new(0)));
    let count = Rc::clone(&asked);
    let provide = move || {
        count.set(count.get() + 1);
        let (client, first) = (client.clone(), count.get() == 1);
        async move {
            if first {
                return until(3600.0);
            }
            // It needs a token, and so would wait for itself.
            let error = client.get_credentials(&options()).await.unwrap_err();
            assert!(error.message.starts_with("The function that gives user tokens calls"));
            Err(error.code.as_str().into())
        }
    };
    let call = harness.start(async |client| {
        let source = TokenSource::provider(provide);
        client.authenticate("p", source, None, &options()).await
    });
    harness.answer(0, 200, user("ada"));
    harness.outcome(call).unwrap();
    harness.pass_ms(3_600_000.0);
    let calls = [harness.start(get_user), harness.start(get_user)];
    for call in calls {
        let error = harness.outcome(call).unwrap_err();
        assert_eq!(error.code, ErrorCode::TokenUnavailable);
        assert_eq!(error.cause, Some("token_unavailable".into()));
    }
    // A renewal that has failed is tried anew by the next call.
    assert_eq!((asked.get(), harness.sent().len()), (3, 1));
}

#[test]
fn an_integrations_own_401_renews_nothing() {
    let (mut harness, asked) = signed_in_by_provider(vec![until(3600.0)]);
    let events = listen(&harness);
    let proxied = harness.start(async |client| {
        let sent = ProxyRequest {
            method: Method::Get,
            payload: Payload::Empty,
            headers: None,
            response_type: ResponseType::Auto,
        };
        client.request("slack", "x", sent, &options()).await
    });
    harness.answer(1, 401, json!({}));
    let switch = harness.start(async |client| client.switch_workflow("w", true, &options()).await);
    harness.answer(2, 401, json!({ "meta": { "isIntegrationError": true } }));
    for call in [proxied, switch] {
        assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Unauthorized);
    }
    assert_eq!((asked.get(), harness.sent().len()), (1, 3));
    assert!(is_signed_in(&harness) && events.borrow().is_empty());
}

#[test]
fn the_servers_clock_decides_about_expiry() {
    let mut harness = signed_in("ada");
    // This computer is two hours ahead; the server's answer says so.
    harness.pass_ms(3_500_000.0);
    let call = harness.start(get_user);
    harness.answer_with(1, 200, user("ada"), None, Some(100_000.0));
    harness.outcome(call).unwrap();
    harness.pass_ms(1_000_000.0);
    let call = harness.start(get_user);
    assert_eq!(harness.sent().len(), 3, "sent although this computer's clock is past exp");
    harness.answer(2, 200, user("ada"));
    harness.outcome(call).unwrap();
}

#[test]
fn the_servers_clock_is_learnt_from_any_answer_and_small_differences_are_none() {
    for (status, ahead_ms, sent) in [
        (200, 7_200_000.0, true),
        (404, 7_200_000.0, true),
        (200, 5_000.0, true),
        (200, 4_999.0, false),
    ] {
        let mut harness = signed_in("ada");
        harness.pass_ms(3_000_000.0);
        let _call = harness.start(get_integrations);
        let date_ms = Some(3_000_000.0 - ahead_ms);
        harness.answer_with(1, status, json!([]), None, date_ms);
        harness.pass_ms(600_000.0);
        let _call = harness.start(get_integrations);
        assert_eq!(harness.sent().len() == 3, sent, "{status}, {ahead_ms}");
    }
}

/// A browser takes long to read a header.
#[test]
fn the_servers_clock_is_read_at_most_once_a_minute() {
    let mut harness = signed_in("ada");
    let mut sent = 1;
    let mut asks = |harness: &mut Harness, pass_ms: f64, date_ms: Option<f64>| {
        harness.pass_ms(pass_ms);
        let call = harness.start(get_integrations);
        let wants = harness.wants_date(sent);
        harness.answer_with(sent, 200, json!([]), None, date_ms);
        harness.outcome(call).unwrap();
        sent += 1;
        wants
    };
    assert!(harness.wants_date(0), "the sign-in asks first");
    assert!(!asks(&mut harness, 0.0, None) && !asks(&mut harness, 59_999.0, None));
    assert!(asks(&mut harness, 1.0, None));
    // Also where the answer says nothing: a server of another origin may hide its clock.
    assert!(!asks(&mut harness, 1.0, None));
    // A clock that was set back says nothing.
    assert!(asks(&mut harness, -1_000.0, None));
    // A request without an answer has told nothing.
    harness.pass_ms(60_000.0);
    let call = harness.start(get_integrations);
    assert!(harness.wants_date(6));
    harness.cut(6);
    harness.pass_ms(400.0);
    assert!(harness.wants_date(7));
    harness.answer(7, 200, json!([]));
    harness.outcome(call).unwrap();
    // Each session asks for itself; what an integration's API says of the time does not count.
    let call = harness.start(async |client| sign_in(client, "ada").await);
    assert!(harness.wants_date(8));
    harness.answer(8, 200, user("ada"));
    harness.outcome(call).unwrap();
    harness.pass_ms(60_000.0);
    let _call = harness.start(async |client| {
        let sent = ProxyRequest {
            method: Method::Get,
            payload: Payload::Empty,
            headers: None,
            response_type: ResponseType::Auto,
        };
        client.request("slack", "x", sent, &options()).await
    });
    assert!(!harness.wants_date(9));
    let _call = harness.start(get_integrations);
    assert!(harness.wants_date(10));
}

#[test]
fn a_renewed_token_keeps_the_user() {
    let (mut harness, _) = signed_in_by_provider(vec![until(3600.0), until(7200.0)]);
    let events = listen(&harness);
    harness.pass_ms(EXPIRES_AT * 1000.0);
    let call = harness.start(get_user);
    harness.answer(1, 200, user("ada"));
    harness.outcome(call).unwrap();
    harness.client.logout();
    assert_eq!(*events.borrow(), [Event::SignedOut { user_id: "ada".into(), expired: false }]);
}

/// Without `iat` a token's life begins when it came: of the unknown time before, nothing can be left.
#[test]
fn a_token_without_its_time_of_issue_is_asked_for_once_in_its_life() {
    let token = |expires_at: u32| Ok(jwt(&json!({ "sub": "ada", "exp": expires_at })));
    let (mut harness, asked) = signed_in_by_provider(vec![token(60), token(114), token(168)]);
    let mut call_at = |ms: f64| {
        harness.pass_ms(ms);
        let call = harness.start(get_integrations);
        harness.answer(harness.sent().len() - 1, 200, json!([]));
        harness.outcome(call).unwrap();
        asked.get()
    };
    // A tenth of 60 s before the end it is time for another one.
    assert_eq!(call_at(53_000.0), 1);
    assert_eq!(call_at(1_000.0), 2);
    assert_eq!(call_at(0.0), 2);
    assert_eq!(call_at(53_000.0), 2);
    assert_eq!(call_at(1_000.0), 3);
}
