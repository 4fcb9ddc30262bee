//! `/sdk/credentials`: the accounts that the user has connected.

use super::endpoints::Project;
use super::error::Error;
use super::json::{Json, Kind};
use super::message::{Method, Request, Response};
use super::text::join;

/// `GET /sdk/credentials`.
#[must_use]
pub fn list<J>(project: &Project) -> Request<J> {
    Request::new(Method::Get, project.api("credentials"))
}

/// The credentials, as the server wrote them.
///
/// # Errors
/// [`super::error::ErrorCode::InvalidResponse`] when the body is no array.
pub fn read_list<J: Json>(response: Response<J>) -> Result<J, Error<J>> {
    response.json(Kind::Array, "a list of credentials")
}

/// `PATCH /sdk/credentials/{id}` with `{accessToken?, refreshToken?}` as JSON text; the answer is
/// the credential.
#[must_use]
pub fn update<J>(project: &Project, credential_id: &str, fields: String) -> Request<J> {
    let path = join(&["credentials/", credential_id]);
    Request::new(Method::Patch, project.api(&path)).with_json(fields)
}

/// The credential, as the server wrote it.
///
/// # Errors
/// [`super::error::ErrorCode::InvalidResponse`] when the body is no object.
pub fn read<J: Json>(response: Response<J>) -> Result<J, Error<J>> {
    response.json(Kind::Object, "a credential")
}
