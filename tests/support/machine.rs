//! An engine and its calls, step by step: the test is what drives it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use paragon_wasm::engine::{Call, Engine, Input, Notice, Started, Step, Task};
use paragon_wasm::protocol::error::Error;
use paragon_wasm::protocol::message::Response;
use serde_json::{Value, json};

use super::jwt;
use super::session::{EXPIRES_AT, user};

pub struct Machine {
    pub engine: Rc<Engine<Value>>,
    pub notices: Rc<RefCell<Vec<Notice>>>,
    pub now_ms: Cell<f64>,
}

/// What a call does, in words: where it sends, or what it waits for.
pub fn said(call: &Call<Value>, step: &Step<Value>) -> String {
    match step {
        Step::Send => format!("{} {}", call.request().method.as_str(), call.request().path),
        Step::Renew => "renew".to_owned(),
        Step::Wait(ms) => format!("wait {ms}"),
        Step::Done(Ok(value)) => format!("done {value}"),
        Step::Done(Err(error)) => format!("failed {}", error.code.as_str()),
        Step::End(error) => format!("failed {} for good", error.code.as_str()),
    }
}

/// A token of ada's that was made at `issued_at` seconds after 1970.
pub fn token(issued_at: f64) -> String {
    jwt(&json!({ "sub": "ada", "iat": issued_at, "exp": issued_at + EXPIRES_AT }))
}

pub fn answered(status: u16, body: &Value) -> Input<Value> {
    let parsed = (200..300).contains(&status);
    let body = if parsed { body.clone() } else { Value::from(body.to_string()) };
    let response = Response { status, body, parsed, retry_after_ms: None, date_ms: None };
    Input::Answered(Ok(response), 1.0)
}

pub fn cut() -> Input<Value> {
    Input::Answered(Err(Some("Failed to fetch".into())), 1.0)
}

impl Machine {
    pub fn new() -> Self {
        let notices = Rc::new(RefCell::new(Vec::new()));
        let heard = Rc::clone(&notices);
        let engine = Engine::new(Box::new(move |notice| heard.borrow_mut().push(notice)));
        Self { engine: Rc::new(engine), notices, now_ms: Cell::new(0.0) }
    }

    /// With ada signed in: by a token, or by somebody who can be asked for more.
    pub fn signed_in(renewable: bool) -> Self {
        let machine = Self::new();
        let text = token(0.0);
        let fixed = (!renewable).then_some(text.as_str());
        let mut call = started(machine.engine.authenticate("p", fixed, None, 2));
        if renewable {
            assert_eq!(machine.step(&mut call, Input::Go), "renew");
            assert_eq!(machine.renewed(&mut call, Ok(text)), "GET me");
        } else {
            assert_eq!(machine.step(&mut call, Input::Go), "GET me");
        }
        assert_eq!(machine.step(&mut call, answered(200, &user("ada"))), "done \"ada\"");
        machine.notices.take();
        machine
    }

    /// A call under way, which has done its first step.
    pub fn start(&self, task: Task<Value>) -> (Box<Call<Value>>, String) {
        let mut call = started(self.engine.start(task, 2));
        let first = self.step(&mut call, Input::Go);
        (call, first)
    }

    /// The error of a call that is over before it has begun.
    pub fn refused(&self, task: Task<Value>) -> Error<Value> {
        match self.engine.start(task, 2) {
            Started::Done(outcome) => outcome.expect_err("a refusal"),
            Started::Call(call) => panic!("{call:?} was started"),
        }
    }

    pub fn step(&self, call: &mut Call<Value>, input: Input<Value>) -> String {
        let step = self.taken(call, input);
        said(call, &step)
    }

    fn taken(&self, call: &mut Call<Value>, input: Input<Value>) -> Step<Value> {
        let step = call.step(&self.engine, input, self.now_ms.get());
        if let Step::End(_) = step {
            self.engine.end_session(true);
        }
        step
    }

    /// The error that a call comes to by `input`.
    pub fn failure(&self, call: &mut Call<Value>, input: Input<Value>) -> Error<Value> {
        match self.taken(call, input) {
            Step::End(error) => error,
            Step::Done(outcome) => outcome.expect_err("a failure"),
            other => panic!("{call:?}: {}", said(call, &other)),
        }
    }

    /// Hands over what the application gave when it was asked for a token.
    pub fn renewed(&self, call: &mut Call<Value>, given: Result<String, Value>) -> String {
        let outcome = call.session().renew(given);
        self.step(call, Input::Renewed(outcome))
    }
}

pub fn started(started: Started<Value>) -> Box<Call<Value>> {
    match started {
        Started::Call(call) => call,
        Started::Done(outcome) => panic!("over already: {outcome:?}"),
    }
}
