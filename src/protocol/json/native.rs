//! JSON values off the web, as tests and native programs have them.

use serde_json::Value;

use super::{Json, Kind};

impl Json for Value {
    fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    fn null() -> Self {
        Value::Null
    }

    fn from_text(text: &str) -> Self {
        Value::from(text)
    }

    fn from_texts(texts: &[String]) -> Self {
        Value::from(texts)
    }

    fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Value::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    fn stringify(&self) -> String {
        self.to_string()
    }

    fn kind(&self) -> Kind {
        match self {
            Value::Object(_) => Kind::Object,
            Value::Array(_) => Kind::Array,
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Boolean,
            Value::Number(_) | Value::String(_) => Kind::Scalar,
        }
    }

    fn get(&self, key: &str) -> Option<Self> {
        Value::get(self, key).cloned()
    }

    fn set(&mut self, key: &str, value: Self) {
        if let Value::Object(members) = self {
            members.insert(key.to_owned(), value);
        }
    }

    fn keys(&self) -> Vec<String> {
        self.as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default()
    }

    fn elements(&self) -> Vec<Self> {
        self.as_array().cloned().unwrap_or_default()
    }

    fn deep_copy(&self) -> Self {
        self.clone()
    }

    fn as_text(&self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    fn as_number(&self) -> Option<f64> {
        self.as_f64()
    }

    fn as_boolean(&self) -> Option<bool> {
        self.as_bool()
    }
}
