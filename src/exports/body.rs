//! Bodies: what an application sends, as JSON text or as it is.

use wasm_bindgen::prelude::*;

use super::options::{Options, Read};
use crate::browser::{CleanBuiltIns, JsJson, js};
use crate::error::{Error, ErrorCode};
use crate::http::request::Payload;
use crate::json::Json;
use crate::text::join;

/// The deepest nesting that is accepted; far below where `JSON.stringify` runs out of stack.
const MAX_DEPTH: usize = 200;

/// `[object Date]`, for instance.
fn tag(value: &JsValue) -> Result<String, JsValue> {
    let tag = js::member(&js::member(&js::global("Object"), "prototype"), "toString");
    Ok(js::call(&tag, value, &[])?.as_string().unwrap_or_default())
}

fn is_view(value: &JsValue) -> bool {
    let is_view = js::invoke(&js::global("ArrayBuffer"), "isView", &[value]);
    is_view.is_ok_and(|is_view| is_view == JsValue::TRUE)
}

/// The body of a request, which goes out as `fetch` would send it; what that would make
/// `[object Object]` of, as JSON.
pub(super) fn payload(options: &Options) -> Read<Payload<JsJson>> {
    match options.get("body")? {
        None => Ok(Payload::Empty),
        Some(body) if is_raw(&body) => Ok(Payload::Raw(JsJson(body))),
        Some(body) => json_text(&body, "body").map(Payload::Json),
    }
}

fn is_raw(body: &JsValue) -> bool {
    const RAW: [&str; 5] = [
        "[object FormData]",
        "[object Blob]",
        "[object File]",
        "[object ArrayBuffer]",
        "[object URLSearchParams]",
    ];
    let is_known = |tag: String| RAW.contains(&tag.as_str());
    body.is_string() || is_view(body) || tag(body).is_ok_and(is_known)
}

/// The value as JSON, copied: nothing that the application does to it afterwards changes it.
pub(super) fn json(value: &JsValue, name: &str) -> Read<JsJson> {
    let text = json_text(value, name)?;
    Ok(text.parse_text().unwrap_or(text))
}

/// The value as JSON text; what JSON would lose or refuse is found before it is sent.
pub(super) fn json_text(value: &JsValue, name: &str) -> Read<JsJson> {
    let _clean = CleanBuiltIns::new();
    let refused = match check(value, &mut Vec::new()) {
        Ok(()) => match JsJson(value.clone()).try_to_json_text() {
            Ok(text) => return Ok(text),
            Err(cause) if js::is_undefined(&cause) => Refused::because("has no JSON"),
            Err(cause) => Refused::thrown(cause),
        },
        Err(refused) => refused,
    };
    let path = refused.path_from(name);
    let code =
        if name == "metadata" { ErrorCode::InvalidMetadata } else { ErrorCode::InvalidArgument };
    let message = join(&["Cannot be sent as JSON: \"", &path, "\" ", refused.why, "."]);
    Err(Error::new(code, &message)
        .with_detail("path", JsJson::from_text(&path))
        .with_cause(refused.cause.map(JsJson)))
}

/// Why a value cannot be sent.
struct Refused {
    why: &'static str,
    cause: Option<JsValue>,
    /// The keys that lead to the value, the innermost first.
    path: Vec<JsValue>,
}

impl Refused {
    fn because(why: &'static str) -> Self {
        Self { why, cause: None, path: Vec::new() }
    }

    /// A getter or a proxy of the application's may throw anywhere.
    fn thrown(cause: JsValue) -> Self {
        Self { cause: Some(cause), ..Self::because("throws when it is read") }
    }

    /// `metadata.plan["a b"][0]`
    fn path_from(&self, name: &str) -> String {
        let mut path = name.to_owned();
        for key in self.path.iter().rev() {
            let name = key.as_string().unwrap_or_default();
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
            path = if !name.is_empty() && name.bytes().all(is_plain) {
                join(&[&path, ".", &name])
            } else {
                join(&[&path, "[", &JsJson(key.clone()).stringify(), "]"])
            };
        }
        path
    }
}

/// Checks a value; `above` are the objects that it is in.
fn check(value: &JsValue, above: &mut Vec<JsValue>) -> Result<(), Refused> {
    if value.is_string() || *value == JsValue::NULL || js::as_boolean(value).is_some() {
        return Ok(());
    }
    let refuse = |why| Err(Refused::because(why));
    if let Some(number) = value.as_f64() {
        return if number.is_finite() { Ok(()) } else { refuse("is not a finite number") };
    }
    if js::is_undefined(value) {
        return refuse("is undefined");
    }
    if value.is_function() {
        return refuse("is a function");
    }
    if !value.is_object() {
        return refuse(if tag(value).is_ok_and(|tag| tag == "[object Symbol]") {
            "is a symbol"
        } else {
            "is a BigInt: pass a number or a string"
        });
    }
    if above.contains(value) {
        return refuse("contains itself");
    }
    if above.len() >= MAX_DEPTH {
        return refuse("is nested too deeply");
    }
    let read = |key: &JsValue| js::try_member(value, key).map_err(Refused::thrown);
    // The result of `toJSON` is the value's own business: `Date` has one.
    if read(&"toJSON".into())?.is_function() {
        return Ok(());
    }
    let is_array = js::is_array(value);
    let keys = if is_array {
        value.clone()
    } else if tag(value).map_err(Refused::thrown)? == "[object Object]" {
        js::keys(value).map_err(Refused::thrown)?
    } else {
        // `JSON.stringify` makes `{}` of a Map, a Set, a Promise, a Blob and the like.
        return refuse("is not a plain object or array");
    };
    above.push(value.clone());
    for index in js::indices(&keys) {
        let index = JsValue::from(index);
        // An array by index, as a hole is one that JSON makes `null` of.
        let key = if is_array { index } else { js::try_member(&keys, &index).unwrap_or_default() };
        let checked = read(&key).and_then(|member| {
            if js::is_undefined(&member) && !is_array { Ok(()) } else { check(&member, above) }
        });
        if let Err(mut refused) = checked {
            refused.path.push(key);
            return Err(refused);
        }
    }
    above.pop();
    Ok(())
}
