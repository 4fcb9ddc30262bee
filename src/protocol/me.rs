//! `/sdk/me`: the connected user and his metadata.

use super::integrations::Integration;
use super::json::{Json, Kind};
use super::message::{Expected, Method, Request};

/// `GET /sdk/me`.
#[must_use]
pub fn get<J>() -> Request<J> {
    Request::new(Method::Get, "me", Expected::User)
}

/// `PATCH /sdk/me` with `{"meta": …}`; the answer is the user.
#[must_use]
pub fn patch<J: Json>(metadata: &J) -> Request<J> {
    let body = J::object([("meta", metadata.clone())]);
    Request::new(Method::Patch, "me", Expected::User).with_json(body)
}

/// The user, shaped as the Users API page documents him; `None` when `user` is none.
///
/// The `OpenAPI` file calls the id of the user `id` and requires nothing; the page calls it `userId` and
/// always shows `authenticated`, `integrations` and `meta`. What is missing is completed, what is
/// there stays as it is, undocumented members included.
pub fn complete<J: Json>(mut user: J) -> Option<J> {
    for (member, kind, default) in [
        ("authenticated", Kind::Boolean, "true"),
        ("integrations", Kind::Object, "{}"),
        ("meta", Kind::Object, "{}"),
    ] {
        match user.get(member) {
            None => user.set(member, J::parse(default)?),
            Some(value) if value.kind() == kind => {}
            Some(_) => return None,
        }
    }
    let id = |member| user.get(member).filter(|id| matches!(id.kind(), Kind::Scalar | Kind::Boolean));
    if id("userId").is_none() {
        let id = id("id")?;
        user.set("userId", id);
    }
    Some(user)
}

/// Whether the user has an account of the integration connected.
///
/// An account that must be reconnected has `enabled: false` and a `credentialStatus`; an
/// integration that was never connected has only `enabled: false`.
#[must_use]
pub fn is_connected<J: Json>(user: &J, integration: &Integration) -> bool {
    let Some(all) = user.get("integrations") else { return false };
    all.keys().iter().filter(|name| integration.is_called(name)).any(|name| {
        let Some(entry) = all.get(name) else { return false };
        entry.flag("enabled")
            || entry.get("credentialStatus").is_some_and(|status| status.kind() != Kind::Null)
    })
}

/// Keys of `metadata` that mean `Name` or `Email` but are spelt otherwise, with what is meant.
///
/// Paragon's dashboard shows only the exact spellings.
#[must_use]
pub fn misspelt_keys<J: Json>(metadata: &J) -> Vec<(String, &'static str)> {
    let mut misspelt = Vec::new();
    for key in metadata.keys() {
        for known in ["Name", "Email"] {
            if key != known && key.eq_ignore_ascii_case(known) {
                misspelt.push((key.clone(), known));
            }
        }
    }
    misspelt
}
