//! `/sdk/credentials`: the accounts that the user has connected.

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::App;
use crate::catalogue::{Integration, Scheme, stable_id};
use crate::clock::now_rfc3339;
use crate::error::{ApiError, ok};
use crate::extract::{JsonObject, Origin, PathId, Query, SignedIn};
use crate::install::attempts::Attempt;
use crate::install::build::{installable, unknown_account_type};
use crate::install::connect::{Connecting, complete_setup};
use crate::install::inputs;
use crate::install::options::InstallOptions;
use crate::install::plan::{AccountType, InstallPlan};
use crate::provider::decisions::Answer;
use crate::state::{AccountChoice, Configuration, Status, unknown_credential};
use crate::views;

/// The key that every provider here refuses.
const REFUSED_KEY: &str = "wrong";

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
            redeem(&caller, &app, &attempt, &options)?
        }
        Some(_) => return Err(ApiError::body_invalid("`code` must be a string.")),
        None => with_key(&caller, &app, integration, &payload, &options)?,
    };
    let state = caller.state();
    let credential = state.credentials.iter().find(|it| it.id == id);
    let credential = credential.ok_or_else(|| unknown_credential(&id))?;
    Ok(ok(&views::credential(caller.project, &caller.user_id, credential)))
}

/// Connects the account for which a provider gave consent; gives its id. `options` add to those
/// that the install was begun with.
pub(crate) fn redeem(
    caller: &SignedIn,
    app: &App,
    attempt: &Attempt,
    options: &Map<String, Value>,
) -> Result<String, ApiError> {
    let mut all = attempt.install_options.clone();
    all.extend(options.clone());
    let options = InstallOptions::of(&all)?;
    let plan = &attempt.integration.product.install;
    let account_type = options.account_type.as_deref().and_then(|it| plan.account_type(it));
    let granted = attempt.granted.clone();
    let granted = granted.ok_or_else(|| ApiError::bad_request("code_invalid", "No consent."))?;
    let connecting = Connecting {
        integration: attempt.integration,
        answers: attempt.answers.clone(),
        account: granted.account,
        skip_setup: account_type.is_some_and(|it| it.skip_post_oauth_inputs),
        options,
    };
    caller.change(|state| {
        // Asked again within the change: two requests with the same code may come at once.
        if let Some(id) = app.attempts.by_state(&attempt.state)?.credential_id {
            // The account may have been disconnected since.
            return match state.credentials.iter().any(|it| it.id == id) {
                true => Ok(id),
                false => Err(ApiError::bad_request("code_used", "The code has been used.")),
            };
        }
        let id = connecting.connect(state)?;
        app.attempts.done(&attempt.state, &id);
        Ok(id)
    })
}

fn with_key(
    caller: &SignedIn,
    app: &App,
    integration: &'static Integration,
    payload: &Map<String, Value>,
    options: &Map<String, Value>,
) -> Result<String, ApiError> {
    let options = InstallOptions::of(options)?;
    let product = integration.product;
    let plan = &product.install;
    let account_type = with_key_by(plan, &options, product.authentication)?;
    let inputs = plan.pre_options(account_type);
    let answers = inputs::answers(plan, inputs, payload)?;
    let skip_setup = payload.get("skipPostOAuthInputs") == Some(&Value::Bool(true))
        || account_type.is_some_and(|it| it.skip_post_oauth_inputs);
    let decision = app.decisions.take(&product.key).unwrap_or_default();
    if decision.decision == Some(Answer::Deny) || answers.values().any(|it| it == REFUSED_KEY) {
        let reason = decision.reason.unwrap_or_else(|| "the key is not valid".to_owned());
        return Err(ApiError::provider_refused(
            StatusCode::BAD_REQUEST,
            &product.key,
            format!("{} refused it: {reason}.", product.name),
        ));
    }
    // A key names its account, but must not be read off it.
    let named = stable_id(&["key", &product.key, &Value::from(answers.clone()).to_string()]);
    let account = decision.account.unwrap_or_else(|| format!("key-{}", &named[..8]));
    let connecting = Connecting { integration, options, answers, account, skip_setup };
    caller.change(|state| connecting.connect(state))
}

/// The account type that was chosen, if any: it has to be one that takes keys.
fn with_key_by<'a>(
    plan: &'a InstallPlan,
    options: &InstallOptions,
    scheme: Scheme,
) -> Result<Option<&'a AccountType>, ApiError> {
    let account_type = match &options.account_type {
        Some(id) if !plan.account_types.is_empty() => {
            Some(plan.account_type(id).ok_or_else(|| unknown_account_type(id))?)
        }
        _ => None,
    };
    if account_type.map_or(scheme, |it| it.scheme) == Scheme::Basic {
        return Ok(account_type);
    }
    Err(ApiError::body_invalid(
        "Accounts of this kind need their user's consent: `payload.code` must be what it gave.",
    ))
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
