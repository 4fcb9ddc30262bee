//! The platform: `fetch`, `Date`, `setTimeout` and `console` of a page, a worker or Node.

use js_sys::{Date, Function, JsString, Math, Object, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, RequestCache, RequestCredentials, RequestInit, RequestRedirect,
};

use super::json::JsJson;
use crate::client::{NoAnswer, Platform};
use crate::protocol::message::{Body, Payload, ReadAs, Request, Response};
use crate::protocol::text::join;

#[wasm_bindgen]
extern "C" {
    // What it gives is a promise unless the application has replaced `fetch` by something else.
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &RequestInit) -> Result<JsValue, JsValue>;

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
        authorization: &str,
    ) -> Result<Response<JsJson>, NoAnswer<JsJson>> {
        let answer = exchange(request, authorization).await;
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

    fn parse_date(&self, text: &str) -> Option<f64> {
        let ms = Date::parse(text);
        ms.is_finite().then_some(ms)
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
    authorization: &str,
) -> Result<Response<JsJson>, JsValue> {
    let mut abort = AbortOnDrop(Some(AbortController::new()?));
    let fetched = fetch(&request.url, &to_fetch(request, authorization, abort.0.as_ref())?)?;
    let response = JsFuture::from(Promise::resolve(&fetched)).await?;
    let response: gloo_net::http::Response = response.dyn_into::<web_sys::Response>()?.into();
    let (status, ok) = (response.status(), response.ok());
    let response = web_sys::Response::from(response);
    let header = |name: &str| response.headers().get(name).ok().flatten();
    // Each header that is read costs a call; this one is for refusals only.
    let retry_after = if ok { None } else { header("Retry-After") };
    let date_ms = header("Date").map(|date| Date::parse(&date)).filter(|ms| ms.is_finite());
    let body = match request.read_as {
        ReadAs::Response if ok => {
            // The application reads the body, after this function has returned.
            abort.0 = None;
            Body::Native(JsJson(response.into()))
        }
        ReadAs::Blob if ok => Body::Native(read(response.blob()).await?),
        ReadAs::ArrayBuffer if ok => Body::Native(read(response.array_buffer()).await?),
        ReadAs::Text if ok => Body::Native(read(response.text()).await?),
        read_as => {
            // What an integration's API sends is JSON only if it says so.
            let expects_json = !request.proxied
                || read_as == ReadAs::Json
                || header("Content-Type").is_some_and(|kind| is_json(&kind));
            let text = read(response.text()).await?.0;
            match if ok && expects_json { JsJson::parse_text(&text) } else { None } {
                Some(json) => Body::Json(json),
                None if ok => Body::Text(text.as_string().unwrap_or_default()),
                // Why a request was refused is said in less; copying more would block the page.
                None => Body::Text(text.unchecked_into::<JsString>().slice(0, 65_536).into()),
            }
        }
    };
    // There is nothing left to abort, and aborting is not cheap: it makes a `DOMException`.
    abort.0 = None;
    Ok(Response { status, body, retry_after, date_ms })
}

/// Whether a media type is JSON's: `application/json`, `application/problem+json; charset=utf-8`.
fn is_json(media_type: &str) -> bool {
    media_type.split(['/', '+', ';', ' ']).any(|part| part.eq_ignore_ascii_case("json"))
}

async fn read(reading: Result<Promise, JsValue>) -> Result<JsJson, JsValue> {
    JsFuture::from(reading?).await.map(JsJson)
}

/// The request as `fetch` takes it beside the URL: a `Request` is made of that anyway, and a second
/// one would cost a twentieth of the call. Built here rather than with gloo-net's builder, which panics
/// on a header value that no header can carry, and parses every URL twice.
fn to_fetch(
    request: &Request<JsJson>,
    authorization: &str,
    abort: Option<&AbortController>,
) -> Result<RequestInit, JsValue> {
    let headers = match &request.caller_headers {
        Some(JsJson(headers)) => {
            Headers::new_with_record_from_str_to_str(headers.unchecked_ref::<Object>())?
        }
        None => Headers::new()?,
    };
    for (name, value) in &request.headers {
        let yields = matches!(*name, "Accept" | "Content-Type") && headers.has(name)?;
        if !yields {
            headers.set(name, value)?;
        }
    }
    headers.set("Authorization", authorization)?;
    let init = RequestInit::new();
    init.set_method(request.method.as_str());
    init.set_headers(&headers);
    match &request.payload {
        Payload::Empty => {}
        Payload::Json(text) => init.set_body(&JsValue::from_str(text)),
        Payload::Raw(JsJson(body)) => init.set_body(body),
    }
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    // The token must not follow a redirect to another host.
    init.set_redirect(RequestRedirect::Error);
    init.set_signal(abort.map(AbortController::signal).as_ref());
    Ok(init)
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
