//! JSON values as JavaScript has them.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::protocol::json::{Json, Kind};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = JSON, js_name = parse, catch)]
    fn parse_js(text: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = JSON, js_name = stringify, catch)]
    fn stringify_js(value: &JsValue) -> Result<JsValue, JsValue>;
}

/// What `JSON.parse` made.
#[derive(Clone, Debug)]
pub struct JsJson(pub JsValue);

impl JsJson {
    /// Parses text that JavaScript holds, without copying it into the wasm memory.
    pub fn parse_text(text: &JsValue) -> Option<Self> {
        parse_js(text).ok().map(Self)
    }
}

/// `JSON.stringify`. `None` stands for its `undefined`.
///
/// # Errors
/// Whatever it throws.
pub fn stringify(value: &JsValue) -> Result<Option<String>, JsValue> {
    stringify_js(value).map(|text| text.as_string())
}

impl Json for JsJson {
    fn parse(text: &str) -> Option<Self> {
        Self::parse_text(&JsValue::from_str(text))
    }

    fn from_text(text: &str) -> Self {
        Self(JsValue::from_str(text))
    }

    fn stringify(&self) -> String {
        // `JSON.parse` made the value, so this gives a text.
        stringify(&self.0).ok().flatten().unwrap_or_default()
    }

    fn kind(&self) -> Kind {
        if self.0.is_null() || self.0.is_undefined() {
            Kind::Null
        } else if Array::is_array(&self.0) {
            Kind::Array
        } else if self.0.is_object() {
            Kind::Object
        } else {
            Kind::Scalar
        }
    }

    fn get(&self, key: &str) -> Option<Self> {
        if self.kind() != Kind::Object {
            return None;
        }
        let value = Reflect::get(&self.0, &JsValue::from_str(key)).ok()?;
        (!value.is_undefined()).then_some(Self(value))
    }

    fn set(&mut self, key: &str, value: Self) {
        if self.kind() == Kind::Object {
            // Only a frozen object refuses, and `JSON.parse` makes none.
            let _ = Reflect::set(&self.0, &JsValue::from_str(key), &value.0);
        }
    }

    fn keys(&self) -> Vec<String> {
        match self.0.dyn_ref::<Object>() {
            Some(object) if self.kind() == Kind::Object => {
                Object::keys(object).iter().filter_map(|key| key.as_string()).collect()
            }
            _ => Vec::new(),
        }
    }

    fn elements(&self) -> Vec<Self> {
        match self.0.dyn_ref::<Array>() {
            Some(array) => array.iter().map(Self).collect(),
            None => Vec::new(),
        }
    }

    fn deep_copy(&self) -> Self {
        Self::parse(&self.stringify()).unwrap_or_else(|| self.clone())
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
