//! The module of the npm package: drives nothing itself, but tells `pkg-template/session.js` what
//! each call needs next. That is the only caller: it has checked the types of what it passes, and
//! makes errors and events of what it gets.
//!
//! Few exports and few imports, as each costs bytes in the wasm and in its glue.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use crate::browser::JsJson;
use crate::engine::{Call, Engine, Event, Input, Notice, Started, Step, Task, superseded};
use crate::protocol::error::Error;
use crate::protocol::json::Json;
use crate::protocol::message::{Method, Payload, ReadAs, Response, Selection};
use crate::protocol::proxy::ProxyRequest;
use crate::protocol::route::ROUTES;

/// A quarter of the size of the default one, and constant in time.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Operations from this number on are [`ROUTES`].
const ROUTES_FROM: usize = 9;

#[wasm_bindgen]
extern "C" {
    /// What the package's JavaScript does for the module.
    pub type Host;

    /// `kind`: 0 ended, 1 signed in, 2 signed out, 3 expired, 4 uninstalled, 5 switched.
    #[wasm_bindgen(method, js_name = _notice)]
    fn notice(this: &Host, kind: u32, a: &str, b: &str, c: &JsValue);

    /// Settles the call with an error. Status 0, a negative `retry_after_ms` and an empty `key`
    /// stand for none.
    #[wasm_bindgen(method, js_name = _fail)]
    fn fail(
        this: &Host,
        call: u32,
        code: &str,
        message: &str,
        status: u32,
        retry_after_ms: f64,
        key: &str,
        detail: &JsValue,
        cause: &JsValue,
    );

    /// Has a request of the call sent, with the body and the headers that the application gave; and,
    /// if it `is_selective`, with the account that it chose. Until `fresh_until_ms` the host may send
    /// the same for another call without asking.
    #[wasm_bindgen(method, js_name = _send)]
    fn send(
        this: &Host,
        call: u32,
        method: u32,
        origin: u32,
        path: &str,
        authorization: &JsValue,
        is_selective: bool,
        fresh_until_ms: f64,
    );

    /// Has the call go on after so many milliseconds; or, when they are negative, once the token
    /// has been renewed.
    #[wasm_bindgen(method, js_name = _wait)]
    fn wait(this: &Host, call: u32, ms: f64);

    /// Settles the call.
    #[wasm_bindgen(method, js_name = _settle)]
    fn settle(this: &Host, call: u32, value: &JsValue);
}

/// A client of the Users API with one session.
struct Core {
    engine: Engine<JsJson>,
    host: Host,
    /// The calls that are under way, by their numbers.
    calls: RefCell<Vec<(u32, Box<Call<JsJson>>)>>,
}

thread_local! {
    /// The clients there are. Functions with a client's number cost less than a class of their own.
    static CORES: RefCell<Vec<Option<Rc<Core>>>> = const { RefCell::new(Vec::new()) };
}

fn core(client: usize) -> Option<Rc<Core>> {
    CORES.with_borrow(|cores| cores.get(client).cloned().flatten())
}

/// A client with nobody signed in. What it gives is the client's number.
#[wasm_bindgen]
pub fn create(host: Host) -> usize {
    let listener: Host = host.clone().unchecked_into();
    let engine = Engine::new(Box::new(move |notice| tell(&listener, &notice)));
    let core = Some(Rc::new(Core { engine, host, calls: RefCell::default() }));
    CORES.with_borrow_mut(|cores| {
        let free = cores.iter().position(Option::is_none).unwrap_or(cores.len());
        match cores.get_mut(free) {
            Some(place) => *place = core,
            None => cores.push(core),
        }
        free
    })
}

/// Forgets a client.
#[wasm_bindgen]
pub fn release(client: usize) {
    let released = CORES.with_borrow_mut(|cores| cores.get_mut(client).and_then(Option::take));
    drop(released);
}

/// Signs out.
#[wasm_bindgen]
pub fn end(client: usize) {
    if let Some(core) = core(client) {
        core.engine.end_session(false);
    }
}

/// Starts call number `call`, which is to do `operation`: see there. The other numbers are an index
/// of [`Method::ALL`] and one of [`ReadAs::ALL`]; the rest is what the operation takes, and where it
/// takes nothing, nothing. Of a body only whether there is one: it stays with the caller, as the
/// application's headers do.
#[wasm_bindgen]
#[expect(clippy::too_many_arguments, reason = "an object would be read member by member")]
pub fn start(
    client: usize,
    call: u32,
    operation: usize,
    now_ms: f64,
    max_retries: u32,
    method: usize,
    read_as: usize,
    a: String,
    b: Option<String>,
    query: Option<JsValue>,
    credential_id: Option<JsValue>,
    configuration_id: Option<JsValue>,
    has_body: bool,
) {
    let Some(core) = core(client) else { return };
    let options = Options {
        max_retries,
        method: Method::ALL.get(method).copied().unwrap_or(Method::Get),
        read_as: ReadAs::ALL.get(read_as).copied().unwrap_or(ReadAs::Auto),
        query: text(query),
        selection: Selection {
            credential_id: text(credential_id),
            configuration_id: text(configuration_id),
        },
        has_body,
    };
    match core.started(operation, a, b, options) {
        Started::Done(outcome) => core.settle(call, outcome),
        Started::Call(started) => core.advance(call, started, Input::Go, now_ms),
    }
}

/// Tells call number `call` what has happened. `kind`: 0 it may go on, 1 this is the token, 2
/// there is no token, 3 this was answered, 4 there was no answer, 5 the session ended, 6 it is given
/// up. Of a call that it does not know the module says something at 5 only.
#[wasm_bindgen]
#[expect(clippy::too_many_arguments, reason = "each is a part of an answer")]
pub fn step(
    client: usize,
    call: u32,
    kind: u32,
    value: JsValue,
    status: u16,
    parsed: bool,
    retry_after_ms: f64,
    date_ms: f64,
    chance: f64,
    now_ms: f64,
) {
    let Some(core) = core(client) else { return };
    let value = JsJson(value);
    let mut calls = core.calls.borrow_mut();
    let index = calls.iter().position(|(known, _)| *known == call);
    let stepped = index.map(|index| calls.swap_remove(index).1);
    drop(calls);
    if kind == 5 {
        return core.settle(call, Err(superseded()));
    }
    let Some(stepped) = stepped else { return };
    let input = match kind {
        0 => Input::Go,
        1 => Input::Renewed(stepped.session().renew(Ok(value.as_text().unwrap_or_default()))),
        2 => Input::Renewed(stepped.session().renew(Err(value))),
        3 => {
            // What could not be read is no number.
            let known = |ms: f64| if ms.is_finite() { Some(ms) } else { None };
            let (retry_after_ms, date_ms) = (known(retry_after_ms), known(date_ms));
            Input::Answered(
                Ok(Response { status, body: value, parsed, retry_after_ms, date_ms }),
                chance,
            )
        }
        4 => Input::Answered(Err(Some(value)), chance),
        _ => return,
    };
    core.advance(call, stepped, input, now_ms);
}

impl Core {
    fn started(
        &self,
        operation: usize,
        a: String,
        b: Option<String>,
        options: Options,
    ) -> Started<JsJson> {
        let engine = &self.engine;
        let Options { max_retries, method, read_as, query, selection, has_body } = options;
        let body = if has_body { Some(JsJson(JsValue::UNDEFINED)) } else { None };
        let task = match operation {
            0 => return engine.authenticate(&a, b.as_deref(), body, max_retries),
            1 => return engine.get_user(max_retries),
            2 => Task::uninstall(a, selection),
            3 => {
                let payload = body.map_or(Payload::Empty, Payload::Raw);
                let asked = ProxyRequest { method, payload, headers: None, read_as, selection };
                Task::proxy(&a, &b.unwrap_or_default(), asked)
            }
            4 => Task::access(),
            5 => Task::find_metadata(a),
            _ => {
                let task = match operation {
                    6 | 7 => Task::switch_workflow(&a, operation == 6),
                    8 => Task::install(method, a),
                    _ => match ROUTES.get(operation.wrapping_sub(ROUTES_FROM)) {
                        Some(route) => Task::route(route, &a),
                        None => Task::access(),
                    },
                };
                task.with(Payload::Empty, None, &query.unwrap_or_default(), selection)
            }
        };
        engine.start(task, max_retries)
    }

    fn advance(&self, number: u32, mut call: Box<Call<JsJson>>, input: Input<JsJson>, now_ms: f64) {
        let wait_ms = match call.step(&self.engine, input, now_ms) {
            Step::Done(outcome) => return self.settle(number, outcome),
            Step::End(error) => {
                self.settle(number, Err(error));
                return self.engine.end_session(true);
            }
            Step::Wait(ms) => f64::from(ms),
            Step::Renew => -1.0,
            Step::Send => {
                let request = call.request();
                let Selection { credential_id, configuration_id } = &request.selection;
                let is_selective = credential_id.is_some() || configuration_id.is_some();
                let method = request.method as u32;
                let (origin, path) = call.place();
                let authorization = call.authorization();
                let fresh_until_ms = call.fresh_until_ms();
                // First, as the host may call the module again.
                self.calls.borrow_mut().push((number, call));
                self.host.send(
                    number,
                    method,
                    origin as u32,
                    &path,
                    &authorization.0,
                    is_selective,
                    fresh_until_ms,
                );
                return;
            }
        };
        self.calls.borrow_mut().push((number, call));
        self.host.wait(number, wait_ms);
    }

    fn settle(&self, call: u32, outcome: Result<JsJson, Error<JsJson>>) {
        match outcome {
            Ok(value) => self.host.settle(call, &value.0),
            Err(error) => {
                let error = error.into_inner();
                let nothing = JsJson(JsValue::UNDEFINED);
                let (key, detail) = error.detail.unwrap_or_else(|| ("", nothing.clone()));
                self.host.fail(
                    call,
                    error.code.as_str(),
                    &error.message,
                    error.status.unwrap_or_default().into(),
                    error.retry_after_ms.unwrap_or(-1.0),
                    key,
                    &detail.0,
                    &error.cause.unwrap_or(nothing).0,
                );
            }
        }
    }
}

fn text(given: Option<JsValue>) -> Option<String> {
    given?.as_string()
}

/// What a call was told besides its arguments.
struct Options {
    max_retries: u32,
    method: Method,
    read_as: ReadAs,
    query: Option<String>,
    selection: Selection,
    has_body: bool,
}

fn tell(host: &Host, notice: &Notice) {
    let (kind, a, b, c) = match notice {
        Notice::Ended => (0, "", "", JsValue::UNDEFINED),
        Notice::Event(event) => match event {
            Event::SignedIn { user_id } => (1, user_id.as_str(), "", JsValue::UNDEFINED),
            Event::SignedOut { user_id, expired } => {
                (2 + u32::from(*expired), user_id.as_str(), "", JsValue::UNDEFINED)
            }
            Event::IntegrationUninstalled { integration_id, integration_type, credential_id } => {
                let credential_id = credential_id.as_deref().map(JsValue::from);
                (
                    4,
                    integration_id.as_str(),
                    integration_type.as_str(),
                    credential_id.unwrap_or_default(),
                )
            }
            Event::WorkflowChanged { workflow_id, enabled } => {
                (5, workflow_id.as_str(), "", (*enabled).into())
            }
        },
    };
    host.notice(kind, a, b, &c);
}
