//! Tokens that renew themselves, and whose clock decides.
#![cfg(not(target_arch = "wasm32"))]

use std::cell::Cell;
use std::rc::Rc;

use paragon_wasm::ErrorCode;
use paragon_wasm::client::{CallOptions, Event, TokenSource};
use serde_json::{Value, json};

mod support;
use support::jwt;
use support::session::{EXPIRES_AT, get_user, listen, sign_in, signed_in, user};
use support::world::Stage;

/// The user as a provider's tokens name him; each call gives the next.
fn provider(tokens: Vec<Result<String, Value>>) -> (TokenSource<Value>, Rc<Cell<usize>>) {
    let asked = Rc::new(Cell::new(0));
    let (tokens, count) = (Rc::new(tokens), Rc::clone(&asked));
    let provide = move || {
        let index = count.get();
        count.set(index + 1);
        std::future::ready(tokens[index.min(tokens.len() - 1)].clone())
    };
    (TokenSource::provider(provide), asked)
}

fn token_until(user: &str, expires_at: f64) -> String {
    jwt(&json!({ "sub": user, "iat": expires_at - EXPIRES_AT, "exp": expires_at }))
}

/// A stage with ada signed in by a provider, and how often it has been asked.
fn signed_in_by_provider(tokens: Vec<Result<String, Value>>) -> (Stage, Rc<Cell<usize>>) {
    let mut stage = Stage::new();
    let (source, asked) = provider(tokens);
    let call = stage
        .start(async |client| client.authenticate("p", source, None, CallOptions::default()).await);
    stage.answer(0, 200, user("ada"));
    stage.outcome(call).unwrap();
    (stage, asked)
}

#[test]
fn a_token_is_renewed_shortly_before_it_expires_once_for_all() {
    let (first, second) = (token_until("ada", 3600.0), token_until("ada", 7200.0));
    let (mut stage, asked) = signed_in_by_provider(vec![Ok(first.clone()), Ok(second.clone())]);
    stage.pass_ms(3_539_000.0);
    let early = stage.start(get_user);
    assert_eq!((asked.get(), stage.authorization(1)), (1, format!("Bearer {first}")));
    stage.answer(1, 200, user("ada"));
    stage.outcome(early).unwrap();
    stage.pass_ms(1_000.0);
    let calls = [
        stage.start(async |client| client.get_integrations(CallOptions::default()).await),
        stage.start(async |client| client.get_credentials(CallOptions::default()).await),
    ];
    assert_eq!(asked.get(), 2);
    for (index, call) in calls.into_iter().enumerate() {
        assert_eq!(stage.authorization(index + 2), format!("Bearer {second}"));
        stage.answer(index + 2, 200, json!([]));
        stage.outcome(call).unwrap();
    }
}

#[test]
fn a_401_renews_the_token_once_and_the_call_goes_on() {
    let (first, second) = (token_until("ada", 3600.0), token_until("ada", 3601.0));
    let (mut stage, asked) = signed_in_by_provider(vec![Ok(first), Ok(second.clone())]);
    let calls = [
        stage.start(async |client| client.get_integrations(CallOptions::default()).await),
        stage.start(async |client| client.get_credentials(CallOptions::default()).await),
    ];
    stage.answer(1, 401, json!({}));
    stage.answer(2, 401, json!({}));
    assert_eq!(asked.get(), 2, "one renewal for both");
    for (index, call) in calls.into_iter().enumerate() {
        assert_eq!(stage.authorization(index + 3), format!("Bearer {second}"));
        stage.answer(index + 3, 200, json!([]));
        stage.outcome(call).unwrap();
    }
}

#[test]
fn a_second_401_or_a_renewal_that_fails_ends_the_session() {
    let good = || Ok(token_until("ada", 3600.0));
    let other_user = Ok(token_until("grace", 3600.0));
    for (tokens, requests) in [
        (vec![good(), good()], 3),
        (vec![good(), Err(json!("offline"))], 2),
        (vec![good(), other_user], 2),
    ] {
        let (mut stage, _) = signed_in_by_provider(tokens);
        let events = listen(&stage);
        let call = stage.start(get_user);
        stage.answer(1, 401, json!({}));
        if requests == 3 {
            stage.answer(2, 401, json!({}));
        }
        assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Unauthorized);
        assert_eq!(stage.sent().len(), requests);
        let expired = Event::SignedOut { user_id: "ada".into(), expired: true };
        assert_eq!(*events.borrow(), [expired]);
    }
}

#[test]
fn when_renewing_fails_early_the_old_token_serves_while_it_can() {
    let (mut stage, asked) =
        signed_in_by_provider(vec![Ok(token_until("ada", 3600.0)), Err(json!("offline"))]);
    stage.pass_ms(3_590_000.0);
    let call = stage.start(get_user);
    stage.answer(1, 200, user("ada"));
    stage.outcome(call).unwrap();
    assert_eq!(asked.get(), 2);
    stage.pass_ms(10_000.0);
    let call = stage.start(get_user);
    let error = stage.outcome(call).unwrap_err();
    assert_eq!((error.code, &error.cause), (ErrorCode::TokenUnavailable, &Some(json!("offline"))));
    assert_eq!(stage.sent().len(), 2);
}

#[test]
fn a_provider_that_never_answers_does_not_hang_the_call() {
    let mut stage = Stage::new();
    let never = TokenSource::provider(std::future::pending);
    let call = stage
        .start(async |client| client.authenticate("p", never, None, CallOptions::default()).await);
    stage.pass_ms(30_000.0);
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Timeout);
    let never = TokenSource::provider(std::future::pending);
    let call = stage
        .start(async |client| client.authenticate("p", never, None, CallOptions::default()).await);
    let later = stage.start(async |client| sign_in(client, "grace").await);
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Superseded);
    stage.answer(0, 200, user("grace"));
    stage.outcome(later).unwrap();
}

#[test]
fn a_provider_that_waits_for_a_call_of_its_own_client_does_not_hang_it() {
    let mut stage = Stage::new();
    let (client, asked) = (stage.client.clone(), Rc::new(Cell::new(0)));
    let count = Rc::clone(&asked);
    let provide = move || {
        count.set(count.get() + 1);
        let (client, first) = (client.clone(), count.get() == 1);
        async move {
            if first {
                return Ok(token_until("ada", 3600.0));
            }
            // It needs a token, and so waits for itself.
            let outcome = client.get_credentials(CallOptions::default()).await;
            Err(outcome.unwrap_err().code.as_str().into())
        }
    };
    let call = stage.start(async |client| {
        let source = TokenSource::provider(provide);
        client.authenticate("p", source, None, CallOptions::default()).await
    });
    stage.answer(0, 200, user("ada"));
    stage.outcome(call).unwrap();
    stage.pass_ms(3_600_000.0);
    let calls = [stage.start(get_user), stage.start(get_user)];
    stage.pass_ms(30_000.0);
    for call in calls {
        assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Timeout);
    }
    assert_eq!((asked.get(), stage.sent().len()), (2, 1));
}

#[test]
fn the_servers_clock_decides_about_expiry() {
    let mut stage = signed_in("ada");
    // This computer is two hours ahead; the server's answer says so.
    stage.pass_ms(3_500_000.0);
    let call = stage.start(get_user);
    stage.answer_with(1, 200, user("ada"), None, Some(100_000.0));
    stage.outcome(call).unwrap();
    stage.pass_ms(1_000_000.0);
    let call = stage.start(get_user);
    assert_eq!(stage.sent().len(), 3, "sent although this computer's clock is past exp");
    stage.answer(2, 200, user("ada"));
    stage.outcome(call).unwrap();
}
