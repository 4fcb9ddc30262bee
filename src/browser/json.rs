//! JSON values as JavaScript has them.

use js_sys::{Array, Function, Object, Reflect};
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
    pub(super) fn parse_text(text: &JsValue) -> Option<Self> {
        parse_js(text).ok().map(Self)
    }

    /// The value as JSON text that JavaScript holds.
    pub(crate) fn to_js_text(&self) -> JsValue {
        // `JSON.parse` made the value, so this gives a text.
        stringify_js(&self.0).unwrap_or_default()
    }

    /// What the method `name` gives for `argument`; whatever it throws is the error.
    pub(super) fn invoke(&self, name: &str, argument: &str) -> Result<JsValue, JsValue> {
        let method = Reflect::get(&self.0, &name.into())?;
        method.unchecked_into::<Function>().call1(&self.0, &argument.into())
    }

    fn with_members(members: &[(&str, Self)]) -> Self {
        let mut object = Self(Object::new().into());
        for (key, value) in members {
            object.set(key, value.clone());
        }
        object
    }
}

impl Json for JsJson {
    fn parse(text: &str) -> Option<Self> {
        Self::parse_text(&text.into())
    }

    fn null() -> Self {
        Self(JsValue::NULL)
    }

    fn from_text(text: &str) -> Self {
        Self(text.into())
    }

    fn from_texts(texts: &[String]) -> Self {
        Self(serde_wasm_bindgen::to_value(texts).unwrap_or_default())
    }

    fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::with_members(&members)
    }

    fn stringify(&self) -> String {
        self.to_js_text().as_string().unwrap_or_default()
    }

    fn kind(&self) -> Kind {
        if self.0.is_null() || self.0.is_undefined() {
            Kind::Null
        } else if Array::is_array(&self.0) {
            Kind::Array
        } else if self.0.is_object() {
            Kind::Object
        } else if self.0.as_bool().is_some() {
            Kind::Boolean
        } else {
            Kind::Scalar
        }
    }

    fn get(&self, key: &str) -> Option<Self> {
        // It fails for what is no object.
        let value = Reflect::get(&self.0, &key.into()).ok()?;
        (!value.is_undefined()).then_some(Self(value))
    }

    fn set(&mut self, key: &str, value: Self) {
        // It fails for what is no object.
        let _ = Reflect::set(&self.0, &key.into(), &value.0);
    }

    fn keys(&self) -> Vec<String> {
        if self.kind() != Kind::Object {
            return Vec::new();
        }
        let keys = Self(Object::keys(self.0.unchecked_ref::<Object>()).into());
        keys.elements().iter().filter_map(Json::as_text).collect()
    }

    fn elements(&self) -> Vec<Self> {
        let mut elements = Vec::new();
        if let Kind::Array = self.kind() {
            let array: &Array = self.0.unchecked_ref();
            for index in 0..array.length() {
                elements.push(Self(array.get(index)));
            }
        }
        elements
    }

    fn deep_copy(&self) -> Self {
        Self::parse_text(&self.to_js_text()).unwrap_or_else(|| self.clone())
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
