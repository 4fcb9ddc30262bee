//! Makes an account the user's: a new one, or one that is there and is connected again.

use serde_json::{Map, Value};

use crate::catalogue::{Integration, fresh_id};
use crate::clock::now_rfc3339;
use crate::error::ApiError;
use crate::install::inputs;
use crate::install::options::InstallOptions;
use crate::install::plan::AccountType;
use crate::state::{
    Configuration, Credential, Status, UserState, unknown_credential, workflow_state,
};

/// An account to which its provider has agreed.
#[derive(Debug)]
pub(crate) struct Connecting {
    pub(crate) integration: &'static Integration,
    pub(crate) options: InstallOptions,
    pub(crate) account_type: Option<&'static AccountType>,
    /// The checked answers to the questions before connecting.
    pub(crate) answers: Map<String, Value>,
    /// Its identity at the provider.
    pub(crate) account: String,
    /// The application leaves out the questions after connecting.
    pub(crate) skip_setup: bool,
}

impl Connecting {
    /// Gives the id of the account, which is PENDING while questions are open.
    pub(crate) fn connect(self, state: &mut UserState) -> Result<String, ApiError> {
        let id = self.reconnected(state)?;
        self.check_external_id(state, id.as_deref())?;
        let id = id.unwrap_or_else(|| {
            let new = self.new_credential();
            let id = new.id.clone();
            state.credentials.push(new);
            id
        });
        let credential = state.credential_mut(&id)?;
        credential.answers.extend(self.answers.clone());
        credential.external_id = self.options.external_id.clone().or(credential.external_id.take());
        credential.provider_id.clone_from(&self.account);
        credential.provider_data = self.provider_data(credential).into();
        credential.access_token = None;
        credential.refresh_token = None;
        credential.date_refreshed = now_rfc3339();
        credential.touch();
        credential.status =
            if self.is_set_up(credential) { Status::Valid } else { Status::Pending };
        Ok(id)
    }

    /// The account that is connected again, if it is not a new one.
    fn reconnected(&self, state: &UserState) -> Result<Option<String>, ApiError> {
        let mut accounts = state.accounts_of(self.integration);
        let found = if let Some(wanted) = &self.options.selected {
            let named = accounts.find(|it| it.is_named(wanted));
            Some(named.ok_or_else(|| unknown_credential(wanted))?)
        } else if self.options.allow_multiple {
            accounts.find(|it| it.provider_id == self.account)
        } else {
            accounts.next()
        };
        Ok(found.map(|it| it.id.clone()))
    }

    fn check_external_id(&self, state: &UserState, own: Option<&str>) -> Result<(), ApiError> {
        let Some(wanted) = &self.options.external_id else { return Ok(()) };
        let others = state.accounts_of(self.integration).filter(|it| own != Some(it.id.as_str()));
        if others.into_iter().any(|it| it.external_id.as_ref() == Some(wanted)) {
            return Err(ApiError::conflict(
                "external_id_taken",
                "Another account of this integration has this `externalId`.",
            ));
        }
        Ok(())
    }

    /// Workflows that are on from the start are on; the rest follows in `connect`.
    fn new_credential(&self) -> Credential {
        let (id, now) = (fresh_id(), now_rfc3339());
        let workflow_settings = self
            .integration
            .workflows
            .iter()
            .filter(|it| it.plan.default_enabled)
            .map(|it| (it.id.clone(), workflow_state(true, &defaults(&it.plan.settings))))
            .collect();
        Credential {
            id,
            integration_id: self.integration.id.clone(),
            status: Status::Pending,
            provider_id: String::new(),
            provider_data: Value::Null,
            external_id: None,
            date_created: now.clone(),
            date_updated: now.clone(),
            date_refreshed: now,
            access_token: None,
            refresh_token: None,
            answers: Map::new(),
            configurations: vec![Configuration {
                id: fresh_id(),
                external_id: None,
                shared_settings: defaults(&self.integration.product.settings),
                workflow_settings,
                meta: Map::new(),
                date_created: None,
            }],
        }
    }

    fn provider_data(&self, credential: &Credential) -> Map<String, Value> {
        let plan = &self.integration.product.install;
        let mut data = Map::new();
        data.insert("account".into(), self.account.as_str().into());
        if let Some(it) = self.account_type {
            data.insert("accountType".into(), it.id.as_str().into());
        }
        let inputs = [plan.pre_options(self.account_type), &plan.post_options].concat();
        data.extend(inputs::public(&inputs, &credential.answers));
        data
    }

    /// An account that was set up before does not ask again.
    fn is_set_up(&self, credential: &Credential) -> bool {
        let plan = &self.integration.product.install;
        self.skip_setup
            || self.options.bypass_setup
            || self.account_type.is_some_and(|it| it.skip_post_oauth_inputs)
            || plan.post_options.is_empty()
            || inputs::answers(plan, &plan.post_options, &credential.answers)
                .is_ok_and(|answers| !answers.is_empty())
    }
}

/// `POST …/complete-setup`: the questions are answered, and the account is VALID.
pub(crate) fn complete_setup(
    credential: &mut Credential,
    integration: &Integration,
    given: &Map<String, Value>,
) -> Result<(), ApiError> {
    if matches!(credential.status, Status::Invalid | Status::Expired) {
        return Err(ApiError::conflict(
            "credential_not_valid",
            format!("The account is {}; it has to be reconnected.", credential.status.name()),
        ));
    }
    let plan = &integration.product.install;
    let answers = inputs::answers(plan, &plan.post_options, given)?;
    if let Some(data) = credential.provider_data.as_object_mut() {
        data.extend(inputs::public(&plan.post_options, &answers));
    }
    credential.answers.extend(answers);
    credential.status = Status::Valid;
    credential.touch();
    Ok(())
}

fn defaults(inputs: &[Value]) -> Map<String, Value> {
    let default = |input: &Value| {
        let value = input.get("defaultValue").filter(|value| !value.is_null())?;
        Some((input["id"].as_str()?.to_owned(), value.clone()))
    };
    inputs.iter().filter_map(default).collect()
}
