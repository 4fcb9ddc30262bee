//! Saves an account as the user's: with the consent that its provider gave, or with a key.

use axum::http::StatusCode;
use serde_json::{Map, Value};

use crate::App;
use crate::catalogue::{Integration, Scheme, stable_id};
use crate::error::ApiError;
use crate::extract::SignedIn;
use crate::install::attempts::Attempt;
use crate::install::connect::Connecting;
use crate::install::inputs;
use crate::install::options::InstallOptions;
use crate::provider::decisions::Answer;

/// The key that every provider here refuses.
const REFUSED_KEY: &str = "wrong";

/// Connects the account for which a provider gave consent; gives its id. `options` add to those
/// that the install was begun with.
pub(crate) fn with_consent(
    caller: &SignedIn,
    app: &App,
    attempt: &Attempt,
    options: &Map<String, Value>,
) -> Result<String, ApiError> {
    let mut all = attempt.install_options.clone();
    all.extend(options.clone());
    let options = InstallOptions::of(&all)?;
    let plan = &attempt.integration.product.install;
    let account_type = plan.account_type(options.account_type.as_deref())?;
    let granted = attempt.granted.clone();
    let granted = granted.ok_or_else(|| ApiError::bad_request("code_invalid", "No consent."))?;
    let connecting = Connecting {
        integration: attempt.integration,
        answers: attempt.answers.clone(),
        account: granted.account,
        skip_setup: false,
        account_type,
        options,
    };
    caller.change(|state| {
        // Asked again within the change: two requests with the same code may come at once.
        if let Some(id) = app.attempts.by_state(&attempt.state)?.credential_id {
            // The account may have been disconnected since.
            let is_there = state.credentials.iter().any(|it| it.id == id);
            return is_there
                .then_some(id)
                .ok_or_else(|| ApiError::bad_request("code_used", "The code has been used."));
        }
        let id = connecting.connect(state)?;
        app.attempts.done(&attempt.state, &id);
        Ok(id)
    })
}

/// Connects the account that a key opens; gives its id.
pub(crate) fn with_key(
    caller: &SignedIn,
    app: &App,
    integration: &'static Integration,
    payload: &Map<String, Value>,
    options: &Map<String, Value>,
) -> Result<String, ApiError> {
    let options = InstallOptions::of(options)?;
    let product = integration.product;
    let plan = &product.install;
    let account_type = plan.account_type(options.account_type.as_deref())?;
    if account_type.map_or(product.authentication, |it| it.scheme) != Scheme::Basic {
        return Err(ApiError::body_invalid(
            "Accounts of this kind need their user's consent: `payload.code` must be what it gave.",
        ));
    }
    let inputs = plan.pre_options(account_type);
    let answers = inputs::answers(plan, inputs, payload)?;
    let skip_setup = payload.get("skipPostOAuthInputs") == Some(&Value::Bool(true));
    let decision = app.decisions.take(&product.key).unwrap_or_default();
    if decision.answer == Some(Answer::Deny) || answers.values().any(|it| it == REFUSED_KEY) {
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
    let connecting =
        Connecting { integration, options, account_type, answers, account, skip_setup };
    caller.change(|state| connecting.connect(state))
}
