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

use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

pub use self::browser::Browser;
pub use self::json::JsJson;
use self::options::{Options, invalid, string};
use crate::client::{Client, CredentialUpdate, Invocation, Pending, TokenSource};
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::integrations;
use crate::protocol::json::Json;
use crate::protocol::message::{Method, Payload};
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
        self.call(options, |client, options| {
            client.configure(options.settings(client.settings())?);
            Ok(Running::Nothing(Box::pin(async { Ok(()) })))
        })
    }

    /// `authenticate(projectId, token | () => token, { metadata? })`
    pub fn authenticate(&self, project_id: JsValue, token: JsValue, options: JsValue) -> Promise {
        // Before anything can be refused: see `Client::authenticate`.
        self.logout();
        self.call(options, move |client, options| {
            let project_id = project_id.as_string().unwrap_or_default();
            let metadata = options.get("metadata").as_ref().map(metadata).transpose()?;
            let (token, call) = (token_source(token), options.call()?);
            Ok(Running::Nothing(client.authenticate(&project_id, token, metadata.as_ref(), call)))
        })
    }

    /// `logout()`
    pub fn logout(&self) {
        self.client.logout();
    }

    /// `getUser()`
    #[wasm_bindgen(js_name = getUser)]
    pub fn get_user(&self, options: JsValue) -> Promise {
        self.call(options, |client, options| Ok(Running::User(client.get_user(options.call()?))))
    }

    /// `setUserMetadata(metadata)`
    #[wasm_bindgen(js_name = setUserMetadata)]
    pub fn set_user_metadata(&self, meta: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            let (meta, call) = (metadata(&meta)?, options.call()?);
            Ok(Running::Value(client.set_user_metadata(&meta, call)))
        })
    }

    /// `uninstallIntegration(type, { selectedCredentialId? })`
    #[wasm_bindgen(js_name = uninstallIntegration)]
    pub fn uninstall_integration(&self, name: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            let name = string(&name, "type")?;
            let (credential, call) = (options.text("selectedCredentialId")?, options.call()?);
            Ok(Running::Nothing(client.uninstall_integration(&name, credential.as_deref(), call)))
        })
    }

    /// `getIntegrations()`
    #[wasm_bindgen(js_name = getIntegrations)]
    pub fn get_integrations(&self, options: JsValue) -> Promise {
        self.call(options, |client, options| {
            Ok(Running::Value(client.get_integrations(options.call()?)))
        })
    }

    /// `getIntegrationMetadata(type?)`
    #[wasm_bindgen(js_name = getIntegrationMetadata)]
    pub fn get_integration_metadata(&self, name: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            let name = if name.is_undefined() { None } else { Some(string(&name, "type")?) };
            let all = client.get_integration_metadata(options.call()?);
            Ok(match name {
                Some(name) => Running::Value(Box::pin(async move {
                    integrations::find_metadata(&all.await?, &name)
                })),
                None => Running::Value(all),
            })
        })
    }

    /// `getCredentials()`
    #[wasm_bindgen(js_name = getCredentials)]
    pub fn get_credentials(&self, options: JsValue) -> Promise {
        self.call(options, |client, options| {
            Ok(Running::Value(client.get_credentials(options.call()?)))
        })
    }

    /// `updateCredential(id, { accessToken?, refreshToken? })`
    #[wasm_bindgen(js_name = updateCredential)]
    pub fn update_credential(&self, id: JsValue, fields: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            let id = string(&id, "credentialId")?;
            let fields = Options::read(fields)?;
            let update = CredentialUpdate {
                access_token: fields.text("accessToken")?,
                refresh_token: fields.text("refreshToken")?,
            };
            Ok(Running::Value(client.update_credential(&id, &update, options.call()?)))
        })
    }

    /// `enableWorkflow(id)` and `disableWorkflow(id)`
    #[wasm_bindgen(js_name = switchWorkflow)]
    pub fn switch_workflow(&self, id: JsValue, enabled: bool, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            let id = string(&id, "workflowId")?;
            let (selection, call) = (options.selection()?, options.call()?);
            Ok(Running::Nothing(client.switch_workflow(&id, enabled, &selection, call)))
        })
    }

    /// `event(name, payload)`
    pub fn event(&self, name: JsValue, payload: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            let name = string(&name, "name")?;
            let payload = serialise::to_json(&payload, "payload", ErrorCode::InvalidArgument)?;
            let (selection, call) = (options.selection()?, options.call()?);
            Ok(Running::Nothing(client.event(&name, &payload, &selection, call)))
        })
    }

    /// `workflow(id, { body?, headers?, query? })`
    pub fn workflow(&self, id: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
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
            Ok(Running::Maybe(client.workflow(&id, invocation, options.call()?)))
        })
    }

    /// `request(type, path, { method?, body?, headers?, responseType? })`
    pub fn request(&self, name: JsValue, path: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            let (name, path) = (string(&name, "type")?, string(&path, "path")?);
            let asked = ProxyRequest {
                method: options.method()?,
                payload: options.body()?,
                headers: options.headers()?,
                read_as: options.read_as()?,
                selection: options.selection()?,
            };
            Ok(Running::Maybe(client.request(&name, &path, asked, options.call()?)))
        })
    }

    /// What connecting an account sends: see `Client::send`. `method` is upper case.
    pub fn send(&self, method: JsValue, path: JsValue, body: JsValue, options: JsValue) -> Promise {
        self.call(options, move |client, options| {
            let (name, path) = (string(&method, "method")?, string(&path, "path")?);
            let method =
                Method::from_name(&name).ok_or_else(|| invalid("method", "is not known"))?;
            let body = (!body.is_undefined())
                .then(|| serialise::to_json(&body, "body", ErrorCode::InvalidArgument))
                .transpose()?;
            let (selection, call) = (options.selection()?, options.call()?);
            Ok(Running::Maybe(client.send(method, &path, body.as_ref(), &selection, call)))
        })
    }

    /// `{url, projectId, userId, token, timeoutMs}`: see `Client::access`.
    pub fn access(&self, options: JsValue) -> Promise {
        self.call(options, |client, options| Ok(Running::Maybe(client.access(options.call()?))))
    }
}

impl ParagonClient {
    /// A call with options: reads them, and lets the caller's signal end it.
    fn call(
        &self,
        options: JsValue,
        run: impl FnOnce(&Client<Browser>, &Options) -> Result<Running> + 'static,
    ) -> Promise {
        start(self.client.clone(), options, Box::new(run))
    }
}

type Result<T> = std::result::Result<T, Error<JsJson>>;

/// A call under way, by what it gives. One kind of function starts them all, and one future runs
/// them: what is particular to an export is only the conversion of its arguments.
enum Running {
    Nothing(Pending<Browser, ()>),
    Value(Pending<Browser, JsJson>),
    Maybe(Pending<Browser, Option<JsJson>>),
    User(Pending<Browser, Option<JsJson>>),
}

impl Running {
    async fn outcome(self) -> Result<JsValue> {
        let value = match self {
            Self::Nothing(call) => call.await.map(|()| None)?,
            Self::Value(call) => call.await.map(Some)?,
            Self::Maybe(call) => call.await?,
            Self::User(call) => call.await?.or_else(|| JsJson::parse("{\"authenticated\":false}")),
        };
        Ok(value.map_or(JsValue::UNDEFINED, |value| value.0))
    }
}

type Start = Box<dyn FnOnce(&Client<Browser>, &Options) -> Result<Running>>;

fn start(client: Client<Browser>, options: JsValue, run: Start) -> Promise {
    future_to_promise(async move {
        let outcome = async {
            let options = Options::read(options)?;
            match options.signal()? {
                Some(signal) => {
                    signal.unless_aborted(async { run(&client, &options)?.outcome().await }).await
                }
                None => run(&client, &options)?.outcome().await,
            }
        };
        outcome.await.map_err(error::to_js)
    })
}

fn metadata(value: &JsValue) -> Result<JsJson> {
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
