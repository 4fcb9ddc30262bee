//! Exports for the part of the npm package that connects accounts, which is JavaScript. They have no
//! types and are not documented.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::body;
use super::client::{NONE, ParagonClient, UNDEFINED, if_any, whole};
use super::error::{Failure, caller, to_js};
use super::options::{Common, Options, Read, method_named, text};
use crate::browser::{Browser, JsJson, js};
use crate::client::{InstallSession, ready};
use crate::http::request::{Payload, is_path_segment};
use crate::json::Json;

#[wasm_bindgen]
impl ParagonClient {
    /// Sends a request of an install. The answer is JSON or `undefined`.
    #[wasm_bindgen(skip_typescript)]
    pub fn send(&self, method: JsValue, path: JsValue, body: JsValue, options: JsValue) -> Promise {
        self.run([method, path, body], options, if_any, |call| {
            let [method, path, body] = &call.arguments;
            let method = method_named(method)?;
            let path = text(path, "path")?;
            let body = if js::is_undefined(body) {
                Payload::Empty
            } else {
                Payload::Json(body::json_text(body, "body")?)
            };
            Ok(call.client().install_request(method, path, body, &call.common.call))
        })
    }

    /// `{url, projectId, userId, timeoutMs}` of the session that is on.
    #[wasm_bindgen(js_name = installSession, skip_typescript)]
    pub fn install_session(&self, options: JsValue) -> Promise {
        self.run(NONE, options, whole, |call| {
            let InstallSession { url, project_id, user_id, timeout_ms } =
                call.client().install_session()?;
            let session = JsJson::object()
                .with("url", JsJson::from_text(&url))
                .with("projectId", JsJson::from_text(&project_id))
                .with("userId", JsJson::from_text(&user_id))
                .with("timeoutMs", JsJson::from_number(timeout_ms.into()));
            Ok(ready::<Browser>(Ok(session)))
        })
    }

    /// The address of the popup's first page.
    #[wasm_bindgen(js_name = popupUrl, skip_typescript)]
    pub fn popup_url(&self, query: JsValue, options: JsValue) -> Promise {
        self.run([query, UNDEFINED, UNDEFINED], options, whole, |call| {
            let [query, ..] = &call.arguments;
            Ok(call.client().popup_url(&text(query, "query")?, &call.common.call))
        })
    }

    /// The text without the user token.
    #[wasm_bindgen(skip_typescript)]
    pub fn redact(&self, text: JsValue) -> JsValue {
        self.client().redact(&JsJson(text)).0
    }

    /// Keeps the application's functions in `object`, which belongs to the caller: see
    /// [`crate::browser::functions::Functions`].
    #[wasm_bindgen(js_name = keepFunctionsIn, skip_typescript)]
    pub fn keep_functions_in(&self, object: JsValue) {
        self.functions().keep_in(&object);
    }

    /// Notifies the listeners of an event.
    #[wasm_bindgen(skip_typescript)]
    pub fn emit(&self, name: JsValue, event: JsValue) {
        self.listeners().emit(&name.as_string().unwrap_or_default(), &event);
    }
}

/// A text that is not empty, trimmed.
#[wasm_bindgen(js_name = checkText, skip_typescript)]
pub fn check_text(value: JsValue, path: JsValue) -> Result<JsValue, JsValue> {
    checked(caller(), &value, &path, |value, path| filled(value, path).map(Into::into))
}

/// The id of something, trimmed.
#[wasm_bindgen(js_name = checkId, skip_typescript)]
pub fn check_id(value: JsValue, path: JsValue) -> Result<JsValue, JsValue> {
    checked(caller(), &value, &path, |value, path| {
        let id = filled(value, path)?;
        let why = "must be an id: letters, digits, \"-\" and \"_\"";
        if is_path_segment(&id) { Ok(id.into()) } else { Err(Failure::invalid_argument(path, why)) }
    })
}

/// The object itself.
#[wasm_bindgen(js_name = checkObject, skip_typescript)]
pub fn check_object(value: JsValue, path: JsValue) -> Result<JsValue, JsValue> {
    checked(caller(), &value, &path, |value, path| {
        if value.is_object() && !js::is_array(value) {
            return Ok(value.clone());
        }
        Err(Failure::invalid_argument(path, "must be an object"))
    })
}

/// The options that every call takes, checked.
#[wasm_bindgen(js_name = checkCallOptions, skip_typescript)]
pub fn check_call_options(options: JsValue) -> Result<JsValue, JsValue> {
    checked(caller(), &options, &"options".into(), |options, path| {
        Common::read(&Options::of(options.clone(), path)?)?;
        Ok(options.clone())
    })
}

/// The result of `check`, which gets a value and where it is. A failure is thrown.
fn checked(
    caller: js_sys::Error,
    value: &JsValue,
    path: &JsValue,
    check: fn(&JsValue, &str) -> Read<JsValue>,
) -> Result<JsValue, JsValue> {
    let path = path.as_string().unwrap_or_default();
    check(value, &path).map_err(|failure| to_js(failure, caller))
}

fn filled(value: &JsValue, path: &str) -> Read<String> {
    let text = value.as_string().map(|text| text.trim_ascii().to_owned());
    text.filter(|text| !text.is_empty())
        .ok_or_else(|| Failure::invalid_argument(path, "must be a string that is not empty"))
}
