//! Arguments and options from JavaScript.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use super::json::JsJson;
use crate::client::{CallOptions, unless};
use crate::protocol::endpoints::Endpoints;
use crate::protocol::error::{Details, Error, ErrorCode};
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

    /// The argument of `configureGlobal`.
    pub fn endpoints(&self) -> Result<Endpoints> {
        let why = match (self.text("host")?, self.text("apiUrl")?) {
            (Some(host), None) => return Endpoints::on_premise(&host),
            (None, Some(url)) => return Endpoints::at_url(&url),
            (Some(_), Some(_)) => "pass either \"host\" or \"apiUrl\", not both",
            (None, None) => {
                "pass \"host\" (on-premise: example.com) or \"apiUrl\" (any origin: https://api.example.com)"
            }
        };
        Err(Endpoints::invalid(why))
    }

    /// The time a call may take.
    pub fn call(&self) -> Result<CallOptions> {
        let Some(value) = self.get("timeoutMs") else { return Ok(CallOptions::default()) };
        // A timer of more than 2³¹−1 ms would fire at once.
        let Some(ms) = value.as_f64().filter(|ms| (1.0..=2_147_483_647.0).contains(ms)) else {
            return Err(invalid("timeoutMs", "must be a number of milliseconds, 1 or more"));
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked above"
        )]
        Ok(CallOptions { timeout_ms: ms as u32 })
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

fn invalid(name: &str, why: &str) -> Error<JsJson> {
    Error::new(ErrorCode::InvalidArgument, &join(&["\"", name, "\" ", why, "."]))
        .with_details(Details::Path(name.to_owned()))
}
