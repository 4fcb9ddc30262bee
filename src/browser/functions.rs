//! Functions of the application that a client keeps: listeners, what gives tokens, what replaces
//! `fetch`.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use super::js;

/// Functions by name, in a JavaScript object.
///
/// A function often uses the client that keeps it. The garbage collector does not see through the
/// module's memory, so such a pair would never go away. Whoever owns the client in JavaScript can
/// therefore own this object too: see `keep_in`.
#[derive(Clone, Debug)]
pub(crate) struct Functions(std::rc::Rc<RefCell<Keeper>>);

#[derive(Debug)]
enum Keeper {
    /// The object itself.
    Strong(JsValue),
    /// A `WeakRef` to it.
    #[cfg(feature = "exports")]
    Weak(JsValue),
}

impl Default for Functions {
    fn default() -> Self {
        Self(std::rc::Rc::new(RefCell::new(Keeper::Strong(js::object()))))
    }
}

impl Functions {
    /// Keeps all functions in `object` from now on, which is not kept alive.
    #[cfg(feature = "exports")]
    pub(crate) fn keep_in(&self, object: &JsValue) {
        if object.is_object() {
            let _ = js::invoke(&js::global("Object"), "assign", &[object, &self.object()]);
            self.0.replace(Keeper::Weak(js::weak(object)));
        }
    }

    /// The object that has them; `undefined` once it is gone. Calls hold it while they run.
    pub(crate) fn object(&self) -> JsValue {
        match &*self.0.borrow() {
            Keeper::Strong(object) => object.clone(),
            #[cfg(feature = "exports")]
            Keeper::Weak(reference) => js::deref(reference),
        }
    }

    pub(crate) fn get(&self, name: &str) -> JsValue {
        js::member(&self.object(), name)
    }

    pub(crate) fn set(&self, name: &str, value: &JsValue) {
        let object = self.object();
        if object.is_object() {
            js::set_member(&object, name, value);
        }
    }
}
