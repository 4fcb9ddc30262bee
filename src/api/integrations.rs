//! `/sdk/integrations`: which integrations the project has, and disconnecting one.

use crate::error::{Error, ErrorCode};
use crate::http::request::{Expected, Method, Request, is_path_segment};
use crate::json::Json;
use crate::text::join;

/// `GET /sdk/integrations`: the project's integrations.
#[must_use]
pub fn list<J>() -> Box<Request<J>> {
    Request::list("integrations")
}

/// `GET /sdk/metadata`: name, icon and colour of each integration.
#[must_use]
pub fn metadata<J>() -> Box<Request<J>> {
    Request::list("metadata")
}

/// `DELETE /sdk/integrations/{id}`, for the default account or the selected one.
#[must_use]
pub fn uninstall<J>(integration_id: &str, credential_id: Option<String>) -> Box<Request<J>> {
    let path = join(&["integrations/", integration_id]);
    let mut request = Request::new(Method::Delete, path, Expected::Nothing);
    request.account.credential_id = credential_id;
    request
}

/// The element of `metadata` that an application calls `name`.
///
/// # Errors
/// [`ErrorCode::IntegrationNotFound`], with the names there are.
pub fn find_metadata<J: Json>(metadata: &J, name: &str) -> Result<J, Error<J>> {
    let mut names = Names::default();
    for index in 0.. {
        let Some(element) = metadata.element(index) else { break };
        let known = element.text("type").unwrap_or_default();
        if known == name || known.strip_prefix("custom.") == Some(name) {
            return Ok(element);
        }
        names.add(&known);
    }
    Err(names.not_found(name))
}

/// The members of an integration that are needed to call it by its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// The id that paths use.
    pub id: String,
    /// The name that applications use: `salesforce`, or the slug of a custom integration.
    pub name: String,
    /// `true` if it is a custom integration, which may also be called `custom.<slug>`.
    pub custom: bool,
    /// `true` if the list says that the user has enabled it.
    pub enabled: bool,
}

impl Integration {
    /// `true` if `name`, as an application or a user's `integrations` writes it, means this one.
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
    let mut names = Names::default();
    let mut found = None;
    for index in 0.. {
        let Some(element) = list.element(index) else { break };
        let Some(integration) = read_entry(&element) else { continue };
        names.add(&integration.name);
        // A custom integration may have a product's name as its slug: the exact name wins.
        if integration.name == name {
            return Ok(integration);
        }
        if found.is_none() && integration.is_called(name) {
            found = Some(integration);
        }
    }
    found.ok_or_else(|| names.not_found(name))
}

/// The names that were seen, as JSON strings with commas between them.
#[derive(Default)]
struct Names(String);

impl Names {
    fn add(&mut self, name: &str) {
        let comma = if self.0.is_empty() { "\"" } else { ", \"" };
        self.0 = join(&[&self.0, comma, name, "\""]);
    }

    fn not_found<J: Json>(&self, name: &str) -> Error<J> {
        let has = &self.0;
        let message = join(&["The project has no integration \"", name, "\". It has: ", has, "."]);
        let types = J::parse(&join(&["[", has, "]"])).unwrap_or_else(J::null);
        Error::new(ErrorCode::IntegrationNotFound, &message).with_detail("integrationTypes", types)
    }
}

/// One element of the list. One that has no usable id or type is passed over, so that a single
/// odd integration does not stand in the way of all others.
fn read_entry<J: Json>(element: &J) -> Option<Integration> {
    let id = element.text("id").filter(|id| is_path_segment(id))?;
    let mut name = element.text("type")?;
    let custom = name == "custom";
    if custom {
        let slug = element.get("customIntegration").and_then(|custom| custom.text("slug"));
        name = slug.filter(|slug| !slug.is_empty()).unwrap_or(name);
    }
    Some(Integration { id, name, custom, enabled: element.flag("enabled") })
}
