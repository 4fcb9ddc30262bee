//! Listeners in JavaScript, and events as they get them.

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

use super::error::Failure;
use super::options::Read;
use crate::browser::functions::Functions;
use crate::browser::{Callback, JsJson, js};
use crate::client::Event;
use crate::json::Json;

thread_local! {
    static REPORT: Callback = Closure::new(|cause: JsValue| {
        js::log("error", &[&"[paragon-wasm] a listener failed:".into(), &cause]);
        JsValue::UNDEFINED
    });
}

/// The names of the events, as the official SDK has them, and one for the session.
const NAMES: [&str; 4] =
    ["onIntegrationInstall", "onIntegrationUninstall", "onWorkflowChange", "onSessionChange"];

/// The listeners of one client, each once for each event: arrays by the events' names.
#[derive(Clone)]
pub(super) struct Listeners(pub(super) Functions);

impl Listeners {
    pub(super) fn add(&self, name: &JsValue, listener: &JsValue) -> Read<&'static str> {
        let Some(name) = known(name) else {
            let why = "must be one of onIntegrationInstall, onIntegrationUninstall, onWorkflowChange, onSessionChange";
            return Err(Failure::invalid_argument("name", why));
        };
        if !listener.is_function() {
            return Err(Failure::invalid_argument("listener", "must be a function"));
        }
        // The same one again is not a second one. It keeps its place.
        if self.index(name, listener).is_none() {
            self.change(name, "push", &[listener]);
        }
        Ok(name)
    }

    /// `true` if the listener was there.
    pub(super) fn remove(&self, name: &str, listener: &JsValue) -> bool {
        let Some(index) = self.index(name, listener) else { return false };
        self.change(name, "splice", &[&index.into(), &1.into()]);
        true
    }

    fn of(&self, name: &str) -> JsValue {
        let all = self.0.get(name);
        if js::is_undefined(&all) { Array::new().into() } else { all }
    }

    fn index(&self, name: &str, listener: &JsValue) -> Option<f64> {
        let index = js::invoke(&self.of(name), "indexOf", &[listener]).ok()?.as_f64();
        index.filter(|index| *index >= 0.0)
    }

    /// Changes a copy of the array: who goes through the one that it was sees no change.
    fn change(&self, name: &str, method: &str, arguments: &[&JsValue]) {
        if let Ok(copy) = js::invoke(&self.of(name), "slice", &[]) {
            let _ = js::invoke(&copy, method, arguments);
            self.0.set(name, &copy);
        }
    }

    /// Notifies each listener in a turn of its own: one that throws hurts no other.
    pub(super) fn emit(&self, name: &str, event: &JsValue) {
        for listener in &js::elements(&self.of(name)) {
            let turn: JsValue = Promise::resolve(event).into();
            if let Ok(notified) = js::invoke(&turn, "then", &[listener]) {
                let _ = REPORT.with(|report| js::invoke(&notified, "catch", &[report.as_ref()]));
            }
        }
    }

    pub(super) fn emit_event(&self, event: &Event) {
        let text = JsJson::from_text;
        let (name, event) = match event {
            Event::SignedIn { user_id } => ("onSessionChange", session("signedIn", user_id)),
            Event::SignedOut { user_id, expired } => {
                let state = if *expired { "expired" } else { "signedOut" };
                ("onSessionChange", session(state, user_id))
            }
            Event::IntegrationUninstalled { integration_id, integration_type, credential_id } => {
                let event = JsJson::object()
                    .with("integrationId", text(integration_id))
                    .with("integrationType", text(integration_type));
                let event = match credential_id {
                    Some(id) => event.with("credentialId", text(id)),
                    None => event,
                };
                ("onIntegrationUninstall", event)
            }
            Event::WorkflowChanged { workflow_id, enabled } => {
                let change = JsJson::object().with("enabled", JsJson((*enabled).into()));
                let event = JsJson::object().with("workflowId", text(workflow_id));
                ("onWorkflowChange", event.with("workflowStateChange", change))
            }
        };
        self.emit(name, &event.0);
    }
}

fn session(state: &str, user_id: &str) -> JsJson {
    let text = JsJson::from_text;
    JsJson::object().with("state", text(state)).with("userId", text(user_id))
}

pub(super) fn known(name: &JsValue) -> Option<&'static str> {
    let name = name.as_string()?;
    NAMES.iter().copied().find(|known| *known == name)
}
