//! Events as JavaScript gets them.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::client::Event;

/// Calls `emit` with the event's name and what it holds.
pub fn emit(emit: &Function, event: &Event) {
    let (name, value) = match event {
        Event::SignedIn { user_id } => session("signedIn", user_id),
        Event::SignedOut { user_id, expired: false } => session("signedOut", user_id),
        Event::SignedOut { user_id, expired: true } => session("expired", user_id),
        Event::IntegrationUninstalled { integration_id, integration_type, credential_id } => {
            let value = object(&[
                ("integrationId", integration_id.into()),
                ("integrationType", integration_type.into()),
            ]);
            if let Some(id) = credential_id {
                let _ = Reflect::set(&value, &"credentialId".into(), &id.into());
            }
            ("onIntegrationUninstall", value)
        }
        Event::WorkflowChanged { workflow_id, enabled } => {
            let change = object(&[("enabled", (*enabled).into())]);
            let value =
                object(&[("workflowId", workflow_id.into()), ("workflowStateChange", change)]);
            ("onWorkflowChange", value)
        }
    };
    // The loader calls the listeners, and sees to those that throw.
    let _ = emit.call2(&JsValue::UNDEFINED, &name.into(), &value);
}

fn session(state: &str, user_id: &str) -> (&'static str, JsValue) {
    ("onSessionChange", object(&[("state", state.into()), ("userId", user_id.into())]))
}

fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}
