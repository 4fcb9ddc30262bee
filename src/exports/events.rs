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
        js::log("error", "[paragon-wasm] a listener failed:", Some(&cause));
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
        if !self.of(name).any(|other| other == *listener) {
            let all: Array = self.of(name).chain([listener.clone()]).collect();
            self.0.set(name, &all);
        }
        Ok(name)
    }

    /// Whether the listener was there.
    pub(super) fn remove(&self, name: &str, listener: &JsValue) -> bool {
        let was_there = self.of(name).any(|other| other == *listener);
        if was_there {
            let others: Array = self.of(name).filter(|other| other != listener).collect();
            self.0.set(name, &others);
        }
        was_there
    }

    fn of(&self, name: &str) -> impl Iterator<Item = JsValue> {
        js::elements(self.0.get(name))
    }

    /// Notifies each listener in a turn of its own: one that throws hurts no other.
    pub(super) fn emit(&self, name: &str, event: &JsValue) {
        for listener in self.of(name) {
            let turn: JsValue = Promise::resolve(event).into();
            if let Ok(notified) = js::invoke(&turn, "then", &[&listener]) {
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
                let mut event = JsJson::object([
                    ("integrationId", text(integration_id)),
                    ("integrationType", text(integration_type)),
                ]);
                if let Some(id) = credential_id {
                    event.set("credentialId", text(id));
                }
                ("onIntegrationUninstall", event)
            }
            Event::WorkflowChanged { workflow_id, enabled } => {
                let change = JsJson::object([("enabled", JsJson((*enabled).into()))]);
                let event = [("workflowId", text(workflow_id)), ("workflowStateChange", change)];
                ("onWorkflowChange", JsJson::object(event))
            }
        };
        self.emit(name, &event.0);
    }
}

fn session(state: &str, user_id: &str) -> JsJson {
    let text = JsJson::from_text;
    JsJson::object([("state", text(state)), ("userId", text(user_id))])
}

pub(super) fn known(name: &JsValue) -> Option<&'static str> {
    let name = name.as_string()?;
    NAMES.iter().copied().find(|known| *known == name)
}
