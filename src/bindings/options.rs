//! Arguments and options from JavaScript.

use js_sys::{ArrayBuffer, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, UrlSearchParams};

use super::json::JsJson;
use super::serialise;
use crate::client::{CallOptions, Settings, unless};
use crate::protocol::endpoints::Endpoints;
use crate::protocol::error::{Details, Error, ErrorCode};
use crate::protocol::json::Json;
use crate::protocol::message::{Method, Payload, ReadAs, Selection};
use crate::protocol::text::join;

type Result<T> = std::result::Result<T, Error<JsJson>>;

/// The options of a call: an object, or `undefined` or `null` for none.
pub struct Options(JsValue);

impl Options {
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] when `value` is no object.
    pub fn read(value: JsValue) -> Result<Self> {
        if value.is_undefined() || value.is_null() || value.is_object() {
            return Ok(Self(value));
        }
        Err(invalid("options", "must be an object"))
    }

    /// An option; `None` when it is `undefined` or `null`.
    pub fn get(&self, name: &str) -> Option<JsValue> {
        let value = Reflect::get(&self.0, &name.into()).ok()?;
        (!value.is_undefined() && !value.is_null()).then_some(value)
    }

    /// An option that must be a string.
    pub fn text(&self, name: &str) -> Result<Option<String>> {
        let text =
            |value: JsValue| value.as_string().ok_or_else(|| invalid(name, "must be a string"));
        self.get(name).map(text).transpose()
    }

    /// The argument of `configureGlobal`: `settings` with what it changes.
    pub fn settings(&self, mut settings: Settings) -> Result<Settings> {
        match (self.text("host")?, self.text("apiUrl")?) {
            (Some(host), None) => settings.endpoints = Endpoints::on_premise(&host)?,
            (None, Some(url)) => settings.endpoints = Endpoints::at_url(&url)?,
            (Some(_), Some(_)) => {
                return Err(Endpoints::invalid("pass either \"host\" or \"apiUrl\", not both"));
            }
            (None, None) => {
                // `{ apiUrl: undefined }` is a variable that was not set, and must not lead to
                // Paragon's cloud instead.
                let named = ["host", "apiUrl"].into_iter().find(|name| self.has(name));
                if let Some(name) = named {
                    return Err(Endpoints::invalid(&join(&["\"", name, "\" is not set"])));
                }
            }
        }
        let CallOptions { timeout_ms, max_retries } = self.call()?;
        settings.timeout_ms = timeout_ms.unwrap_or(settings.timeout_ms);
        settings.max_retries = max_retries.unwrap_or(settings.max_retries);
        match self.text("logLevel")?.as_deref() {
            None => {}
            Some("debug") => settings.debug = true,
            Some("silent") => settings.debug = false,
            Some(_) => return Err(invalid("logLevel", "must be \"debug\" or \"silent\"")),
        }
        Ok(settings)
    }

    /// The options that every call takes.
    pub fn call(&self) -> Result<CallOptions> {
        // A timer of more than 2³¹−1 ms would fire at once.
        let timeout_ms = self.whole("timeoutMs", 1.0, 2_147_483_647.0)?;
        let max_retries = self.whole("maxRetries", 0.0, 10.0)?;
        Ok(CallOptions { timeout_ms, max_retries })
    }

    fn whole(&self, name: &str, least: f64, most: f64) -> Result<Option<u32>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_f64().filter(|number| (least..=most).contains(number));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
        match number {
            Some(number) => Ok(Some(number as u32)),
            None => Err(invalid(
                name,
                if most > 10.0 {
                    "must be a number of milliseconds, 1 or more"
                } else {
                    "must be a number from 0 to 10"
                },
            )),
        }
    }

    fn has(&self, name: &str) -> bool {
        Reflect::has(&self.0, &name.into()).unwrap_or(false)
    }

    /// Which account, as the official SDK's options name it.
    pub fn selection(&self) -> Result<Selection> {
        Ok(Selection {
            credential_id: self.text("selectedCredentialId")?,
            configuration_id: self.text("selectedConfigurationId")?,
        })
    }

    /// The option `headers`: a `Headers`, a record or an array of pairs.
    pub fn headers(&self) -> Result<Option<JsJson>> {
        let Some(value) = self.get("headers") else { return Ok(None) };
        match Headers::new_with_record_from_str_to_str(value.unchecked_ref()) {
            Ok(headers) => Ok(Some(JsJson(headers.into()))),
            Err(cause) => {
                let error = invalid("headers", "cannot be used as headers; see the cause");
                Err(error.with_cause(Some(JsJson(cause))))
            }
        }
    }

    /// The option `query`, as a URL has it.
    pub fn query(&self) -> Result<String> {
        let Some(value) = self.get("query") else { return Ok(String::new()) };
        match UrlSearchParams::new_with_record_from_str_to_str(value.unchecked_ref()) {
            Ok(query) => Ok(query.to_string().into()),
            Err(_) => Err(invalid("query", "must be an object of strings")),
        }
    }

    /// The option `method`, `GET` by default.
    pub fn method(&self) -> Result<Method> {
        let Some(name) = self.text("method")? else { return Ok(Method::Get) };
        Method::from_name(&name).ok_or_else(|| {
            invalid("method", "must be GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS")
        })
    }

    /// The option `responseType`.
    pub fn read_as(&self) -> Result<ReadAs> {
        let Some(name) = self.text("responseType")? else { return Ok(ReadAs::Auto) };
        ReadAs::from_name(&name).ok_or_else(|| {
            invalid("responseType", "must be json, text, blob, arrayBuffer or response")
        })
    }

    /// The option `body`, which goes out as `fetch` would send it; what `fetch` would make
    /// `[object Object]` of goes out as JSON.
    pub fn body(&self) -> Result<Payload<JsJson>> {
        let Some(value) = self.get("body") else { return Ok(Payload::Empty) };
        let tag = serialise::object_to_string(value.unchecked_ref());
        let raw = value.is_string()
            || ArrayBuffer::is_view(&value)
            || matches!(
                tag.as_str(),
                "[object FormData]"
                    | "[object Blob]"
                    | "[object File]"
                    | "[object ArrayBuffer]"
                    | "[object URLSearchParams]"
            );
        if raw {
            return Ok(Payload::Raw(JsJson(value)));
        }
        let json = serialise::to_json(&value, "body", ErrorCode::InvalidArgument)?;
        Ok(Payload::Json(json.stringify()))
    }

    /// The caller's signal, if there is one.
    pub fn signal(&self) -> Result<Option<Signal>> {
        let Some(value) = self.get("signal") else { return Ok(None) };
        match value.dyn_into::<AbortSignal>() {
            Ok(signal) => Ok(Some(Signal(signal))),
            Err(_) => Err(invalid("signal", "must be an AbortSignal")),
        }
    }
}

/// The caller's `AbortSignal`. It is only listened to, never handed on to `fetch`.
pub struct Signal(AbortSignal);

impl Signal {
    /// Runs `call` until the signal aborts; then the error holds the signal's reason as `cause`.
    /// With a signal that has aborted already, nothing is run.
    pub async fn unless_aborted<T>(self, call: impl Future<Output = Result<T>>) -> Result<T> {
        let outcome = if self.0.aborted() { None } else { unless(call, self.aborted()).await };
        outcome.unwrap_or_else(|| {
            Err(Error::new(ErrorCode::Aborted, "The call was aborted by its signal.")
                .with_cause(Some(JsJson(self.0.reason()))))
        })
    }

    async fn aborted(&self) {
        let mut listener = Listener { signal: &self.0, callback: None };
        let aborted = Promise::new(&mut |resolve, _| {
            let _ = self.0.add_event_listener_with_callback("abort", &resolve);
            listener.callback = Some(resolve);
        });
        let _ = JsFuture::from(aborted).await;
    }
}

struct Listener<'a> {
    signal: &'a AbortSignal,
    callback: Option<Function>,
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        if let Some(callback) = &self.callback {
            let _ = self.signal.remove_event_listener_with_callback("abort", callback);
            // Settles the promise, or its `JsFuture` is never freed.
            let _ = callback.call0(&JsValue::UNDEFINED);
        }
    }
}

/// A string argument.
///
/// # Errors
/// [`ErrorCode::InvalidArgument`] when it is something else.
pub fn string(value: &JsValue, name: &str) -> Result<String> {
    value.as_string().ok_or_else(|| invalid(name, "must be a string"))
}

pub fn invalid(name: &str, why: &str) -> Error<JsJson> {
    Error::new(ErrorCode::InvalidArgument, &join(&["\"", name, "\" ", why, "."]))
        .with_details(Details::Path(name.to_owned()))
}
