//! The engine by itself, step by step: what a call does after whatever may have happened.
#![cfg(not(target_arch = "wasm32"))]

mod support;

use std::cell::RefCell;
use std::rc::Rc;

use paragon_wasm::engine::{Engine, Input, Notice, Started, Task};
use paragon_wasm::protocol::message::{Method, Payload, ReadAs, Selection};
use paragon_wasm::protocol::proxy::ProxyRequest;
use paragon_wasm::protocol::route;
use paragon_wasm::{ErrorCode, Event};
use serde_json::{Value, json};
use support::jwt;
use support::machine::{Machine, answered, cut, started, token};
use support::session::{EXPIRES_AT, user};

fn integrations() -> Task<Value> {
    Task::route(&route::INTEGRATIONS, "")
}

fn uninstall() -> Task<Value> {
    Task::uninstall("slack".to_owned(), Selection::default())
}

fn slack(enabled: bool) -> Input<Value> {
    answered(200, &json!([{ "id": "i", "type": "slack", "enabled": enabled }]))
}

fn signed_out(expired: bool) -> [Notice; 2] {
    let event = Event::SignedOut { user_id: "ada".into(), expired };
    [Notice::Ended, Notice::Event(event)]
}

#[test]
fn a_sign_in_asks_for_the_token_that_it_was_not_given() {
    let machine = Machine::new();
    let mut call = started(machine.engine.authenticate("p", None, None, 2));
    assert_eq!(machine.step(&mut call, Input::Go), "renew");
    assert_eq!(machine.renewed(&mut call, Ok(token(0.0))), "GET me");
    assert_eq!(call.authorization(), format!("Bearer {}", token(0.0)));
    assert!(!machine.engine.is_signed_in(), "until the server has agreed");
    assert_eq!(machine.step(&mut call, answered(200, &user("ada"))), r#"done "ada""#);
    let told = Notice::Event(Event::SignedIn { user_id: "ada".into() });
    assert_eq!(machine.notices.take(), [Notice::Ended, told]);

    for (given, outcome) in [
        (Err(json!("offline")), "failed token_unavailable"),
        (Ok("a.b.c".to_owned()), "failed invalid_token"),
        (Ok(String::new()), "failed invalid_token"),
    ] {
        let machine = Machine::new();
        let mut call = started(machine.engine.authenticate("p", None, None, 2));
        machine.step(&mut call, Input::Go);
        assert_eq!(machine.renewed(&mut call, given), outcome);
        assert!(!machine.engine.is_signed_in());
    }
}

#[test]
fn a_sign_in_that_is_refused_at_once_ends_the_session_all_the_same() {
    let machine = Machine::signed_in(false);
    let epoch = machine.engine.epoch();
    for (project, text) in [("", token(0.0)), ("a/b", token(0.0)), ("p", "no token".to_owned())] {
        let Started::Done(Err(_)) = machine.engine.authenticate(project, Some(&text), None, 2)
        else {
            panic!("{project}, {text}")
        };
        assert!(!machine.engine.is_signed_in() && machine.engine.epoch() > epoch);
    }
    assert_eq!(machine.notices.take()[..2], signed_out(false));
}

#[test]
fn nothing_is_done_for_a_session_that_has_ended() {
    let inputs: [fn() -> Input<Value>; 5] = [
        || Input::Go,
        || Input::Renewed(Ok(())),
        || answered(200, &json!([])),
        || answered(401, &json!({})),
        cut,
    ];
    let ends: [fn(&Engine<Value>); 2] = [
        |engine| engine.end_session(false),
        |engine| drop(engine.authenticate("p", Some(&token(0.0)), None, 2)),
    ];
    for end in ends {
        for input in inputs {
            let machine = Machine::signed_in(true);
            let (mut call, _) = machine.start(integrations());
            end(&machine.engine);
            assert_ne!(call.epoch(), machine.engine.epoch());
            machine.notices.take();
            assert_eq!(machine.step(&mut call, input()), "failed superseded");
            assert_eq!(machine.notices.take(), [], "also a 401 says nothing of the next session");
        }
    }
}

#[test]
fn a_sign_in_that_was_overtaken_signs_nobody_in() {
    let machine = Machine::new();
    let mut ada = started(machine.engine.authenticate("p", Some(&token(0.0)), None, 2));
    assert_eq!(machine.step(&mut ada, Input::Go), "GET me");
    let grace = jwt(&json!({ "sub": "grace", "exp": EXPIRES_AT }));
    let mut grace = started(machine.engine.authenticate("p", Some(&grace), None, 2));
    assert_eq!(machine.step(&mut ada, answered(200, &user("ada"))), "failed superseded");
    assert!(!machine.engine.is_signed_in());
    machine.step(&mut grace, Input::Go);
    assert_eq!(machine.step(&mut grace, answered(200, &user("grace"))), r#"done "grace""#);
}

#[test]
fn a_token_that_another_call_has_renewed_meanwhile_is_used_without_asking() {
    let machine = Machine::signed_in(true);
    let (mut first, _) = machine.start(integrations());
    let (mut second, sent) = machine.start(Task::route(&route::CREDENTIALS, ""));
    assert_eq!(machine.step(&mut first, answered(401, &json!({}))), "renew");
    assert_eq!(machine.renewed(&mut first, Ok(token(1.0))), "GET integrations");
    // Its 401 is about the token that is no longer at hand.
    assert_eq!(machine.step(&mut second, answered(401, &json!({}))), sent);
    assert_eq!(second.authorization(), format!("Bearer {}", token(1.0)));
    // But not twice.
    assert_eq!(
        machine.step(&mut second, answered(401, &json!({}))),
        "failed unauthorized for good"
    );
    assert_eq!(machine.notices.take(), signed_out(true));
}

#[test]
fn calls_that_waited_for_one_token_all_go_on_with_it() {
    let machine = Machine::signed_in(true);
    machine.now_ms.set(EXPIRES_AT * 1000.0 - 60_000.0);
    let (mut first, waits) = machine.start(integrations());
    let (mut second, waits_too) = machine.start(integrations());
    assert_eq!((waits.as_str(), waits_too.as_str()), ("renew", "renew"));
    for call in [&mut first, &mut second] {
        assert_eq!(machine.renewed(call, Ok(token(3600.0))), "GET integrations");
        assert_eq!(call.authorization(), format!("Bearer {}", token(3600.0)));
    }
    // The first one's 401 is about the token that the second one has as well.
    assert_eq!(machine.step(&mut first, answered(401, &json!({}))), "renew");
}

#[test]
fn a_401_whose_renewal_fails_is_the_error_and_ends_the_session() {
    let other = jwt(&json!({ "sub": "grace", "exp": EXPIRES_AT }));
    for (given, cause) in [
        (Err(json!("offline")), Some(json!("offline"))),
        (Ok(other), None),
        (Ok("no token".to_owned()), None),
    ] {
        let machine = Machine::signed_in(true);
        let (mut call, _) = machine.start(integrations());
        assert_eq!(machine.step(&mut call, answered(401, &json!({ "message": "no" }))), "renew");
        let outcome = call.session().renew(given);
        assert!(outcome.is_err());
        let error = machine.failure(&mut call, Input::Renewed(outcome));
        assert_eq!((error.code, error.status), (ErrorCode::Unauthorized, Some(401)));
        assert_eq!(error.detail, Some(("response", json!({ "message": "no" }))));
        assert_eq!(error.cause, cause);
        assert_eq!(machine.notices.take(), signed_out(true));
    }
}

#[test]
fn a_renewal_that_fails_early_costs_nothing_while_the_token_is_good() {
    let machine = Machine::signed_in(true);
    machine.now_ms.set(EXPIRES_AT * 1000.0 - 1.0);
    let offline = || Err(json!("offline"));
    let (mut call, first) = machine.start(integrations());
    assert_eq!(first, "renew");
    assert_eq!(machine.renewed(&mut call, offline()), "GET integrations");
    assert_eq!(call.authorization(), format!("Bearer {}", token(0.0)));
    // The token expires while somebody is asked for the next one.
    let (mut call, _) = machine.start(integrations());
    machine.now_ms.set(EXPIRES_AT * 1000.0);
    assert_eq!(machine.renewed(&mut call, offline()), "failed token_unavailable");
    assert!(machine.engine.is_signed_in() && machine.notices.take().is_empty());
    // The next call asks again.
    assert_eq!(machine.start(integrations()).1, "renew");
}

#[test]
fn a_call_that_waited_looks_at_the_token_again() {
    for (renewable, then) in [(true, "renew"), (false, "failed token_expired")] {
        let machine = Machine::signed_in(renewable);
        machine.now_ms.set(EXPIRES_AT * 1000.0 - 60_001.0);
        let (mut call, _) = machine.start(integrations());
        assert_eq!(machine.step(&mut call, answered(503, &json!({}))), "wait 400");
        machine.now_ms.set(EXPIRES_AT * 1000.0);
        assert_eq!(machine.step(&mut call, Input::Go), then);
    }
}

#[test]
fn the_servers_clock_is_learnt_from_any_answer_and_small_differences_are_none() {
    for (status, ahead_ms, sent) in [
        (200, 7_200_000.0, true),
        (404, 7_200_000.0, true),
        (200, 5_000.0, true),
        (200, 4_999.0, false),
    ] {
        let machine = Machine::signed_in(false);
        machine.now_ms.set(3_000_000.0);
        let (mut call, _) = machine.start(integrations());
        let Input::Answered(Ok(mut response), chance) = answered(status, &json!([])) else {
            unreachable!()
        };
        response.date_ms = Some(machine.now_ms.get() - ahead_ms);
        machine.step(&mut call, Input::Answered(Ok(response), chance));
        machine.now_ms.set(EXPIRES_AT * 1000.0);
        let (_, next) = machine.start(integrations());
        assert_eq!(next == "GET integrations", sent, "{status}, {ahead_ms}: {next}");
    }
}

#[test]
fn an_integrations_own_401_renews_nothing() {
    let machine = Machine::signed_in(true);
    let asked = ProxyRequest {
        method: Method::Get,
        payload: Payload::Empty,
        headers: None,
        read_as: ReadAs::Auto,
        selection: Selection::default(),
    };
    let (mut call, _) = machine.start(Task::proxy("slack", "x", asked));
    assert_eq!(machine.step(&mut call, answered(401, &json!({}))), "failed unauthorized");
    let (mut call, _) = machine.start(Task::switch_workflow("w", true));
    let refused = json!({ "meta": { "isIntegrationError": true } });
    assert_eq!(machine.step(&mut call, answered(401, &refused)), "failed unauthorized");
    assert!(machine.engine.is_signed_in() && machine.notices.take().is_empty());
}

#[test]
fn each_request_of_a_call_has_tries_and_a_renewal_of_its_own() {
    let machine = Machine::signed_in(true);
    let (mut call, list) = machine.start(uninstall());
    let fail = |call: &mut _, line: &str| {
        assert_eq!(machine.step(call, cut()), "wait 400");
        assert_eq!(machine.step(call, Input::Go), line);
        assert_eq!(machine.step(call, answered(503, &json!({}))), "wait 800");
        assert_eq!(machine.step(call, Input::Go), line);
    };
    fail(&mut call, &list);
    assert_eq!(machine.step(&mut call, answered(401, &json!({}))), "renew");
    assert_eq!(machine.renewed(&mut call, Ok(token(1.0))), list);
    assert_eq!(machine.step(&mut call, slack(true)), "DELETE integrations/i");
    fail(&mut call, "DELETE integrations/i");
    assert_eq!(machine.step(&mut call, answered(401, &json!({}))), "renew");
    assert_eq!(machine.renewed(&mut call, Ok(token(2.0))), "DELETE integrations/i");
    // The try that was cut did it.
    assert_eq!(machine.step(&mut call, answered(404, &json!({}))), "done null");
    let told = Event::IntegrationUninstalled {
        integration_id: "i".into(),
        integration_type: "slack".into(),
        credential_id: None,
    };
    assert_eq!(machine.notices.take(), [Notice::Event(told)]);
}

/// That a list was cut says nothing about the deletion after it.
#[test]
fn a_lost_answer_counts_for_its_own_request_only() {
    let machine = Machine::signed_in(false);
    let (mut call, _) = machine.start(uninstall());
    machine.step(&mut call, cut());
    machine.step(&mut call, Input::Go);
    assert_eq!(machine.step(&mut call, slack(true)), "DELETE integrations/i");
    assert_eq!(machine.step(&mut call, answered(404, &json!({}))), "failed not_found");
    assert!(machine.notices.take().is_empty());
}

#[test]
fn whoever_is_told_may_call_the_engine_again() {
    let place: Rc<RefCell<Option<Rc<Engine<Value>>>>> = Rc::default();
    let told = Rc::clone(&place);
    let engine = Rc::new(Engine::new(Box::new(move |notice| {
        let Some(engine) = told.borrow().clone() else { return };
        match notice {
            Notice::Event(Event::SignedIn { .. }) => engine.end_session(false),
            Notice::Event(Event::SignedOut { .. }) => {
                let Started::Done(Err(error)) = engine.start(integrations(), 0) else {
                    panic!("nobody is signed in")
                };
                assert_eq!(error.code, ErrorCode::NotAuthenticated);
                drop(engine.authenticate("p", Some(&token(0.0)), None, 0));
            }
            _ => assert!(!engine.is_signed_in()),
        }
    })));
    place.replace(Some(Rc::clone(&engine)));
    let mut call = started(engine.authenticate("p", Some(&token(0.0)), None, 0));
    let epoch = call.epoch();
    let _ = call.step(&engine, Input::Go, 0.0);
    let _ = call.step(&engine, answered(200, &user("ada")), 0.0);
    assert!(!engine.is_signed_in());
    assert_eq!(engine.epoch(), epoch + 2, "the sign-out, and the sign-in that it has begun");
    place.take();
}

#[test]
fn metadata_of_one_integration_is_found_by_its_name() {
    let all = json!([{ "type": "slack" }, { "type": "custom.ledger" }, { "odd": 1 }]);
    for (name, outcome) in [
        ("slack", r#"done {"type":"slack"}"#),
        ("ledger", r#"done {"type":"custom.ledger"}"#),
        ("custom.ledger", r#"done {"type":"custom.ledger"}"#),
        ("slac", "failed integration_not_found"),
    ] {
        let machine = Machine::signed_in(false);
        let (mut call, sent) = machine.start(Task::find_metadata(name.to_owned()));
        assert_eq!(sent, "GET metadata");
        assert_eq!(machine.step(&mut call, answered(200, &all)), outcome);
    }
}
