//! The session, call by call, in a world that the test controls.
#![cfg(not(target_arch = "wasm32"))]

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use paragon_wasm::client::{CallOptions, Client, Event, Outcome, Settings, TokenSource};
use paragon_wasm::protocol::message::{Method, Payload, ReadAs, Selection};
use paragon_wasm::protocol::proxy::ProxyRequest;
use paragon_wasm::{Endpoints, ErrorCode};
use serde_json::{Value, json};

mod support;
use support::jwt;
use support::world::{Stage, World};

const EXPIRES_AT: f64 = 3600.0;

fn token(user: &str) -> String {
    jwt(&json!({ "sub": user, "iat": 0, "exp": EXPIRES_AT }))
}

fn user(id: &str) -> Value {
    json!({ "authenticated": true, "userId": id, "integrations": {}, "meta": {} })
}

async fn sign_in(client: Client<World>, id: &str) -> Outcome<World, ()> {
    client.authenticate("p", TokenSource::Fixed(token(id)), None, CallOptions::default()).await
}

fn settings(endpoints: Endpoints) -> Settings {
    Settings { endpoints, ..Settings::default() }
}

async fn get_user(client: Client<World>) -> Outcome<World, Option<Value>> {
    client.get_user(CallOptions::default()).await
}

/// A stage with `id` signed in; its first request is used up.
fn signed_in(id: &'static str) -> Stage {
    let mut stage = Stage::new();
    let call = stage.start(async move |client| sign_in(client, id).await);
    stage.answer(0, 200, user(id));
    stage.outcome(call).unwrap();
    stage
}

#[test]
fn signing_in_is_one_request() {
    let mut stage = Stage::new();
    let before = stage.start(get_user);
    assert_eq!(stage.outcome(before).unwrap(), None);
    let call = stage.start(async |client| sign_in(client, "ada").await);
    // Until the server has agreed, nobody is signed in.
    let meanwhile = stage.start(get_user);
    assert_eq!(stage.outcome(meanwhile).unwrap(), None);
    stage.answer(0, 200, user("ada"));
    stage.outcome(call).unwrap();
    assert_eq!(stage.sent(), ["GET p/sdk/me"]);
}

#[test]
fn signing_in_with_metadata_is_one_request_too() {
    let mut stage = Stage::new();
    let call = stage.start(async |client| {
        let meta = json!({ "Name": "Ada", "email": "ada@example.com" });
        let token = TokenSource::Fixed(token("ada"));
        client.authenticate("p", token, Some(&meta), CallOptions::default()).await
    });
    stage.answer(0, 200, user("ada"));
    stage.outcome(call).unwrap();
    assert_eq!(stage.sent(), ["PATCH p/sdk/me"]);
    let Payload::Json(body) = stage.request(0).payload else { panic!("JSON is sent") };
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body, json!({ "meta": { "Name": "Ada", "email": "ada@example.com" } }));
    let warnings = stage.world.warnings.borrow();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("\"email\"") && warnings[0].contains("\"Email\""));
}

#[test]
fn bad_arguments_send_nothing_and_sign_out() {
    let good = || ("p".to_owned(), token("ada"));
    let expired = jwt(&json!({ "sub": "ada", "exp": 0 }));
    let cases: Vec<((String, String), Option<Value>, ErrorCode)> = vec![
        ((String::new(), token("ada")), None, ErrorCode::InvalidProjectId),
        (("a/b".to_owned(), token("ada")), None, ErrorCode::InvalidProjectId),
        (("..".to_owned(), token("ada")), None, ErrorCode::InvalidProjectId),
        (("p".repeat(129), token("ada")), None, ErrorCode::InvalidProjectId),
        (("p".to_owned(), String::new()), None, ErrorCode::InvalidToken),
        (("p".to_owned(), "a.b.c".to_owned()), None, ErrorCode::InvalidToken),
        (("p".to_owned(), expired), None, ErrorCode::TokenExpired),
        (good(), Some(json!([])), ErrorCode::InvalidMetadata),
        (good(), Some(json!("Ada")), ErrorCode::InvalidMetadata),
    ];
    for ((project, token), metadata, code) in cases {
        let mut stage = signed_in("grace");
        let call = stage.start(async move |client| {
            client
                .authenticate(
                    &project,
                    TokenSource::Fixed(token),
                    metadata.as_ref(),
                    CallOptions::default(),
                )
                .await
        });
        assert_eq!(stage.outcome(call).unwrap_err().code, code);
        assert_eq!(stage.sent().len(), 1, "{code:?}");
        let call = stage.start(get_user);
        assert_eq!(stage.outcome(call).unwrap(), None, "{code:?}");
    }
}

#[test]
fn calls_that_need_a_user_say_so() {
    let mut stage = Stage::new();
    let set = stage.start(async |client| {
        client.set_user_metadata(&json!({}), CallOptions::default()).await.map(drop)
    });
    let uninstall = stage.start(async |client| {
        client.uninstall_integration("slack", None, CallOptions::default()).await
    });
    for call in [set, uninstall] {
        assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::NotAuthenticated);
    }
    assert!(stage.sent().is_empty());
}

#[test]
fn overlapping_get_user_calls_share_one_request_and_later_ones_do_not() {
    let mut stage = signed_in("ada");
    let calls: Vec<_> = (0..3).map(|_| stage.start(get_user)).collect();
    assert_eq!(stage.sent().len(), 2);
    stage.answer(1, 200, user("ada"));
    for call in calls {
        assert_eq!(stage.outcome(call).unwrap().unwrap(), user("ada"));
    }
    let later = stage.start(get_user);
    assert_eq!(stage.sent().len(), 3);
    stage.answer(2, 200, user("ada"));
    stage.outcome(later).unwrap();
}

#[test]
fn a_shared_request_that_fails_fails_all_who_wait_and_no_one_after() {
    let mut stage = signed_in("ada");
    let once = CallOptions { max_retries: Some(0), ..CallOptions::default() };
    let calls = [
        stage.start(async move |client| client.get_user(once).await),
        stage.start(async move |client| client.get_user(once).await),
    ];
    stage.cut(1);
    for call in calls {
        let error = stage.outcome(call).unwrap_err();
        assert_eq!(error.code, ErrorCode::Network);
        assert_eq!(error.cause, Some("Failed to fetch".into()));
    }
    let call = stage.start(get_user);
    stage.answer(2, 200, user("ada"));
    assert!(stage.outcome(call).unwrap().is_some());
}

#[test]
fn one_of_those_who_wait_may_give_up() {
    let mut stage = signed_in("ada");
    let hasty = stage.start(async |client| {
        client.get_user(CallOptions { timeout_ms: Some(10), ..CallOptions::default() }).await
    });
    let patient = stage.start(get_user);
    stage.pass_ms(10.0);
    assert_eq!(stage.outcome(hasty).unwrap_err().code, ErrorCode::Timeout);
    assert!(!stage.is_aborted(1));
    stage.answer(1, 200, user("ada"));
    assert!(stage.outcome(patient).unwrap().is_some());
}

#[test]
fn a_read_after_a_change_does_not_join_a_read_from_before_it() {
    let mut stage = signed_in("ada");
    let old = stage.start(get_user);
    let change = stage.start(async |client| {
        client.set_user_metadata(&json!({ "n": 1 }), CallOptions::default()).await
    });
    stage.answer(2, 200, user("ada"));
    stage.outcome(change).unwrap();
    let new = stage.start(get_user);
    assert_eq!(stage.sent()[1..], ["GET p/sdk/me", "PATCH p/sdk/me", "GET p/sdk/me"]);
    stage.answer(1, 200, user("ada"));
    stage.answer(3, 200, user("ada"));
    stage.outcome(old).unwrap();
    stage.outcome(new).unwrap();
}

#[test]
fn a_call_that_gets_no_answer_is_given_up_and_aborted() {
    let mut stage = signed_in("ada");
    let mut call = stage.start(get_user);
    stage.pass_ms(29_999.0);
    assert!(stage.is_pending(&mut call));
    stage.pass_ms(1.0);
    let error = stage.outcome(call).unwrap_err();
    assert_eq!(error.code, ErrorCode::Timeout);
    assert!(error.message.contains("30000 ms"), "{}", error.message);
    assert!(stage.is_aborted(1));
}

#[test]
fn a_later_sign_in_supersedes_an_earlier_one() {
    for answer_first in [0, 1] {
        let mut stage = Stage::new();
        let ada = stage.start(async |client| sign_in(client, "ada").await);
        let grace = stage.start(async |client| sign_in(client, "grace").await);
        // At once, not when its answer comes: the request is aborted.
        assert_eq!(stage.outcome(ada).unwrap_err().code, ErrorCode::Superseded);
        assert!(stage.is_aborted(0));
        if answer_first == 0 {
            stage.answer(0, 200, user("ada"));
        }
        stage.answer(1, 200, user("grace"));
        stage.outcome(grace).unwrap();
        let call = stage.start(get_user);
        assert_eq!(stage.authorization(2), format!("Bearer {}", token("grace")));
        stage.answer(2, 200, user("grace"));
        assert_eq!(stage.outcome(call).unwrap().unwrap()["userId"], "grace");
    }
}

#[test]
fn whatever_ends_a_session_ends_its_calls() {
    let ends: [fn(&Client<World>); 2] = [Client::logout, |client| {
        client.configure(settings(Endpoints::at_url::<Value>("http://localhost:1").unwrap()));
    }];
    for end in ends {
        let mut stage = signed_in("ada");
        let reading = stage.start(get_user);
        let uninstalling = stage.start(async |client| {
            client.uninstall_integration("slack", None, CallOptions::default()).await
        });
        stage.start(async move |client| end(&client));
        assert_eq!(stage.outcome(reading).unwrap_err().code, ErrorCode::Superseded);
        assert_eq!(stage.outcome(uninstalling).unwrap_err().code, ErrorCode::Superseded);
        let call = stage.start(get_user);
        assert_eq!(stage.outcome(call).unwrap(), None);
        assert_eq!(stage.sent().len(), 3, "nothing was sent after the end");
    }
}

#[test]
fn the_configured_host_is_the_one_that_is_asked() {
    let mut stage = Stage::new();
    stage.client.configure(settings(Endpoints::on_premise::<Value>("example.com").unwrap()));
    stage.start(async |client| sign_in(client, "ada").await);
    assert_eq!(stage.request(0).url, "https://zeus.example.com/projects/p/sdk/me");
}

#[test]
fn a_token_that_expires_is_refused_before_the_request() {
    let mut stage = signed_in("ada");
    stage.pass_ms(EXPIRES_AT * 1000.0 - 1.0);
    let call = stage.start(get_user);
    stage.answer(1, 200, user("ada"));
    stage.outcome(call).unwrap();
    stage.pass_ms(1.0);
    let call = stage.start(get_user);
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::TokenExpired);
    assert_eq!(stage.sent().len(), 2);
}

#[test]
fn a_401_ends_the_session_and_a_403_does_not() {
    for (status, code, signed_in_after) in
        [(401, ErrorCode::Unauthorized, false), (403, ErrorCode::Forbidden, true)]
    {
        let mut stage = signed_in("ada");
        let call = stage.start(get_user);
        stage.answer(1, status, json!({ "message": "no" }));
        let error = stage.outcome(call).unwrap_err();
        assert_eq!((error.code, error.status), (code, Some(status)));
        let _ = stage.start(get_user);
        assert_eq!(stage.sent().len() == 3, signed_in_after);
    }
}

#[test]
fn uninstalling_resolves_the_type_and_deletes() {
    let mut stage = signed_in("ada");
    let call = stage.start(async |client| {
        client.uninstall_integration("slack", Some("cred-2"), CallOptions::default()).await
    });
    stage.answer(1, 200, json!([{ "id": "i-slack", "type": "slack", "enabled": true }]));
    stage.answer(2, 200, Value::Null);
    stage.outcome(call).unwrap();
    assert_eq!(stage.sent()[1..], ["GET p/sdk/integrations", "DELETE p/sdk/integrations/i-slack"]);
    let chosen =
        stage.request(2).headers.into_iter().find(|(name, _)| *name == "X-Paragon-Credential");
    assert_eq!(chosen.unwrap().1, "cred-2");
}

#[test]
fn an_account_that_must_be_reconnected_can_be_disconnected() {
    let mut stage = signed_in("ada");
    let call = stage.start(async |client| {
        client.uninstall_integration("slack", None, CallOptions::default()).await
    });
    stage.answer(1, 200, json!([{ "id": "i-slack", "type": "slack", "enabled": false }]));
    let mut me = user("ada");
    me["integrations"] = json!({ "slack": { "enabled": false, "credentialStatus": "INVALID" } });
    stage.answer(2, 200, me);
    stage.answer(3, 200, Value::Null);
    stage.outcome(call).unwrap();
    assert_eq!(stage.sent()[3], "DELETE p/sdk/integrations/i-slack");
}

#[test]
fn nothing_is_deleted_that_is_not_there() {
    let mut stage = signed_in("ada");
    let unknown = stage.start(async |client| {
        client.uninstall_integration("slak", None, CallOptions::default()).await
    });
    stage.answer(1, 200, json!([{ "id": "i-slack", "type": "slack", "enabled": false }]));
    assert_eq!(stage.outcome(unknown).unwrap_err().code, ErrorCode::IntegrationNotFound);

    let not_connected = stage.start(async |client| {
        client.uninstall_integration("slack", None, CallOptions::default()).await
    });
    stage.answer(2, 200, json!([{ "id": "i-slack", "type": "slack", "enabled": false }]));
    stage.answer(3, 200, user("ada"));
    assert_eq!(stage.outcome(not_connected).unwrap_err().code, ErrorCode::IntegrationNotInstalled);

    for (name, credential) in
        [("", None), ("slack", Some("")), ("slack", Some("a\nb")), ("slack", Some("ü"))]
    {
        let call = stage.start(async move |client| {
            client.uninstall_integration(name, credential, CallOptions::default()).await
        });
        assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::InvalidArgument);
    }
    assert!(!stage.sent().iter().any(|line| line.starts_with("DELETE")));
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

/// The user as a provider's tokens name him; each call gives the next.
fn provider(tokens: Vec<Result<String, Value>>) -> (TokenSource<Value>, Rc<Cell<usize>>) {
    let asked = Rc::new(Cell::new(0));
    let (tokens, count) = (Rc::new(tokens), Rc::clone(&asked));
    let provide = move || {
        let index = count.get();
        count.set(index + 1);
        let token = tokens[index.min(tokens.len() - 1)].clone();
        Box::pin(async move { token }) as LocalBoxFuture<'static, _>
    };
    (TokenSource::Provider(Rc::new(provide)), asked)
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
    let never = TokenSource::Provider(Rc::new(|| Box::pin(std::future::pending())));
    let call = stage
        .start(async |client| client.authenticate("p", never, None, CallOptions::default()).await);
    stage.pass_ms(30_000.0);
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Timeout);
    let never = TokenSource::Provider(Rc::new(|| Box::pin(std::future::pending())));
    let call = stage
        .start(async |client| client.authenticate("p", never, None, CallOptions::default()).await);
    let later = stage.start(async |client| sign_in(client, "grace").await);
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Superseded);
    stage.answer(0, 200, user("grace"));
    stage.outcome(later).unwrap();
}

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
    assert!(stage.outcome(call).unwrap().is_some());
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
        client.event("e", &json!({}), &Selection::default(), CallOptions::default()).await
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

fn listen(stage: &Stage) -> Rc<RefCell<Vec<Event>>> {
    let events = Rc::new(RefCell::new(Vec::new()));
    let heard = Rc::clone(&events);
    drop(stage.client.subscribe(move |event| heard.borrow_mut().push(event.clone())));
    events
}

#[test]
fn each_change_is_told_once() {
    let mut stage = Stage::new();
    let events = listen(&stage);
    let deaf = stage.client.subscribe(|_| panic!("unsubscribed"));
    deaf();
    let call = stage.start(async |client| sign_in(client, "ada").await);
    stage.answer(0, 200, user("ada"));
    stage.outcome(call).unwrap();
    let switch = stage.start(async |client| {
        client.switch_workflow("w", false, &Selection::default(), CallOptions::default()).await
    });
    stage.answer(1, 200, Value::Null);
    stage.outcome(switch).unwrap();
    let failing = stage.start(async |client| {
        client.switch_workflow("w", true, &Selection::default(), CallOptions::default()).await
    });
    stage.answer(2, 404, json!({}));
    stage.outcome(failing).unwrap_err();
    let uninstall = stage.start(async |client| {
        client.uninstall_integration("slack", Some("c"), CallOptions::default()).await
    });
    stage.answer(3, 200, json!([{ "id": "i", "type": "slack", "enabled": true }]));
    stage.answer(4, 200, Value::Null);
    stage.outcome(uninstall).unwrap();
    stage.client.logout();
    stage.client.logout();
    let expected = [
        Event::SignedIn { user_id: "ada".into() },
        Event::WorkflowChanged { workflow_id: "w".into(), enabled: false },
        Event::IntegrationUninstalled {
            integration_id: "i".into(),
            integration_type: "slack".into(),
            credential_id: Some("c".into()),
        },
        Event::SignedOut { user_id: "ada".into(), expired: false },
    ];
    assert_eq!(*events.borrow(), expected);
}

#[test]
fn nothing_secret_is_logged() {
    let mut stage = Stage::new();
    stage.client.configure(Settings { debug: true, ..Settings::default() });
    let call = stage.start(async |client| sign_in(client, "ada").await);
    stage.cut(0);
    stage.pass_ms(400.0);
    stage.answer(1, 200, user("ada"));
    stage.outcome(call).unwrap();
    let lines = stage.world.debugged.borrow();
    assert_eq!(
        *lines,
        [
            "GET /projects/p/sdk/me no answer in 0 ms",
            "GET /projects/p/sdk/me again in 400 ms",
            "GET /projects/p/sdk/me 200 in 0 ms",
        ]
    );
}

#[test]
fn a_proxied_401_does_not_end_the_session() {
    let mut stage = signed_in("ada");
    let call = stage.start(async |client| {
        let asked = ProxyRequest {
            method: Method::Get,
            payload: Payload::Empty,
            headers: None,
            read_as: ReadAs::Auto,
            selection: Selection::default(),
        };
        client.request("slack", "/x?secret=1", asked, CallOptions::default()).await
    });
    stage.answer(1, 401, json!({ "message": "the integration says no" }));
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Unauthorized);
    let call = stage.start(get_user);
    stage.answer(2, 200, user("ada"));
    assert!(stage.outcome(call).unwrap().is_some());
}
