//! JSON values off the web, as tests and native programs have them.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::{Json, Kind};

/// Without padding as JWTs have it; some have it all the same.
const URL_SAFE_FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

impl Json for Value {
    fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    fn decode(base64url: &str) -> Option<Self> {
        let bytes = URL_SAFE_FORGIVING.decode(base64url).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    fn null() -> Self {
        Value::Null
    }

    fn from_text(text: &str) -> Self {
        Value::from(text)
    }

    fn from_number(number: f64) -> Self {
        // Written as JavaScript does: `400`, not `400.0`.
        <Self as Json>::parse(&number.to_string()).unwrap_or(Value::Null)
    }

    fn parse_text(&self) -> Option<Self> {
        <Self as Json>::parse(self.as_str()?)
    }

    fn to_json_text(&self) -> Self {
        Value::from(self.to_string())
    }

    fn kind(&self) -> Kind {
        match self {
            Value::Object(_) => Kind::Object,
            Value::Array(_) => Kind::Array,
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Boolean,
            Value::String(_) => Kind::Text,
            Value::Number(_) => Kind::Number,
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

    fn element(&self, index: usize) -> Option<Self> {
        Value::get(self, index).cloned()
    }

    fn deep_copy(&self) -> Self {
        self.clone()
    }

    fn redacted(&self, secret: &str) -> Self {
        match self {
            Value::String(text) => Value::from(text.replace(secret, "[redacted]")),
            other => other.clone(),
        }
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
