//! `/sdk/integrations`: which integrations the project has, and disconnecting one.

use super::error::{Error, ErrorCode};
use super::is_path_segment;
use super::json::Json;
use super::message::{Expected, Method, Request, Selection};
use super::text::join;

/// `DELETE /sdk/integrations/{id}`, for the default account or the selected one.
#[must_use]
pub fn uninstall<J>(integration_id: &str, selection: Selection) -> Request<J> {
    let path = join(&["integrations/", integration_id]);
    let mut request = Request::new(Method::Delete, path, Expected::Nothing);
    request.selection = selection;
    request
}

/// The element of `metadata` that an application calls `name`.
///
/// # Errors
/// [`ErrorCode::IntegrationNotFound`], with the names there are.
pub fn find_metadata<J: Json>(metadata: &J, name: &str) -> Result<J, Error<J>> {
    let elements = metadata.elements();
    let is_meant = |known: &str| known == name || known.strip_prefix("custom.") == Some(name);
    let found = elements.iter().find(|one| one.text("type").is_some_and(|known| is_meant(&known)));
    found.cloned().ok_or_else(|| not_found(name, elements.iter().filter_map(|one| one.text("type"))))
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
    let exact = known.iter().find(|one| one.name == name);
    match exact.or_else(|| known.iter().find(|one| one.is_called(name))) {
        Some(found) => Ok(found.clone()),
        None => Err(not_found(name, known.into_iter().map(|one| one.name))),
    }
}

fn not_found<J: Json>(name: &str, names: impl Iterator<Item = String>) -> Error<J> {
    let mut has = String::new();
    for name in names {
        has = join(&[&has, if has.is_empty() { "\"" } else { ", \"" }, &name, "\""]);
    }
    let message = join(&["The project has no integration \"", name, "\". It has: ", &has, "."]);
    let types = J::parse(&join(&["[", &has, "]"])).unwrap_or_else(J::null);
    Error::new(ErrorCode::IntegrationNotFound, &message).with_detail("integrationTypes", types)
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
