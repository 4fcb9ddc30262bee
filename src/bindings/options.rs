//! Arguments and options from JavaScript.

use js_sys::{Function, Promise, Reflect};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use super::json::JsJson;
use crate::client::{CallOptions, DEFAULT_TIMEOUT_MS, unless};
use crate::protocol::endpoints::Endpoints;
use crate::protocol::error::{Details, Error, ErrorCode};

type Result<T> = std::result::Result<T, Error<JsJson>>;

/// What `authenticate`, `getUser`, `setUserMetadata` and `uninstallIntegration` take as options.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// `authenticate` only.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    pub metadata: JsValue,
    /// `uninstallIntegration` only.
    pub selected_credential_id: Option<String>,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    signal: JsValue,
    timeout_ms: Option<f64>,
}

impl Options {
    /// Reads the options; `undefined` and `null` are none.
    pub fn read(value: &JsValue) -> Result<Self> {
        if value.is_undefined() || value.is_null() {
            return Ok(Self::default());
        }
        if !value.is_object() {
            return Err(invalid("options", "must be an object"));
        }
        serde_wasm_bindgen::from_value(value.clone())
            .map_err(|error| Error::new(ErrorCode::InvalidArgument, ["The options cannot be used: ", &error.to_string()].concat()))
    }

    /// The time a call may take.
    pub fn call(&self) -> Result<CallOptions> {
        let Some(ms) = self.timeout_ms else {
            return Ok(CallOptions { timeout_ms: DEFAULT_TIMEOUT_MS });
        };
        // A timer of more than 2³¹−1 ms would fire at once.
        if !(1.0..=2_147_483_647.0).contains(&ms) {
            return Err(invalid("timeoutMs", "must be a number of milliseconds, 1 or more"));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
        Ok(CallOptions { timeout_ms: ms as u32 })
    }

    /// The caller's signal, if there is one.
    pub fn signal(&self) -> Result<Option<Signal>> {
        if self.signal.is_undefined() || self.signal.is_null() {
            return Ok(None);
        }
        match self.signal.dyn_ref::<AbortSignal>() {
            Some(signal) => Ok(Some(Signal(signal.clone()))),
            None => Err(invalid("signal", "must be an AbortSignal")),
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

/// A string argument; anything else is an error of `code`.
pub fn string(value: &JsValue, code: ErrorCode, message: &str) -> Result<String> {
    value.as_string().ok_or_else(|| Error::new(code, message))
}

/// The argument of `configureGlobal`.
pub fn endpoints(value: &JsValue) -> Result<Endpoints> {
    let field = |name: &str| -> Result<Option<String>> {
        let field = Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED);
        if field.is_undefined() || field.is_null() {
            return Ok(None);
        }
        let wrong = ["configureGlobal: \"", name, "\" must be a string."].concat();
        string(&field, ErrorCode::InvalidConfiguration, &wrong).map(Some)
    };
    match (field("host")?, field("apiUrl")?) {
        (Some(host), None) => Endpoints::on_premise(&host),
        (None, Some(url)) => Endpoints::at_url(&url),
        (Some(_), Some(_)) => Err(Error::new(
            ErrorCode::InvalidConfiguration,
            "configureGlobal: pass either \"host\" or \"apiUrl\", not both.",
        )),
        (None, None) => Err(Error::new(
            ErrorCode::InvalidConfiguration,
            "configureGlobal: pass \"host\" (on-premise: example.com) or \"apiUrl\" (any origin: https://api.example.com).",
        )),
    }
}

fn invalid(name: &str, why: &str) -> Error<JsJson> {
    Error::new(ErrorCode::InvalidArgument, ["\"", name, "\" ", why, "."].concat())
        .with_details(Details::Path(name.to_owned()))
}
