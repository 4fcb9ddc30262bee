//! What connecting accounts sends, and the token that it is given for the first page.
#![cfg(not(target_arch = "wasm32"))]

mod support;

use paragon_wasm::client::{CallOptions, Client, Outcome, TokenSource};
use paragon_wasm::{Endpoints, ErrorCode, Method, Selection};
use serde_json::{Value, json};
use support::session::{EXPIRES_AT, settings, signed_in, token, user};
use support::world::{Stage, World};

async fn send(
    client: Client<World>,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Outcome<World, Option<Value>> {
    let selection = Selection {
        credential_id: Some("credential".to_owned()),
        configuration_id: Some("configuration".to_owned()),
    };
    client.send(method, path, body.as_ref(), &selection, CallOptions::default()).await
}

async fn access(client: Client<World>) -> Outcome<World, Option<Value>> {
    client.access(CallOptions::default()).await
}

#[test]
fn a_request_has_method_body_and_selection() {
    let mut stage = signed_in("ada");
    let body = json!({ "integrationId": "i", "payload": { "code": "\u{fc}" } });
    let sent = body.clone();
    let call = stage
        .start(async move |client| send(client, Method::Post, "credentials", Some(sent)).await);
    assert_eq!(stage.sent()[1], "POST p/sdk/credentials");
    let request = stage.request(1);
    let headers: Vec<_> = request.headers.iter().map(|(name, it)| (*name, it.as_str())).collect();
    assert_eq!(
        headers,
        [
            ("Accept", "application/json"),
            ("X-Paragon-Credential", "credential"),
            ("X-Paragon-Configuration-Id", "configuration"),
            ("Content-Type", "application/json"),
        ]
    );
    stage.answer(1, 200, json!({ "id": "c" }));
    assert_eq!(stage.outcome(call).unwrap(), Some(json!({ "id": "c" })));
}

#[test]
fn paths_of_the_service_itself_are_at_its_own_host() {
    let mut stage = signed_in("ada");
    let own = "/v2/projects/p/sdk/actions/build-oauth?a=b";
    let _call = stage.start(async move |client| send(client, Method::Get, own, None).await);
    assert_eq!(stage.request(1).url, format!("https://zeus.useparagon.com{own}"));
    // A host cannot be smuggled in.
    let other = "//elsewhere.example/x";
    let _call = stage.start(async move |client| send(client, Method::Get, other, None).await);
    assert!(stage.request(2).url.starts_with("https://zeus.useparagon.com//"));
    let on_premise = Endpoints::on_premise::<Value>("paragon.example.com").unwrap();
    assert_eq!(on_premise.service(), "https://zeus.paragon.example.com");
    let sandbox = Endpoints::at_url::<Value>("http://127.0.0.1:4010").unwrap();
    assert_eq!(sandbox.service(), "http://127.0.0.1:4010");
}

#[test]
fn only_what_changes_nothing_is_sent_again() {
    for (method, path, tries) in [
        (Method::Post, "credentials", 1),
        (Method::Post, "credentials/c/complete-setup", 1),
        (Method::Post, "actions", 2),
        (Method::Get, "actions/session-id/k", 2),
    ] {
        let mut stage = signed_in("ada");
        let call = stage.start(async move |client| send(client, method, path, None).await);
        stage.answer(1, 503, json!({}));
        stage.pass_ms(10_000.0);
        assert_eq!(stage.sent().len(), 1 + tries, "{path}");
        if tries > 1 {
            stage.answer(2, 200, json!([]));
            assert_eq!(stage.outcome(call).unwrap(), Some(json!([])));
        } else {
            assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::ServerError);
        }
    }
}

#[test]
fn what_needs_a_session_says_so_and_a_sign_out_ends_it() {
    let mut stage = Stage::new();
    let call = stage.start(async |client| send(client, Method::Get, "me", None).await);
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::NotAuthenticated);
    let call = stage.start(access);
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::NotAuthenticated);

    let mut stage = signed_in("ada");
    let call = stage.start(async |client| send(client, Method::Get, "me", None).await);
    stage.client.logout();
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Superseded);
}

#[test]
fn an_account_that_the_integration_refuses_does_not_end_the_session() {
    let mut stage = signed_in("ada");
    let call = stage.start(async |client| send(client, Method::Post, "actions", None).await);
    let answer = json!({ "message": "Reconnect.", "meta": { "isIntegrationError": true } });
    stage.answer(1, 401, answer);
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Unauthorized);
    let call = stage.start(access);
    assert!(stage.outcome(call).is_ok());

    let call = stage.start(async |client| send(client, Method::Post, "actions", None).await);
    stage.answer(2, 401, json!({ "meta": { "isIntegrationError": false } }));
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::Unauthorized);
    let call = stage.start(access);
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::NotAuthenticated);
}

#[test]
fn access_tells_of_the_session_without_any_request() {
    let mut stage = signed_in("ada");
    let call = stage.start(access);
    let told = stage.outcome(call).unwrap().unwrap();
    assert_eq!(
        told,
        json!({
            "timeoutMs": 30_000, "url": "https://zeus.useparagon.com", "projectId": "p",
            "userId": "ada", "token": token("ada"),
        })
    );
    assert_eq!(stage.sent().len(), 1);
    stage.pass_ms(EXPIRES_AT * 1000.0);
    let call = stage.start(access);
    assert_eq!(stage.outcome(call).unwrap_err().code, ErrorCode::TokenExpired);
}

#[test]
fn access_gives_a_token_that_is_fresh() {
    let mut stage = Stage::new();
    let made = std::rc::Rc::new(std::cell::Cell::new(0.0));
    let source = TokenSource::Provider(std::rc::Rc::new(move || {
        let issued = made.get();
        made.set(issued + EXPIRES_AT);
        let claims = json!({ "sub": "ada", "iat": issued, "exp": issued + EXPIRES_AT });
        Box::pin(async move { Ok(support::jwt(&claims)) })
    }));
    let call = stage.start(async move |client| {
        client.configure(settings(Endpoints::default()));
        client.authenticate("p", source, None, CallOptions::default()).await
    });
    stage.answer(0, 200, user("ada"));
    stage.outcome(call).unwrap();
    let call = stage.start(access);
    let first = stage.outcome(call).unwrap().unwrap();
    stage.pass_ms(EXPIRES_AT * 1000.0 - 1000.0);
    let call = stage.start(access);
    let second = stage.outcome(call).unwrap().unwrap();
    assert_ne!(first["token"], second["token"]);
    assert_eq!(stage.sent().len(), 1);
}
