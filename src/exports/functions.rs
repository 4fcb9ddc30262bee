//! The calls as functions, of one default client.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::client::ParagonClient;

thread_local! {
    static DEFAULT: ParagonClient = ParagonClient::new(JsValue::UNDEFINED);
}

/// The client of these functions.
#[wasm_bindgen(js_name = defaultClient, skip_typescript)]
pub fn default_client() -> ParagonClient {
    DEFAULT.with(Clone::clone)
}

#[wasm_bindgen(js_name = configureGlobal, skip_typescript)]
pub fn configure_global(options: JsValue) -> Promise {
    default_client().configure_global(options)
}

#[wasm_bindgen(js_name = authenticate, skip_typescript)]
pub fn authenticate(project_id: JsValue, token: JsValue, options: JsValue) -> Promise {
    default_client().authenticate(project_id, token, options)
}

#[wasm_bindgen(js_name = logout, skip_typescript)]
pub fn logout() -> Promise {
    default_client().logout()
}

#[wasm_bindgen(js_name = getUser, skip_typescript)]
pub fn get_user(options: JsValue) -> Promise {
    default_client().get_user(options)
}

#[wasm_bindgen(js_name = setUserMetadata, skip_typescript)]
pub fn set_user_metadata(metadata: JsValue, options: JsValue) -> Promise {
    default_client().set_user_metadata(metadata, options)
}

#[wasm_bindgen(js_name = getIntegrations, skip_typescript)]
pub fn get_integrations(options: JsValue) -> Promise {
    default_client().get_integrations(options)
}

#[wasm_bindgen(js_name = getIntegrationMetadata, skip_typescript)]
pub fn get_integration_metadata(integration_type: JsValue, options: JsValue) -> Promise {
    default_client().get_integration_metadata(integration_type, options)
}

#[wasm_bindgen(js_name = uninstallIntegration, skip_typescript)]
pub fn uninstall_integration(integration_type: JsValue, options: JsValue) -> Promise {
    default_client().uninstall_integration(integration_type, options)
}

#[wasm_bindgen(js_name = getCredentials, skip_typescript)]
pub fn get_credentials(options: JsValue) -> Promise {
    default_client().get_credentials(options)
}

#[wasm_bindgen(js_name = updateCredential, skip_typescript)]
pub fn update_credential(credential_id: JsValue, fields: JsValue, options: JsValue) -> Promise {
    default_client().update_credential(credential_id, fields, options)
}

#[wasm_bindgen(js_name = enableWorkflow, skip_typescript)]
pub fn enable_workflow(workflow_id: JsValue, options: JsValue) -> Promise {
    default_client().enable_workflow(workflow_id, options)
}

#[wasm_bindgen(js_name = disableWorkflow, skip_typescript)]
pub fn disable_workflow(workflow_id: JsValue, options: JsValue) -> Promise {
    default_client().disable_workflow(workflow_id, options)
}

#[wasm_bindgen(js_name = event, skip_typescript)]
pub fn event(name: JsValue, payload: JsValue, options: JsValue) -> Promise {
    default_client().event(name, payload, options)
}

#[wasm_bindgen(js_name = workflow, skip_typescript)]
pub fn workflow(workflow_id: JsValue, options: JsValue) -> Promise {
    default_client().workflow(workflow_id, options)
}

#[wasm_bindgen(js_name = request, skip_typescript)]
pub fn request(integration_type: JsValue, path: JsValue, options: JsValue) -> Promise {
    default_client().request(integration_type, path, options)
}

#[wasm_bindgen(skip_typescript)]
pub fn subscribe(name: JsValue, listener: JsValue) -> Result<JsValue, JsValue> {
    default_client().subscribe(name, listener)
}

#[wasm_bindgen(skip_typescript)]
pub fn unsubscribe(name: JsValue, listener: JsValue) -> bool {
    default_client().unsubscribe(name, listener)
}
