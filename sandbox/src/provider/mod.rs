//! The provider: who owns the product, knows the user's account there, and asks for consent.
//!
//! It listens on a port, and so has an origin, of its own.

pub(crate) mod authorize;
pub(crate) mod decisions;

use axum::http::uri::Authority;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::App;
use crate::install::attempts::Attempt;

/// The beginning of every path of the provider.
pub(crate) const PREFIX: &str = "/provider/";

/// Its origin for somebody who reaches the API at `api`: the same host at the provider's port.
/// Where the router is part of another server there is no such port, and it is the API's origin.
pub(crate) fn origin(app: &App, api: &str) -> String {
    let Some(port) = app.provider_port.get() else { return api.to_owned() };
    let authority = api.strip_prefix("http://").and_then(|it| it.parse::<Authority>().ok());
    let host = authority.as_ref().map_or("127.0.0.1", Authority::host);
    format!("http://{host}:{port}")
}

/// The address of the page that asks the user for consent.
pub(crate) fn address(app: &App, api: &str, attempt: &Attempt) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    format!(
        "{}{PREFIX}{}/authorize?response_type=code&client_id={}&redirect_uri={}&state={}",
        origin(app, api),
        encoded(&attempt.integration.product.key),
        encoded(&attempt.project.id),
        encoded(&attempt.redirect_uri),
        encoded(&attempt.state),
    )
}
