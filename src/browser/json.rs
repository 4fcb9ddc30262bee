//! JSON values as JavaScript has them.

#[cfg(feature = "models")]
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;

use super::js;
use crate::json::{Json, Kind};

#[wasm_bindgen]
extern "C" {
    // Text stays in JavaScript: `js_sys::JSON` would copy it into the wasm memory.
    #[wasm_bindgen(js_namespace = JSON, js_name = parse, catch)]
    fn parse_js(text: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = JSON, js_name = stringify, catch)]
    fn stringify_js(value: &JsValue) -> Result<JsValue, JsValue>;
}

fn stringify(value: &JsValue) -> Result<JsValue, JsValue> {
    let _clean = CleanBuiltIns::new();
    stringify_js(value)
}

/// While it lives, arrays and plain objects have no `toJSON`. Libraries of before there was `JSON`, such as
/// prototype.js up to 1.6.1, give them one whose result `JSON.stringify` makes a string of.
pub(crate) struct CleanBuiltIns {
    /// Prototypes, each followed by how it had its `toJSON`.
    hidden: Vec<JsValue>,
}

const TO_JSON: &str = "toJSON";

impl CleanBuiltIns {
    #[inline(never)]
    pub(crate) fn new() -> Self {
        let mut hidden = Vec::new();
        if js::is_undefined(&js::member(&js_sys::Array::new(), TO_JSON)) {
            return Self { hidden };
        }
        for class in ["Array", "Object", "Date"] {
            let prototype = js::member(&js::global(class), "prototype");
            let own = reflect("getOwnPropertyDescriptor", &[&prototype, &TO_JSON.into()]);
            if js::is_undefined(&own) {
                continue;
            }
            reflect("deleteProperty", &[&prototype, &TO_JSON.into()]);
            if class == "Date" {
                js::set_member(&prototype, TO_JSON, &js::member(&prototype, "toISOString"));
            }
            hidden.push(prototype);
            hidden.push(own);
        }
        Self { hidden }
    }
}

impl Drop for CleanBuiltIns {
    fn drop(&mut self) {
        while let (Some(own), Some(prototype)) = (self.hidden.pop(), self.hidden.pop()) {
            reflect("defineProperty", &[&prototype, &TO_JSON.into(), &own]);
        }
    }
}

fn reflect(name: &str, arguments: &[&JsValue]) -> JsValue {
    js::invoke(&js::global("Reflect"), name, arguments).unwrap_or_default()
}

/// A value that `JSON.parse` made.
#[derive(Clone, Debug)]
pub struct JsJson(pub JsValue);

#[cfg(feature = "models")]
impl JsJson {
    /// The value as a type of the application's own, or as one of [`crate::models`].
    ///
    /// # Errors
    /// When it is something else.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, serde_wasm_bindgen::Error> {
        serde_wasm_bindgen::from_value(self.0.clone())
    }

    /// A value of the application's own as JSON.
    ///
    /// # Errors
    /// When it cannot be JSON.
    pub fn from<T: Serialize>(value: &T) -> Result<Self, serde_wasm_bindgen::Error> {
        value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map(Self)
    }
}

/// The text with `new` in the place of each `old`. `replaceAll` is younger than the oldest engines.
fn replaced(text: &JsValue, old: &str, new: &str) -> Result<JsValue, JsValue> {
    let parts = js::invoke_text(text, "split", &[&old.into()])?;
    js::invoke(&parts, "join", &[&new.into()])
}

impl JsJson {
    /// The value as JSON text.
    ///
    /// # Errors
    /// The exception of a `toJSON`, a getter or a proxy, or `undefined` where there is no JSON.
    #[cfg(feature = "exports")]
    pub(crate) fn try_to_json_text(&self) -> Result<Self, JsValue> {
        let text = stringify(&self.0)?;
        if text.is_string() { Ok(Self(text)) } else { Err(JsValue::UNDEFINED) }
    }

    fn defined(value: JsValue) -> Option<Self> {
        if js::is_undefined(&value) { None } else { Some(Self(value)) }
    }
}

impl Json for JsJson {
    fn parse(text: &str) -> Option<Self> {
        Self(text.into()).parse_text()
    }

    fn decode(base64url: &str) -> Option<Self> {
        let text = replaced(&base64url.into(), "-", "+").ok()?;
        let base64 = replaced(&text, "_", "/").ok()?;
        let call = |name: &str, text: &JsValue| {
            js::call(&js::global(name), &JsValue::UNDEFINED, &[text]).ok()
        };
        // `escape` makes %xx of bytes; that is UTF-8 in a URL, whose decoder refuses what is not.
        let escaped = call("escape", &call("atob", &base64)?)?;
        Self(call("decodeURIComponent", &escaped)?).parse_text()
    }

    fn object() -> Self {
        Self(js::object())
    }

    fn null() -> Self {
        Self(JsValue::NULL)
    }

    fn from_text(text: &str) -> Self {
        Self(text.into())
    }

    fn from_number(number: f64) -> Self {
        Self(number.into())
    }

    fn parse_text(&self) -> Option<Self> {
        if self.0.is_string() { parse_js(&self.0).ok().map(Self) } else { None }
    }

    fn to_json_text(&self) -> Self {
        Self(stringify(&self.0).unwrap_or_default())
    }

    fn kind(&self) -> Kind {
        let value = &self.0;
        if value.is_string() {
            Kind::Text
        } else if value.is_object() {
            if js::is_array(value) { Kind::Array } else { Kind::Object }
        } else if value.as_f64().is_some() {
            Kind::Number
        } else if js::as_boolean(value).is_some() {
            Kind::Boolean
        } else {
            Kind::Null
        }
    }

    fn get(&self, key: &str) -> Option<Self> {
        Self::defined(js::member(&self.0, key))
    }

    fn set(&mut self, key: &str, value: Self) {
        if self.0.is_object() {
            js::set_member(&self.0, key, &value.0);
        }
    }

    fn keys(&self) -> Vec<String> {
        let mut names = Vec::new();
        if self.kind() == Kind::Object {
            for name in &js::elements(&js::keys(&self.0).unwrap_or_default()) {
                names.extend(name.as_string());
            }
        }
        names
    }

    fn element(&self, index: usize) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "no array is that long")]
        js::try_member(&self.0, &(index as f64).into()).ok().and_then(Self::defined)
    }

    fn redacted(&self, secret: &str) -> Self {
        replaced(&self.0, secret, "[redacted]").map_or_else(|_| self.clone(), Self)
    }

    // Compared in JavaScript: an answer of megabytes is not copied into the wasm memory.
    fn is_empty_text(&self) -> bool {
        let empty = JsValue::from("");
        self.0 == empty
    }

    fn as_text(&self) -> Option<String> {
        self.0.as_string()
    }

    fn as_number(&self) -> Option<f64> {
        self.0.as_f64()
    }

    fn as_boolean(&self) -> Option<bool> {
        js::as_boolean(&self.0)
    }
}
