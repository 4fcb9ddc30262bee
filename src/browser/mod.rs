//! The platform of a page, a worker or a server's JavaScript.

pub(crate) mod functions;
#[cfg_attr(not(feature = "exports"), expect(dead_code, reason = "some serve the exports only"))]
pub(crate) mod js;
mod json;
mod timers;
mod transport;

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

    /// A promise.
    pub(crate) type Chain;

    /// A promise of what the function returns, which is called in a turn of its own.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn then(this: &Chain, function: &JsValue) -> Result<Promise, JsValue>;
}
