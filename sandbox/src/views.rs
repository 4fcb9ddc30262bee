//! The answers of the Users API, built from the catalogue and a user's state.
//!
//! The documented fields, and beside them those that the hosted service sends as well and that
//! the official SDK reads.

use serde_json::{Map, Value, json};

use crate::catalogue::{Integration, Project, Scheme, Workflow};
use crate::state::{Configuration, Credential, Status, UserState};

/// When the projects' integrations were set up; no date of theirs ever changes.
const SET_UP: &str = "2025-10-01T08:00:00.000Z";

/// `GET /sdk/me`.
pub(crate) fn user(project: &Project, user_id: &str, state: &UserState) -> Value {
    let integrations: Map<String, Value> = project
        .integrations
        .iter()
        .map(|integration| {
            (
                integration.product.key.clone(),
                user_integration(project, user_id, integration, state),
            )
        })
        .collect();
    json!({
        "authenticated": true,
        "userId": user_id,
        "integrations": integrations,
        "meta": state.meta,
        "resources": [],
        "project": {
            "id": project.id,
            "billingPlan": project.billing_plan,
            "accessibleFeatures": project.accessible_features,
        },
    })
}

/// One entry of the user's `integrations`: the default account's state, then every account.
fn user_integration(
    project: &Project,
    user_id: &str,
    integration: &Integration,
    state: &UserState,
) -> Value {
    let accounts: Vec<&Credential> = state.accounts_of(integration).collect();
    let Some(default) = accounts.first() else {
        return json!({
            "enabled": false,
            "workflowSettings": {},
            "allCredentials": [],
            "allConfigurations": [],
        });
    };
    let configuration = default.configurations.first();
    let mut entry = json!({
        "enabled": default.status == Status::Valid,
        "credentialStatus": default.status.name(),
        "credentialId": default.id,
        "credentialConfigId": configuration.map(|it| &it.id),
        "providerId": default.provider_id,
        "providerData": default.provider_data,
        "sharedSettings": configuration.map(|it| &it.shared_settings),
        "workflowSettings": configuration.map(|it| &it.workflow_settings),
        "configMeta": configuration.map(|it| &it.meta),
        "allCredentials": accounts.iter()
            .map(|account| credential(project, user_id, account))
            .collect::<Vec<_>>(),
        "allConfigurations": accounts.iter().flat_map(|account| configurations(account))
            .collect::<Vec<_>>(),
    });
    if let Some(external_id) = &default.external_id {
        entry["externalId"] = external_id.as_str().into();
    }
    entry
}

/// An element of `GET /sdk/credentials`.
pub(crate) fn credential(project: &Project, user_id: &str, credential: &Credential) -> Value {
    let configuration = credential.configurations.first();
    let mut view = json!({
        "id": credential.id,
        "projectId": project.id,
        "integrationId": credential.integration_id,
        "personaId": crate::catalogue::stable_id(&["persona", &project.id, user_id]),
        "status": credential.status.name(),
        "providerId": credential.provider_id,
        "providerData": credential.provider_data,
        "config": {
            "sharedSettings": configuration.map(|it| &it.shared_settings),
            "configuredWorkflows": configuration.map(|it| &it.workflow_settings),
        },
        "configurations": configurations(credential),
        "isPreviewCredential": false,
        "refreshFailureCount": i32::from(credential.status == Status::Expired),
        "dateCreated": credential.date_created,
        "dateUpdated": credential.date_updated,
        "dateRefreshed": credential.date_refreshed,
        "dateValidUntil": null,
    });
    if let Some(external_id) = &credential.external_id {
        view["externalId"] = external_id.as_str().into();
    }
    view
}

fn configurations(credential: &Credential) -> Vec<Value> {
    credential
        .configurations
        .iter()
        .enumerate()
        .map(|(position, it)| configuration(credential, it, position == 0))
        .collect()
}

fn configuration(credential: &Credential, it: &Configuration, is_default: bool) -> Value {
    let mut view = json!({
        "id": it.id,
        "connectCredentialId": credential.id,
        "isDefault": is_default,
        "sharedSettings": it.shared_settings,
        "workflowSettings": it.workflow_settings,
        "configMeta": it.meta,
        "dateCreated": it.date_created.as_ref().unwrap_or(&credential.date_created),
        "dateUpdated": credential.date_updated,
    });
    if let Some(external_id) = &it.external_id {
        view["externalId"] = external_id.as_str().into();
    }
    view
}

/// An element of `GET /sdk/integrations`. `origin` is this server as the caller addresses it.
pub(crate) fn integration(
    project: &Project,
    it: &Integration,
    state: &UserState,
    origin: &str,
) -> Value {
    let product = it.product;
    let account = state.accounts_of(it).next();
    let mut view = json!({
        "id": it.id,
        "name": product.name,
        "type": product.kind,
        "enabled": account.is_some_and(|it| it.status == Status::Valid),
        "icon": icon(it, origin),
        "brandColor": product.brand_color,
        "isActive": it.is_active,
        "projectId": project.id,
        "authenticationType": product.authentication,
        "dateCreated": SET_UP,
        "dateUpdated": SET_UP,
        "configs": [{
            "id": crate::catalogue::stable_id(&["config", &it.id]),
            "integrationId": it.id,
            "values": {
                "accentColor": product.accent_color,
                "description": product.description,
                "overview": product.overview,
                "paragonLink": false,
                "sharedMeta": { "inputs": product.settings },
                "workflowMeta": workflow_meta(it),
            },
        }],
        "workflows": it.workflows.iter().map(|it| workflow(project, it)).collect::<Vec<_>>(),
        "customIntegrationId": null,
        "hasCredential": account.is_some(),
        "connectedUserLimitOnDevCred": 0,
        "connectedUserLimitReached": false,
        "needPreOauthInputs": product.install.needs_pre_options(product.authentication),
        // As for the hosted service's: only integrations that are switched on can be installed.
        "sdkIntegrationConfig": it.is_active.then(|| product.install.view(it.package_install_url.as_deref())),
        "noPermissionWorkflows": [],
    });
    if it.is_custom() {
        let id = crate::catalogue::stable_id(&["custom integration", &it.id]);
        view["customIntegrationId"] = id.as_str().into();
        view["customIntegration"] = json!({
            "id": id,
            "projectId": project.id,
            "name": product.name,
            "slug": product.key,
            "icon": icon(it, origin),
            "authenticationType": product.authentication,
            "inputFields": product.install.pre_options,
        });
    }
    view
}

/// `GET /sdk/credentials?integration=…`: the integration together with one account of it.
pub(crate) fn integration_account(
    project: &Project,
    it: &Integration,
    state: &UserState,
    origin: &str,
    account: &Credential,
    with_secrets: bool,
) -> Value {
    let mut view = integration(project, it, state, origin);
    view["providerData"] = account.provider_data.clone();
    if with_secrets {
        view["accountAuth"] = account_auth(it, account);
    }
    view
}

/// The secrets of an account: what the user typed, or the token that their consent gave.
fn account_auth(it: &Integration, account: &Credential) -> Value {
    if it.product.authentication == Scheme::Basic && !account.answers.is_empty() {
        return account.answers.clone().into();
    }
    let token = account.access_token.clone();
    let token = token.unwrap_or_else(|| format!("sandbox-access-token-of-{}", account.id));
    json!({ "OAUTH_ACCESS_TOKEN": token })
}

/// An element of `GET /sdk/metadata`.
pub(crate) fn metadata(it: &Integration, origin: &str) -> Value {
    json!({
        "type": it.product.key,
        "name": it.product.name,
        "brandColor": it.product.brand_color,
        "icon": icon(it, origin),
    })
}

fn icon(it: &Integration, origin: &str) -> String {
    format!("{origin}/_sandbox/icons/{}.svg", it.product.key)
}

fn workflow(project: &Project, it: &Workflow) -> Value {
    json!({
        "id": it.id,
        "projectId": project.id,
        "description": it.plan.description,
        "dateCreated": SET_UP,
        "dateUpdated": SET_UP,
        "isOnboardingWorkflow": false,
    })
}

fn workflow_meta(it: &Integration) -> Map<String, Value> {
    it.workflows
        .iter()
        .enumerate()
        .map(|(order, workflow)| {
            let plan = workflow.plan;
            let meta = json!({
                "id": workflow.id,
                "description": plan.description,
                "infoText": plan.info_text,
                "defaultEnabled": plan.default_enabled,
                "hidden": plan.hidden,
                "order": order,
                "inputs": plan.settings,
            });
            (workflow.id.clone(), meta)
        })
        .collect()
}
