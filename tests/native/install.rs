//! What connecting accounts needs of the client. The npm package connects accounts in JavaScript;
//! sessions, tokens, retries and errors are those of all calls.

use paragon_wasm::http::endpoints::resolve;
use paragon_wasm::http::request::{Expected, Request};
use paragon_wasm::{AccountSelector, CallOptions, Endpoints, ErrorCode, Method, Payload};
use serde_json::{Value, json};

use crate::support::harness::{Call, Harness};
use crate::support::header;
use crate::support::session::{
    EXPIRES_AT, Result, bearer, is_signed_in, listen, options, session_end, signed_in,
    signed_in_by_provider, token, token_until,
};

fn install(
    harness: &mut Harness,
    method: Method,
    path: &'static str,
    body: Payload<Value>,
    options: CallOptions,
) -> Call<Result> {
    harness.start(async move |client| {
        client.install_request(method, path.to_owned(), body, &options).await
    })
}

fn popup_url(harness: &mut Harness) -> Call<Result> {
    harness.start(async |client| client.popup_url("integrationId=i", &options()).await)
}

/// The address of a popup with ada's token that expires then.
fn address(expires_at: f64) -> String {
    let token = token_until("ada", expires_at);
    let page = "https://zeus.useparagon.com/projects/p/sdk/actions/oauth-nonce";
    format!("{page}?integrationId=i&userToken={token}")
}

#[test]
fn a_request_has_method_body_and_account() {
    let mut harness = signed_in("ada");
    let body = json!({ "integrationId": "i", "payload": { "code": "\u{fc}" } });
    let account = AccountSelector {
        credential_id: Some("credential".to_owned()),
        configuration_id: Some("configuration".to_owned()),
    };
    let options = CallOptions { account, ..options() };
    let call = install(&mut harness, Method::Post, "credentials", Payload::json(&body), options);
    assert_eq!(harness.sent()[1..], ["POST p/sdk/credentials"]);
    assert_eq!(harness.url(1), "https://api.useparagon.com/projects/p/sdk/credentials");
    assert_eq!(harness.authorization(1), bearer(EXPIRES_AT));
    let request = harness.request(1);
    for (name, value) in [
        ("accept", "application/json"),
        ("content-type", "application/json"),
        ("x-paragon-credential", "credential"),
        ("x-paragon-configuration-id", "configuration"),
    ] {
        assert_eq!(header(&request, name).unwrap(), value);
    }
    assert_eq!(harness.json_body(1), body);
    harness.answer(1, 200, json!({ "id": "c" }));
    assert_eq!(harness.outcome(call).unwrap(), json!({ "id": "c" }));
}

#[test]
fn an_account_that_no_header_can_carry_is_refused() {
    let mut harness = signed_in("ada");
    for id in ["", "a b", "a\nb", "ü"] {
        for (name, is_credential) in
            [("selectedCredentialId", true), ("selectedConfigurationId", false)]
        {
            let given = |here: bool| here.then(|| id.to_owned());
            let account = AccountSelector {
                credential_id: given(is_credential),
                configuration_id: given(!is_credential),
            };
            let options = CallOptions { account, ..options() };
            let call = install(&mut harness, Method::Post, "credentials", Payload::Empty, options);
            let error = harness.outcome(call).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidArgument);
            assert_eq!(error.detail, Some(("path", name.into())));
        }
    }
    assert_eq!(harness.sent().len(), 1);
}

#[test]
fn paths_of_the_service_itself_are_at_its_own_host() {
    let mut harness = signed_in("ada");
    let own = "/v2/projects/p/sdk/actions/build-oauth?a=b";
    let _call = install(&mut harness, Method::Get, own, Payload::Empty, options());
    assert_eq!(harness.url(1), format!("https://zeus.useparagon.com{own}"));
    // A host cannot be smuggled in.
    let other = "//elsewhere.example/x";
    let _call = install(&mut harness, Method::Get, other, Payload::Empty, options());
    assert_eq!(harness.url(2), "https://zeus.useparagon.com//elsewhere.example/x");
    let request = Request::<Value>::new(Method::Get, "/own".to_owned(), Expected::Anything);
    let url = |endpoints: Endpoints| endpoints.url(resolve("p", &request));
    let on_premise = Endpoints::on_premise::<Value>("paragon.example.com").unwrap();
    assert_eq!(url(on_premise), "https://zeus.paragon.example.com/own");
    let sandbox = Endpoints::from_base_url::<Value>("http://127.0.0.1:4010").unwrap();
    assert_eq!(url(sandbox), "http://127.0.0.1:4010/own");
}

#[test]
fn only_what_changes_nothing_is_sent_again() {
    for (method, path, again) in [
        (Method::Post, "credentials", false),
        (Method::Post, "credentials/c/complete-setup", false),
        (Method::Post, "actions", true),
        (Method::Get, "actions/session-id/k", true),
        (Method::Patch, "credentials/c", true),
        (Method::Delete, "credentials/c", true),
    ] {
        let mut harness = signed_in("ada");
        let call = install(&mut harness, method, path, Payload::Empty, options());
        harness.answer(1, 503, json!({}));
        harness.pass_ms(400.0);
        if again {
            assert_eq!(harness.sent()[1], harness.sent()[2], "{path}");
            harness.answer(2, 200, json!([]));
            assert_eq!(harness.outcome(call).unwrap(), json!([]));
        } else {
            assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::ServerError, "{path}");
            assert_eq!(harness.sent().len(), 2);
        }
    }
}

#[test]
fn what_needs_a_session_says_so_and_a_sign_out_ends_it() {
    let mut harness = Harness::new();
    let request = install(&mut harness, Method::Get, "me", Payload::Empty, options());
    let popup = popup_url(&mut harness);
    for call in [request, popup] {
        assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::NotAuthenticated);
    }
    let error = harness.client.install_session().unwrap_err();
    assert_eq!(error.code, ErrorCode::NotAuthenticated);

    let mut harness = signed_in("ada");
    let events = listen(&harness);
    let call = install(&mut harness, Method::Get, "me", Payload::Empty, options());
    harness.client.logout();
    assert_eq!(*events.borrow(), [session_end(false)]);
    assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Superseded);
    assert!(harness.is_aborted(1));
}

#[test]
fn an_account_that_the_integration_refuses_does_not_end_the_session() {
    let actions = |harness: &mut Harness| {
        install(harness, Method::Post, "actions", Payload::Empty, options())
    };
    for renewable in [false, true] {
        let mut harness = if renewable {
            signed_in_by_provider(vec![Ok(token("ada"))]).0
        } else {
            signed_in("ada")
        };
        let events = listen(&harness);
        let call = actions(&mut harness);
        let answer = json!({ "message": "Reconnect.", "meta": { "isIntegrationError": true } });
        harness.answer(1, 401, answer);
        assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Unauthorized);
        // No new token would help.
        assert_eq!(harness.sent().len(), 2);
        assert!(is_signed_in(&harness) && events.borrow().is_empty());
    }
    let refusals = [
        json!({ "meta": { "isIntegrationError": false } }),
        json!({ "meta": { "isIntegrationError": "true" } }),
        json!({ "isIntegrationError": true }),
        json!("no"),
    ];
    for answer in refusals {
        let mut harness = signed_in("ada");
        let events = listen(&harness);
        let call = actions(&mut harness);
        harness.answer(1, 401, answer);
        assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::Unauthorized);
        assert!(!is_signed_in(&harness));
        assert_eq!(*events.borrow(), [session_end(true)]);
        let popup = popup_url(&mut harness);
        assert_eq!(harness.outcome(popup).unwrap_err().code, ErrorCode::NotAuthenticated);
    }
}

#[test]
fn an_answer_that_is_not_json_is_invalid() {
    for (text, is_good) in [("", true), ("<html>", false)] {
        let mut harness = signed_in("ada");
        let path = "actions/session-id/k";
        let call = install(&mut harness, Method::Get, path, Payload::Empty, options());
        harness.answer_text(1, 200, text);
        match harness.outcome(call) {
            Ok(answer) => assert!(answer.is_null() && is_good),
            Err(error) => assert_eq!((error.code, is_good), (ErrorCode::InvalidResponse, false)),
        }
    }
}

#[test]
fn the_session_says_where_and_for_whom() {
    let mut harness = signed_in("ada");
    let session = harness.client.install_session().unwrap();
    assert_eq!(session.url, "https://zeus.useparagon.com");
    assert_eq!((session.project_id.as_str(), session.user_id.as_str()), ("p", "ada"));
    assert_eq!(session.timeout_ms, 30_000);
    let settings = harness.client.settings();
    harness.client.configure(paragon_wasm::Settings { timeout_ms: 7, ..settings });
    assert_eq!(harness.client.install_session().unwrap().timeout_ms, 7);
    harness.run();
}

#[test]
fn the_popup_gets_the_token_without_any_request() {
    let mut harness = signed_in("ada");
    for pass_ms in [0.0, EXPIRES_AT * 1000.0 - 1.0] {
        harness.pass_ms(pass_ms);
        let call = popup_url(&mut harness);
        assert_eq!(harness.outcome(call).unwrap(), address(EXPIRES_AT));
    }
    harness.pass_ms(1.0);
    let call = popup_url(&mut harness);
    assert_eq!(harness.outcome(call).unwrap_err().code, ErrorCode::TokenExpired);
    // The session itself is not ended by that: the server has not refused anything.
    assert!(is_signed_in(&harness));
    assert_eq!(harness.sent().len(), 1);
}

#[test]
fn the_popup_gets_a_token_that_is_fresh() {
    let tokens = vec![Ok(token("ada")), Ok(token_until("ada", 7199.0))];
    let (mut harness, asked) = signed_in_by_provider(tokens);
    let call = popup_url(&mut harness);
    assert_eq!(harness.outcome(call).unwrap(), address(EXPIRES_AT));
    harness.pass_ms(EXPIRES_AT * 1000.0 - 1000.0);
    for _ in 0..2 {
        let call = popup_url(&mut harness);
        assert_eq!(harness.outcome(call).unwrap(), address(7199.0));
    }
    assert_eq!((asked.get(), harness.sent().len()), (2, 1));
}

#[test]
fn no_token_of_the_session_is_left_in_a_text() {
    let (old, new) = (token("ada"), token_until("ada", 7200.0));
    let (mut harness, _) = signed_in_by_provider(vec![Ok(old.clone()), Ok(new.clone())]);
    let redacted = |harness: &Harness, text: &str| harness.client.redact(&text.into());
    assert_eq!(redacted(&harness, &format!("a{old}b{old}")), "a[redacted]b[redacted]");
    assert_eq!(redacted(&harness, "a"), "a");
    let call = popup_url(&mut harness);
    harness.outcome(call).unwrap();
    // The popup still has the old token when the session has a new one.
    harness.pass_ms(EXPIRES_AT * 1000.0);
    let _call = install(&mut harness, Method::Get, "me", Payload::Empty, options());
    assert_eq!(harness.authorization(1), format!("Bearer {new}"));
    assert_eq!(redacted(&harness, &format!("{old} {new}")), "[redacted] [redacted]");
}
