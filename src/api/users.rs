//! `/sdk/me`: the connected user and their metadata.

use super::integrations::Integration;
use crate::http::request::{Expected, Method, Payload, Request};
use crate::json::{Json, Kind};
use crate::text::join;

/// `GET /sdk/me`: the connected user.
#[must_use]
pub fn get<J>() -> Box<Request<J>> {
    Request::new(Method::Get, "me".to_owned(), Expected::User)
}

/// `PATCH /sdk/me` with `{"meta": …}`, which `update` is; the answer is the user.
#[must_use]
pub fn update<J>(update: Payload<J>) -> Box<Request<J>> {
    Request::new(Method::Patch, "me".to_owned(), Expected::User).with_payload(update)
}

/// The user, shaped as the Users API page documents them; `None` when `user` is not one.
///
/// The `OpenAPI` file calls the id of the user `id` and requires nothing; the page calls it `userId` and
/// always shows `authenticated`, `integrations` and `meta`. What is missing is completed, what is
/// there stays as it is, undocumented members included.
pub fn complete<J: Json>(mut user: J) -> Option<J> {
    complete_member(&mut user, "authenticated", Kind::Boolean, "true")?;
    complete_member(&mut user, "integrations", Kind::Object, "{}")?;
    complete_member(&mut user, "meta", Kind::Object, "{}")?;
    let id = |member| {
        user.get(member).filter(|id| matches!(id.kind(), Kind::Text | Kind::Number | Kind::Boolean))
    };
    if id("userId").is_none() {
        let id = id("id")?;
        user.set("userId", id);
    }
    Some(user)
}

fn complete_member<J: Json>(user: &mut J, name: &str, kind: Kind, default: &str) -> Option<()> {
    match user.get(name) {
        None => user.set(name, J::parse(default)?),
        Some(value) if value.kind() == kind => {}
        Some(_) => return None,
    }
    Some(())
}

/// `true` if the user has an account of the integration connected.
///
/// An account that must be reconnected has `enabled: false` and a `credentialStatus`; an
/// integration that was never connected has only `enabled: false`.
#[must_use]
pub fn is_connected<J: Json>(user: &J, integration: &Integration) -> bool {
    let Some(all) = user.get("integrations") else { return false };
    let has = |name: &str| {
        all.get(name).is_some_and(|entry| {
            entry.flag("enabled")
                || entry.get("credentialStatus").is_some_and(|status| status.kind() != Kind::Null)
        })
    };
    let name = &integration.name;
    let slug = name.strip_prefix("custom.").unwrap_or(name);
    has(name) || (integration.custom && (has(slug) || has(&join(&["custom.", slug]))))
}

/// The key of metadata that `key` means: `Name` or `Email`, where it is spelt otherwise.
///
/// Paragon's dashboard shows only the exact spellings.
#[must_use]
pub fn intended_key(key: &str) -> Option<&'static str> {
    let is_meant = |known: &&str| key != *known && key.eq_ignore_ascii_case(known);
    ["Name", "Email"].into_iter().find(is_meant)
}
