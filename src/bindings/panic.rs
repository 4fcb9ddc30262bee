//! The net under everything: a panic is told to the loader.

use std::cell::RefCell;

use js_sys::Function;
use wasm_bindgen::prelude::*;

/// Has `callback` called with the message when the module panics.
///
/// Nothing here is meant to panic. Should something do so all the same, the promises that are
/// pending then would never settle; the loader rejects them.
#[wasm_bindgen(js_name = onPanic)]
pub fn on_panic(callback: Function) {
    thread_local! {
        static CALLBACK: RefCell<Option<Function>> = const { RefCell::new(None) };
    }
    CALLBACK.replace(Some(callback));
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.payload().downcast_ref::<&str>().copied().unwrap_or_default();
        CALLBACK.with_borrow(|callback| {
            if let Some(callback) = callback {
                let _ = callback.call1(&JsValue::UNDEFINED, &message.into());
            }
        });
    }));
}
