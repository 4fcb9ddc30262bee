//! `GET …/sdk/actions/oauth-nonce`: the popup's first page. It proves later that the browser which
//! comes back from the provider is the one that went there, and tells its opener to go on.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, header};
use serde_json::json;

use crate::App;
use crate::catalogue::stable_id;
use crate::error::ApiError;
use crate::extract::{Query, SignedIn};
use crate::install::build::{installable, opener};
use crate::page::page;

const COOKIE: &str = "paragon-sandbox-nonce";

/// Longer than anybody takes to sign in at a provider.
const COOKIE_SECONDS: u32 = 3600;

const SCRIPT: &str = "
if (window.opener) window.opener.postMessage({ type: 'oauth-nonce-loaded' }, data.origin);
";

/// `GET /projects/{projectId}/sdk/actions/oauth-nonce`
pub(crate) async fn load(
    State(app): State<App>,
    request: Request,
) -> Result<Response<Body>, ApiError> {
    let (mut parts, _) = request.into_parts();
    let query = Query::of(parts.uri.query());
    // A navigation has no headers of the application's; the token comes in the address.
    let token = query.get("userToken").filter(|it| !it.is_empty());
    let token = token.ok_or_else(ApiError::token_missing)?;
    let caller = SignedIn::with(token, &mut parts, &app).await?;
    let integration = installable(&caller, query.require("integrationId")?)?;
    let origin = opener(&query)?;
    let value = app.attempts.nonce(caller.project, &caller.user_id);
    let title = format!("Connecting {}", integration.product.name);
    let body = "<p>One moment. The sign-in page opens here.</p>";
    let mut response = page(&title, body, &json!({ "origin": origin }), SCRIPT);
    // One for each user: two of them may connect something in the same browser at once.
    let user = stable_id(&["nonce", &caller.project.id, &caller.user_id]);
    let cookie = format!(
        "{COOKIE}-{}={value}; Path=/oauth; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax",
        &user[..8]
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The values that a browser brings back.
pub(crate) fn values(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| name.starts_with(COOKIE))
        .map(|(_, value)| value)
}
