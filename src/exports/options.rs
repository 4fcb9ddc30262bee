//! Arguments and option objects, read when a call is made: what an application does to them afterwards
//! changes nothing.
//!
//! Members are read by `Reflect.get`. serde-wasm-bindgen would add 14 kB (brotli) to the module for
//! four option structs, takes a `Map` or an array for "no options", and its errors quote the value,
//! which may be a token.

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::error::Failure;
use crate::browser::{JsJson, js};
use crate::client::{CallOptions, Settings};
use crate::http::endpoints::Endpoints;
use crate::http::request::{Method, ResponseType};

pub(super) type Read<T> = Result<T, Failure>;

/// The caller's `AbortSignal`, which may be of another realm or of a library.
#[derive(Clone)]
pub(super) struct Signal(JsValue);

impl Signal {
    pub(super) fn is_aborted(&self) -> bool {
        js::member(&self.0, "aborted") == JsValue::TRUE
    }

    pub(super) fn reason(&self) -> JsValue {
        js::member(&self.0, "reason")
    }

    pub(super) fn listen(&self, listener: &JsValue) {
        let _ = js::invoke(&self.0, "addEventListener", &[&"abort".into(), listener]);
    }

    pub(super) fn unlisten(&self, listener: &JsValue) {
        let _ = js::invoke(&self.0, "removeEventListener", &[&"abort".into(), listener]);
    }
}

/// An option object, or nothing.
pub(super) struct Options(JsValue);

impl Options {
    pub(super) fn of(given: JsValue, path: &str) -> Read<Self> {
        if js::is_nothing(&given) || given.is_object() {
            return Ok(Self(given));
        }
        Err(Failure::invalid_argument(path, "must be an object"))
    }

    /// The member, unless it is `undefined` or `null`.
    pub(super) fn get(&self, name: &str) -> Read<Option<JsValue>> {
        if !self.0.is_object() {
            return Ok(None);
        }
        let value = js::try_member(&self.0, &name.into()).map_err(|cause| {
            let why = "throws when it is read";
            Failure::invalid_argument(name, why).with_cause(Some(JsJson(cause)))
        })?;
        Ok(if js::is_nothing(&value) { None } else { Some(value) })
    }

    pub(super) fn text(&self, name: &str) -> Read<Option<String>> {
        self.get(name)?.map(|value| text(&value, name)).transpose()
    }

    pub(super) fn function(&self, name: &str) -> Read<Option<Function>> {
        let Some(value) = self.get(name)? else { return Ok(None) };
        let function = value.dyn_into::<Function>();
        function.map(Some).map_err(|_| Failure::invalid_argument(name, "must be a function"))
    }

    /// A number from `range`, without its fraction.
    pub(super) fn whole(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<u32>,
        why: &str,
    ) -> Read<Option<u32>> {
        let Some(value) = self.get(name)? else { return Ok(None) };
        match value.as_f64() {
            Some(number)
                if (f64::from(*range.start())..=f64::from(*range.end())).contains(&number) =>
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "in range"
                )]
                Ok(Some(number as u32))
            }
            _ => Err(Failure::invalid_argument(name, why)),
        }
    }

    fn has(&self, name: &str) -> bool {
        let has = js::invoke(&js::global("Reflect"), "has", &[&self.0, &name.into()]);
        has.is_ok_and(|has| has == JsValue::TRUE)
    }
}

/// The options that every call takes.
#[derive(Default)]
pub(super) struct Common {
    pub(super) signal: Option<Signal>,
    pub(super) call: CallOptions,
}

impl Common {
    pub(super) fn read(options: &Options) -> Read<Self> {
        let mut common = Self::default();
        if options.0.is_object() {
            common.signal = options.get("signal")?.map(read_signal).transpose()?;
            common.call.timeout_ms = milliseconds(options, "timeoutMs")?;
            common.call.max_retries = retries(options)?;
            let account = &mut common.call.account;
            account.credential_id = options.text("selectedCredentialId")?;
            account.configuration_id = options.text("selectedConfigurationId")?;
        }
        Ok(common)
    }
}

fn read_signal(signal: JsValue) -> Read<Signal> {
    let options = Options(signal);
    let listens = options.get("addEventListener")?.is_some_and(|listen| listen.is_function());
    if listens && options.has("aborted") {
        return Ok(Signal(options.0));
    }
    Err(Failure::invalid_argument("signal", "must be an AbortSignal"))
}

/// A timer of more than 2³¹−1 ms would fire at once.
fn milliseconds(options: &Options, name: &str) -> Read<Option<u32>> {
    let why = "must be a number of milliseconds from 1 to 2147483647";
    options.whole(name, 1..=2_147_483_647, why)
}

fn retries(options: &Options) -> Read<Option<u32>> {
    options.whole("maxRetries", 0..=10, "must be a number from 0 to 10")
}

pub(super) fn text(value: &JsValue, path: &str) -> Read<String> {
    value.as_string().ok_or_else(|| Failure::invalid_argument(path, "must be a string"))
}

pub(super) fn method(options: &Options) -> Read<Method> {
    options.get("method")?.map_or(Ok(Method::Get), |name| method_named(&name))
}

pub(super) fn method_named(name: &JsValue) -> Read<Method> {
    let name = text(name, "method")?;
    let known = |method: &&Method| method.as_str().eq_ignore_ascii_case(&name);
    Method::ALL.iter().find(known).copied().ok_or_else(|| {
        let why = "must be one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
        Failure::invalid_argument("method", why)
    })
}

pub(super) fn response_type(options: &Options) -> Read<ResponseType> {
    Ok(match options.text("responseType")?.as_deref() {
        None => ResponseType::Auto,
        Some("json") => ResponseType::Json,
        Some("text") => ResponseType::Text,
        Some("blob") => ResponseType::Blob,
        Some("arrayBuffer") => ResponseType::ArrayBuffer,
        Some("response") => ResponseType::Response,
        Some(_) => {
            let why = "must be one of json, text, blob, arrayBuffer, response";
            return Err(Failure::invalid_argument("responseType", why));
        }
    })
}

/// A `Headers`, a record or an array of pairs, as an object with names in lower case.
pub(super) fn headers(options: &Options) -> Read<Option<JsJson>> {
    let Some(given) = options.get("headers")? else { return Ok(None) };
    let read = js::construct("Headers", &[&given])
        .and_then(|headers| js::invoke(&js::global("Object"), "fromEntries", &[&headers]));
    let headers = read.map_err(|cause| {
        let why = "cannot be used as headers; see the cause";
        Failure::invalid_argument("headers", why).with_cause(Some(JsJson(cause)))
    })?;
    // `Headers` takes control characters, which no engine sends.
    let values = js::invoke(&js::global("Object"), "values", &[&headers]).unwrap_or_default();
    let is_sendable = |value: &JsValue| {
        let value = value.as_string().unwrap_or_default();
        value.bytes().all(|byte| byte == b'\t' || !byte.is_ascii_control())
    };
    if js::elements(&values).iter().all(is_sendable) {
        return Ok(Some(JsJson(headers)));
    }
    Err(Failure::invalid_argument("headers", "must not contain control characters"))
}

pub(super) fn query(options: &Options) -> Read<String> {
    let Some(given) = options.get("query")? else { return Ok(String::new()) };
    let read = js::construct("URLSearchParams", &[&given])
        .and_then(|query| js::invoke(&query, "toString", &[]));
    let text = read.ok().and_then(|text| text.as_string());
    text.ok_or_else(|| Failure::invalid_argument("query", "must be an object of strings"))
}

/// The settings that `configureGlobal` and the constructor change.
pub(super) struct Configuration {
    pub(super) settings: Settings,
    pub(super) fetch: Option<Function>,
}

impl Configuration {
    pub(super) fn read(mut settings: Settings, given: JsValue) -> Read<Self> {
        let options = Options::of(given, "options")?;
        let timeout_ms = milliseconds(&options, "timeoutMs")?;
        let max_retries = retries(&options)?;
        let host = options.text("host")?;
        let api_url = options.text("apiUrl")?;
        let debug = match options.text("logLevel")?.as_deref() {
            None => settings.debug,
            Some("debug") => true,
            Some("silent") => false,
            Some(_) => {
                let why = "must be \"debug\" or \"silent\"";
                return Err(Failure::invalid_argument("logLevel", why));
            }
        };
        let fetch = options.function("fetch")?;
        match (host, api_url) {
            (Some(_), Some(_)) => {
                return Err(Endpoints::invalid("pass either \"host\" or \"apiUrl\", not both"));
            }
            (Some(host), None) => settings.endpoints = Endpoints::on_premise(&host)?,
            (None, Some(url)) => settings.endpoints = Endpoints::from_base_url(&url)?,
            // `{ apiUrl: undefined }` is a variable that was not set, and must not lead to the cloud.
            (None, None) if options.has("host") => {
                return Err(Endpoints::invalid("\"host\" is not set"));
            }
            (None, None) if options.has("apiUrl") => {
                return Err(Endpoints::invalid("\"apiUrl\" is not set"));
            }
            (None, None) => {}
        }
        settings.timeout_ms = timeout_ms.unwrap_or(settings.timeout_ms);
        settings.max_retries = max_retries.unwrap_or(settings.max_retries);
        settings.debug = debug;
        Ok(Self { settings, fetch })
    }
}
