//! JSON values as JavaScript has them.

#[cfg(not(feature = "npm"))]
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;

use crate::protocol::json::{Json, Kind};

#[wasm_bindgen(module = "/src/browser/json.js")]
extern "C" {
    #[wasm_bindgen(js_name = parse)]
    fn parse_js(text: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = decode)]
    fn decode_js(text: &str) -> JsValue;
    #[wasm_bindgen(js_name = stringify)]
    fn stringify_js(value: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = kind)]
    fn kind_js(value: &JsValue) -> u32;
    #[wasm_bindgen(js_name = get)]
    fn get_js(value: &JsValue, key: &str) -> JsValue;
    #[wasm_bindgen(js_name = get)]
    fn element_js(value: &JsValue, index: usize) -> JsValue;
    #[wasm_bindgen(js_name = set)]
    fn set_js(value: &JsValue, key: &str, member: &JsValue);
    #[wasm_bindgen(js_name = keys)]
    fn keys_js(value: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = redact)]
    fn redact_js(text: &JsValue, secret: &str) -> JsValue;
}

/// What `JSON.parse` made.
#[derive(Clone, Debug)]
pub struct JsJson(pub JsValue);

#[cfg(not(feature = "npm"))]
impl JsJson {
    /// The value as a type of the application's own.
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

impl JsJson {
    /// Parses text that JavaScript holds, without copying it into the wasm memory.
    pub(super) fn parse_text(text: &JsValue) -> Option<Self> {
        Self::defined(parse_js(text))
    }

    /// The value as JSON text that JavaScript holds.
    pub(crate) fn to_js_text(&self) -> JsValue {
        stringify_js(&self.0)
    }

    fn defined(value: JsValue) -> Option<Self> {
        if value.is_undefined() { None } else { Some(Self(value)) }
    }
}

impl Json for JsJson {
    fn parse(text: &str) -> Option<Self> {
        Self::parse_text(&text.into())
    }

    fn decode(base64url: &str) -> Option<Self> {
        Self::defined(decode_js(base64url))
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

    fn stringify(&self) -> String {
        self.to_js_text().as_string().unwrap_or_default()
    }

    fn kind(&self) -> Kind {
        Kind::ALL.get(kind_js(&self.0) as usize).copied().unwrap_or(Kind::Null)
    }

    fn get(&self, key: &str) -> Option<Self> {
        Self::defined(get_js(&self.0, key))
    }

    fn set(&mut self, key: &str, value: Self) {
        if let Kind::Object = self.kind() {
            set_js(&self.0, key, &value.0);
        }
    }

    fn keys(&self) -> Vec<String> {
        match self.kind() {
            Kind::Object => {
                Self(keys_js(&self.0)).elements().iter().filter_map(Json::as_text).collect()
            }
            _ => Vec::new(),
        }
    }

    fn element(&self, index: usize) -> Option<Self> {
        Self::defined(element_js(&self.0, index))
    }

    fn deep_copy(&self) -> Self {
        Self::parse_text(&self.to_js_text()).unwrap_or_else(|| self.clone())
    }

    fn redacted(&self, secret: &str) -> Self {
        Self(redact_js(&self.0, secret))
    }

    fn as_text(&self) -> Option<String> {
        self.0.as_string()
    }

    fn as_number(&self) -> Option<f64> {
        self.0.as_f64()
    }

    fn as_boolean(&self) -> Option<bool> {
        self.0.as_bool()
    }
}
