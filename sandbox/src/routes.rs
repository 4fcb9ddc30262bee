//! Everything that is served, in one table. A test compares it with the description that
//! `GET /_sandbox/openapi.json` gives, in both directions.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, delete, get, post};

use crate::App;
use crate::admin;
use crate::error::ApiError;
use crate::install::{build, callback, nonce, session};
use crate::middleware::{cors, fault, record};
use crate::openapi;
use crate::provider::{PREFIX, authorize};
use crate::users_api::{
    actions, configurations, credentials, events, integrations, me, proxy, workflows,
};

/// The methods that the proxy passes on.
const PROXIED: &[&str] = &["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// An address and what answers there.
pub(crate) struct Route {
    /// With `{names}` as both axum and `OpenAPI` write them; `{*rest}` is axum's for "and below".
    pub(crate) path: &'static str,
    /// The documented methods, sorted.
    #[cfg_attr(not(test), expect(dead_code, reason = "axum keeps its own; tests compare"))]
    pub(crate) methods: &'static [&'static str],
    handler: MethodRouter<App>,
}

/// Paragon's API first, then the sandbox's own admin routes.
#[rustfmt::skip]
pub(crate) fn table() -> Vec<Route> {
    let route = |path, methods, handler| Route { path, methods, handler };
    vec![
        route("/projects/{projectId}/sdk/me", &["GET", "PATCH"], get(me::read).patch(me::update)),
        route("/projects/{projectId}/sdk/integrations", &["GET"], get(integrations::list)),
        route("/projects/{projectId}/sdk/integrations/{integrationId}", &["DELETE"], delete(integrations::disconnect)),
        route("/projects/{projectId}/sdk/metadata", &["GET"], get(integrations::metadata)),
        route("/projects/{projectId}/sdk/credentials", &["GET", "POST"], get(credentials::list).post(credentials::create)),
        route("/projects/{projectId}/sdk/credentials/{credentialId}", &["GET", "PATCH"], get(credentials::read).patch(credentials::update)),
        route("/projects/{projectId}/sdk/credentials/{credentialId}/complete-setup", &["POST"], post(credentials::complete)),
        route("/projects/{projectId}/sdk/credentials/{credentialId}/configurations", &["DELETE", "PATCH", "POST"], post(configurations::create).patch(configurations::update).delete(configurations::remove)),
        route("/projects/{projectId}/sdk/actions", &["POST"], post(actions::choices)),
        route("/v2/projects/{projectId}/sdk/actions/build-oauth", &["GET"], get(build::address)),
        route("/projects/{projectId}/sdk/actions/oauth-nonce", &["GET"], get(nonce::load)),
        route("/projects/{projectId}/sdk/actions/session-id/{sessionKey}", &["DELETE", "GET"], get(session::read).delete(session::forget)),
        route("/oauth", &["GET", "POST"], get(callback::arrive).post(callback::complete)),
        route("/provider/{integrationType}/authorize", &["GET", "POST"], get(authorize::ask).post(authorize::decide)),
        route("/projects/{projectId}/sdk/workflows/{workflowId}", &["DELETE", "POST"], post(workflows::enable).delete(workflows::disable)),
        route("/projects/{projectId}/sdk/triggers/{workflowId}", &["POST"], post(workflows::trigger)),
        route("/projects/{projectId}/sdk/events/trigger", &["POST"], post(events::trigger)),
        route("/v2/projects/{projectId}/sdk/events/trigger", &["POST"], post(events::trigger)),
        route("/projects/{projectId}/sdk/proxy/{integrationType}/{*path}", PROXIED, proxied()),
        route("/", &["GET"], get(admin::home::page)),
        route("/_sandbox/token", &["POST"], post(admin::token::issue)),
        route("/_sandbox/users", &["GET"], get(admin::users::list)),
        route("/_sandbox/reset", &["POST"], post(admin::users::reset)),
        route("/_sandbox/requests", &["DELETE", "GET"], get(admin::requests::list).delete(admin::requests::clear)),
        route("/_sandbox/faults", &["DELETE", "GET", "POST"], get(admin::faults::list).post(admin::faults::add).delete(admin::faults::clear)),
        route("/_sandbox/provider", &["DELETE", "GET", "POST"], get(admin::provider::read).post(admin::provider::decide).delete(admin::provider::clear)),
        route("/_sandbox/provider/revoke", &["POST"], post(admin::provider::revoke)),
        route("/_sandbox/icons/{file}", &["GET"], get(admin::icons::icon)),
        route("/_sandbox/openapi.json", &["GET"], get(openapi::serve)),
    ]
}

/// The table as a service.
pub(crate) fn router(app: App) -> Router {
    let router = routed(|_| true)
        // "And below" does not match the place itself: the product's root.
        .route("/projects/{projectId}/sdk/proxy/{integrationType}", proxied())
        .route("/projects/{projectId}/sdk/proxy/{integrationType}/", proxied());
    with_middleware(router, app)
}

/// The routes of the provider at its own port.
pub(crate) fn provider_router(app: App) -> Router {
    with_middleware(routed(|path| path.starts_with(PREFIX)), app)
}

fn routed(is_meant: impl Fn(&str) -> bool) -> Router<App> {
    let mut router = Router::new();
    for route in table().into_iter().filter(|route| is_meant(route.path)) {
        router = router.route(route.path, route.handler);
    }
    router
}

/// With what every request passes.
fn with_middleware(router: Router<App>, app: App) -> Router {
    router
        .fallback(async || ApiError::no_such_route())
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        // The layer that is added last is passed first.
        .layer(from_fn(cors::preflight))
        .layer(from_fn_with_state(app.clone(), fault::faults))
        .layer(from_fn_with_state(app.clone(), record::requests))
        .layer(from_fn(cors::headers))
        .with_state(app)
}

/// Every method that the description can name. `HEAD` comes with `GET`; `TRACE` would reflect the
/// token, and no browser sends it.
fn proxied() -> MethodRouter<App> {
    get(proxy::forward)
        .post(proxy::forward)
        .put(proxy::forward)
        .patch(proxy::forward)
        .delete(proxy::forward)
        .options(proxy::forward)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Method, Request, header};
    use tower_service::Service;

    use super::*;
    use crate::openapi::description;

    /// As the description writes a path: it cannot say "and below".
    fn documented(path: &str) -> String {
        path.replace("{*", "{")
    }

    #[test]
    fn every_route_is_described_and_every_description_is_served() {
        let paths = description()["paths"].as_object().unwrap();
        let mut described: Vec<(String, Vec<String>)> = paths
            .iter()
            .map(|(path, item)| {
                let names = item.as_object().unwrap().keys();
                let mut methods: Vec<String> = names
                    .filter(|name| *name != "parameters")
                    .map(|name| name.to_ascii_uppercase())
                    .collect();
                methods.sort();
                (path.clone(), methods)
            })
            .collect();
        let mut served: Vec<(String, Vec<String>)> = table()
            .iter()
            .map(|route| {
                let methods = route.methods.iter().map(ToString::to_string).collect();
                (documented(route.path), methods)
            })
            .collect();
        described.sort();
        served.sort();
        assert_eq!(served, described);
    }

    /// The table's methods are what axum really answers: a method that nobody serves is refused
    /// with the list of those that are.
    #[tokio::test]
    async fn the_table_names_the_methods_that_are_served() {
        let mut router = crate::router(None).unwrap();
        for route in &table() {
            let uri = route.path.replace(['{', '}', '*'], "");
            let method = Method::from_bytes(b"BREW").unwrap();
            let request = Request::builder().method(method).uri(uri).body(Body::empty()).unwrap();
            let response = router.call(request).await.unwrap();
            let allow = response.headers()[header::ALLOW].to_str().unwrap();
            // HEAD comes with GET and is mostly not worth describing.
            let without_head = |it: &&str| *it != "HEAD";
            let mut methods: Vec<&str> = allow.split(',').filter(without_head).collect();
            methods.sort_unstable();
            let named: Vec<&str> = route.methods.iter().copied().filter(without_head).collect();
            assert_eq!(methods, named, "{}", route.path);
        }
    }
}
