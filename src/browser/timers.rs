//! Timers. One JavaScript function serves them all: a closure for each timer would be a good part of
//! what a call costs.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::prelude::*;

use super::{Bind, Callback, js};
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
    fn performance_now() -> Result<JsValue, JsValue>;
}

/// A timer that is set.
struct Pending {
    /// None once it has elapsed.
    waker: Option<Waker>,
    due_ms: f64,
    /// The clock that it was set by.
    clock: u32,
}

thread_local! {
    static PENDING: RefCell<Slab<Pending>> = const { RefCell::new(Slab::new()) };

    /// No timer is due before.
    static EARLIEST_MS: Cell<f64> = const { Cell::new(f64::INFINITY) };

    /// The `setTimeout` that was there last, and how many there were before it: a test's clock brings its own.
    static CLOCK: RefCell<(JsValue, u32)> = const { RefCell::new((JsValue::UNDEFINED, 0)) };

    static ELAPSE: Callback = Closure::new(|key: JsValue| {
        let key = Key::from_number(key.as_f64().unwrap_or(-1.0));
        let waker = PENDING.with_borrow_mut(|all| {
            all.get_mut(key)?.waker.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
        wake_lost(now_ms());
        JsValue::UNDEFINED
    });
}

/// Milliseconds by a clock that nobody sets; 0 where there is none.
fn now_ms() -> f64 {
    let now_ms = performance_now().ok().and_then(|now_ms| now_ms.as_f64());
    now_ms.filter(|now_ms| now_ms.is_finite()).unwrap_or_default()
}

/// The number of the present clock.
fn clock() -> u32 {
    let present = js::global("setTimeout");
    CLOCK.with_borrow_mut(|(known, number)| {
        if *known != present {
            *known = present;
            *number = number.wrapping_add(1);
        }
        *number
    })
}

/// Wakes whoever waits for a timer that is due and was set by another clock, which may have gone and taken its
/// timers with it. Not others: in Cloudflare Workers a call must be woken by a timer of the request that it is
/// made for.
fn wake_lost(now_ms: f64) {
    let clock = clock();
    let mut wakers: Vec<Waker> = Vec::new();
    let mut earliest_ms = f64::INFINITY;
    PENDING.with_borrow_mut(|all| {
        all.each(|pending| {
            if pending.waker.is_none() {
                return;
            }
            if pending.due_ms <= now_ms && pending.clock != clock {
                wakers.extend(pending.waker.take());
            } else {
                earliest_ms = earliest_ms.min(pending.due_ms);
            }
        });
    });
    EARLIEST_MS.set(earliest_ms);
    for waker in &wakers {
        waker.wake_by_ref();
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
            let now_ms = now_ms();
            if EARLIEST_MS.get() <= now_ms {
                wake_lost(now_ms);
            }
            let waker = Some(context.waker().clone());
            let due_ms = now_ms + f64::from(self.ms);
            EARLIEST_MS.set(EARLIEST_MS.get().min(due_ms));
            let pending = Pending { waker, due_ms, clock: clock() };
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
        PENDING.with_borrow_mut(|all| {
            match all.get_mut(*key).and_then(|pending| pending.waker.as_mut()) {
                Some(waker) => {
                    waker.clone_from(context.waker());
                    Poll::Pending
                }
                None => Poll::Ready(()),
            }
        })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some((key, timer)) = &self.set {
            let pending = PENDING.with_borrow_mut(|all| all.remove(*key));
            // One that has elapsed need not be cleared.
            if pending.is_some_and(|pending| pending.waker.is_some()) {
                let _ = clear_timeout(timer);
            }
        }
    }
}
