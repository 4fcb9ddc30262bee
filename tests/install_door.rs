//! What connecting accounts sends, and the token that it is given for the first page. The npm
//! package does that in JavaScript; the engine sends for it.
#![cfg(not(target_arch = "wasm32"))]

mod support;

use paragon_wasm::engine::{Call, Input, Notice, Task};
use paragon_wasm::protocol::endpoints::place;
use paragon_wasm::protocol::message::{Expected, Payload, Request};
use paragon_wasm::{Endpoints, ErrorCode, Event, Method, Selection};
use serde_json::{Value, json};
use support::header;
use support::machine::{Machine, answered, token};
use support::session::EXPIRES_AT;

fn url(call: &Call<Value>) -> String {
    Endpoints::default().url(call.place())
}

fn install(method: Method, path: &str) -> Task<Value> {
    Task::install(method, path.to_owned())
}

#[test]
fn a_request_has_method_body_and_selection() {
    let machine = Machine::signed_in(false);
    let body = json!({ "integrationId": "i", "payload": { "code": "\u{fc}" } });
    let selection = Selection {
        credential_id: Some("credential".to_owned()),
        configuration_id: Some("configuration".to_owned()),
    };
    let task = install(Method::Post, "credentials");
    let task = task.with(Payload::Json(body.clone()), None, "", selection);
    let (mut call, first) = machine.start(task);
    assert_eq!(first, "POST credentials");
    assert_eq!(url(&call), "https://api.useparagon.com/projects/p/sdk/credentials");
    assert_eq!(call.authorization(), format!("Bearer {}", token(0.0)));
    let request = call.request();
    for (name, value) in [
        ("accept", "application/json"),
        ("content-type", "application/json"),
        ("x-paragon-credential", "credential"),
        ("x-paragon-configuration-id", "configuration"),
    ] {
        assert_eq!(header(request, name).unwrap(), value);
    }
    assert!(matches!(&request.payload, Payload::Json(sent) if *sent == body));
    let outcome = machine.step(&mut call, answered(200, &json!({ "id": "c" })));
    assert_eq!(outcome, r#"done {"id":"c"}"#);
}

#[test]
fn a_selection_that_no_header_can_carry_is_refused() {
    let machine = Machine::signed_in(false);
    for id in ["", "a b", "a\nb", "ü"] {
        for (name, is_credential) in
            [("selectedCredentialId", true), ("selectedConfigurationId", false)]
        {
            let given = |here: bool| here.then(|| id.to_owned());
            let selection = Selection {
                credential_id: given(is_credential),
                configuration_id: given(!is_credential),
            };
            let task =
                install(Method::Post, "credentials").with(Payload::Empty, None, "", selection);
            let error = machine.refused(task);
            assert_eq!(error.code, ErrorCode::InvalidArgument);
            assert_eq!(error.detail, Some(("path", name.into())));
        }
    }
}

#[test]
fn paths_of_the_service_itself_are_at_its_own_host() {
    let machine = Machine::signed_in(false);
    let own = "/v2/projects/p/sdk/actions/build-oauth?a=b";
    let (call, _) = machine.start(install(Method::Get, own));
    assert_eq!(url(&call), format!("https://zeus.useparagon.com{own}"));
    // A host cannot be smuggled in.
    let (call, _) = machine.start(install(Method::Get, "//elsewhere.example/x"));
    assert_eq!(url(&call), "https://zeus.useparagon.com//elsewhere.example/x");
    let request = Request::<Value>::new(Method::Get, "/own".to_owned(), Expected::Anything);
    let url = |endpoints: Endpoints| endpoints.url(place("p", &request));
    let on_premise = Endpoints::on_premise::<Value>("paragon.example.com").unwrap();
    assert_eq!(url(on_premise), "https://zeus.paragon.example.com/own");
    let sandbox = Endpoints::at_url::<Value>("http://127.0.0.1:4010").unwrap();
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
        let machine = Machine::signed_in(false);
        let (mut call, first) = machine.start(install(method, path));
        let then = machine.step(&mut call, answered(503, &json!({})));
        assert_eq!(then, if again { "wait 400" } else { "failed server_error" }, "{path}");
        if again {
            assert_eq!(machine.step(&mut call, Input::Go), first);
            assert_eq!(machine.step(&mut call, answered(200, &json!([]))), "done []");
        }
    }
}

#[test]
fn what_needs_a_session_says_so_and_a_sign_out_ends_it() {
    let machine = Machine::new();
    for task in [install(Method::Get, "me"), Task::access()] {
        assert_eq!(machine.refused(task).code, ErrorCode::NotAuthenticated);
    }
    let machine = Machine::signed_in(false);
    let (mut call, _) = machine.start(install(Method::Get, "me"));
    machine.engine.end_session(false);
    let ended =
        [Notice::Ended, Notice::Event(Event::SignedOut { user_id: "ada".into(), expired: false })];
    assert_eq!(machine.notices.take(), ended);
    let error = machine.failure(&mut call, Input::Go);
    assert_eq!(error.code, ErrorCode::Superseded);
}

#[test]
fn an_account_that_the_integration_refuses_does_not_end_the_session() {
    for renewable in [false, true] {
        let machine = Machine::signed_in(renewable);
        let (mut call, _) = machine.start(install(Method::Post, "actions"));
        let answer = json!({ "message": "Reconnect.", "meta": { "isIntegrationError": true } });
        // No new token would help.
        assert_eq!(machine.step(&mut call, answered(401, &answer)), "failed unauthorized");
        assert!(machine.engine.is_signed_in() && machine.notices.take().is_empty());
    }
    let refusals = [
        json!({ "meta": { "isIntegrationError": false } }),
        json!({ "meta": { "isIntegrationError": "true" } }),
        json!({ "isIntegrationError": true }),
        json!("no"),
    ];
    for answer in refusals {
        let machine = Machine::signed_in(false);
        let (mut call, _) = machine.start(install(Method::Post, "actions"));
        assert_eq!(machine.step(&mut call, answered(401, &answer)), "failed unauthorized for good");
        assert!(!machine.engine.is_signed_in());
        let expired = Event::SignedOut { user_id: "ada".into(), expired: true };
        assert_eq!(machine.notices.take(), [Notice::Ended, Notice::Event(expired)]);
        assert_eq!(machine.refused(Task::access()).code, ErrorCode::NotAuthenticated);
    }
}

#[test]
fn what_is_no_json_is_an_invalid_response() {
    let machine = Machine::signed_in(false);
    for (text, outcome) in [("", "done null"), ("<html>", "failed invalid_response")] {
        let (mut call, _) = machine.start(install(Method::Get, "actions/session-id/k"));
        let Input::Answered(Ok(mut response), chance) = answered(200, &text.into()) else {
            unreachable!()
        };
        response.parsed = false;
        assert_eq!(machine.step(&mut call, Input::Answered(Ok(response), chance)), outcome);
    }
}

#[test]
fn access_gives_the_token_without_any_request() {
    let machine = Machine::signed_in(false);
    let told = || format!("done {}", json!(token(0.0)));
    assert_eq!(machine.start(Task::access()).1, told());
    machine.now_ms.set(EXPIRES_AT * 1000.0 - 1.0);
    assert_eq!(machine.start(Task::access()).1, told());
    machine.now_ms.set(EXPIRES_AT * 1000.0);
    assert_eq!(machine.start(Task::access()).1, "failed token_expired");
    // The session itself is not ended by that: the server has not spoken.
    assert!(machine.engine.is_signed_in());
}

#[test]
fn access_gives_a_token_that_is_fresh() {
    let machine = Machine::signed_in(true);
    let told = |issued_at| format!("done {}", json!(token(issued_at)));
    assert_eq!(machine.start(Task::access()).1, told(0.0));
    machine.now_ms.set(EXPIRES_AT * 1000.0 - 1000.0);
    let (mut call, first) = machine.start(Task::access());
    assert_eq!(first, "renew");
    assert_eq!(machine.renewed(&mut call, Ok(token(3599.0))), told(3599.0));
    assert_eq!(machine.start(Task::access()).1, told(3599.0));
}
