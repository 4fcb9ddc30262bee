//! Values from JavaScript as JSON: what JSON would lose or refuse is found before it is sent.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::json::{JsJson, stringify};
use crate::protocol::error::{Details, Error, ErrorCode};
use crate::protocol::json::Json;
use crate::protocol::text::{decimal, join};

/// The deepest nesting that is accepted; far beyond what applications send, and far below where
/// `JSON.stringify` runs out of stack.
const MAX_DEPTH: usize = 200;

/// `value` as JSON, copied: nothing that the application does to it from now on is sent. `name`
/// is what the argument is called.
///
/// As with `JSON.stringify`, members that are `undefined` are left out and `toJSON` is honoured.
///
/// # Errors
/// `code`, with the path of what JSON cannot hold.
pub fn to_json(value: &JsValue, name: &str, code: ErrorCode) -> Result<JsJson, Error<JsJson>> {
    let fault = |path: &str, what: &str, cause| {
        let message = join(&["Cannot be sent as JSON: \"", path, "\" ", what, "."]);
        Error::new(code, &message).with_details(Details::Path(path.to_owned())).with_cause(cause)
    };
    if let Some((path, what)) = Walk::default().find_fault(value, name) {
        return Err(fault(&path, what, None));
    }
    match stringify(value) {
        // Parsed again, as `toJSON` may have made anything of it.
        Ok(Some(text)) => match JsJson::parse(&text) {
            Some(json) => Ok(json),
            None => Err(fault(name, "has no JSON", None)),
        },
        Ok(None) => Err(fault(name, "has no JSON", None)),
        Err(cause) => Err(fault(name, "throws when it is read", Some(JsJson(cause)))),
    }
}

/// A walk through the value; `above` are the objects it is inside of.
#[derive(Default)]
struct Walk {
    above: Vec<JsValue>,
}

impl Walk {
    /// The first fault in `value`, which stands at `path`: where it is and what it is.
    fn find_fault(&mut self, value: &JsValue, path: &str) -> Option<(String, &'static str)> {
        let fault = |what| Some((path.to_owned(), what));
        if value.is_null() || value.as_bool().is_some() || value.is_string() {
            return None;
        }
        if let Some(number) = value.as_f64() {
            return if number.is_finite() { None } else { fault("is not a finite number") };
        }
        if value.is_undefined() {
            return fault("is undefined");
        }
        if value.is_function() {
            return fault("is a function");
        }
        if value.is_symbol() {
            return fault("is a symbol");
        }
        if value.is_bigint() {
            return fault("is a BigInt: pass a number or a string");
        }
        if self.above.iter().any(|above| Object::is(above, value)) {
            return fault("contains itself");
        }
        if self.above.len() >= MAX_DEPTH {
            return fault("is nested too deeply");
        }
        // What `toJSON` gives is the value's own business: `Date` has one.
        match Reflect::get(value, &"toJSON".into()) {
            Ok(to_json) if to_json.is_instance_of::<Function>() => return None,
            Ok(_) => {}
            Err(_) => return fault("throws when it is read"),
        }
        self.above.push(value.clone());
        let found = match value.dyn_ref::<Array>() {
            Some(array) => (0..array.length()).find_map(|index| {
                self.find_fault(&array.get(index), &join(&[path, "[", &decimal(index), "]"]))
            }),
            None => self.find_fault_in_object(value.unchecked_ref(), path),
        };
        self.above.pop();
        found
    }

    fn find_fault_in_object(
        &mut self,
        object: &Object,
        path: &str,
    ) -> Option<(String, &'static str)> {
        let fault = |path: &str, what| Some((path.to_owned(), what));
        // `JSON.stringify` makes `{}` of a Map, a Set, a Promise, a Blob and the like.
        if object_to_string(object) != "[object Object]" {
            return fault(path, "is not a plain object or array");
        }
        let Ok(keys) = Reflect::own_keys(object) else {
            return fault(path, "throws when it is read");
        };
        keys.iter().find_map(|key| {
            let name = key.as_string()?;
            let path = member_path(path, &name);
            if !object.property_is_enumerable(&key) {
                return None;
            }
            match Reflect::get(object, &key) {
                Ok(value) if value.is_undefined() => None,
                Ok(value) => self.find_fault(&value, &path),
                Err(_) => fault(&path, "throws when it is read"),
            }
        })
    }
}

/// `metadata.plan`, or `metadata["plan.price"]` for a name that is no identifier.
fn member_path(path: &str, name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$';
    if !name.is_empty() && name.bytes().all(plain) {
        return join(&[path, ".", name]);
    }
    join(&[path, "[", &JsJson::from_text(name).stringify(), "]"])
}

/// `Object.prototype.toString`, which tells what an object is in any realm.
pub fn object_to_string(object: &Object) -> String {
    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = ["Object", "prototype", "toString"], js_name = call)]
        fn to_string_call(object: &Object) -> String;
    }
    to_string_call(object)
}
