//! The platform of Rust applications: `fetch`, `Date`, `setTimeout` and `console` of a page, a worker or Node.

use js_sys::{Date, Function, Math, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

use super::json::JsJson;
use crate::client::{NoAnswer, Platform};
use crate::protocol::json::Json;
use crate::protocol::message::{Payload, ReadAs, Request, Response};
use crate::protocol::retry;
use crate::protocol::text::join;

#[wasm_bindgen]
extern "C" {
    // What it gives is a promise unless the application has replaced `fetch` by something else.
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &JsValue) -> Result<JsValue, JsValue>;

    // These are caught as well: an application or its test tools may have replaced them, and an
    // exception that passes through the module strands the call.
    #[wasm_bindgen(js_name = setTimeout, catch)]
    fn set_timeout(callback: &Function, ms: f64) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = clearTimeout, catch)]
    fn clear_timeout(timer: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = console, js_name = debug, catch)]
    fn console_debug(message: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = console, js_name = warn, catch)]
    fn console_warn(message: &str) -> Result<(), JsValue>;
}

/// Whatever global object the module runs in.
#[derive(Debug)]
pub struct Browser;

impl Platform for Browser {
    type Json = JsJson;

    async fn send(
        &self,
        request: &Request<JsJson>,
        url: &str,
        authorization: &str,
    ) -> Result<Response<JsJson>, NoAnswer<JsJson>> {
        let answer = exchange(request, url, authorization).await;
        answer.map_err(|cause| NoAnswer { cause: Some(JsJson(cause)) })
    }

    fn now_ms(&self) -> f64 {
        Date::now()
    }

    async fn sleep(&self, ms: u32) {
        let mut timer = Timer { id: JsValue::UNDEFINED, elapse: None };
        let elapsed = Promise::new(&mut |resolve, _| {
            timer.id = set_timeout(&resolve, f64::from(ms)).unwrap_or_default();
            timer.elapse = Some(resolve);
        });
        let _ = JsFuture::from(elapsed).await;
    }

    fn chance(&self) -> f64 {
        Math::random()
    }

    fn warn(&self, message: &str) {
        let _ = console_warn(&join(&["[paragon-wasm] ", message]));
    }

    fn debug(&self, message: &str) {
        let _ = console_debug(&join(&["[paragon-wasm] ", message]));
    }
}

/// Sends and reads to the end. What `fetch` throws or rejects with is the error, whatever it is:
/// an application may have replaced `fetch` by something that rejects with no `Error`.
async fn exchange(
    request: &Request<JsJson>,
    url: &str,
    authorization: &str,
) -> Result<Response<JsJson>, JsValue> {
    let mut abort = AbortOnDrop(Some(AbortController::new()?));
    let answer = settled(fetch(url, &init(request, authorization, abort.0.as_ref()).0)?).await?;
    if !answer.0.is_object() {
        return Err(answer.0);
    }
    let response =
        gloo_net::http::Response::from(answer.0.clone().unchecked_into::<web_sys::Response>());
    let status = response.status();
    let headers = response.headers();
    let header = |name: &str| headers.get(name);
    let date = |text: &str| Some(Date::parse(text)).filter(|ms| ms.is_finite());
    let retry_after_ms =
        header("Retry-After").and_then(|header| retry::retry_after_ms(&header, Date::now(), date));
    let date_ms = header("Date").and_then(|header| date(&header));
    let raw = web_sys::Response::from(response);
    let ok = matches!(status, 200..=299);
    let read_as = if ok { request.read_as } else { ReadAs::Text };
    let mut parsed = matches!(read_as, ReadAs::Blob | ReadAs::ArrayBuffer | ReadAs::Response);
    let body = match read_as {
        ReadAs::Response => {
            // The application reads the body, after this function has returned.
            abort.0 = None;
            answer
        }
        ReadAs::Blob => settled(raw.blob()?.into()).await?,
        ReadAs::ArrayBuffer => settled(raw.array_buffer()?.into()).await?,
        _ => {
            let text = settled(raw.text()?.into()).await?;
            // What an integration's API sends is JSON only if it says so.
            let is_json = read_as == ReadAs::Json
                || read_as == ReadAs::Auto
                    && (!request.proxied
                        || header("Content-Type").is_some_and(|kind| {
                            kind.split(|c: char| !c.is_ascii_alphanumeric())
                                .any(|word| word == "json")
                        }));
            match if is_json { JsJson::parse_text(&text.0) } else { None } {
                Some(json) => {
                    parsed = true;
                    json
                }
                None => text,
            }
        }
    };
    Ok(Response { status, body, parsed, retry_after_ms, date_ms })
}

/// What a promise comes to, or a value that is none.
async fn settled(value: JsValue) -> Result<JsJson, JsValue> {
    JsFuture::from(Promise::resolve(&value)).await.map(JsJson)
}

/// The second argument of `fetch`. Made as a plain object: `RequestInit`, `Headers` and gloo-net's
/// builder are an import for each member, and the builder panics on a header value that no header
/// can carry.
fn init(request: &Request<JsJson>, authorization: &str, abort: Option<&AbortController>) -> JsJson {
    let mut headers = request.caller_headers.clone().unwrap_or_else(|| JsJson::object([]));
    request.headers(|name, value| {
        // What the application says of its own data wins.
        if name.starts_with("x-") || headers.get(name).is_none() {
            headers.set(name, JsJson::from_text(value));
        }
    });
    headers.set("authorization", JsJson::from_text(authorization));
    let mut init = JsJson::object([
        ("method", JsJson::from_text(request.method.as_str())),
        ("headers", headers),
        ("credentials", JsJson::from_text("omit")),
        // The token must not follow a redirect to another host.
        ("redirect", JsJson::from_text("error")),
    ]);
    if let Some(abort) = abort {
        init.set("signal", JsJson(abort.signal().into()));
    }
    match &request.payload {
        Payload::Empty => {}
        Payload::Json(body) => init.set("body", JsJson(body.to_js_text())),
        Payload::Raw(body) => init.set("body", body.clone()),
    }
    init
}

/// Aborts the request of a future that is dropped. Aborting a finished request does nothing.
struct AbortOnDrop(Option<AbortController>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

struct Timer {
    id: JsValue,
    elapse: Option<Function>,
}

impl Drop for Timer {
    fn drop(&mut self) {
        let _ = clear_timeout(&self.id);
        // A `JsFuture` and its callbacks hold each other until the promise settles, also when
        // nobody waits for it any more.
        if let Some(elapse) = &self.elapse {
            let _ = elapse.call0(&JsValue::UNDEFINED);
        }
    }
}
