//! The session, call by call, in a world that the test controls.
#![cfg(not(target_arch = "wasm32"))]

use paragon_wasm::client::{CallOptions, Client, Event, Settings, TokenSource};
use paragon_wasm::protocol::message::{Method, Payload, ReadAs, Selection};
use paragon_wasm::protocol::proxy::ProxyRequest;
use paragon_wasm::{Endpoints, ErrorCode};
use serde_json::{Value, json};

mod support;
use support::jwt;
use support::session::{
    EXPIRES_AT, get_user, listen, nobody, settings, sign_in, signed_in, token, user,
};
use support::world::{Stage, World};

#[test]
fn signing_in_is_one_request() {
    let mut stage = Stage::new();
    let before = stage.start(get_user);
    assert_eq!(stage.outcome(before).unwrap(), nobody());
    let call = stage.start(async |client| sign_in(client, "ada").await);
    // Until the server has agreed, nobody is signed in.
    let meanwhile = stage.start(get_user);
    assert_eq!(stage.outcome(meanwhile).unwrap(), nobody());
    stage.answer(0, 200, user("ada"));
    assert_eq!(stage.outcome(call).unwrap(), "ada");
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
        assert_eq!(stage.outcome(call).unwrap(), nobody(), "{code:?}");
    }
}

#[test]
fn calls_that_need_a_user_say_so() {
    let mut stage = Stage::new();
    let set = stage
        .start(async |client| client.set_user_metadata(&json!({}), CallOptions::default()).await);
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
        assert_eq!(stage.outcome(call).unwrap(), user("ada"));
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
    assert_eq!(stage.outcome(call).unwrap(), user("ada"));
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
    assert_eq!(stage.outcome(patient).unwrap(), user("ada"));
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
        assert_eq!(stage.outcome(call).unwrap()["userId"], "grace");
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
        assert_eq!(stage.outcome(call).unwrap(), nobody());
        assert_eq!(stage.sent().len(), 3, "nothing was sent after the end");
    }
}

#[test]
fn the_configured_host_is_the_one_that_is_asked() {
    let mut stage = Stage::new();
    stage.client.configure(settings(Endpoints::on_premise::<Value>("example.com").unwrap()));
    stage.start(async |client| sign_in(client, "ada").await);
    assert_eq!(stage.url(0), "https://zeus.example.com/projects/p/sdk/me");
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
fn each_change_is_told_once() {
    let mut stage = Stage::new();
    let events = listen(&stage);
    let deaf = stage.client.subscribe(|_| panic!("unsubscribed"));
    deaf();
    let call = stage.start(async |client| sign_in(client, "ada").await);
    stage.answer(0, 200, user("ada"));
    stage.outcome(call).unwrap();
    let switch = stage.start(async |client| {
        client.switch_workflow("w", false, Selection::default(), CallOptions::default()).await
    });
    stage.answer(1, 200, Value::Null);
    stage.outcome(switch).unwrap();
    let failing = stage.start(async |client| {
        client.switch_workflow("w", true, Selection::default(), CallOptions::default()).await
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
    assert_eq!(stage.outcome(call).unwrap(), user("ada"));
}
