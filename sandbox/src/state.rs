//! The state of one connected user of one project, and the ways it can change.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::catalogue::{DemoAccount, DemoUser, Integration, Project, stable_id};
use crate::clock::now_rfc3339;
use crate::error::ApiError;

/// One connected user of one project. The default is a user who has done nothing yet.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UserState {
    pub(crate) meta: Map<String, Value>,
    /// In the order of connecting; the first of an integration is its default account.
    pub(crate) credentials: Vec<Credential>,
}

/// A connected account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Credential {
    pub(crate) id: String,
    pub(crate) integration_id: String,
    pub(crate) status: Status,
    pub(crate) provider_id: String,
    pub(crate) provider_data: Value,
    pub(crate) external_id: Option<String>,
    pub(crate) date_created: String,
    pub(crate) date_updated: String,
    pub(crate) date_refreshed: String,
    /// The value that `PATCH /sdk/credentials/{id}` last stored.
    pub(crate) access_token: Option<String>,
    pub(crate) refresh_token: Option<String>,
    /// The answers to the questions before and after connecting it; secrets included.
    #[serde(default)]
    pub(crate) answers: Map<String, Value>,
    /// Never empty; the first is the default configuration.
    pub(crate) configurations: Vec<Configuration>,
}

/// The settings of an account; an account may have several sets.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Configuration {
    pub(crate) id: String,
    pub(crate) external_id: Option<String>,
    pub(crate) shared_settings: Map<String, Value>,
    /// Workflow id → [`WorkflowState`], kept as JSON because the settings API replaces it whole.
    pub(crate) workflow_settings: Map<String, Value>,
    /// The application's notes about it.
    #[serde(default)]
    pub(crate) meta: Map<String, Value>,
    /// Absent for one that came with its account.
    #[serde(default)]
    pub(crate) date_created: Option<String>,
}

/// A workflow's state for one configuration, as seeded.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkflowState {
    pub(crate) enabled: bool,
    pub(crate) settings: Map<String, Value>,
}

/// The status of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Status {
    Valid,
    Invalid,
    Expired,
    /// Authorised, but the questions of the setup are unanswered.
    Pending,
}

/// The account and the configuration that a request means: `X-Paragon-Credential` and
/// `X-Paragon-Configuration-Id`. Both take the id, an external id, or `ext:<external id>`.
#[derive(Debug, Clone, Default)]
pub(crate) struct AccountChoice {
    pub(crate) credential: Option<String>,
    pub(crate) configuration: Option<String>,
}

impl UserState {
    /// The state that a demo user starts with.
    pub(crate) fn seeded(user: &DemoUser, project: &Project) -> Self {
        let credentials = user
            .accounts
            .iter()
            .enumerate()
            .filter_map(|(number, account)| {
                let integration = project.integration_named(&account.integration)?;
                Some(Credential::seeded(user, number, account, integration))
            })
            .collect();
        Self { meta: user.meta.clone(), credentials }
    }

    /// The accounts of an integration, the default one first.
    pub(crate) fn accounts_of<'state>(
        &'state self,
        integration: &Integration,
    ) -> impl Iterator<Item = &'state Credential> {
        self.credentials.iter().filter(|credential| credential.integration_id == integration.id)
    }

    /// The account of this integration that the request means: the default one, unless chosen.
    pub(crate) fn account<'state>(
        &'state self,
        integration: &Integration,
        choice: &AccountChoice,
    ) -> Result<&'state Credential, ApiError> {
        let Some(wanted) = &choice.credential else {
            return self.accounts_of(integration).next().ok_or_else(|| {
                let name = &integration.product.name;
                ApiError::not_found(
                    "integration_not_connected",
                    format!("The user has not connected {name}."),
                )
            });
        };
        self.accounts_of(integration)
            .find(|credential| credential.is_named(wanted))
            .ok_or_else(|| unknown_credential(wanted))
    }

    /// Removes an account together with its settings and the state of its workflows.
    pub(crate) fn disconnect(
        &mut self,
        integration: &Integration,
        choice: &AccountChoice,
    ) -> Result<(), ApiError> {
        let id = self.account(integration, choice)?.id.clone();
        self.credentials.retain(|credential| credential.id != id);
        Ok(())
    }

    /// The same account, to be changed.
    pub(crate) fn account_mut(
        &mut self,
        integration: &Integration,
        choice: &AccountChoice,
    ) -> Result<&mut Credential, ApiError> {
        let id = self.account(integration, choice)?.id.clone();
        self.credential_mut(&id)
    }

    pub(crate) fn credential_mut(&mut self, id: &str) -> Result<&mut Credential, ApiError> {
        self.credentials
            .iter_mut()
            .find(|credential| credential.id == id)
            .ok_or_else(|| unknown_credential(id))
    }
}

impl Credential {
    fn seeded(
        user: &DemoUser,
        number: usize,
        account: &DemoAccount,
        integration: &Integration,
    ) -> Self {
        let id = stable_id(&["credential", &user.project, &user.id, &number.to_string()]);
        // In the order in which the integration lists them, not in a map's.
        let workflow_settings = integration
            .workflows
            .iter()
            .filter_map(|workflow| {
                let state = account.workflows.get(&workflow.plan.slug)?;
                Some((workflow.id.clone(), workflow_state(state.enabled, &state.settings)))
            })
            .collect();
        Self {
            integration_id: integration.id.clone(),
            status: account.status,
            provider_id: account.provider_id.clone(),
            provider_data: account.provider_data.clone(),
            external_id: account.external_id.clone(),
            date_created: account.connected.clone(),
            date_updated: account.connected.clone(),
            date_refreshed: account.connected.clone(),
            access_token: None,
            refresh_token: None,
            answers: Map::new(),
            configurations: vec![Configuration {
                id: stable_id(&["configuration", &id]),
                external_id: None,
                shared_settings: account.settings.clone(),
                workflow_settings,
                meta: Map::new(),
                date_created: None,
            }],
            id,
        }
    }

    /// Refused if the product no longer accepts the account; Paragon passes the refusal on.
    pub(crate) fn require_accepted(&self, integration: &Integration) -> Result<(), ApiError> {
        if matches!(self.status, Status::Valid | Status::Pending) {
            return Ok(());
        }
        let product = integration.product;
        Err(ApiError::provider_refused(
            StatusCode::UNAUTHORIZED,
            &product.key,
            format!("{} no longer accepts this account.", product.name),
        ))
    }

    /// By its id, its external id, or `ext:<external id>`.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        is_named(name, &self.id, self.external_id.as_deref())
    }

    pub(crate) fn touch(&mut self) {
        self.date_updated = now_rfc3339();
    }

    pub(crate) fn configuration(&self, choice: &AccountChoice) -> Result<&Configuration, ApiError> {
        let position = self.configuration_position(choice)?;
        self.configurations.get(position).ok_or_else(unknown_configuration)
    }

    pub(crate) fn configuration_mut(
        &mut self,
        choice: &AccountChoice,
    ) -> Result<&mut Configuration, ApiError> {
        let position = self.configuration_position(choice)?;
        self.configurations.get_mut(position).ok_or_else(unknown_configuration)
    }

    fn configuration_position(&self, choice: &AccountChoice) -> Result<usize, ApiError> {
        let Some(wanted) = &choice.configuration else { return Ok(0) };
        self.configurations
            .iter()
            .position(|it| is_named(wanted, &it.id, it.external_id.as_deref()))
            .ok_or_else(unknown_configuration)
    }
}

impl Configuration {
    pub(crate) fn is_enabled(&self, workflow_id: &str) -> bool {
        self.workflow_settings
            .get(workflow_id)
            .and_then(|state| state.get("enabled"))
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }

    /// Switches a workflow; its settings stay.
    pub(crate) fn set_enabled(&mut self, workflow_id: &str, enabled: bool) {
        let state = self
            .workflow_settings
            .entry(workflow_id)
            .or_insert_with(|| workflow_state(enabled, &Map::new()));
        if let Some(state) = state.as_object_mut() {
            state.insert("enabled".into(), enabled.into());
        }
    }
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Valid => "VALID",
            Self::Invalid => "INVALID",
            Self::Expired => "EXPIRED",
            Self::Pending => "PENDING",
        }
    }
}

pub(crate) fn workflow_state(enabled: bool, settings: &Map<String, Value>) -> Value {
    serde_json::json!({ "enabled": enabled, "settings": settings })
}

fn is_named(wanted: &str, id: &str, external_id: Option<&str>) -> bool {
    wanted == id
        || external_id.is_some_and(|external| {
            wanted == external || wanted.strip_prefix("ext:") == Some(external)
        })
}

pub(crate) fn unknown_credential(id: &str) -> ApiError {
    ApiError::not_found(
        "credential_not_found",
        format!("The user has no account `{}` here.", shortened(id)),
    )
}

fn unknown_configuration() -> ApiError {
    ApiError::not_found("configuration_not_found", "The account has no such configuration.")
}

/// A caller's text goes into a message only in a bearable length.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
