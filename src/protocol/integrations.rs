//! `/sdk/integrations`: which integrations the project has, and disconnecting one.

use super::endpoints::Project;
use super::error::{Details, Error, ErrorCode};
use super::is_path_segment;
use super::json::{Json, Kind};
use super::message::{Method, Request, Response, Selection};
use super::text::{join, list as list_of};

/// `GET /sdk/integrations`.
#[must_use]
pub fn list<J>(project: &Project) -> Request<J> {
    Request::new(Method::Get, project.api("integrations"))
}

/// The integrations, as the server wrote them.
///
/// # Errors
/// [`ErrorCode::InvalidResponse`] when the body is no array.
pub fn read_list<J: Json>(response: Response<J>) -> Result<J, Error<J>> {
    response.json(Kind::Array, "a list of integrations")
}

/// `DELETE /sdk/integrations/{id}`, for the default account or the selected one.
#[must_use]
pub fn uninstall<J>(project: &Project, integration_id: &str, selection: &Selection) -> Request<J> {
    let path = join(&["integrations/", integration_id]);
    selection.apply(Request::new(Method::Delete, project.api(&path)))
}

/// `GET /sdk/metadata`: name, icon and colour of each integration.
#[must_use]
pub fn metadata<J>(project: &Project) -> Request<J> {
    Request::new(Method::Get, project.api("metadata"))
}

/// The metadata of all integrations, as the server wrote it.
///
/// # Errors
/// [`ErrorCode::InvalidResponse`] when the body is no array.
pub fn read_metadata<J: Json>(response: Response<J>) -> Result<J, Error<J>> {
    response.json(Kind::Array, "the metadata of integrations")
}

/// The element of `metadata` that an application calls `name`.
///
/// # Errors
/// [`ErrorCode::IntegrationNotFound`], with the names there are.
pub fn find_metadata<J: Json>(metadata: &J, name: &str) -> Result<J, Error<J>> {
    let elements = metadata.elements();
    let is_meant = |known: &str| known == name || known.strip_prefix("custom.") == Some(name);
    let found = elements.iter().find(|one| one.text("type").is_some_and(|known| is_meant(&known)));
    match found {
        Some(found) => Ok(found.clone()),
        None => Err(not_found(name, elements.iter().filter_map(|one| one.text("type")).collect())),
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
    Err(not_found(name, known.into_iter().map(|integration| integration.name).collect()))
}

fn not_found<J>(name: &str, names: Vec<String>) -> Error<J> {
    let has = list_of(&names);
    let message = join(&["The project has no integration \"", name, "\". It has: ", &has, "."]);
    Error::new(ErrorCode::IntegrationNotFound, &message)
        .with_details(Details::IntegrationTypes(names))
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
