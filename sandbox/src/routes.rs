//! Everything that is served, in one table. A test compares it with the description that
//! `GET /_sandbox/openapi.json` gives, in both directions.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, any, delete, get, patch, post};

use crate::App;
use crate::desk;
use crate::error::ApiError;
use crate::middleware::{cors, record};
use crate::openapi;
use crate::users_api::{credentials, events, integrations, me, proxy, workflows};

/// The methods that the proxy passes on; `any` in the table.
const ANY: &[&str] = &["DELETE", "GET", "PATCH", "POST", "PUT"];

/// An address and what answers there.
pub(crate) struct Route {
    /// With `{names}` as both axum and OpenAPI write them; `{*rest}` is axum's for "and below".
    pub(crate) path: &'static str,
    /// The documented methods, sorted.
    pub(crate) methods: &'static [&'static str],
    handler: MethodRouter<App>,
}

/// Paragon's API first, then the sandbox's own desk.
#[rustfmt::skip]
pub(crate) fn table() -> Vec<Route> {
    let route = |path, methods, handler| Route { path, methods, handler };
    vec![
        route("/projects/{projectId}/sdk/me", &["GET", "PATCH"], get(me::read).patch(me::update)),
        route("/projects/{projectId}/sdk/integrations", &["GET"], get(integrations::list)),
        route("/projects/{projectId}/sdk/integrations/{integrationId}", &["DELETE"], delete(integrations::disconnect)),
        route("/projects/{projectId}/sdk/metadata", &["GET"], get(integrations::metadata)),
        route("/projects/{projectId}/sdk/credentials", &["GET"], get(credentials::list)),
        route("/projects/{projectId}/sdk/credentials/{credentialId}", &["PATCH"], patch(credentials::update)),
        route("/projects/{projectId}/sdk/workflows/{workflowId}", &["DELETE", "POST"], post(workflows::enable).delete(workflows::disable)),
        route("/projects/{projectId}/sdk/triggers/{workflowId}", &["POST"], post(workflows::trigger)),
        route("/projects/{projectId}/sdk/events/trigger", &["POST"], post(events::trigger)),
        route("/v2/projects/{projectId}/sdk/events/trigger", &["POST"], post(events::trigger)),
        route("/projects/{projectId}/sdk/proxy/{integrationType}/{*path}", ANY, any(proxy::forward)),
        route("/", &["GET"], get(desk::home::page)),
        route("/_sandbox/token", &["POST"], post(desk::token::issue)),
        route("/_sandbox/users", &["GET"], get(desk::users::list)),
        route("/_sandbox/reset", &["POST"], post(desk::users::reset)),
        route("/_sandbox/requests", &["DELETE", "GET"], get(desk::requests::list).delete(desk::requests::clear)),
        route("/_sandbox/icons/{file}", &["GET"], get(desk::icons::icon)),
        route("/_sandbox/openapi.json", &["GET"], get(openapi::serve)),
    ]
}

/// The table as a service, with what every request passes around it.
pub(crate) fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in table() {
        router = router.route(route.path, route.handler);
    }
    router
        // "And below" does not match the place itself: the product's root.
        .route("/projects/{projectId}/sdk/proxy/{integrationType}", any(proxy::forward))
        .route("/projects/{projectId}/sdk/proxy/{integrationType}/", any(proxy::forward))
        .fallback(async || ApiError::no_such_route())
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        // The layer that is added last is passed first.
        .layer(from_fn(cors::preflight))
        .layer(from_fn_with_state(app.clone(), record::requests))
        .layer(from_fn(cors::headers))
        .with_state(app)
}
