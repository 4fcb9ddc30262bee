//! `/oauth`: where the provider sends the popup back to.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use serde_json::{Map, json};

use crate::App;
use crate::error::{ApiError, ok};
use crate::extract::{Query, SignedIn};
use crate::install::attempts::Attempt;
use crate::install::{nonce, save};
use crate::page::{escaped, page};

/// Tells the opener; without one, saves the account here. The window stays until the message has
/// been read: a browser may not name the source of a message whose window is gone.
const SCRIPT: &str = "
const say = (text) => { document.querySelector('p').textContent = text; };
if (window.opener) {
  window.opener.postMessage(data.message, data.origin);
  setTimeout(() => window.close(), 300);
} else if (data.code) {
  fetch('/oauth', { method: 'POST', body: new URLSearchParams({ state: data.state, code: data.code }) })
    .then((response) => response.ok ? data.done : response.json().then(({ message }) => message))
    .catch(() => 'It could not be saved. Please try again.')
    .then((text) => { say(text); if (text === data.done) window.close(); });
}
";

/// `GET /oauth`
pub(crate) async fn arrive(
    State(app): State<App>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let attempt = app.attempts.by_state(query.require("state")?)?;
    let name = &attempt.integration.product.name;
    let outcome = match (query.get("code"), query.get("error")) {
        (Some(code), None) => has_code(&attempt, code).and_then(|()| {
            if app.attempts.knows_nonce(&attempt, nonce::values(&headers)) {
                return Ok(code);
            }
            Err(Denied::new("nonce_missing", "This window did not begin at the application."))
        }),
        (_, Some(error)) => {
            Err(Denied::new(error, query.get("error_description").unwrap_or("It was refused.")))
        }
        (None, None) => Err(Denied::new("code_missing", "The provider sent no code.")),
    };
    let answer = match outcome {
        Ok(code) => {
            let done = format!("{name} is connected. You can close this window.");
            let body = format!("<p>One moment: {} has agreed.</p>", escaped(name));
            let message = json!({
                "type": "oauth_success_callback",
                "credential": { "integrationId": attempt.integration.id, "payload": { "code": code } },
            });
            let data = json!({
                "origin": attempt.opener,
                "message": message,
                "state": attempt.state,
                "code": code,
                "done": done,
            });
            page("Connecting", &body, &data, SCRIPT)
        }
        Err(denied) => {
            let body = format!(
                "<p>{} is not connected: {} You can close this window.</p>",
                escaped(name),
                escaped(&denied.description)
            );
            let message = json!({
                "type": "oauth_error_callback",
                "error": denied.description,
                "integrationId": attempt.integration.id,
                "errorResponse": {
                    "error": denied.error,
                    "error_description": denied.description,
                    "message": denied.description,
                },
            });
            page(
                "Not connected",
                &body,
                &json!({ "origin": attempt.opener, "message": message }),
                SCRIPT,
            )
        }
    };
    Ok(answer)
}

/// `POST /oauth`: the callback page has lost its opener and saves the account itself.
pub(crate) async fn complete(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response<Body>, ApiError> {
    let body = String::from_utf8_lossy(&body);
    let form = Query::of(Some(&body));
    let attempt = app.attempts.by_state(form.require("state")?)?;
    has_code(&attempt, form.require("code")?)
        .map_err(|denied| ApiError::bad_request("code_invalid", denied.description))?;
    if !app.attempts.knows_nonce(&attempt, nonce::values(&headers)) {
        return Err(ApiError::bad_request(
            "nonce_missing",
            "This window did not begin at the application.",
        ));
    }
    let caller = SignedIn::behind(&attempt, &app);
    let credential_id = save::with_consent(&caller, &app, &attempt, &Map::new())?;
    Ok(ok(&json!({ "connectCredentialId": credential_id })))
}

/// The reason why there is no account, in the words of OAuth.
struct Denied {
    error: String,
    description: String,
}

impl Denied {
    fn new(error: &str, description: &str) -> Self {
        Self { error: error.to_owned(), description: description.to_owned() }
    }
}

fn has_code(attempt: &Attempt, code: &str) -> Result<(), Denied> {
    match &attempt.granted {
        Some(granted) if granted.code == code => Ok(()),
        _ => Err(Denied::new("code_invalid", "The provider gave no such code.")),
    }
}
