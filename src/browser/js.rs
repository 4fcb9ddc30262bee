//! JavaScript's objects and functions by name.
//!
//! A function that is imported by itself costs about 80 bytes (brotli) of module and glue. Those that
//! every call needs are; the others are called through here. All of it is caught: an application or
//! its test tools may have replaced anything, and an exception that passes through the module strands
//! the call.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = globalThis, thread_local_v2)]
    static GLOBAL: JsValue;

    // Throws for a proxy that was revoked.
    #[wasm_bindgen(js_namespace = Array, js_name = isArray, catch)]
    fn is_array_js(value: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = Date, js_name = now, catch)]
    fn date_now() -> Result<JsValue, JsValue>;

    type WeakRef;

    // Every call needs it.
    #[wasm_bindgen(method, catch)]
    fn deref(this: &WeakRef) -> Result<JsValue, JsValue>;
}

pub(crate) fn is_array(value: &JsValue) -> bool {
    is_array_js(value).is_ok_and(|is_array| is_array == JsValue::TRUE)
}

/// `true` for `undefined`. By comparison, as are the next two: each test that is imported costs 70
/// bytes.
pub(crate) fn is_undefined(value: &JsValue) -> bool {
    *value == JsValue::UNDEFINED
}

/// `true` for `undefined` and `null`.
pub(crate) fn is_nothing(value: &JsValue) -> bool {
    is_undefined(value) || *value == JsValue::NULL
}

/// The value, if it is a boolean.
pub(crate) fn as_boolean(value: &JsValue) -> Option<bool> {
    let is_true = *value == JsValue::TRUE;
    if is_true || *value == JsValue::FALSE { Some(is_true) } else { None }
}

/// An object without members.
pub(crate) fn object() -> JsValue {
    construct("Object", &[]).unwrap_or_default()
}

/// Milliseconds since 1970; 0 where there is no clock.
pub(crate) fn now_ms() -> f64 {
    date_now().ok().and_then(|now_ms| now_ms.as_f64()).unwrap_or_default()
}

/// The member of an object; `undefined` where there is none, or reading it throws.
pub(crate) fn member(object: &JsValue, name: &str) -> JsValue {
    try_member(object, &name.into()).unwrap_or_default()
}

/// The member of an object.
///
/// # Errors
/// The exception of its getter, or of a proxy.
pub(crate) fn try_member(object: &JsValue, key: &JsValue) -> Result<JsValue, JsValue> {
    Reflect::get(object, key)
}

pub(crate) fn set_member(object: &JsValue, name: &str, value: &JsValue) {
    set(object, &name.into(), value);
}

/// Sets a member, unless the object does not permit it.
pub(crate) fn set(object: &JsValue, key: &JsValue, value: &JsValue) {
    let _ = Reflect::set(object, key, value);
}

/// A `WeakRef`; where the engine has none, the object itself, which is kept then.
pub(crate) fn weak(object: &JsValue) -> JsValue {
    construct("WeakRef", &[object]).unwrap_or_else(|_| object.clone())
}

/// The object of [`weak`]; `undefined` once it is gone.
pub(crate) fn deref(reference: &JsValue) -> JsValue {
    reference.unchecked_ref::<WeakRef>().deref().unwrap_or_else(|_| reference.clone())
}

/// A global of the page, worker or server.
pub(crate) fn global(name: &str) -> JsValue {
    GLOBAL.with(|global| member(global, name))
}

/// Calls `object[name](…)`.
///
/// # Errors
/// The exception of the call, or a `TypeError` where there is no such function.
pub(crate) fn invoke(
    object: &JsValue,
    name: &str,
    arguments: &[&JsValue],
) -> Result<JsValue, JsValue> {
    call(&member(object, name), object, arguments)
}

/// Calls a method of a text.
///
/// # Errors
/// The exception of the call.
pub(crate) fn invoke_text(
    text: &JsValue,
    name: &str,
    arguments: &[&JsValue],
) -> Result<JsValue, JsValue> {
    // `Reflect.get` takes no primitives.
    call(&member(&member(&global("String"), "prototype"), name), text, arguments)
}

/// Calls a function.
///
/// # Errors
/// The exception of the call, or a `TypeError` where it is not a function.
pub(crate) fn call(
    function: &JsValue,
    this: &JsValue,
    arguments: &[&JsValue],
) -> Result<JsValue, JsValue> {
    Reflect::apply(function.unchecked_ref::<Function>(), this, &array(arguments))
}

/// The names of an object's members.
///
/// # Errors
/// The exception of a proxy.
pub(crate) fn keys(object: &JsValue) -> Result<JsValue, JsValue> {
    invoke(&global("Object"), "keys", &[object])
}

/// Makes a `new name(…)`.
///
/// # Errors
/// The exception of the constructor.
pub(crate) fn construct(name: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    Reflect::construct(global(name).unchecked_ref::<Function>(), &array(arguments))
}

fn array(elements: &[&JsValue]) -> Array {
    let array = Array::new();
    for element in elements {
        array.push(element);
    }
    array
}

/// The indices of an array, or of what is like one.
pub(crate) fn indices(array: &JsValue) -> std::ops::Range<u32> {
    let length = member(array, "length").as_f64().unwrap_or_default();
    0..whole_number(length, u32::MAX).unwrap_or_default()
}

/// The elements of an array, or of what is like one.
#[inline(never)]
pub(crate) fn elements(array: &JsValue) -> Vec<JsValue> {
    let mut elements = Vec::new();
    for index in indices(array) {
        elements.push(try_member(array, &index.into()).unwrap_or_default());
    }
    elements
}

/// The number, if it is a whole one from 0 to `most`. By comparisons, as a cast saturates only where
/// WebAssembly does: what wasm2js makes of it wraps.
pub(crate) fn whole_number(number: f64, most: u32) -> Option<u32> {
    let is_in_range = number >= 0.0 && number <= most.into() && number.fract() == 0.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
    is_in_range.then_some(number as u32)
}

/// Writes to the console.
pub(crate) fn log(level: &str, what: &[&JsValue]) {
    let _ = invoke(&global("console"), level, what);
}
