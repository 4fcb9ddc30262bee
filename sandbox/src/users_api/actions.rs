//! `POST /sdk/actions`: the choices that an account offers for an input.

use axum::body::Body;
use axum::http::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::{ApiError, ok};
use crate::extract::{JsonObject, SignedIn};
use crate::state::{AccountChoice, shortened};

/// The number of choices in an answer.
const PAGE: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    /// A type or custom slug.
    action: String,
    source_key: String,
    #[serde(default)]
    parameters: Vec<Parameter>,
    #[serde(default)]
    pagination_parameters: Pagination,
}

/// An answer that the choices depend on.
#[derive(Deserialize)]
struct Parameter {
    key: String,
    source: ValueSource,
}

#[derive(Deserialize)]
struct ValueSource {
    #[serde(default)]
    value: Value,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Pagination {
    /// The `nextPageCursor` of the answer before; 0, `false` or nothing for the first page.
    page_cursor: Value,
    search: Option<String>,
}

/// `POST /sdk/actions`
pub(crate) async fn choices(
    caller: SignedIn,
    choice: AccountChoice,
    JsonObject(body): JsonObject,
) -> Result<Response<Body>, ApiError> {
    let wanted: Wanted = serde_json::from_value(body.into())
        .map_err(|error| ApiError::body_invalid(format!("The body is not understood: {error}.")))?;
    let integration = caller.project.integration_named(&wanted.action).ok_or_else(|| {
        ApiError::not_found("integration_not_found", "The project has no such integration.")
    })?;
    let source = integration.product.install.sources.get(&wanted.source_key).ok_or_else(|| {
        let key = shortened(&wanted.source_key);
        ApiError::not_found("source_not_found", format!("There is no source `{key}` here."))
    })?;
    // While questions of the setup are open, this is what answers them.
    caller.state().account(integration, &choice)?.require_accepted(integration)?;

    let parameters: Map<String, Value> =
        wanted.parameters.into_iter().map(|it| (it.key, it.source.value)).collect();
    let search = wanted.pagination_parameters.search.unwrap_or_default().to_lowercase();
    let mut found = source.records(&parameters);
    found.retain(|it| label(it).to_lowercase().contains(&search));
    let start = start(&wanted.pagination_parameters.page_cursor)?;
    let next = (start + PAGE < found.len()).then(|| (start + PAGE).to_string());
    let records: Vec<Value> = found.into_iter().skip(start).take(PAGE).collect();
    Ok(ok(&json!({ "output": { "records": records, "nextPageCursor": next } })))
}

fn label(record: &Value) -> &str {
    record["label"].as_str().or(record["title"].as_str()).unwrap_or_default()
}

fn start(cursor: &Value) -> Result<usize, ApiError> {
    let start = match cursor {
        Value::Null | Value::Bool(false) => Some(0),
        Value::Number(number) => number.as_u64().and_then(|it| usize::try_from(it).ok()),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    // Beyond this there is no page, and sums stay in range.
    start.filter(|it| *it <= 1_000_000).ok_or_else(|| {
        ApiError::body_invalid("`pageCursor` must be what an answer gave as `nextPageCursor`.")
    })
}
