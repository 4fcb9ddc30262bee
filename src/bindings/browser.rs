//! The platform: `fetch`, `Date`, `setTimeout` and `console` of a page, a worker or Node.

use js_sys::{Date, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, Headers, RequestCache, RequestCredentials, RequestInit,
    RequestRedirect,
};

use super::json::JsJson;
use crate::client::{NoAnswer, Platform};
use crate::protocol::message::{Body, Request, Response};
use crate::protocol::text::join;

#[wasm_bindgen]
extern "C" {
    // What it gives is a promise unless the application has replaced `fetch` by something else.
    #[wasm_bindgen(catch)]
    fn fetch(request: &web_sys::Request) -> Result<JsValue, JsValue>;

    // These are caught as well: an application or its test tools may have replaced them, and an
    // exception that passes through the module strands the call.
    #[wasm_bindgen(js_name = setTimeout, catch)]
    fn set_timeout(callback: &Function, ms: f64) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = clearTimeout, catch)]
    fn clear_timeout(timer: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = console, js_name = warn, catch)]
    fn console_warn(message: &str) -> Result<(), JsValue>;
}

/// Whatever global object the module runs in.
#[derive(Debug)]
pub struct Browser;

impl Platform for Browser {
    type Json = JsJson;

    async fn send(&self, request: Request) -> Result<Response<JsJson>, NoAnswer<JsJson>> {
        exchange(request).await.map_err(|cause| NoAnswer { cause: Some(JsJson(cause)) })
    }

    fn now_ms(&self) -> f64 {
        Date::now()
    }

    async fn sleep(&self, ms: u32) {
        let mut timer = Timer(JsValue::UNDEFINED);
        let elapsed = Promise::new(&mut |resolve, _| {
            timer.0 = set_timeout(&resolve, f64::from(ms)).unwrap_or_default();
        });
        let _ = JsFuture::from(elapsed).await;
    }

    fn warn(&self, message: &str) {
        let _ = console_warn(&join(&["[paragon-wasm] ", message]));
    }
}

/// Sends and reads to the end. What `fetch` throws or rejects with is the error, whatever it is:
/// an application may have replaced `fetch` by something that rejects with no `Error`.
async fn exchange(request: Request) -> Result<Response<JsJson>, JsValue> {
    let abort = AbortOnDrop(AbortController::new()?);
    let request = to_fetch(&request, &abort.0.signal())?;
    let response = JsFuture::from(Promise::resolve(&fetch(&request)?)).await?;
    let response: gloo_net::http::Response = response.dyn_into::<web_sys::Response>()?.into();
    let (status, ok) = (response.status(), response.ok());
    let text = JsFuture::from(web_sys::Response::from(response).text()?).await?;
    let json = if ok { JsJson::parse_text(&text) } else { None };
    let body = match json {
        Some(json) => Body::Json(json),
        None => Body::Text(text.as_string().unwrap_or_default()),
    };
    Ok(Response { status, body })
}

/// The request as `fetch` takes it. Built here rather than with gloo-net's builder, which panics
/// on a header value that no header can carry, and parses every URL twice.
fn to_fetch(request: &Request, signal: &AbortSignal) -> Result<web_sys::Request, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method.as_str());
    init.set_headers(&headers);
    if let Some(body) = &request.body {
        init.set_body(&JsValue::from_str(body));
    }
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    // The token must not follow a redirect to another host.
    init.set_redirect(RequestRedirect::Error);
    init.set_signal(Some(signal));
    web_sys::Request::new_with_str_and_init(&request.url, &init)
}

/// Aborts the request of a future that is dropped. Aborting a finished request does nothing.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

struct Timer(JsValue);

impl Drop for Timer {
    fn drop(&mut self) {
        let _ = clear_timeout(&self.0);
    }
}
