//! The platform of a page, a worker or a server's JavaScript.

pub(crate) mod functions;
#[cfg_attr(not(feature = "exports"), expect(dead_code, reason = "some serve the exports only"))]
pub(crate) mod js;
mod json;
mod timers;
mod transport;

#[cfg(feature = "exports")]
pub(crate) use self::json::CleanBuiltIns;
pub use self::json::JsJson;
pub use self::transport::Browser;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

/// The one type of the functions that the module makes for JavaScript: each type of closure costs an
/// export and a function of the glue.
pub(crate) type Callback = Closure<dyn FnMut(JsValue) -> JsValue>;

#[wasm_bindgen]
extern "C" {
    /// A function.
    pub(crate) type Bind;

    /// The function with its first argument.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn bind(
        this: &Bind,
        receiver: &JsValue,
        argument: &JsValue,
    ) -> Result<JsValue, JsValue>;

    // `js_sys::Promise::new` takes typed functions, whose names are 600 bytes of module and glue.
    #[wasm_bindgen(extends = Promise, js_name = Promise)]
    pub(crate) type Deferred;

    #[wasm_bindgen(constructor, js_class = "Promise")]
    pub(crate) fn new(executor: &mut dyn FnMut(JsValue, JsValue)) -> Deferred;

    /// A promise.
    pub(crate) type Chain;

    /// A promise of what the function returns, which is called in a turn of its own.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn then(this: &Chain, function: &JsValue) -> Result<Promise, JsValue>;
}

/// A promise that settles as `value` does. Of its own: a promise of the application's may have a `then`
/// that throws, or that calls back twice.
pub(crate) fn settled(value: &JsValue) -> Promise {
    let promise = Deferred::new(&mut |resolve, _| {
        let _ = js::call(&resolve, &JsValue::UNDEFINED, &[value]);
    });
    promise.unchecked_into()
}
