//! `GET /_sandbox/openapi.json`: the description of everything that is served.
//!
//! Written by hand in `openapi/`: Paragon's API, the sandbox's own admin routes, and the shapes of both.

use std::sync::LazyLock;

use axum::body::Body;
use axum::http::Response;
use serde_json::{Map, Value, json};

use crate::error::ok;
use crate::extract::Origin;

/// `GET /_sandbox/openapi.json`
pub(crate) async fn serve(Origin(origin): Origin) -> Response<Body> {
    let mut description = description().clone();
    description["servers"] = json!([{ "url": origin, "description": "This sandbox" }]);
    ok(&description)
}

/// The parts as one document.
pub(crate) fn description() -> &'static Value {
    static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
        let mut whole = part("info.json", include_str!("../openapi/info.json"));
        whole["info"]["version"] = env!("CARGO_PKG_VERSION").into();
        let mut paths = part("users-api.json", include_str!("../openapi/users-api.json"));
        paths.append(&mut part("admin.json", include_str!("../openapi/admin.json")));
        whole.insert("paths".into(), paths.into());
        let components = part("components.json", include_str!("../openapi/components.json"));
        whole.insert("components".into(), components.into());
        whole.into()
    });
    &DESCRIPTION
}

/// The description is part of the program, and every test of an answer reads it.
fn part(name: &str, text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("openapi/{name}: {error}"))
}
