//! Timers. One JavaScript function serves them all: a closure for each timer would be a good part of
//! what a call costs.

use std::cell::RefCell;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::prelude::*;

use super::{Bind, Callback};
use crate::slab::{Key, Slab};

#[wasm_bindgen]
extern "C" {
    // Caught: an application or its test tools may have replaced them.
    #[wasm_bindgen(js_name = setTimeout, catch)]
    fn set_timeout(callback: &JsValue, ms: f64) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = clearTimeout, catch)]
    fn clear_timeout(timer: &JsValue) -> Result<(), JsValue>;

    // Not the wall clock, which may be set.
    #[wasm_bindgen(js_namespace = performance, js_name = now, catch)]
    fn now_ms() -> Result<f64, JsValue>;
}

/// A timer that is set.
struct Pending {
    waker: Option<Waker>,
    due_ms: f64,
    has_elapsed: bool,
}

thread_local! {
    static PENDING: RefCell<Slab<Pending>> = const { RefCell::new(Slab::new()) };

    static ELAPSE: Callback = Closure::new(|key: JsValue| {
        elapse(Key::from_number(key.as_f64().unwrap_or(-1.0)));
        JsValue::UNDEFINED
    });
}

/// Wakes whoever waits for the timer; and for those that are due by the clock, which a test's timers
/// may have taken with them.
fn elapse(key: Key) {
    let now_ms = now_ms().unwrap_or_default();
    let wakers: Vec<Waker> = PENDING.with_borrow_mut(|pending| {
        if let Some(pending) = pending.get_mut(key) {
            pending.due_ms = now_ms;
        }
        let due = pending.values_mut().filter(|pending| pending.due_ms <= now_ms);
        due.filter_map(|pending| {
            pending.has_elapsed = true;
            pending.waker.take()
        })
        .collect()
    });
    for waker in wakers {
        waker.wake();
    }
}

/// A timer that is set when it is first polled, and cleared when it is dropped.
pub(super) struct Timer {
    ms: u32,
    set: Option<(Key, JsValue)>,
}

impl Timer {
    pub(super) fn new(ms: u32) -> Self {
        Self { ms, set: None }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some((key, _)) = &self.set else {
            let waker = Some(context.waker().clone());
            let due_ms = now_ms().unwrap_or_default() + f64::from(self.ms);
            let pending = Pending { waker, due_ms, has_elapsed: false };
            let key = PENDING.with_borrow_mut(|all| all.insert(pending));
            // The key is bound: not all that stands for `setTimeout` hands arguments on.
            let timer = ELAPSE
                .with(|elapse| {
                    let key = key.to_number().into();
                    elapse.as_ref().unchecked_ref::<Bind>().bind(&JsValue::UNDEFINED, &key)
                })
                .and_then(|elapse| set_timeout(&elapse, self.ms.into()));
            self.set = Some((key, timer.unwrap_or_default()));
            return Poll::Pending;
        };
        PENDING.with_borrow_mut(|all| match all.get_mut(*key) {
            Some(pending) if !pending.has_elapsed => {
                pending.waker = Some(context.waker().clone());
                Poll::Pending
            }
            _ => Poll::Ready(()),
        })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some((key, timer)) = &self.set {
            let pending = PENDING.with_borrow_mut(|all| all.remove(*key));
            // One that has elapsed need not be cleared.
            if pending.is_some_and(|pending| !pending.has_elapsed) {
                let _ = clear_timeout(timer);
            }
        }
    }
}
