//! The session, call by call, on a platform that the test controls.

use paragon_wasm::{
    CallOptions, Client, Endpoints, ErrorCode, Event, Method, Payload, ProxyRequest, ResponseType,
    Settings, TokenSource,
};
use serde_json::{Value, json};

use crate::support::harness::{FakePlatform, Harness};
use crate::support::jwt;
use crate::support::session::{
    EXPIRES_AT, bearer, get_integrations, get_user, is_signed_in, listen, options, provider,
    session_end, settings, sign_in, signed_in, signed_out, token, user, with_credential,
};

#[test]
fn signing_in_is_one_request() {
    let mut harness = Harness::new();
    let before = harness.start(get_user);
    assert_eq!(harness.outcome(before).unwrap(), signed_out());
    let call = harness.start(async |client| sign_in(client, "ada").await);
    // Until the server has agreed, no user is signed in.
    let meanwhile = harness.start(get_user);
    assert_eq!(harness.outcome(meanwhile).unwrap(), signed_out());
    harness.answer(0, 200, user("ada"));
    assert_eq!(harness.outcome(call).unwrap(), "ada");
    assert_eq!(harness.sent(), ["GET p/sdk/me"]);
}

#[test]
fn signing_in_with_metadata_is_one_request_too() {
    let mut harness = Harness::new();
    let call = harness.start(async |client| {
        let meta = json!({ "Name": "Ada", "email": "ada@example.com" });
        let token = TokenSource::Fixed(token("ada"));
        client.authenticate("p", token, Some(&meta), &options()).await
    });
    harness.answer(0, 200, user("ada"));
    harness.outcome(call).unwrap();
    assert_eq!(harness.sent(), ["PATCH p/sdk/me"]);
    let body = json!({ "meta": { "Name": "Ada", "email": "ada@example.com" } });
    assert_eq!(harness.json_body(0), body);
    let warnings = harness.platform.warnings.borrow();
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
        let mut harness = signed_in("grace");
        let events = listen(&harness);
        let before = harness.start(get_integrations);
        let call = harness.start(async move |client| {
            client
                .authenticate(&project, TokenSource::Fixed(token), metadata.as_ref(), &options())
                .await
        });
        assert_eq!(harness.outcome(call).unwrap_err().code, code);
        assert_eq!(harness.outcome(before).unwrap_err().code, ErrorCode::Superseded);
        assert_eq!(harness.sent().len(), 2, "{code:?}");
        let ended = Event::SignedOut { user_id: "grace".into(), expired: false };
        assert_eq!(*events.borrow(), [ended], "{code:?}");
        let call = harness.start(get_user);
        assert_eq!(harness.outcome(call).unwrap(), signed_out(), "{code:?}");
    }
}

#[test]
fn calls_that_need_a_user_say_so() {
    let mut harness = Harness::new();
    let set = harness.start(async |client| client.set_user_metadata(&json!({}), &options()).await);
    let uninstall =
        harness.start(async |client| client.uninstall_integration("slack", &options()).await);
    // Before anything that is wrong with the arguments.
    let malformed = [
        harness.start(async |client| client.set_user_metadata(&json!([]), &options()).await),
        harness.start(async |client| client.uninstall_integration("", &options()).await),
        harness.start(async |client| client.switch_workflow("..", true, &options()).await),
        harness.start(async |client| client.event("", &json!(1), &with_credential("")).await),
    ];
    for call in [set, uninstall].into_iter().chain(malformed) {
        assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::NotAuthenticated);
    }
    assert!(harness.sent().is_empty());
}

#[test]
fn overlapping_get_user_calls_share_one_request_and_later_ones_do_not() {
    let mut harness = signed_in("ada");
    let calls: Vec<_> = (0..3).map(|_| harness.start(get_user)).collect();
    assert_eq!(harness.sent().len(), 2);
    harness.answer(1, 200, user("ada"));
    for call in calls {
        assert_eq!(harness.outcome(call).unwrap(), user("ada"));
    }
    let later = harness.start(get_user);
    assert_eq!(harness.sent().len(), 3);
    harness.answer(2, 200, user("ada"));
    harness.outcome(later).unwrap();
}

#[test]
fn a_shared_request_that_fails_fails_all_who_wait_and_no_one_after() {
    let mut harness = signed_in("ada");
    let once = || CallOptions { max_retries: Some(0), ..options() };
    let calls = [
        harness.start(async move |client| client.get_user(&once()).await),
        harness.start(async move |client| client.get_user(&once()).await),
    ];
    harness.cut(1);
    for call in calls {
        let error = harness.outcome(call).unwrap_err();
        assert_eq!(error.code, ErrorCode::Network);
        assert_eq!(error.cause, Some("Failed to fetch".into()));
    }
    let call = harness.start(get_user);
    harness.answer(2, 200, user("ada"));
    assert_eq!(harness.outcome(call).unwrap(), user("ada"));
}

#[test]
fn one_of_those_who_wait_may_give_up() {
    let mut harness = signed_in("ada");
    let hasty = harness.start(async |client| {
        client.get_user(&CallOptions { timeout_ms: Some(10), ..options() }).await
    });
    let patient = harness.start(get_user);
    harness.pass_ms(10.0);
    assert_eq!(harness.outcome(hasty).unwrap_err().code, ErrorCode::Timeout);
    assert!(!harness.is_aborted(1));
    harness.answer(1, 200, user("ada"));
    assert_eq!(harness.outcome(patient).unwrap(), user("ada"));
}

#[test]
fn a_read_after_a_change_does_not_join_a_read_from_before_it() {
    let mut harness = signed_in("ada");
    let old = harness.start(get_user);
    let change = harness
        .start(async |client| client.set_user_metadata(&json!({ "n": 1 }), &options()).await);
    harness.answer(2, 200, user("ada"));
    harness.outcome(change).unwrap();
    let new = harness.start(get_user);
    assert_eq!(harness.sent()[1..], ["GET p/sdk/me", "PATCH p/sdk/me", "GET p/sdk/me"]);
    harness.answer(1, 200, user("ada"));
    harness.answer(3, 200, user("ada"));
    harness.outcome(old).unwrap();
    harness.outcome(new).unwrap();
}

#[test]
fn a_call_that_gets_no_answer_is_given_up_and_aborted() {
    let mut harness = signed_in("ada");
    let mut call = harness.start(get_user);
    harness.pass_ms(29_999.0);
    assert!(harness.is_pending(&mut call));
    harness.pass_ms(1.0);
    let error = harness.outcome(call).unwrap_err();
    assert_eq!(error.code, ErrorCode::Timeout);
    assert!(error.message.contains("30000 ms"), "{}", error.message);
    assert!(harness.is_aborted(1));
}

#[test]
fn a_later_sign_in_supersedes_an_earlier_one() {
    for answer_first in [0, 1] {
        let mut harness = Harness::new();
        let ada = harness.start(async |client| sign_in(client, "ada").await);
        let grace = harness.start(async |client| sign_in(client, "grace").await);
        // At once, not when its answer comes: the request is aborted.
        assert_eq!(harness.outcome(ada).unwrap_err().code, ErrorCode::Superseded);
        assert!(harness.is_aborted(0));
        if answer_first == 0 {
            harness.answer(0, 200, user("ada"));
        }
        assert!(!is_signed_in(&harness), "ada's sign-in was overtaken");
        harness.answer(1, 200, user("grace"));
        harness.outcome(grace).unwrap();
        let call = harness.start(get_user);
        assert_eq!(harness.authorization(2), format!("Bearer {}", token("grace")));
        harness.answer(2, 200, user("grace"));
        assert_eq!(harness.outcome(call).unwrap()["userId"], "grace");
    }
}

#[test]
fn whatever_ends_a_session_ends_its_calls() {
    let ends: [fn(&Client<FakePlatform>); 2] = [Client::logout, |client| {
        client
            .configure(settings(Endpoints::from_base_url::<Value>("http://localhost:1").unwrap()));
    }];
    for end in ends {
        let mut harness = signed_in("ada");
        let reading = harness.start(get_user);
        let uninstalling =
            harness.start(async |client| client.uninstall_integration("slack", &options()).await);
        harness.start(async move |client| end(&client));
        assert_eq!(harness.outcome(reading).unwrap_err().code, ErrorCode::Superseded);
        assert_eq!(harness.outcome(uninstalling).unwrap_err().code, ErrorCode::Superseded);
        let call = harness.start(get_user);
        assert_eq!(harness.outcome(call).unwrap(), signed_out());
        assert_eq!(harness.sent().len(), 3, "nothing was sent after the end");
    }
}

#[test]
fn the_configured_host_is_the_one_that_is_asked() {
    let mut harness = Harness::new();
    harness.client.configure(settings(Endpoints::on_premise::<Value>("example.com").unwrap()));
    harness.start(async |client| sign_in(client, "ada").await);
    assert_eq!(harness.url(0), "https://zeus.example.com/projects/p/sdk/me");
}

#[test]
fn a_token_that_expires_is_refused_before_the_request() {
    let mut harness = signed_in("ada");
    harness.pass_ms(EXPIRES_AT * 1000.0 - 1.0);
    let call = harness.start(get_user);
    harness.answer(1, 200, user("ada"));
    harness.outcome(call).unwrap();
    harness.pass_ms(1.0);
    let call = harness.start(get_user);
    assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::TokenExpired);
    assert_eq!(harness.sent().len(), 2);
}

#[test]
fn a_401_ends_the_session_and_a_403_does_not() {
    for (status, code, signed_in_after) in
        [(401, ErrorCode::Unauthorized, false), (403, ErrorCode::Forbidden, true)]
    {
        let mut harness = signed_in("ada");
        let call = harness.start(get_user);
        harness.answer(1, status, json!({ "message": "no" }));
        let error = harness.outcome(call).unwrap_err();
        assert_eq!((error.code, error.status), (code, Some(status)));
        let _ = harness.start(get_user);
        assert_eq!(harness.sent().len() == 3, signed_in_after);
    }
}

/// Of those who share the request that ends the session, one gets the 401.
#[test]
fn a_401_of_a_shared_request_is_the_error_of_one_call() {
    let mut harness = signed_in("ada");
    let events = listen(&harness);
    let calls = [harness.start(get_user), harness.start(get_user), harness.start(get_user)];
    harness.answer(1, 401, json!({}));
    let mut codes = calls.map(|call| harness.outcome(call).unwrap_err().code.as_str());
    codes.sort_unstable();
    assert_eq!(codes, ["superseded", "superseded", "unauthorized"]);
    assert_eq!(*events.borrow(), [session_end(true)]);
}

#[test]
fn each_change_is_reported_once() {
    let mut harness = Harness::new();
    let events = listen(&harness);
    let unsubscribe = harness.client.subscribe(|_| panic!("unsubscribed"));
    unsubscribe();
    let call = harness.start(async |client| sign_in(client, "ada").await);
    harness.answer(0, 200, user("ada"));
    harness.outcome(call).unwrap();
    let switch = harness.start(async |client| client.switch_workflow("w", false, &options()).await);
    harness.answer(1, 200, Value::Null);
    harness.outcome(switch).unwrap();
    let failing = harness.start(async |client| client.switch_workflow("w", true, &options()).await);
    harness.answer(2, 404, json!({}));
    harness.outcome(failing).unwrap_err();
    let uninstall = harness
        .start(async |client| client.uninstall_integration("slack", &with_credential("c")).await);
    harness.answer(3, 200, json!([{ "id": "i", "type": "slack", "enabled": true }]));
    harness.answer(4, 200, Value::Null);
    harness.outcome(uninstall).unwrap();
    harness.client.logout();
    harness.client.logout();
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
    let mut harness = Harness::new();
    harness.client.configure(Settings { debug: true, ..Settings::default() });
    let call = harness.start(async |client| sign_in(client, "ada").await);
    harness.cut(0);
    harness.pass_ms(400.0);
    harness.answer(1, 200, user("ada"));
    harness.outcome(call).unwrap();
    let lines = harness.platform.debugged.borrow();
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
    let mut harness = signed_in("ada");
    let call = harness.start(async |client| {
        let asked = ProxyRequest {
            method: Method::Get,
            payload: Payload::Empty,
            headers: None,
            response_type: ResponseType::Auto,
        };
        client.request("slack", "/x?secret=1", asked, &options()).await
    });
    harness.answer(1, 401, json!({ "message": "the integration says no" }));
    assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Unauthorized);
    let call = harness.start(get_user);
    harness.answer(2, 200, user("ada"));
    assert_eq!(harness.outcome(call).unwrap(), user("ada"));
}

#[test]
fn a_sign_in_asks_for_the_token_that_it_was_not_given() {
    let mut harness = Harness::new();
    let events = listen(&harness);
    let (source, asked) = provider(vec![Ok(token("ada"))]);
    let call =
        harness.start(async |client| client.authenticate("p", source, None, &options()).await);
    assert_eq!((asked.get(), harness.sent()), (1, vec!["GET p/sdk/me".to_owned()]));
    assert_eq!(harness.authorization(0), bearer(EXPIRES_AT));
    assert!(!is_signed_in(&harness), "until the server has agreed");
    harness.answer(0, 200, user("ada"));
    assert_eq!(harness.outcome(call).unwrap(), "ada");
    assert_eq!(*events.borrow(), [Event::SignedIn { user_id: "ada".into() }]);

    for (given, code) in [
        (Err(json!("offline")), ErrorCode::TokenUnavailable),
        (Ok("a.b.c".to_owned()), ErrorCode::InvalidToken),
        (Ok(String::new()), ErrorCode::InvalidToken),
    ] {
        let mut harness = Harness::new();
        let cause = given.clone().err();
        let (source, _) = provider(vec![given]);
        let call =
            harness.start(async |client| client.authenticate("p", source, None, &options()).await);
        let error = harness.outcome(call).unwrap_err();
        assert_eq!((error.code, &error.cause), (code, &cause));
        assert!(!is_signed_in(&harness) && harness.sent().is_empty());
    }
}

/// Two requests to a server that share a client get each other's data.
#[test]
fn a_server_is_told_when_another_user_signs_in() {
    let warned = |is_server, second: &'static str, sign_out: bool| {
        let mut harness = Harness::new();
        harness.platform.is_server.set(is_server);
        for (index, id) in ["ada", second].into_iter().enumerate() {
            let call = harness.start(async move |client| sign_in(client, id).await);
            harness.answer(index, 200, user(id));
            harness.outcome(call).unwrap();
            if sign_out {
                harness.client.logout();
            }
        }
        let warnings = harness.platform.warnings.borrow();
        warnings.iter().filter(|warning| warning.contains("new ParagonClient()")).count()
    };
    assert_eq!(warned(true, "grace", false), 1);
    assert_eq!(warned(true, "grace", true), 0);
    assert_eq!(warned(true, "ada", false), 0);
    // In a page users take turns.
    assert_eq!(warned(false, "grace", false), 0);
}

#[test]
fn white_space_around_a_project_id_is_dropped() {
    let mut harness = Harness::new();
    let call = harness.start(async |client| {
        client.authenticate(" p\n", TokenSource::Fixed(token("ada")), None, &options()).await
    });
    harness.answer(0, 200, user("ada"));
    harness.outcome(call).unwrap();
    assert_eq!(harness.sent(), ["GET p/sdk/me"]);
}
