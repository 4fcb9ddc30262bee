//! `/sdk/credentials`: the accounts that the user has connected.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde_json::{Map, Value, json};

use crate::App;
use crate::clock::now_rfc3339;
use crate::error::{ApiError, ok};
use crate::extract::{JsonObject, Origin, PathId, Query, SignedIn};
use crate::install::build::installable;
use crate::install::connect::complete_setup;
use crate::install::save;
use crate::state::{AccountChoice, Configuration, Status, unknown_credential};
use crate::views;

/// `GET /sdk/credentials`: every account. With `?integration={type}` (the official SDK's
/// `getIntegrationAccount`) that integration with one account of it.
pub(crate) async fn list(
    caller: SignedIn,
    query: Query,
    choice: AccountChoice,
    Origin(origin): Origin,
) -> Result<Response<Body>, ApiError> {
    let state = caller.state();
    let Some(name) = query.get("integration") else {
        let view = |it| views::credential(caller.project, &caller.user_id, it);
        return Ok(ok(&state.credentials.iter().map(view).collect::<Vec<Value>>().into()));
    };
    let integration = caller.project.integration_named(name).ok_or_else(|| {
        ApiError::not_found("integration_not_found", "The project has no such integration.")
    })?;
    let account = state.account(integration, &choice)?;
    // The official SDK writes `undefined` when the option was left out.
    let with_secrets = query.get("includeAccountAuth") == Some("true");
    Ok(ok(&views::integration_account(
        caller.project,
        integration,
        &state,
        &origin,
        account,
        with_secrets,
    )))
}

/// `POST /sdk/credentials`: connects an account, with what the provider's consent gave or with a
/// key. Sent twice with the same consent, it is the same account.
pub(crate) async fn create(
    caller: SignedIn,
    State(app): State<App>,
    JsonObject(body): JsonObject,
) -> Result<Response<Body>, ApiError> {
    let integration = match body.get("integrationId") {
        Some(Value::String(id)) => installable(&caller, id)?,
        _ => return Err(ApiError::body_invalid("`integrationId` must be a string.")),
    };
    let payload = object(&body, "payload")?;
    let options = object(&body, "installOptions")?;
    // The official SDK's `completeInstall` sends its code beside the payload.
    let id = match body.get("code").or_else(|| payload.get("code")) {
        Some(Value::String(code)) => {
            let attempt = app.attempts.by_code(caller.project, &caller.user_id, code)?;
            if attempt.integration.id != integration.id {
                return Err(ApiError::bad_request(
                    "code_invalid",
                    "The code is another integration's.",
                ));
            }
            save::with_consent(&caller, &app, &attempt, &options)?
        }
        Some(_) => return Err(ApiError::body_invalid("`code` must be a string.")),
        None => save::with_key(&caller, &app, integration, &payload, &options)?,
    };
    let state = caller.state();
    let credential = state.credentials.iter().find(|it| it.id == id);
    let credential = credential.ok_or_else(|| unknown_credential(&id))?;
    Ok(ok(&views::credential(caller.project, &caller.user_id, credential)))
}

/// `GET /sdk/credentials/{credentialId}`
pub(crate) async fn read(caller: SignedIn, PathId(id): PathId) -> Result<Response<Body>, ApiError> {
    let mut state = caller.state();
    let credential = state.credential_mut(&id)?;
    Ok(ok(&views::credential(caller.project, &caller.user_id, credential)))
}

/// `POST /sdk/credentials/{credentialId}/complete-setup`: answers the questions of the setup.
pub(crate) async fn complete(
    caller: SignedIn,
    PathId(id): PathId,
    JsonObject(body): JsonObject,
) -> Result<Response<Body>, ApiError> {
    let payload = object(&body, "payload")?;
    let completed = caller.change(|state| {
        let credential = state.credential_mut(&id)?;
        let integration = caller.project.integration_by_id(&credential.integration_id);
        let integration = integration.ok_or_else(|| unknown_credential(&id))?;
        complete_setup(credential, integration, &payload)?;
        Ok(views::credential(caller.project, &caller.user_id, credential))
    })?;
    Ok(ok(&completed))
}

/// `PATCH /sdk/credentials/{credentialId}`: new tokens make an account VALID again; `config`
/// replaces settings of the chosen configuration, group by group.
pub(crate) async fn update(
    caller: SignedIn,
    PathId(id): PathId,
    choice: AccountChoice,
    JsonObject(body): JsonObject,
) -> Result<Response<Body>, ApiError> {
    let access_token = token_field(&body, "accessToken")?;
    let refresh_token = token_field(&body, "refreshToken")?;
    let config = settings(&body)?;
    let updated = caller.change(|state| {
        let credential = state.credential_mut(&id)?;
        if access_token.is_some() || refresh_token.is_some() {
            credential.status = Status::Valid;
            credential.date_refreshed = now_rfc3339();
            credential.access_token = access_token.or(credential.access_token.take());
            credential.refresh_token = refresh_token.or(credential.refresh_token.take());
        }
        config.store(credential.configuration_mut(&choice)?);
        credential.touch();
        let mut view = views::credential(caller.project, &caller.user_id, credential);
        // Where the official SDK looks for settings that were refused.
        view["errors"] = json!([]);
        Ok(view)
    })?;
    Ok(ok(&updated))
}

/// The groups of settings that a request replaces.
struct NewSettings<'a> {
    shared: Option<&'a Map<String, Value>>,
    workflows: Option<&'a Map<String, Value>>,
}

impl NewSettings<'_> {
    fn store(&self, configuration: &mut Configuration) {
        if let Some(shared) = self.shared {
            configuration.shared_settings.clone_from(shared);
        }
        if let Some(workflows) = self.workflows {
            configuration.workflow_settings.clone_from(workflows);
        }
    }
}

fn settings(body: &Map<String, Value>) -> Result<NewSettings<'_>, ApiError> {
    let Some(config) = body.get("config") else {
        return Ok(NewSettings { shared: None, workflows: None });
    };
    let config =
        config.as_object().ok_or_else(|| ApiError::body_invalid("`config` must be an object."))?;
    let group = |name: &str| match config.get(name) {
        None => Ok(None),
        Some(Value::Object(group)) => Ok(Some(group)),
        Some(_) => Err(ApiError::body_invalid(format!("`config.{name}` must be an object."))),
    };
    let workflows = group("workflowSettings")?;
    for (id, state) in workflows.into_iter().flatten() {
        let readable = state.get("enabled").is_none_or(Value::is_boolean)
            && state.get("settings").is_none_or(Value::is_object)
            && state.is_object();
        if !readable {
            return Err(ApiError::body_invalid(format!(
                "`config.workflowSettings` must hold `{{enabled, settings}}` for `{id}`."
            )));
        }
    }
    Ok(NewSettings { shared: group("sharedSettings")?, workflows })
}

/// An object in the body; absent or `null`, an empty one.
fn object(body: &Map<String, Value>, name: &str) -> Result<Map<String, Value>, ApiError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object.clone()),
        Some(_) => Err(ApiError::body_invalid(format!("`{name}` must be an object."))),
    }
}

fn token_field(body: &Map<String, Value>, name: &str) -> Result<Option<String>, ApiError> {
    match body.get(name) {
        None => Ok(None),
        Some(Value::String(token)) => Ok(Some(token.clone())),
        Some(_) => Err(ApiError::body_invalid(format!("`{name}` must be a string."))),
    }
}
