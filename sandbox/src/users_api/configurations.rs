//! `/sdk/credentials/{credentialId}/configurations`: more than one set of settings for an account.

use axum::body::Body;
use axum::http::Response;
use serde_json::{Map, Value};

use crate::catalogue::fresh_id;
use crate::clock::now_rfc3339;
use crate::error::{ApiError, ok};
use crate::extract::{JsonBody, JsonObject, PathId, SignedIn};
use crate::state::{AccountChoice, Configuration, Status, UserState};
use crate::views;

/// `POST …`: a new set, empty but for its name.
pub(crate) async fn create(
    caller: SignedIn,
    PathId(id): PathId,
    JsonBody(body): JsonBody,
) -> Result<Response<Body>, ApiError> {
    let external_id = match body.as_ref().map(|body| (body.is_object(), body.get("externalId"))) {
        None | Some((true, None | Some(Value::Null))) => None,
        Some((true, Some(Value::String(id)))) if !id.trim().is_empty() => {
            Some(id.trim().to_owned())
        }
        Some((true, _)) => {
            return Err(ApiError::body_invalid("`externalId` must be a non-empty string."));
        }
        Some((false, _)) => return Err(ApiError::body_invalid("The body must be a JSON object.")),
    };
    change(&caller, &id, |state| {
        let credential = state.credential_mut(&id)?;
        if credential.status != Status::Valid {
            return Err(ApiError::conflict(
                "credential_not_valid",
                format!("The account is {}.", credential.status.name()),
            ));
        }
        let names = || credential.configurations.iter().filter_map(|it| it.external_id.as_ref());
        if external_id.as_ref().is_some_and(|wanted| names().any(|name| name == wanted)) {
            return Err(ApiError::conflict(
                "external_id_taken",
                "Another configuration of this account has this `externalId`.",
            ));
        }
        credential.configurations.push(Configuration {
            id: fresh_id(),
            external_id,
            shared_settings: Map::new(),
            workflow_settings: Map::new(),
            meta: Map::new(),
            date_created: Some(now_rfc3339()),
        });
        Ok(())
    })
}

/// `PATCH …`: notes `meta` at the set that `X-Paragon-Configuration-Id` names.
pub(crate) async fn update(
    caller: SignedIn,
    PathId(id): PathId,
    choice: AccountChoice,
    JsonObject(body): JsonObject,
) -> Result<Response<Body>, ApiError> {
    let Some(Value::Object(meta)) = body.get("meta") else {
        return Err(ApiError::body_invalid("`meta` must be an object."));
    };
    change(&caller, &id, |state| {
        let configuration = state.credential_mut(&id)?.configuration_mut(&choice)?;
        configuration.meta.extend(meta.clone());
        Ok(())
    })
}

/// `DELETE …`: removes the set that `X-Paragon-Configuration-Id` names; never the default one.
pub(crate) async fn remove(
    caller: SignedIn,
    PathId(id): PathId,
    choice: AccountChoice,
) -> Result<Response<Body>, ApiError> {
    change(&caller, &id, |state| {
        let credential = state.credential_mut(&id)?;
        let removed = credential.configuration(&choice)?.id.clone();
        if credential.configurations.first().is_some_and(|it| it.id == removed) {
            return Err(ApiError::conflict(
                "configuration_is_default",
                "An account keeps its default configuration.",
            ));
        }
        credential.configurations.retain(|it| it.id != removed);
        Ok(())
    })
}

/// Changes an account and answers with it.
fn change(
    caller: &SignedIn,
    id: &str,
    change: impl FnOnce(&mut UserState) -> Result<(), ApiError>,
) -> Result<Response<Body>, ApiError> {
    let changed = caller.change(|state| {
        change(state)?;
        let credential = state.credential_mut(id)?;
        credential.touch();
        Ok(views::credential(caller.project, &caller.user_id, credential))
    })?;
    Ok(ok(&changed))
}
