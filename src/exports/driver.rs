//! Runs the calls and settles their promises.
//!
//! wasm-bindgen-futures has one queue for all futures: a failure inside one call leaves the others of
//! the same turn unsettled, and test clocks that replace `queueMicrotask` stop it for good. So each
//! call's future is polled by itself, when what it waits for wakes it.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::error::{self, Failure};
use super::options::Signal;
use crate::browser::{Bind, Callback, Deferred, JsJson, js};
use crate::client::{LocalFuture, Pending};
use crate::error::ErrorCode;
use crate::slab::{Key, Slab};

pub(super) type Outcome = Result<JsJson, Failure>;

/// A call under way.
struct Running {
    /// None while it is polled.
    future: Option<LocalFuture<Outcome>>,
    waker: Waker,
    settler: Settler,
    signal: Option<Listening>,
}

/// Settles the promise of a call.
pub(super) struct Settler {
    /// An error made when the call was made: its stack names the caller.
    pub(super) caller: js_sys::Error,
    /// Makes the caller's value of an answer.
    pub(super) convert: Convert,
    /// The application's functions, which the call may need: held until it settles.
    pub(super) _functions: JsValue,
    pub(super) resolve: JsValue,
    pub(super) reject: JsValue,
}

/// Makes a caller's value of an answer.
pub(super) type Convert = fn(JsJson) -> JsValue;

thread_local! {
    static CALLS: RefCell<Slab<Running>> = const { RefCell::new(Slab::new()) };

    /// The reject functions of all calls under way, by the indices of their keys: should the module fail
    /// inside, the npm package calls them. Those of settled calls are `undefined`.
    static PENDING: JsValue = js::object();

    /// Calls that were woken while another one was polled. They wait, so that a call which ends the
    /// session settles before those that end with it.
    static WOKEN: RefCell<VecDeque<Key>> = const { RefCell::new(VecDeque::new()) };
    static POLLING: Cell<bool> = const { Cell::new(false) };
}

/// Hidden: see `PENDING`.
#[wasm_bindgen(js_name = pendingCalls, skip_typescript)]
pub fn pending_calls() -> JsValue {
    PENDING.with(JsValue::clone)
}

/// The promise of a call, and what settles it.
pub(super) fn promise(
    caller: js_sys::Error,
    convert: Convert,
    functions: JsValue,
) -> (Promise, Settler) {
    let (resolve, reject) = (JsValue::UNDEFINED, JsValue::UNDEFINED);
    let mut settler = Settler { caller, convert, _functions: functions, resolve, reject };
    let promise = Deferred::new(&mut |resolve, reject| {
        settler.resolve = resolve;
        settler.reject = reject;
    });
    (promise.unchecked_into(), settler)
}

/// Starts a call.
pub(super) fn start(call: Pending<crate::Browser>, signal: Option<Signal>, settler: Settler) {
    if let Some(signal) = &signal
        && signal.is_aborted()
    {
        return settler.settle(Err(aborted(signal)));
    }
    let key = insert(call, settler);
    if let Some(signal) = signal {
        listen(key, signal);
    }
    wake(key);
}

impl Settler {
    pub(super) fn settle(self, outcome: Outcome) {
        let (function, value) = match outcome {
            Ok(answer) => (self.resolve, (self.convert)(answer)),
            Err(failure) => (self.reject, error::to_js(failure, self.caller)),
        };
        let _ = js::call(&function, &JsValue::UNDEFINED, &[&value]);
    }
}

fn insert(future: LocalFuture<Outcome>, settler: Settler) -> Key {
    CALLS.with_borrow_mut(|calls| {
        let waker = Waker::noop().clone();
        let running = Running { future: Some(future), waker, settler, signal: None };
        let key = calls.insert(running);
        if let Some(running) = calls.get_mut(key) {
            running.waker = Waker::from(Arc::new(CallWaker(key)));
            let reject = &running.settler.reject;
            PENDING.with(|pending| js::set(pending, &key.index().into(), reject));
        }
        key
    })
}

struct CallWaker(Key);

impl Wake for CallWaker {
    fn wake(self: Arc<Self>) {
        wake(self.0);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        wake(self.0);
    }
}

/// Polls the call, and all that are woken meanwhile.
fn wake(key: Key) {
    WOKEN.with_borrow_mut(|woken| woken.push_back(key));
    if POLLING.replace(true) {
        return;
    }
    while let Some(key) = WOKEN.with_borrow_mut(VecDeque::pop_front) {
        poll(key);
    }
    POLLING.set(false);
}

fn poll(key: Key) {
    let taken = CALLS.with_borrow_mut(|calls| {
        let running = calls.get_mut(key)?;
        Some((running.future.take()?, running.waker.clone()))
    });
    let Some((mut future, waker)) = taken else { return };
    match future.as_mut().poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(outcome) => {
            drop(future);
            settle(key, outcome);
        }
        Poll::Pending => {
            // It may have been aborted meanwhile; then it is dropped here.
            let dropped = CALLS.with_borrow_mut(|calls| match calls.get_mut(key) {
                Some(running) => {
                    running.future = Some(future);
                    None
                }
                None => Some(future),
            });
            drop(dropped);
        }
    }
}

fn settle(key: Key, outcome: Outcome) {
    let Some(running) = CALLS.with_borrow_mut(|calls| calls.remove(key)) else { return };
    PENDING.with(|pending| js::set(pending, &key.index().into(), &JsValue::UNDEFINED));
    let Running { future, settler, signal, .. } = running;
    drop((future, signal));
    settler.settle(outcome);
}

/// A listener for the caller's signal, removed when the call settles. The signal itself is not handed
/// to `fetch`: it may be of another realm, and calls share requests.
struct Listening {
    signal: Signal,
    on_abort: JsValue,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.signal.unlisten(&self.on_abort);
    }
}

thread_local! {
    /// The listener of every signal, called with the key of the call: one that calls too late or twice finds none.
    static ABORT: Callback = Closure::new(|key: JsValue| {
        let key = Key::from_number(key.as_f64().unwrap_or(-1.0));
        let signal = CALLS.with_borrow_mut(|calls| {
            calls.get_mut(key)?.signal.as_ref().map(|listening| listening.signal.clone())
        });
        if let Some(signal) = signal {
            settle(key, Err(aborted(&signal)));
        }
        JsValue::UNDEFINED
    });
}

fn listen(key: Key, signal: Signal) {
    let on_abort = ABORT.with(|abort| {
        let key = key.to_number().into();
        abort.as_ref().unchecked_ref::<Bind>().bind(&JsValue::UNDEFINED, &key)
    });
    let Ok(on_abort) = on_abort else { return };
    let listening = Listening { signal: signal.clone(), on_abort: on_abort.clone() };
    let replaced = CALLS.with_borrow_mut(|calls| {
        calls.get_mut(key).and_then(|running| running.signal.replace(listening))
    });
    drop(replaced);
    signal.listen(&on_abort);
}

fn aborted(signal: &Signal) -> Failure {
    Failure::new(ErrorCode::Aborted, "The call was aborted by its signal.")
        .with_cause(Some(JsJson(signal.reason())))
}
