//! The JSON value of whatever platform the client runs on.

#[cfg(not(target_arch = "wasm32"))]
mod native;

/// A parsed JSON value, owned by the platform.
///
/// In the browser it is the object that `JSON.parse` made, so that an answer reaches the
/// application as the server wrote it, and no second JSON parser ships. Elsewhere it is
/// `serde_json::Value`.
pub trait Json: Clone + 'static {
    /// Parses JSON text. `None` when the text is not JSON.
    fn parse(text: &str) -> Option<Self>;

    /// The value that base64url of UTF-8 of JSON text stands for. `None` when it is something else.
    fn decode(base64url: &str) -> Option<Self>;

    /// `null`.
    fn null() -> Self;

    /// A string.
    fn from_text(text: &str) -> Self;

    /// A number.
    fn from_number(number: f64) -> Self;

    /// An object without members.
    fn object() -> Self {
        Self::parse("{}").unwrap_or_else(Self::null)
    }

    /// The object with one more member.
    #[must_use]
    #[inline(never)]
    fn with(mut self, key: &str, value: Self) -> Self {
        self.set(key, value);
        self
    }

    /// Parses a string that the platform has. `None` when it is not JSON, or `self` is not a string.
    fn parse_text(&self) -> Option<Self>;

    /// The value as JSON text, as the platform has text.
    #[must_use]
    fn to_json_text(&self) -> Self;

    /// The value as JSON text.
    fn stringify(&self) -> String {
        self.to_json_text().as_text().unwrap_or_default()
    }

    /// Which of JSON's types the value has.
    fn kind(&self) -> Kind;

    /// The member `key` of an object. `None` when there is none, or `self` is no object.
    fn get(&self, key: &str) -> Option<Self>;

    /// Sets the member `key` of an object; nothing happens to anything else.
    fn set(&mut self, key: &str, value: Self);

    /// The names of an object's members, in order. Empty for anything else.
    fn keys(&self) -> Vec<String>;

    /// The element at `index` of an array, if it has so many.
    fn element(&self, index: usize) -> Option<Self>;

    /// The elements of an array. Empty for anything else.
    fn elements(&self) -> Vec<Self> {
        match self.kind() {
            Kind::Array => (0..).map_while(|index| self.element(index)).collect(),
            _ => Vec::new(),
        }
    }

    /// A copy that shares nothing with `self`.
    #[must_use]
    fn deep_copy(&self) -> Self {
        self.to_json_text().parse_text().unwrap_or_else(|| self.clone())
    }

    /// A string without `secret`: `[redacted]` stands in its place. For a string only.
    #[must_use]
    fn redacted(&self, secret: &str) -> Self;

    /// The value, if it is a string.
    fn as_text(&self) -> Option<String>;

    /// `true` if the value is the empty string.
    fn is_empty_text(&self) -> bool {
        self.as_text().is_some_and(|text| text.is_empty())
    }

    /// `true` if the value is a string.
    fn is_text(&self) -> bool {
        self.kind() == Kind::Text
    }

    /// The value, if it is a number.
    fn as_number(&self) -> Option<f64>;

    /// The value, if it is a boolean.
    fn as_boolean(&self) -> Option<bool>;

    /// The member `key`, if it is a string.
    fn text(&self, key: &str) -> Option<String> {
        self.get(key)?.as_text()
    }

    /// `true` if the member `key` is `true`.
    fn flag(&self, key: &str) -> bool {
        self.get(key).and_then(|value| value.as_boolean()).unwrap_or(false)
    }
}

/// JSON's types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A string.
    Text,
    /// A number.
    Number,
}

impl Kind {
    /// Every type there is.
    pub const ALL: [Self; 6] =
        [Self::Object, Self::Array, Self::Null, Self::Boolean, Self::Text, Self::Number];
}
