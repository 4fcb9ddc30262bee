//! `/sdk/workflows` and `/sdk/triggers`: switching workflows, and running them.

use axum::body::Body;
use axum::http::Response;
use serde_json::{Map, Value, json};

use crate::catalogue::{Integration, Workflow};
use crate::clock::now_rfc3339;
use crate::error::{ApiError, ok, ok_empty};
use crate::extract::{JsonBody, PathId, Query, SignedIn};
use crate::state::{AccountChoice, Credential, Status};

/// `POST /sdk/workflows/{workflowId}`
pub(crate) async fn enable(
    caller: SignedIn,
    PathId(id): PathId,
    choice: AccountChoice,
) -> Result<Response<Body>, ApiError> {
    switch(&caller, &id, &choice, true)
}

/// `DELETE /sdk/workflows/{workflowId}`
pub(crate) async fn disable(
    caller: SignedIn,
    PathId(id): PathId,
    choice: AccountChoice,
) -> Result<Response<Body>, ApiError> {
    switch(&caller, &id, &choice, false)
}

/// `POST /sdk/triggers/{workflowId}`: answers what the run was given, or nothing for a workflow
/// that does not answer.
pub(crate) async fn trigger(
    caller: SignedIn,
    PathId(id): PathId,
    choice: AccountChoice,
    query: Query,
    JsonBody(body): JsonBody,
) -> Result<Response<Body>, ApiError> {
    let (integration, workflow) = find(&caller, &id)?;
    let state = caller.state();
    let account = state.account(integration, &choice)?;
    require_usable(integration, account)?;
    if !account.configuration(&choice)?.is_enabled(&workflow.id) {
        return Err(ApiError::not_found(
            "workflow_not_enabled",
            "The workflow is not switched on for this user.",
        ));
    }
    if workflow.plan.answers_nothing {
        return Ok(ok_empty());
    }
    let query: Map<String, Value> =
        query.0.into_iter().map(|(name, value)| (name, value.into())).collect();
    Ok(ok(&json!({
        "workflowId": workflow.id,
        "credentialId": account.id,
        "received": { "body": body, "query": query },
        "startedAt": now_rfc3339(),
    })))
}

fn switch(
    caller: &SignedIn,
    id: &str,
    choice: &AccountChoice,
    enabled: bool,
) -> Result<Response<Body>, ApiError> {
    let (integration, workflow) = find(caller, id)?;
    caller.change(|state| {
        let account = state.account_mut(integration, choice)?;
        // Switching off always works: it is what one wants of a broken account.
        if enabled {
            require_usable(integration, account)?;
        }
        account.configuration_mut(choice)?.set_enabled(&workflow.id, enabled);
        account.touch();
        Ok(())
    })?;
    Ok(ok_empty())
}

fn find(
    caller: &SignedIn,
    id: &str,
) -> Result<(&'static Integration, &'static Workflow), ApiError> {
    caller.project.workflow(id).ok_or_else(|| {
        ApiError::not_found("workflow_not_found", "The project has no such workflow.")
    })
}

/// An account has to be VALID for its workflows to run.
fn require_usable(integration: &Integration, account: &Credential) -> Result<(), ApiError> {
    if account.status == Status::Valid {
        return Ok(());
    }
    Err(ApiError::conflict(
        "credential_not_valid",
        format!(
            "The user's {} account is {}; it has to be reconnected first.",
            integration.product.name,
            account.status.name()
        ),
    ))
}
