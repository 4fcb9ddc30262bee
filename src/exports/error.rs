//! Errors as JavaScript has them.
//!
//! They are made of `Error` objects, without JavaScript of our own: the class `ParagonError` of the
//! npm package recognises them by their brand.

use wasm_bindgen::prelude::*;

use crate::browser::{JsJson, js};
use crate::error::{Error, ErrorCode};
use crate::json::Json;
use crate::text::join;

/// The error of a call.
pub(super) type Failure = Error<JsJson>;

/// An `Error` without a message. Made when a call is made, its stack names the caller. Inlined: V8
/// keeps ten frames, and the module's own are among them.
#[expect(clippy::inline_always, reason = "see above")]
#[inline(always)]
pub(super) fn caller() -> js_sys::Error {
    js_sys::Error::new("")
}

/// The JavaScript error: `error`, whose stack is kept.
pub(super) fn to_js(failure: Failure, error: js_sys::Error) -> JsValue {
    let failure = failure.into_inner();
    let name = failure.code.name();
    let error: JsValue = error.into();
    // V8's stack begins with name and message, as they were when the error was made.
    let stack = js::member(&error, "stack").as_string().unwrap_or_default();
    if let Some(frames) = stack.strip_prefix("Error") {
        define(&error, &"stack".into(), &join(&[name, ": ", &failure.message, frames]).into());
    }
    define(&error, &"message".into(), &failure.message.as_str().into());
    define(&error, &"name".into(), &name.into());
    // Marks our errors for every copy of this package, in every realm.
    let brand = js::invoke(&js::global("Symbol"), "for", &[&"paragon-wasm.error".into()]);
    define(&error, &brand.unwrap_or_default(), &JsValue::TRUE);
    if let Some(cause) = failure.cause {
        define(&error, &"cause".into(), &cause.0);
    }
    let mut error = JsJson(error);
    error.set("code", JsJson::from_text(failure.code.as_str()));
    if let Some(status) = failure.status {
        error.set("status", JsJson::from_number(status.into()));
    }
    if failure.retry_after_ms.is_some() || failure.detail.is_some() {
        let mut details = JsJson::object();
        if let Some(ms) = failure.retry_after_ms {
            details.set("retryAfterMs", JsJson::from_number(ms));
        }
        if let Some((name, detail)) = failure.detail {
            details.set(name, detail);
        }
        error.set("details", details);
    }
    error.0
}

/// Sets a member that does not show when the object is printed.
fn define(object: &JsValue, key: &JsValue, value: &JsValue) {
    let descriptor = js::object();
    js::set_member(&descriptor, "value", value);
    js::set_member(&descriptor, "configurable", &JsValue::TRUE);
    js::set_member(&descriptor, "writable", &JsValue::TRUE);
    let arguments = [object, key, &descriptor];
    let _ = js::invoke(&js::global("Object"), "defineProperty", &arguments);
}

/// An error of the part of the npm package that connects accounts.
#[wasm_bindgen(js_name = createError, skip_typescript)]
pub fn create_error(code: JsValue, message: JsValue, details: JsValue, cause: JsValue) -> JsValue {
    let caller = caller();
    let code = code.as_string().and_then(|code| ErrorCode::from_code(&code));
    let message = message.as_string().unwrap_or_default();
    let mut failure = Failure::new(code.unwrap_or(ErrorCode::Internal), &message);
    if !js::is_undefined(&cause) {
        failure = failure.with_cause(Some(JsJson(cause)));
    }
    let mut error = JsJson(to_js(failure, caller));
    if !js::is_undefined(&details) {
        error.set("details", JsJson(details));
    }
    error.0
}
