//! Errors as JavaScript throws them.

use js_sys::{Object, Reflect, Symbol};
use wasm_bindgen::prelude::*;

use super::json::JsJson;
use crate::protocol::error::{Details, Error, ServerAnswer};

/// An `Error` with `name`, `code` and, where there are any, `status`, `details` and `cause`.
///
/// It is a plain `Error` with a mark, so that it needs no class shared between bundles or realms:
/// the loader's `isParagonError` and `instanceof ParagonError` go by the mark.
pub fn to_js(error: Error<JsJson>) -> JsValue {
    let error = error.into_inner();
    let object = js_sys::Error::new(&error.message);
    let show = |key: &str, value: JsValue| {
        let _ = Reflect::set(&object, &key.into(), &value);
    };
    // As on errors that the platform makes, these do not show when the error is printed.
    let hide = |key: JsValue, value: JsValue| {
        let descriptor = Object::new();
        let _ = Reflect::set(&descriptor, &"value".into(), &value);
        let _ = Reflect::define_property(&object, &key, &descriptor);
    };
    hide(Symbol::for_("paragon-wasm.error").into(), JsValue::TRUE);
    hide("name".into(), error.code.name().into());
    show("code", error.code.as_str().into());
    if let Some(status) = error.status {
        show("status", status.into());
    }
    if let Some(details) = details_to_js(error.details, error.retry_after_ms) {
        show("details", details);
    }
    if let Some(JsJson(cause)) = error.cause {
        hide("cause".into(), cause);
    }
    object.into()
}

fn details_to_js(details: Details<JsJson>, retry_after_ms: Option<f64>) -> Option<JsValue> {
    let object = Object::new();
    if let Some(ms) = retry_after_ms {
        let _ = Reflect::set(&object, &"retryAfterMs".into(), &ms.into());
    }
    let (key, value) = match details {
        Details::None => return retry_after_ms.map(|_| object.into()),
        Details::Path(path) => ("path", path.into()),
        Details::IntegrationTypes(types) => {
            ("integrationTypes", serde_wasm_bindgen::to_value(&types).ok()?)
        }
        Details::Response(ServerAnswer::Json(JsJson(json))) => ("response", json),
        Details::Response(ServerAnswer::Text(text)) => ("response", text.into()),
    };
    let _ = Reflect::set(&object, &key.into(), &value);
    Some(object.into())
}
