//! The boundary to JavaScript: converts arguments, calls the client, converts what comes back.
//!
//! Every export takes `&self` and gives a promise; bad arguments reject it.

mod browser;
mod error;
mod events;
mod json;
mod options;
mod panic;
mod serialise;

use std::pin::Pin;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

pub use self::browser::Browser;
use self::json::JsJson;
use self::options::{Options, invalid, string};
use crate::client::{Client, CredentialUpdate, Invocation, TokenSource};
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::json::Json;
use crate::protocol::message::Payload;
use crate::protocol::proxy::ProxyRequest;

/// A client of the Users API with one session.
#[wasm_bindgen]
#[derive(Debug)]
pub struct ParagonClient {
    client: Client<Browser>,
}

#[wasm_bindgen]
impl ParagonClient {
    /// A client for Paragon's cloud, with nobody signed in. `emit` is called with the name of
    /// each event and what it holds.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(emit: Function) -> Self {
        let client = Client::new(Browser);
        drop(client.subscribe(move |event| events::emit(&emit, event)));
        Self { client }
    }

    /// `configureGlobal({ host?, apiUrl?, timeoutMs?, maxRetries?, logLevel? })`
    #[wasm_bindgen(js_name = configureGlobal)]
    pub fn configure_global(&self, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            Box::pin(async move {
                client.configure(options.settings(client.settings())?);
                Ok(JsValue::UNDEFINED)
            })
        })
    }

    /// `authenticate(projectId, token | () => token, { metadata? })`
    pub fn authenticate(&self, project_id: JsValue, token: JsValue, options: JsValue) -> Promise {
        // Before anything can be refused: see `Client::authenticate`.
        self.logout();
        self.call(options, move |client, options| {
            Box::pin(async move {
                let project_id = project_id.as_string().unwrap_or_default();
                let metadata = options.get("metadata").as_ref().map(metadata).transpose()?;
                let (token, call) = (token_source(token), options.call()?);
                client.authenticate(&project_id, token, metadata.as_ref(), call).await?;
                Ok(JsValue::UNDEFINED)
            })
        })
    }

    /// `logout()`
    pub fn logout(&self) {
        self.client.logout();
    }

    /// `getUser()`
    #[wasm_bindgen(js_name = getUser)]
    pub fn get_user(&self, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            Box::pin(async move {
                let user = client.get_user(options.call()?).await?;
                let user = user.or_else(|| JsJson::parse("{\"authenticated\":false}"));
                Ok(value_or_undefined(user))
            })
        })
    }

    /// `setUserMetadata(metadata)`
    #[wasm_bindgen(js_name = setUserMetadata)]
    pub fn set_user_metadata(&self, meta: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            Box::pin(async move {
                let meta = metadata(&meta)?;
                Ok(client.set_user_metadata(&meta, options.call()?).await?.0)
            })
        })
    }

    /// `uninstallIntegration(type, { selectedCredentialId? })`
    #[wasm_bindgen(js_name = uninstallIntegration)]
    pub fn uninstall_integration(&self, name: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            Box::pin(async move {
                let name = string(&name, "type")?;
                let credential = options.text("selectedCredentialId")?;
                let call = options.call()?;
                client.uninstall_integration(&name, credential.as_deref(), call).await?;
                Ok(JsValue::UNDEFINED)
            })
        })
    }

    /// `getIntegrations()`
    #[wasm_bindgen(js_name = getIntegrations)]
    pub fn get_integrations(&self, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            Box::pin(async move { Ok(client.get_integrations(options.call()?).await?.0) })
        })
    }

    /// `getIntegrationMetadata(type?)`
    #[wasm_bindgen(js_name = getIntegrationMetadata)]
    pub fn get_integration_metadata(&self, name: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            Box::pin(async move {
                let name = if name.is_undefined() { None } else { Some(string(&name, "type")?) };
                let call = options.call()?;
                Ok(client.get_integration_metadata(name.as_deref(), call).await?.0)
            })
        })
    }

    /// `getCredentials()`
    #[wasm_bindgen(js_name = getCredentials)]
    pub fn get_credentials(&self, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            Box::pin(async move { Ok(client.get_credentials(options.call()?).await?.0) })
        })
    }

    /// `updateCredential(id, { accessToken?, refreshToken? })`
    #[wasm_bindgen(js_name = updateCredential)]
    pub fn update_credential(&self, id: JsValue, fields: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            Box::pin(async move {
                let id = string(&id, "credentialId")?;
                let fields = Options::read(fields)?;
                let update = CredentialUpdate {
                    access_token: fields.text("accessToken")?,
                    refresh_token: fields.text("refreshToken")?,
                };
                Ok(client.update_credential(&id, &update, options.call()?).await?.0)
            })
        })
    }

    /// `enableWorkflow(id)` and `disableWorkflow(id)`
    #[wasm_bindgen(js_name = switchWorkflow)]
    pub fn switch_workflow(&self, id: JsValue, enabled: bool, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            Box::pin(async move {
                let id = string(&id, "workflowId")?;
                let selection = options.selection()?;
                client.switch_workflow(&id, enabled, &selection, options.call()?).await?;
                Ok(JsValue::UNDEFINED)
            })
        })
    }

    /// `event(name, payload)`
    pub fn event(&self, name: JsValue, payload: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            Box::pin(async move {
                let name = string(&name, "name")?;
                let payload = serialise::to_json(&payload, "payload", ErrorCode::InvalidArgument)?;
                client.event(&name, &payload, &options.selection()?, options.call()?).await?;
                Ok(JsValue::UNDEFINED)
            })
        })
    }

    /// `workflow(id, { body?, headers?, query? })`
    pub fn workflow(&self, id: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            Box::pin(async move {
                let id = string(&id, "workflowId")?;
                let payload = match options.body()? {
                    Payload::Empty => Payload::Json("{}".to_owned()),
                    // A workflow takes JSON: a string is taken for JSON text.
                    Payload::Raw(body) if body.0.is_string() => {
                        Payload::Json(body.as_text().unwrap_or_default())
                    }
                    payload => payload,
                };
                let invocation = Invocation {
                    payload,
                    headers: options.headers()?,
                    query: options.query()?,
                    selection: options.selection()?,
                };
                Ok(value_or_undefined(client.workflow(&id, invocation, options.call()?).await?))
            })
        })
    }

    /// `request(type, path, { method?, body?, headers?, responseType? })`
    pub fn request(&self, name: JsValue, path: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            Box::pin(async move {
                let (name, path) = (string(&name, "type")?, string(&path, "path")?);
                let asked = ProxyRequest {
                    method: options.method()?,
                    payload: options.body()?,
                    headers: options.headers()?,
                    read_as: options.read_as()?,
                    selection: options.selection()?,
                };
                Ok(value_or_undefined(client.request(&name, &path, asked, options.call()?).await?))
            })
        })
    }
}

impl ParagonClient {
    /// A call with options: reads them, and lets the caller's signal end it.
    ///
    /// Boxed, so that one copy of the machinery serves all exports.
    fn call(
        &self,
        options: JsValue,
        run: impl FnOnce(Client<Browser>, Options) -> Running + 'static,
    ) -> Promise {
        start(self.client.clone(), options, Box::new(run))
    }
}

type Running = Pin<Box<dyn Future<Output = Result<JsValue, Error<JsJson>>>>>;

fn start(
    client: Client<Browser>,
    options: JsValue,
    run: Box<dyn FnOnce(Client<Browser>, Options) -> Running>,
) -> Promise {
    future_to_promise(async move {
        let outcome = async {
            let options = Options::read(options)?;
            match options.signal()? {
                Some(signal) => signal.unless_aborted(run(client, options)).await,
                None => run(client, options).await,
            }
        };
        outcome.await.map_err(error::to_js)
    })
}

fn metadata(value: &JsValue) -> Result<JsJson, Error<JsJson>> {
    serialise::to_json(value, "metadata", ErrorCode::InvalidMetadata)
}

/// A token, or a function that gives one or a promise of one.
fn token_source(token: JsValue) -> TokenSource<JsJson> {
    let provider = match token.dyn_into::<Function>() {
        Ok(provider) => provider,
        Err(token) => return TokenSource::Fixed(token.as_string().unwrap_or_default()),
    };
    TokenSource::Provider(Rc::new(move || {
        let provider = provider.clone();
        Box::pin(async move {
            let given = provider.call0(&JsValue::UNDEFINED).map_err(JsJson)?;
            let token = JsFuture::from(Promise::resolve(&given)).await.map_err(JsJson)?;
            token.as_string().ok_or_else(|| {
                JsJson(error::to_js(invalid("token", "must be a string, or a promise of one")))
            })
        })
    }))
}

fn value_or_undefined(value: Option<JsJson>) -> JsValue {
    value.map_or(JsValue::UNDEFINED, |value| value.0)
}
