//! The network, the clock and the console of a page, a worker or a server's JavaScript.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

use super::functions::Functions;
use super::js;
use super::json::JsJson;
use super::timers::Timer;
use super::{Bind, Chain, settled};
use crate::client::{NoAnswer, Outgoing, Platform};
use crate::http::request::{Payload, Request, ResponseType};
use crate::http::response::Response;
use crate::http::retry;
use crate::json::Json;
use crate::text::join;

#[wasm_bindgen]
extern "C" {
    /// A `Response`, or what an application's own `fetch` gives in its place.
    type ResponseLike;

    #[wasm_bindgen(method, catch)]
    fn text(this: &ResponseLike) -> Result<JsValue, JsValue>;
}

/// The length up to which a refusal is read, in UTF-16 units: copying more would block the page.
const EXCERPT: u32 = 65_536;

/// The name under which [`Functions`] has what replaces `fetch`.
const FETCH: &str = "fetch";

/// Whatever global object the module runs in.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    pub(crate) functions: Functions,
    /// `true` if one of them sends the requests.
    has_fetch: Rc<Cell<bool>>,
}

impl Browser {
    /// Sends every request by `fetch`, which takes a URL and an init object and returns a promise of
    /// a `Response`, in the place of the global function.
    pub fn set_fetch(&self, fetch: &JsValue) {
        self.functions.set(FETCH, fetch);
        self.has_fetch.set(true);
    }

    fn fetch(&self) -> JsValue {
        if self.has_fetch.get() { self.functions.get(FETCH) } else { js::global(FETCH) }
    }
}

impl Platform for Browser {
    type Json = JsJson;

    async fn send(
        &self,
        outgoing: Outgoing<'_, JsJson>,
    ) -> Result<Response<JsJson>, NoAnswer<JsJson>> {
        let answer = exchange(&self.fetch(), outgoing).await;
        answer.map_err(|cause| NoAnswer { cause: Some(JsJson(cause)) })
    }

    fn now_ms(&self) -> f64 {
        js::now_ms()
    }

    fn sleep(&self, ms: u32) -> impl Future<Output = ()> + 'static {
        Timer::new(ms)
    }

    fn random(&self) -> f64 {
        js::invoke(&js::global("Math"), "random", &[])
            .ok()
            .and_then(|it| it.as_f64())
            .unwrap_or(0.5)
    }

    fn is_server(&self) -> bool {
        is_server()
    }

    fn warn(&self, message: &str) {
        js::log("warn", &[&join(&["[paragon-wasm] ", message]).into()]);
    }

    fn debug(&self, message: &str) {
        js::log("debug", &[&join(&["[paragon-wasm] ", message]).into()]);
    }
}

/// Sends a request and reads the answer to its end. What `fetch` throws or rejects with is the error,
/// whatever it is.
///
/// The work is done in functions that do not wait: as parts of this one they would be a third larger.
async fn exchange(
    fetch: &JsValue,
    outgoing: Outgoing<'_, JsJson>,
) -> Result<Response<JsJson>, JsValue> {
    if !fetch.is_function() {
        return Err(js_sys::Error::new("fetch is not defined").into());
    }
    let request = outgoing.request;
    let wants_date = outgoing.wants_date;
    let mut abort = AbortOnDrop::new()?;
    let sent = send(fetch, &outgoing, abort.0.as_ref())?;
    let answer = Answer::new(JsFuture::from(sent).await?)?;
    let body = JsFuture::from(answer.read_body(request.response_type)?).await?;
    abort.0 = None;
    Ok(answer.into_response(body, request, wants_date))
}

#[inline(never)]
fn send(
    fetch: &JsValue,
    outgoing: &Outgoing<'_, JsJson>,
    abort: Option<&AbortController>,
) -> Result<Promise, JsValue> {
    let init = init(outgoing.request, outgoing.authorization, abort);
    // `fetch` is called by the promise, on an empty stack: with the module's frames below it,
    // processor time for a call is a tenth more in Chromium.
    let send = fetch.unchecked_ref::<Bind>().bind(&JsValue::UNDEFINED, &outgoing.url.into())?;
    Promise::resolve(&init.0).unchecked_ref::<Chain>().then(&send)
}

/// The result of `fetch`: a `Response`, or something like one. All of its members may throw, also those of a
/// real one that an application has changed: so they are read by name, not by web-sys or gloo-net.
struct Answer {
    raw: JsValue,
    status: u16,
}

impl Answer {
    fn new(raw: JsValue) -> Result<Self, JsValue> {
        let status = js::member(&raw, "status").as_f64();
        let status = status.and_then(|status| js::whole_number(status, u16::MAX.into()));
        match status.and_then(|status| u16::try_from(status).ok()) {
            // Browsers hide the status of a redirect that is not followed.
            Some(0 | 301..=303 | 307 | 308) => Err(js_sys::Error::new(REDIRECTED).into()),
            Some(status) => Ok(Self { raw, status }),
            None => Err(raw),
        }
    }

    fn header(&self, name: &str) -> Option<String> {
        let headers = js::member(&self.raw, "headers");
        js::invoke(&headers, "get", &[&name.into()]).ok()?.as_string()
    }

    fn says_json(&self) -> bool {
        self.header("Content-Type").is_some_and(|kind| {
            kind.as_bytes().windows(4).any(|word| word.eq_ignore_ascii_case(b"json"))
        })
    }

    fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Begins to read the body.
    #[inline(never)]
    fn read_body(&self, response_type: ResponseType) -> Result<Promise, JsValue> {
        let raw = self.raw.unchecked_ref::<ResponseLike>();
        let body = match response_type {
            // The application reads it, after the call has ended.
            ResponseType::Response if self.is_success() => self.raw.clone(),
            ResponseType::Blob if self.is_success() => js::invoke(&self.raw, "blob", &[])?,
            ResponseType::ArrayBuffer if self.is_success() => {
                js::invoke(&self.raw, "arrayBuffer", &[])?
            }
            _ => raw.text()?,
        };
        Ok(settled(&body))
    }

    #[inline(never)]
    fn into_response(
        self,
        body: JsValue,
        request: &Request<JsJson>,
        wants_date: bool,
    ) -> Response<JsJson> {
        let date = |text: &str| {
            let ms = js::invoke(&js::global("Date"), "parse", &[&text.into()]).ok()?;
            ms.as_f64().filter(|ms| ms.is_finite())
        };
        let header = |name| self.header(name);
        let date_ms = if wants_date { header("Date").and_then(|text| date(&text)) } else { None };
        let (status, body) = (self.status, JsJson(body));
        if !self.is_success() {
            let retry_after_ms = header("Retry-After")
                .and_then(|text| retry::retry_after_ms(&text, js::now_ms(), date));
            let excerpt = js::invoke_text(&body.0, "slice", &[&0.into(), &EXCERPT.into()]);
            let body = JsJson(excerpt.unwrap_or_default());
            return Response {
                status,
                body,
                parsed: false,
                broken: false,
                retry_after_ms,
                date_ms,
            };
        }
        // The answer of an integration's API is JSON only if it says so.
        let is_json = match request.response_type {
            ResponseType::Json => true,
            ResponseType::Auto => !request.proxied || self.says_json(),
            _ => false,
        };
        let json = if is_json { body.parse_text() } else { None };
        let broken = is_json && json.is_none() && self.says_json();
        let parsed = json.is_some() || request.response_type.is_raw();
        let body = json.unwrap_or(body);
        Response { status, body, parsed, broken, retry_after_ms: None, date_ms }
    }
}

/// The members that every request has. The token must not follow a redirect to another host: `manual`
/// prevents it everywhere, and `error` is refused by Cloudflare's workerd. Parsed, as setting each
/// member takes several times as long.
const INIT: &str =
    r#"{"credentials":"omit","redirect":"manual","headers":{"accept":"application/json"}}"#;

/// The cause of an error where the answer is a redirect.
const REDIRECTED: &str = "The answer is a redirect, which is not followed.";

/// `true` if the runtime takes an option of `fetch`. Its `Request` is asked, because a `fetch` that
/// refuses an option cannot be told from one that has sent something.
fn takes(name: &str, value: &JsValue) -> bool {
    let mut init = JsJson::object();
    init.set(name, JsJson(value.clone()));
    js::construct("Request", &[&"http://localhost".into(), &init.0]).is_ok()
}

/// `true` if there is no page and no worker of a browser.
fn is_server() -> bool {
    ["window", "location"].iter().all(|name| js::is_undefined(&js::global(name)))
}

/// The second argument of `fetch`. Made as a plain object: gloo-net's builder panics on a header value
/// that no header can carry.
#[inline(never)]
fn init(
    request: &Request<JsJson>,
    authorization: &JsJson,
    abort: Option<&AbortController>,
) -> JsJson {
    let mut init = JsJson::parse(INIT).unwrap_or_else(JsJson::null);
    let own = request.caller_headers.as_ref().map(Json::deep_copy);
    let mut headers = own.or_else(|| init.get("headers")).unwrap_or_else(JsJson::object);
    request.headers(|name, value| {
        // The application knows its own data best: its headers win.
        if name.starts_with("x-") || headers.get(name).is_none() {
            headers.set(name, JsJson::from_text(value));
        }
    });
    headers.set("authorization", authorization.clone());
    if request.caller_headers.is_some() {
        init.set("headers", headers);
    }
    init.set("method", JsJson::from_text(request.method.as_str()));
    if let Some(abort) = abort {
        init.set("signal", JsJson(js::member(abort, "signal")));
    }
    // Frameworks of servers keep answers for all requests. In a browser, where the server decides what is kept,
    // any mode has the browser ask for permission (CORS) before every request.
    let no_store = JsValue::from("no-store");
    if is_server() && takes("cache", &no_store) {
        init.set("cache", JsJson(no_store));
    }
    if let Payload::Json(body) | Payload::Raw(body) = &request.payload {
        init.set("body", body.clone());
    }
    init
}

/// Aborts the request of a future that is dropped. Aborting a finished request does nothing.
struct AbortOnDrop(Option<AbortController>);

thread_local! {
    /// The class of the controllers whose signals `fetch` takes.
    static TAKEN: RefCell<JsValue> = const { RefCell::new(JsValue::UNDEFINED) };
}

impl AbortOnDrop {
    /// None where `fetch` takes only signals of another realm: a test tool's page in Node has an
    /// `AbortController` of its own. The call ends as soon, and its request goes on.
    fn new() -> Result<Self, JsValue> {
        let controller = AbortController::new()?;
        let class = js::member(&controller, "constructor");
        let is_known = TAKEN.with_borrow(|taken| *taken == class);
        if !is_known {
            if !takes("signal", &js::member(&controller, "signal")) {
                return Ok(Self(None));
            }
            TAKEN.set(class);
        }
        Ok(Self(Some(controller)))
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            let _ = js::invoke(controller, "abort", &[]);
        }
    }
}
