//! `/sdk/integrations` and `/sdk/metadata`: what the project offers.

use axum::body::Body;
use axum::http::Response;
use serde_json::Value;

use crate::error::{ApiError, ok, ok_empty};
use crate::extract::{Origin, PathId, SignedIn};
use crate::state::AccountChoice;
use crate::views;

/// `GET /sdk/integrations`
pub(crate) async fn list(caller: SignedIn, Origin(origin): Origin) -> Response<Body> {
    let state = caller.state();
    let integrations = caller.project.integrations.iter();
    let list: Vec<Value> =
        integrations.map(|it| views::integration(caller.project, it, &state, &origin)).collect();
    ok(&list.into())
}

/// `GET /sdk/metadata`: only the integrations that are switched on.
pub(crate) async fn metadata(caller: SignedIn, Origin(origin): Origin) -> Response<Body> {
    let active = caller.project.integrations.iter().filter(|integration| integration.is_active);
    let list: Vec<Value> = active.map(|it| views::metadata(it, &origin)).collect();
    ok(&list.into())
}

/// `DELETE /sdk/integrations/{integrationId}`: disconnects the default account, or the one that
/// `X-Paragon-Credential` names.
pub(crate) async fn disconnect(
    caller: SignedIn,
    PathId(id): PathId,
    choice: AccountChoice,
) -> Result<Response<Body>, ApiError> {
    let integration = caller.project.integration_by_id(&id).ok_or_else(|| {
        ApiError::not_found("integration_not_found", "The project has no such integration.")
    })?;
    caller.change(|state| state.disconnect(integration, &choice))?;
    Ok(ok_empty())
}
