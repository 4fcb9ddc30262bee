//! `GET /v2/…/sdk/actions/build-oauth`: where the popup goes to ask the user for consent.

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, Uri};
use serde_json::{Map, Value, json};

use crate::App;
use crate::catalogue::{Integration, Scheme, fresh_id};
use crate::error::{ApiError, ok};
use crate::extract::{Origin, Query, SignedIn};
use crate::install::attempts::Attempt;
use crate::install::inputs;
use crate::install::options::InstallOptions;
use crate::provider;

/// `GET /v2/projects/{projectId}/sdk/actions/build-oauth`
pub(crate) async fn address(
    caller: SignedIn,
    State(app): State<App>,
    query: Query,
    Origin(origin): Origin,
) -> Result<Response<Body>, ApiError> {
    let integration = installable(&caller, query.require("integrationId")?)?;
    let action = query.require("action")?;
    if action != integration.product.kind {
        return Err(ApiError::bad_request(
            "query_invalid",
            format!("`action` must be `{}` for this integration.", integration.product.kind),
        ));
    }
    let install_options = object(&query, "installOptions")?;
    let options = InstallOptions::of(&install_options)?;
    let plan = &integration.product.install;
    let account_type = plan.account_type(options.account_type.as_deref())?;
    if account_type.map_or(integration.product.authentication, |it| it.scheme) != Scheme::Oauth {
        return Err(ApiError::bad_request(
            "not_oauth",
            "Accounts of this kind are connected with a key, through `POST /sdk/credentials`.",
        ));
    }
    let inputs = plan.pre_options(account_type);
    let answers = inputs::answers(plan, inputs, &object(&query, "endUserSuppliedValues")?)?;
    // Sent by the official SDK; the provider that is stood in for here has no use for it.
    object(&query, "parameters")?;
    let attempt = Attempt {
        state: fresh_id(),
        project: caller.project,
        user_id: caller.user_id.clone(),
        integration,
        session_key: query.get("oauthMetaKeyId").filter(|it| !it.is_empty()).map(str::to_owned),
        opener: opener(&query)?,
        redirect_uri: match query.get("redirectUrl").filter(|it| !it.is_empty()) {
            Some(url) => redirect_url(url)?,
            None => format!("{origin}/oauth"),
        },
        install_options,
        answers,
        granted: None,
        credential_id: None,
    };
    let url = provider::address(&app, &origin, &attempt);
    app.attempts.begin(attempt);
    Ok(ok(&json!({ "redirectUrl": url })))
}

/// An integration that is switched on.
pub(crate) fn installable(caller: &SignedIn, id: &str) -> Result<&'static Integration, ApiError> {
    let integration = caller.project.integration_by_id(id).ok_or_else(|| {
        ApiError::not_found("integration_not_found", "The project has no such integration.")
    })?;
    if integration.is_active {
        return Ok(integration);
    }
    Err(ApiError::conflict(
        "integration_not_active",
        format!("{} is not switched on in this project.", integration.product.name),
    ))
}

/// `originForPostMessage`: an origin to which a browser can post.
pub(crate) fn opener(query: &Query) -> Result<String, ApiError> {
    let origin = query.require("originForPostMessage")?;
    let is_origin = origin.split_once("://").is_some_and(|(scheme, host)| {
        let of_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        !scheme.is_empty()
            && scheme.chars().all(of_scheme)
            && !host.is_empty()
            && host.chars().all(|c| c.is_ascii_graphic() && !"/?#@\\\"'<>".contains(c))
    });
    if is_origin {
        return Ok(origin.to_owned());
    }
    Err(ApiError::bad_request(
        "query_invalid",
        "`originForPostMessage` must be the origin of a page, such as `https://app.example`.",
    ))
}

fn redirect_url(url: &str) -> Result<String, ApiError> {
    let parsed = url.parse::<Uri>().ok();
    let is_web = parsed
        .is_some_and(|it| matches!(it.scheme_str(), Some("http" | "https")) && it.host().is_some());
    if is_web {
        return Ok(url.to_owned());
    }
    Err(ApiError::bad_request("query_invalid", "`redirectUrl` must be an http or https address."))
}

/// A parameter that holds a JSON object; absent, an empty one.
fn object(query: &Query, name: &str) -> Result<Map<String, Value>, ApiError> {
    let Some(text) = query.get(name).filter(|it| !it.is_empty()) else { return Ok(Map::new()) };
    serde_json::from_str(text).map_err(|_| {
        ApiError::bad_request("query_invalid", format!("`{name}` must be a JSON object."))
    })
}
