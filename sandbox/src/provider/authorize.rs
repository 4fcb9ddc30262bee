//! `/provider/{integrationType}/authorize`: may the application use the account?

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, Response, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::App;
use crate::error::ApiError;
use crate::extract::{PathId, Query};
use crate::install::attempts::Attempt;
use crate::install::options::InstallOptions;
use crate::page::{escaped, page};
use crate::provider::decisions::{Answer, Decision};

const DENIED: &str = "The user did not allow it.";

/// Clicks the button that `data.decision` names.
const SCRIPT: &str = "document.querySelector(`button[value=\"${data.decision}\"]`).click();";

/// `GET /provider/{integrationType}/authorize`: asks; or answers at once, where a decision waits.
pub(crate) async fn ask(
    State(app): State<App>,
    PathId(product): PathId,
    query: Query,
) -> Result<Response<Body>, ApiError> {
    let attempt = attempt(&app, &product, query.require("state")?)?;
    // Whoever pressed the button for it has not decided yet.
    let pressed = query.get("opener") == Some("severed");
    let decision = if pressed {
        Decision::default()
    } else {
        app.decisions.take(&product).unwrap_or_default()
    };
    let account = decision.account.clone().unwrap_or_else(|| suggested(&app, &attempt));
    let reason = decision.reason.as_deref().unwrap_or(DENIED);
    let severed = pressed || decision.sever_opener;
    match decision.answer {
        Some(answer) if !severed => Ok(decided(&app, &attempt, answer, account, reason)),
        // Severing takes a page: the browser has to see its headers.
        answer => Ok(form(&attempt, &account, reason, severed, answer)),
    }
}

/// `POST /provider/{integrationType}/authorize`
pub(crate) async fn decide(
    State(app): State<App>,
    PathId(product): PathId,
    body: Bytes,
) -> Result<Response<Body>, ApiError> {
    let body = String::from_utf8_lossy(&body);
    let form = Query::of(Some(&body));
    let attempt = attempt(&app, &product, form.require("state")?)?;
    let reason = form.get("reason").filter(|it| !it.is_empty()).unwrap_or(DENIED);
    let answer = match form.require("decision")? {
        "allow" => Answer::Allow,
        "deny" => Answer::Deny,
        _ => return Err(ApiError::bad_request("query_invalid", "Allow or deny.")),
    };
    let account = match answer {
        Answer::Allow => form.require("account")?.to_owned(),
        Answer::Deny => String::new(),
    };
    Ok(decided(&app, &attempt, answer, account, reason))
}

fn attempt(app: &App, product: &str, state: &str) -> Result<Attempt, ApiError> {
    let attempt = app.attempts.by_state(state)?;
    if attempt.integration.product.key == product {
        return Ok(attempt);
    }
    Err(ApiError::bad_request("state_unknown", "This `state` is another provider's."))
}

/// Sends the user back to where the application said.
fn decided(
    app: &App,
    attempt: &Attempt,
    answer: Answer,
    account: String,
    reason: &str,
) -> Response<Body> {
    let parameters = match answer {
        Answer::Allow => format!("code={}", app.attempts.grant(&attempt.state, account)),
        Answer::Deny => format!(
            "error=access_denied&error_description={}",
            utf8_percent_encode(reason, NON_ALPHANUMERIC)
        ),
    };
    let (uri, fragment) = match attempt.redirect_uri.split_once('#') {
        Some((uri, fragment)) => (uri, format!("#{fragment}")),
        None => (attempt.redirect_uri.as_str(), String::new()),
    };
    let joint = if uri.contains('?') { '&' } else { '?' };
    let location = format!("{uri}{joint}{parameters}&state={}{fragment}", attempt.state);
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// The account that agrees unless another is named: the one that is connected again, or a new one.
fn suggested(app: &App, attempt: &Attempt) -> String {
    let state = app.store.read(&attempt.project.id, &attempt.user_id);
    let accounts = || state.accounts_of(attempt.integration);
    let options = InstallOptions::of(&attempt.install_options).unwrap_or_default();
    let again = match &options.selected {
        Some(wanted) => accounts().find(|it| it.is_named(wanted)),
        None if options.allow_multiple => None,
        None => accounts().next(),
    };
    if let Some(again) = again {
        return again.provider_id.clone();
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let user: String = attempt.user_id.chars().map(plain).take(40).collect();
    let product = attempt.integration.product.key.trim_start_matches("custom.");
    // One more than there are accounts is enough to find one that is new.
    let mut names = (1..=accounts().count() + 1).map(|number| match number {
        1 => format!("{user}@{product}.example"),
        number => format!("{user}+{number}@{product}.example"),
    });
    names.find(|it| accounts().all(|account| account.provider_id != *it)).unwrap_or_default()
}

/// The page that asks. With `click`, it answers itself as soon as it is shown.
fn form(
    attempt: &Attempt,
    account: &str,
    reason: &str,
    severed: bool,
    click: Option<Answer>,
) -> Response<Body> {
    let product = &attempt.integration.product;
    let state = escaped(&attempt.state);
    let hidden = format!(r#"<input type="hidden" name="state" value="{state}">"#);
    let sever = if severed {
        "<p>This page cut itself off from the window that opened it, as some providers do.</p>"
            .to_owned()
    } else {
        format!(
            r#"<form>{hidden}<input type="hidden" name="opener" value="severed">
<button>This provider severs its opener</button></form>"#
        )
    };
    let body = format!(
        r#"<p><strong>{project}</strong> wants to use your {name} account.</p>
<form method="post">{hidden}<input type="hidden" name="reason" value="{reason}">
<label>Account <input name="account" value="{account}" required autocomplete="off" spellcheck="false"></label>
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny" formnovalidate>Deny</button>
</form>
{sever}
<small>A stand-in for {name}'s own page, served by paragon-sandbox. Nothing here is real.</small>"#,
        project = escaped(&attempt.project.name),
        name = escaped(&product.name),
        account = escaped(account),
        reason = escaped(reason),
    );
    let (data, script) = match click {
        None => (Value::Null, ""),
        Some(answer) => (json!({ "decision": answer }), SCRIPT),
    };
    let mut response = page(&format!("Sign in to {}", product.name), &body, &data, script);
    if severed {
        response
            .headers_mut()
            .insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    }
    response
}
