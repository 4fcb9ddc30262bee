//! `/sdk/integrations`: which integrations the project has, and disconnecting one.

use super::endpoints::Endpoints;
use super::error::{Details, Error, ErrorCode};
use super::is_path_segment;
use super::json::{Json, Kind};
use super::message::{Method, Request, Response};
use super::text::join;
use super::token::UserToken;

/// Chooses one of several accounts of an integration.
pub const CREDENTIAL_HEADER: &str = "X-Paragon-Credential";

/// `GET /sdk/integrations`.
#[must_use]
pub fn list(endpoints: &Endpoints, project_id: &str, token: &UserToken) -> Request {
    Request::new(Method::Get, endpoints.api(project_id, "sdk/integrations"), token)
}

/// The integrations, as the server wrote them.
///
/// # Errors
/// [`ErrorCode::InvalidResponse`] when the body is no array.
pub fn read_list<J: Json>(response: Response<J>) -> Result<J, Error<J>> {
    response.json(Kind::Array, "a list of integrations")
}

/// `DELETE /sdk/integrations/{id}`, for the default account or the chosen one.
#[must_use]
pub fn uninstall(
    endpoints: &Endpoints,
    project_id: &str,
    token: &UserToken,
    integration_id: &str,
    credential_id: Option<&str>,
) -> Request {
    let path = join(&["sdk/integrations/", integration_id]);
    let request = Request::new(Method::Delete, endpoints.api(project_id, &path), token);
    match credential_id {
        Some(id) => request.with_header(CREDENTIAL_HEADER, id),
        None => request,
    }
}

/// What is needed of an integration to call it by its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// The id that paths use.
    pub id: String,
    /// The name that applications use: `salesforce`, or the slug of a custom integration.
    pub name: String,
    /// Whether it is a custom integration, which may also be called `custom.<slug>`.
    pub custom: bool,
    /// Whether the list says that the user has enabled it.
    pub enabled: bool,
}

impl Integration {
    /// Whether `name`, as an application or a user's `integrations` writes it, means this one.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || (self.custom && without_prefix(&self.name) == without_prefix(name))
    }
}

fn without_prefix(name: &str) -> &str {
    name.strip_prefix("custom.").unwrap_or(name)
}

/// Finds the integration that an application calls `name`: a type, a custom integration's slug,
/// or `custom.<slug>`.
///
/// # Errors
/// [`ErrorCode::IntegrationNotFound`], with the names there are.
pub fn find<J: Json>(list: &J, name: &str) -> Result<Integration, Error<J>> {
    let known: Vec<Integration> = list.elements().iter().filter_map(read_entry).collect();
    // A custom integration may have a product's name as its slug: the exact name wins.
    let exact = known.iter().find(|integration| integration.name == name);
    if let Some(found) = exact.or_else(|| known.iter().find(|one| one.is_called(name))) {
        return Ok(found.clone());
    }
    let names: Vec<String> = known.into_iter().map(|integration| integration.name).collect();
    Err(Error::new(
        ErrorCode::IntegrationNotFound,
        &join(&["The project has no integration \"", name, "\". It has: ", &names.join(", "), "."]),
    )
    .with_details(Details::IntegrationTypes(names)))
}

/// One element of the list. One that has no usable id or type is passed over, so that a single
/// odd integration does not stand in the way of all others.
fn read_entry<J: Json>(element: &J) -> Option<Integration> {
    let id = element.text("id").filter(|id| is_path_segment(id))?;
    let kind = element.text("type")?;
    let custom = kind == "custom";
    let slug = element.get("customIntegration").and_then(|custom| custom.text("slug"));
    let name = match slug {
        Some(slug) if custom && !slug.is_empty() => slug,
        _ => kind,
    };
    Some(Integration { id, name, custom, enabled: element.flag("enabled") })
}
