//! The boundary to JavaScript: converts arguments, calls the client, converts what comes back.
//!
//! Every export takes `&self` and gives a promise; bad arguments reject it.

mod browser;
mod error;
mod json;
mod metadata;
mod options;

use std::cell::RefCell;
use std::pin::Pin;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

pub use self::browser::Browser;
use self::json::JsJson;
use self::options::{Options, string};
use crate::client::Client;
use crate::protocol::error::Error;
use crate::protocol::json::Json;

/// A client of the Users API with one session.
#[wasm_bindgen]
#[derive(Debug)]
pub struct ParagonClient {
    client: Client<Browser>,
}

#[wasm_bindgen]
impl ParagonClient {
    /// A client for Paragon's cloud, with nobody signed in.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::new_without_default, reason = "constructed from JavaScript")]
    pub fn new() -> Self {
        Self { client: Client::new(Browser) }
    }

    /// `logout()`
    pub fn logout(&self) {
        self.client.logout();
    }

    /// `configureGlobal({ host?, apiUrl? })`
    #[wasm_bindgen(js_name = configureGlobal)]
    pub fn configure_global(&self, options: JsValue) -> Promise {
        let client = self.client.clone();
        call(options, move |options| {
            Box::pin(async move {
                client.configure(options.endpoints()?);
                Ok(JsValue::UNDEFINED)
            })
        })
    }

    /// `authenticate(projectId, token, { metadata? })`
    pub fn authenticate(&self, project_id: JsValue, token: JsValue, options: JsValue) -> Promise {
        let client = self.client.clone();
        // Before anything can be refused: see `Client::authenticate`.
        self.logout();
        call(options, move |options| {
            Box::pin(async move {
                let project_id = project_id.as_string().unwrap_or_default();
                let token = token.as_string().unwrap_or_default();
                let metadata = options.get("metadata").as_ref().map(metadata::read).transpose()?;
                client
                    .authenticate(&project_id, &token, metadata.as_ref(), options.call()?)
                    .await?;
                Ok(JsValue::UNDEFINED)
            })
        })
    }

    /// `getUser()`
    #[wasm_bindgen(js_name = getUser)]
    pub fn get_user(&self, options: JsValue) -> Promise {
        let client = self.client.clone();
        call(options, move |options| {
            Box::pin(async move {
                let user = client.get_user(options.call()?).await?;
                let user = user.or_else(|| JsJson::parse("{\"authenticated\":false}"));
                Ok(user.map_or(JsValue::UNDEFINED, |user| user.0))
            })
        })
    }

    /// `setUserMetadata(metadata)`
    #[wasm_bindgen(js_name = setUserMetadata)]
    pub fn set_user_metadata(&self, metadata: JsValue, options: JsValue) -> Promise {
        let client = self.client.clone();
        call(options, move |options| {
            Box::pin(async move {
                let metadata = metadata::read(&metadata)?;
                Ok(client.set_user_metadata(&metadata, options.call()?).await?.0)
            })
        })
    }

    /// `uninstallIntegration(type, { selectedCredentialId? })`
    #[wasm_bindgen(js_name = uninstallIntegration)]
    pub fn uninstall_integration(&self, name: JsValue, options: JsValue) -> Promise {
        let client = self.client.clone();
        call(options, move |options| {
            Box::pin(async move {
                let name = string(&name, "type")?;
                let credential = options.text("selectedCredentialId")?;
                client.uninstall_integration(&name, credential.as_deref(), options.call()?).await?;
                Ok(JsValue::UNDEFINED)
            })
        })
    }
}

/// Has `callback` called with the message when the module panics.
///
/// Nothing here is meant to panic. Should something do so all the same, the promises that are
/// pending then would never settle; the loader rejects them.
#[wasm_bindgen(js_name = onPanic)]
pub fn on_panic(callback: Function) {
    thread_local! {
        static CALLBACK: RefCell<Option<Function>> = const { RefCell::new(None) };
    }
    CALLBACK.replace(Some(callback));
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.payload().downcast_ref::<&str>().copied().unwrap_or_default();
        CALLBACK.with_borrow(|callback| {
            if let Some(callback) = callback {
                let _ = callback.call1(&JsValue::UNDEFINED, &message.into());
            }
        });
    }));
}

/// A call with options: reads them, and lets the caller's signal end it.
///
/// Boxed, so that one copy of the machinery serves all exports: it halves the module.
fn call(options: JsValue, run: impl FnOnce(Options) -> Running + 'static) -> Promise {
    fn start(options: JsValue, run: Box<dyn FnOnce(Options) -> Running>) -> Promise {
        future_to_promise(async move {
            let outcome = async {
                let options = Options::read(options)?;
                match options.signal()? {
                    Some(signal) => signal.unless_aborted(run(options)).await,
                    None => run(options).await,
                }
            };
            outcome.await.map_err(error::to_js)
        })
    }
    start(options, Box::new(run))
}

type Running = Pin<Box<dyn Future<Output = Result<JsValue, Error<JsJson>>>>>;
