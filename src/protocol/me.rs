//! `/sdk/me`: the connected user and his metadata.

use super::endpoints::Project;
use super::error::{Error, ErrorCode};
use super::integrations::Integration;
use super::json::{Json, Kind};
use super::message::{Method, Request, Response};
use super::text::join;

/// `GET /sdk/me`.
#[must_use]
pub fn get<J>(project: &Project) -> Request<J> {
    Request::new(Method::Get, project.api("me"))
}

/// `PATCH /sdk/me` with `{"meta": …}`; the answer is the user.
#[must_use]
pub fn patch<J: Json>(project: &Project, metadata: &J) -> Request<J> {
    Request::new(Method::Patch, project.api("me")).with_json(join(&[
        "{\"meta\":",
        &metadata.stringify(),
        "}",
    ]))
}

/// The user, shaped as the Users API page documents him.
///
/// The `OpenAPI` file calls the id of the user `id` and requires nothing; the page calls it `userId` and
/// always shows `authenticated`, `integrations` and `meta`. What is missing is completed, what is
/// there stays as it is, undocumented members included.
///
/// # Errors
/// [`ErrorCode::InvalidResponse`] when the body is no user.
pub fn read<J: Json>(response: Response<J>) -> Result<J, Error<J>> {
    let status = response.status;
    let mut user = response.json(Kind::Object, "a user")?;
    let wrong = |member: &str| {
        Error::new(
            ErrorCode::InvalidResponse,
            &join(&["Paragon's answer is not a user: \"", member, "\" has an unexpected type."]),
        )
        .with_status(status)
    };
    match user.get("authenticated") {
        None => complete(&mut user, "authenticated", "true"),
        Some(value) if value.as_boolean().is_some() => {}
        Some(_) => return Err(wrong("authenticated")),
    }
    for member in ["integrations", "meta"] {
        match user.get(member).map(|value| value.kind()) {
            None => complete(&mut user, member, "{}"),
            Some(Kind::Object) => {}
            Some(_) => return Err(wrong(member)),
        }
    }
    let id = |member: &str| user.get(member).filter(|id| id.kind() == Kind::Scalar);
    if id("userId").is_none() {
        match id("id") {
            Some(id) => user.set("userId", id),
            None => return Err(wrong("userId")),
        }
    }
    Ok(user)
}

fn complete<J: Json>(user: &mut J, member: &str, text: &str) {
    if let Some(value) = J::parse(text) {
        user.set(member, value);
    }
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
    let meant = |key: &String| {
        ["Name", "Email"].into_iter().find(|known| key != known && key.eq_ignore_ascii_case(known))
    };
    metadata.keys().into_iter().filter_map(|key| meant(&key).map(|known| (key, known))).collect()
}
