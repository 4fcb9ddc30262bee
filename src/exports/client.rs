//! The class `ParagonClient`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::body;
use super::driver::{self, Convert, Outcome, Settler, start};
use super::error::{self, Failure};
use super::events::{Listeners, known};
use super::options::{self, Common, Configuration, Options, Read, Signal, text};
use crate::api::proxy::ProxyRequest;
use crate::browser::functions::Functions;
use crate::browser::{Browser, Callback, JsJson, js, settled};
use crate::client::{Client, CredentialUpdate, Pending, TokenSource, WorkflowRequest};
use crate::http::request::{Payload, ResponseType};
use crate::json::Json;

/// A client of the Users API with one session.
#[wasm_bindgen(skip_typescript)]
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "JavaScript has no use for it")]
pub struct ParagonClient {
    shared: Rc<Shared>,
}

struct Shared {
    client: Client<Browser>,
    functions: Functions,
    /// The constructor's `projectId`: the project of a sign-in that names none.
    project_id: JsValue,
    /// Why no call can be made: the constructor's options were refused.
    refused: RefCell<Option<Failure>>,
    token_function: Rc<TokenFunction>,
}

/// What is known of the application's function that gives tokens, and of calls that it makes.
#[derive(Default)]
struct TokenFunction {
    /// `true` while it is called.
    is_running: Cell<bool>,
    /// `true` if it has returned a promise: that may wait for the calls that it has made, which wait for it.
    is_async: Cell<bool>,
}

/// The name under which [`Functions`] has what gives tokens.
const TOKEN: &str = "token";

#[wasm_bindgen]
impl ParagonClient {
    /// A client with no user signed in. Options that cannot be used reject each call.
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue) -> ParagonClient {
        let browser = Browser::default();
        let functions = browser.functions.clone();
        let client = Client::new(browser);
        let listeners = Listeners(functions.clone());
        let _ = client.subscribe(move |event| listeners.emit_event(event));
        let project_id = js::member(&options, "projectId");
        let (refused, token_function) = (RefCell::default(), Rc::default());
        let shared = Shared { client, functions, project_id, refused, token_function };
        let this = Self { shared: Rc::new(shared) };
        let refused = this.configure(options).err();
        this.shared.refused.replace(refused);
        this
    }

    #[wasm_bindgen(js_name = configureGlobal)]
    pub fn configure_global(&self, options: JsValue) -> Promise {
        let (promise, settler) = self.promise(error::caller(), nothing);
        settler.settle(self.configure(options).map(|()| JsJson::null()));
        promise
    }

    pub fn authenticate(&self, project_id: JsValue, token: JsValue, options: JsValue) -> Promise {
        // Also when something is refused: one user's data must not show as another's.
        self.client().supersede();
        self.run([project_id, token, UNDEFINED], options, nothing, |call| {
            let [project_id, token, _] = &call.arguments;
            let metadata = call.options.get("metadata")?;
            let metadata = metadata.map(|it| body::json(&it, "metadata")).transpose()?;
            let own = &call.shared.project_id;
            // Anything but text is as good as none: the client says what is missing.
            let project_id = if js::is_undefined(project_id) { own } else { project_id };
            let source = if token.is_function() {
                let functions = call.shared.functions.clone();
                functions.set(TOKEN, token);
                let known = Rc::clone(&call.shared.token_function);
                TokenSource::provider(move || provided(functions.clone(), Rc::clone(&known)))
            } else {
                TokenSource::Fixed(token.as_string().unwrap_or_default())
            };
            let project_id = project_id.as_string().unwrap_or_default();
            let common = &call.common.call;
            Ok(call.client().authenticate(&project_id, source, metadata.as_ref(), common))
        })
    }

    pub fn logout(&self) -> Promise {
        self.client().logout();
        let (promise, settler) = self.promise(error::caller(), nothing);
        settler.settle(Ok(JsJson::null()));
        promise
    }

    #[wasm_bindgen(js_name = getUser)]
    pub fn get_user(&self, options: JsValue) -> Promise {
        self.run(NONE, options, whole, |call| Ok(call.client().get_user(&call.common.call)))
    }

    #[wasm_bindgen(js_name = setUserMetadata)]
    pub fn set_user_metadata(&self, metadata: JsValue, options: JsValue) -> Promise {
        self.run([metadata, UNDEFINED, UNDEFINED], options, whole, |call| {
            let [metadata, ..] = &call.arguments;
            let metadata = body::json(metadata, "metadata")?;
            Ok(call.client().set_user_metadata(&metadata, &call.common.call))
        })
    }

    #[wasm_bindgen(js_name = getIntegrations)]
    pub fn get_integrations(&self, options: JsValue) -> Promise {
        self.run(NONE, options, whole, |call| Ok(call.client().get_integrations(&call.common.call)))
    }

    #[wasm_bindgen(js_name = getIntegrationMetadata)]
    pub fn get_integration_metadata(&self, integration_type: JsValue, options: JsValue) -> Promise {
        self.run([integration_type, UNDEFINED, UNDEFINED], options, whole, |call| {
            let [name, ..] = &call.arguments;
            let is_all = js::is_undefined(name);
            let name = if is_all { None } else { Some(text(name, "type")?) };
            Ok(call.client().get_integration_metadata(name, &call.common.call))
        })
    }

    #[wasm_bindgen(js_name = uninstallIntegration)]
    pub fn uninstall_integration(&self, integration_type: JsValue, options: JsValue) -> Promise {
        self.run([integration_type, UNDEFINED, UNDEFINED], options, nothing, |call| {
            let [name, ..] = &call.arguments;
            Ok(call.client().uninstall_integration(&text(name, "type")?, &call.common.call))
        })
    }

    #[wasm_bindgen(js_name = getCredentials)]
    pub fn get_credentials(&self, options: JsValue) -> Promise {
        self.run(NONE, options, whole, |call| Ok(call.client().get_credentials(&call.common.call)))
    }

    #[wasm_bindgen(js_name = updateCredential)]
    pub fn update_credential(
        &self,
        credential_id: JsValue,
        fields: JsValue,
        options: JsValue,
    ) -> Promise {
        self.run([credential_id, fields, UNDEFINED], options, whole, |call| {
            let [id, fields, _] = &call.arguments;
            let id = text(id, "credentialId")?;
            let fields = Options::of(fields.clone(), "fields")?;
            let access_token = fields.text("accessToken")?;
            let update =
                CredentialUpdate { access_token, refresh_token: fields.text("refreshToken")? };
            Ok(call.client().update_credential(&id, &update, &call.common.call))
        })
    }

    #[wasm_bindgen(js_name = enableWorkflow)]
    pub fn enable_workflow(&self, workflow_id: JsValue, options: JsValue) -> Promise {
        self.run([workflow_id, UNDEFINED, UNDEFINED], options, nothing, |call| {
            call.switch_workflow(true)
        })
    }

    #[wasm_bindgen(js_name = disableWorkflow)]
    pub fn disable_workflow(&self, workflow_id: JsValue, options: JsValue) -> Promise {
        self.run([workflow_id, UNDEFINED, UNDEFINED], options, nothing, |call| {
            call.switch_workflow(false)
        })
    }

    pub fn event(&self, name: JsValue, payload: JsValue, options: JsValue) -> Promise {
        self.run([name, payload, UNDEFINED], options, nothing, |call| {
            let [name, payload, _] = &call.arguments;
            let name = text(name, "name")?;
            let payload = body::json(payload, "payload")?;
            Ok(call.client().event(&name, &payload, &call.common.call))
        })
    }

    pub fn workflow(&self, workflow_id: JsValue, options: JsValue) -> Promise {
        self.run([workflow_id, UNDEFINED, UNDEFINED], options, if_any, |call| {
            let [id, ..] = &call.arguments;
            let id = text(id, "workflowId")?;
            let mut payload = body::payload(&call.options)?;
            let mut headers = options::headers(&call.options)?;
            match &payload {
                Payload::Empty => payload = Payload::Json(JsJson::from_text("{}")),
                // A workflow takes JSON: a string is taken for JSON text.
                Payload::Raw(body) if body.0.is_string() => {
                    let headers = headers.get_or_insert_with(JsJson::object);
                    if headers.get("content-type").is_none() {
                        headers.set("content-type", JsJson::from_text("application/json"));
                    }
                }
                _ => {}
            }
            let query = options::query(&call.options)?;
            let sent = WorkflowRequest { payload, headers, query };
            Ok(call.client().workflow(&id, sent, &call.common.call))
        })
    }

    pub fn request(&self, integration_type: JsValue, path: JsValue, options: JsValue) -> Promise {
        self.run([integration_type, path, UNDEFINED], options, if_any, |call| {
            let sent = ProxyRequest {
                method: options::method(&call.options)?,
                payload: body::payload(&call.options)?,
                headers: options::headers(&call.options)?,
                response_type: options::response_type(&call.options)?,
            };
            if sent.response_type == ResponseType::Text {
                call.convert = whole;
            }
            let [name, path, _] = &call.arguments;
            let (name, path) = (text(name, "type")?, text(path, "path")?);
            Ok(call.client().request(&name, &path, sent, &call.common.call))
        })
    }

    pub fn subscribe(&self, name: JsValue, listener: JsValue) -> Result<JsValue, JsValue> {
        let caller = error::caller();
        let listeners = self.listeners();
        let name =
            listeners.add(&name, &listener).map_err(|failure| error::to_js(failure, caller))?;
        // The listener may use the function that is returned, which so must not keep it alive.
        let listener = js::weak(&listener);
        let unsubscribe: Callback =
            Closure::new(move |_| listeners.remove(name, &js::deref(&listener)).into());
        Ok(unsubscribe.into_js_value())
    }

    pub fn unsubscribe(&self, name: JsValue, listener: JsValue) -> bool {
        known(&name).is_some_and(|name| self.listeners().remove(name, &listener))
    }
}

impl ParagonClient {
    pub(super) fn client(&self) -> &Client<Browser> {
        &self.shared.client
    }

    pub(super) fn listeners(&self) -> Listeners {
        Listeners(self.shared.functions.clone())
    }

    pub(super) fn functions(&self) -> &Functions {
        &self.shared.functions
    }

    fn promise(&self, caller: js_sys::Error, convert: Convert) -> (Promise, Settler) {
        driver::promise(caller, convert, self.shared.functions.object())
    }

    fn configure(&self, options: JsValue) -> Read<()> {
        let Configuration { settings, fetch } =
            Configuration::read(self.client().settings(), options)?;
        if let Some(fetch) = fetch {
            self.client().platform().set_fetch(&fetch);
        }
        self.client().configure(settings);
        Ok(())
    }

    /// Reads the options that every call takes, and starts the call that `build` makes of the rest.
    #[inline(never)]
    pub(super) fn run(
        &self,
        arguments: Arguments,
        options: JsValue,
        convert: Convert,
        build: Build,
    ) -> Promise {
        let (promise, mut settler) = self.promise(error::caller(), convert);
        match self.build(arguments, options, convert, build) {
            Ok((pending, signal, convert)) => {
                settler.convert = convert;
                start(pending, signal, settler);
            }
            Err(failure) => settler.settle(Err(failure)),
        }
        promise
    }

    fn build(
        &self,
        arguments: Arguments,
        options: JsValue,
        convert: Convert,
        build: Build,
    ) -> Read<(Pending<Browser>, Option<Signal>, Convert)> {
        if let Some(failure) = &*self.shared.refused.borrow() {
            return Err(failure.clone());
        }
        let options = Options::of(options, "options")?;
        let common = Common::read(&options)?;
        let mut call = Call { shared: &self.shared, arguments, options, common, convert };
        let mut pending = build(&mut call)?;
        if self.shared.token_function.is_running.get() {
            pending = Box::pin(made_by(Rc::clone(&self.shared.token_function), pending));
        }
        Ok((pending, call.common.signal, call.convert))
    }
}

/// The arguments of a call before its options.
type Arguments = [JsValue; 3];

pub(super) const UNDEFINED: JsValue = JsValue::UNDEFINED;

/// The arguments of a call that takes options only.
pub(super) const NONE: Arguments = [UNDEFINED; 3];

/// Makes a call of its arguments. A function for each method, and not a closure: that would have a
/// table and two functions more.
type Build = fn(&mut Call<'_>) -> Read<Pending<Browser>>;

/// A call that is about to be made.
pub(super) struct Call<'a> {
    shared: &'a Shared,
    pub(super) arguments: Arguments,
    options: Options,
    pub(super) common: Common,
    convert: Convert,
}

impl Call<'_> {
    pub(super) fn client(&self) -> &Client<Browser> {
        &self.shared.client
    }

    fn switch_workflow(&self, enabled: bool) -> Read<Pending<Browser>> {
        let [id, ..] = &self.arguments;
        let id = text(id, "workflowId")?;
        Ok(self.client().switch_workflow(&id, enabled, &self.common.call))
    }
}

/// The token that the application's function gives.
async fn provided(functions: Functions, known: Rc<TokenFunction>) -> Result<String, JsJson> {
    // In a turn of its own: calls that need a token in this one wait for the same.
    let _ = JsFuture::from(Promise::resolve(&JsValue::UNDEFINED)).await;
    known.is_running.set(true);
    let given = js::call(&functions.get(TOKEN), &JsValue::UNDEFINED, &[]);
    known.is_running.set(false);
    let given = given.map_err(JsJson)?;
    known.is_async.set(js::member(&given, "then").is_function());
    let token = JsFuture::from(settled(&given)).await.map_err(JsJson)?;
    token.as_string().ok_or_else(|| {
        let failure = Failure::invalid_argument("token", "must be a string, or a promise of one");
        JsJson(error::to_js(failure, error::caller()))
    })
}

/// A call that the function makes which gives tokens. It begins when that has returned.
async fn made_by(function: Rc<TokenFunction>, pending: Pending<Browser>) -> Outcome {
    if function.is_async.get() { Err(Failure::waits_for_itself()) } else { pending.await }
}

pub(super) fn whole(answer: JsJson) -> JsValue {
    answer.0
}

pub(super) fn nothing(_: JsJson) -> JsValue {
    JsValue::UNDEFINED
}

/// `undefined` for an empty answer.
pub(super) fn if_any(answer: JsJson) -> JsValue {
    if js::is_nothing(&answer.0) || answer.is_empty_text() { JsValue::UNDEFINED } else { answer.0 }
}
