//! The body of an admin request, read strictly, as the description says.

use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

use crate::error::ApiError;

/// The largest integer that every JSON reader gets right: 2^53 - 1.
pub(crate) const LARGEST_INTEGER: u64 = (1 << 53) - 1;

/// The wanted thing of a JSON object, or a refusal that says what is wrong with it.
pub(super) fn parse_body<T: DeserializeOwned>(body: Map<String, Value>) -> Result<T, ApiError> {
    let mut body = Value::Object(body);
    make_whole(&mut body);
    serde_json::from_value(body)
        .map_err(|error| ApiError::body_invalid(format!("The body is not understood: {error}.")))
}

/// To JSON, `5.0` is the integer 5; to serde it is not.
fn make_whole(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(whole) = whole(number) {
                *number = whole;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_whole),
        Value::Object(object) => {
            // The body that a fault answers with is the caller's own.
            object
                .iter_mut()
                .filter(|(name, _)| *name != "body")
                .for_each(|(_, it)| make_whole(it));
        }
        _ => {}
    }
}

fn whole(number: &Number) -> Option<Number> {
    let float = number.as_f64().filter(|_| number.is_f64())?;
    // Within this range every whole float is exactly an i64.
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    let exact = float.fract() == 0.0 && float.abs() <= LARGEST_INTEGER as f64;
    #[expect(clippy::cast_possible_truncation, reason = "checked above")]
    exact.then_some(Number::from(float as i64))
}
