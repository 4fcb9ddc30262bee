//! The data that never changes: the sandbox's projects, and the integrations and workflows
//! that each of them offers. Read from `content/`.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::clock::now_rfc3339;
use crate::install::plan::InstallPlan;

/// The project that commands and `/_sandbox/token` mean when none is named.
pub const DEFAULT_PROJECT: &str = "8f2d6f0e-3c1b-4a57-9e64-0d5b7a1c2e39";

/// The user that commands and `/_sandbox/token` mean when none is named.
pub const DEFAULT_USER: &str = "ada";

/// A project as its dashboard would hold it.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) billing_plan: String,
    pub(crate) accessible_features: Vec<String>,
    /// In the order of the catalogue.
    pub(crate) integrations: Vec<Integration>,
}

/// An integration as one project offers it.
#[derive(Debug)]
pub(crate) struct Integration {
    pub(crate) id: String,
    pub(crate) is_active: bool,
    pub(crate) product: &'static Product,
    pub(crate) workflows: Vec<Workflow>,
    /// The page where an administrator of the product installs the application's package first.
    pub(crate) package_install_url: Option<String>,
}

/// A workflow of one project's integration.
#[derive(Debug)]
pub(crate) struct Workflow {
    pub(crate) id: String,
    pub(crate) plan: &'static WorkflowPlan,
}

/// The product behind an integration; the same for every project.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Product {
    /// Its name in an application: the type, or a custom integration's slug.
    pub(crate) key: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) monogram: String,
    pub(crate) brand_color: String,
    pub(crate) accent_color: String,
    pub(crate) authentication: Scheme,
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) overview: String,
    /// Inputs of the user settings, in the official SDK's form.
    pub(crate) settings: Vec<Value>,
    workflows: Vec<WorkflowPlan>,
    /// The inputs that connecting it takes beyond the user's consent.
    #[serde(default)]
    pub(crate) install: InstallPlan,
    /// The product's answer through the proxy.
    pub(crate) sample: Value,
}

/// The kind of credential; named as the official SDK names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scheme {
    Oauth,
    /// Keys or passwords that the user types.
    Basic,
}

/// A workflow before a project gives it an id.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WorkflowPlan {
    pub(crate) slug: String,
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) info_text: String,
    #[serde(default)]
    pub(crate) default_enabled: bool,
    #[serde(default)]
    pub(crate) hidden: bool,
    /// Triggering it answers with an empty body, as workflows without a Response step do.
    #[serde(default)]
    pub(crate) answers_nothing: bool,
    pub(crate) settings: Vec<Value>,
}

impl Project {
    pub(crate) fn integration_by_id(&self, id: &str) -> Option<&Integration> {
        self.integrations.iter().find(|integration| integration.id == id)
    }

    /// By type, by a custom integration's slug, or by the slug with `custom.` before it.
    pub(crate) fn integration_named(&self, name: &str) -> Option<&Integration> {
        let exactly = |name: &str| self.integrations.iter().find(|it| it.product.key == name);
        exactly(name).or_else(|| {
            let slug = name.strip_prefix("custom.")?;
            exactly(slug).filter(|it| it.is_custom())
        })
    }

    pub(crate) fn workflow(&self, id: &str) -> Option<(&Integration, &Workflow)> {
        self.integrations.iter().find_map(|integration| {
            Some((integration, integration.workflows.iter().find(|workflow| workflow.id == id)?))
        })
    }
}

impl Integration {
    pub(crate) fn is_custom(&self) -> bool {
        self.product.kind == "custom"
    }
}

/// The sandbox's projects, the default one first.
pub(crate) fn projects() -> &'static [Project] {
    static PROJECTS: LazyLock<Vec<Project>> = LazyLock::new(read_projects);
    &PROJECTS
}

pub(crate) fn project(id: &str) -> Option<&'static Project> {
    projects().iter().find(|project| project.id == id)
}

/// Every product, whether a project offers it or not.
pub(crate) fn products() -> &'static [Product] {
    static PRODUCTS: LazyLock<Vec<Product>> = LazyLock::new(|| {
        content("integrations.json", include_str!("../content/integrations.json"))
    });
    &PRODUCTS
}

/// A seeded user: who it is and what it has connected at the start.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DemoUser {
    pub(crate) project: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) meta: Map<String, Value>,
    pub(crate) accounts: Vec<DemoAccount>,
}

/// An account that a seeded user has connected.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DemoAccount {
    pub(crate) integration: String,
    pub(crate) status: crate::state::Status,
    pub(crate) provider_id: String,
    pub(crate) provider_data: Value,
    pub(crate) external_id: Option<String>,
    pub(crate) connected: String,
    pub(crate) settings: Map<String, Value>,
    /// By the workflow's slug.
    pub(crate) workflows: HashMap<String, crate::state::WorkflowState>,
}

pub(crate) fn demo_users() -> &'static [DemoUser] {
    static USERS: LazyLock<Vec<DemoUser>> =
        LazyLock::new(|| content("users.json", include_str!("../content/users.json")));
    &USERS
}

/// A UUID that nothing else has, not even after a restart.
pub(crate) fn fresh_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    // Every `RandomState` has keys of its own, which the standard library took from the system.
    let random = RandomState::new().hash_one(count);
    stable_id(&["fresh", &random.to_string(), &count.to_string(), &now_rfc3339()])
}

/// A UUID that follows from what it names, so that ids survive restarts and can be written down.
pub(crate) fn stable_id(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\u{1f}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    // Version 5, a hash of a name. Not 8, which would be more precise: the official SDK takes an id
    // for a UUID up to version 5 only, and finds no account by any other.
    bytes[6] = (bytes[6] & 0x0f) | 0x50;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ProjectFile {
    id: String,
    name: String,
    integrations: Vec<String>,
    inactive: Vec<String>,
    billing_plan: String,
    accessible_features: Vec<String>,
    #[serde(default)]
    package_install_urls: HashMap<String, String>,
}

fn read_projects() -> Vec<Project> {
    content::<ProjectFile>("projects.json", include_str!("../content/projects.json"))
        .into_iter()
        .map(|file| Project {
            integrations: file
                .integrations
                .iter()
                .filter_map(|key| products().iter().find(|product| product.key == *key))
                .map(|product| offered(&file, product))
                .collect(),
            id: file.id,
            name: file.name,
            billing_plan: file.billing_plan,
            accessible_features: file.accessible_features,
        })
        .collect()
}

fn offered(project: &ProjectFile, product: &'static Product) -> Integration {
    Integration {
        id: stable_id(&["integration", &project.id, &product.key]),
        is_active: !project.inactive.contains(&product.key),
        product,
        workflows: product
            .workflows
            .iter()
            .map(|plan| Workflow {
                id: stable_id(&["workflow", &project.id, &product.key, &plan.slug]),
                plan,
            })
            .collect(),
        package_install_url: project.package_install_urls.get(&product.key).cloned(),
    }
}

/// The content is part of the program: a mistake in it is a mistake in the program, and the
/// tests below find it before anybody runs it.
fn content<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Vec<T> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("content/{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn content_is_whole_and_its_references_hold() {
        assert_eq!(projects()[0].id, DEFAULT_PROJECT);
        let file: Vec<ProjectFile> =
            content("projects.json", include_str!("../content/projects.json"));
        for (project, file) in projects().iter().zip(file) {
            assert_eq!(project.integrations.len(), file.integrations.len(), "{}", project.name);
        }
        for user in demo_users() {
            let project = project(&user.project).expect(&user.id);
            for account in &user.accounts {
                let integration = project.integration_named(&account.integration).unwrap();
                for slug in account.workflows.keys() {
                    assert!(integration.workflows.iter().any(|it| it.plan.slug == *slug), "{slug}");
                }
            }
        }
        assert!(
            demo_users().iter().any(|it| it.project == DEFAULT_PROJECT && it.id == DEFAULT_USER)
        );
    }

    #[test]
    fn ids_are_unique_and_differ_between_projects() {
        let mut seen = HashSet::new();
        for integration in projects().iter().flat_map(|project| &project.integrations) {
            assert!(seen.insert(&integration.id));
            for workflow in &integration.workflows {
                assert!(seen.insert(&workflow.id));
            }
        }
    }

    #[test]
    fn the_official_sdk_takes_ids_for_uuids() {
        let id = stable_id(&["credential", "1"]);
        let parts: Vec<&str> = id.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(parts[2].starts_with('5') && parts[3].starts_with(['8', '9', 'a', 'b']), "{id}");
        assert_eq!(id, stable_id(&["credential", "1"]));
        assert_ne!(id, stable_id(&["credential1"]));
    }

    #[test]
    fn a_custom_integration_answers_to_its_slug_with_and_without_the_prefix() {
        let project = &projects()[0];
        let id = |name| project.integration_named(name).map(|it| it.id.as_str());
        assert!(id("fieldnotes").is_some());
        assert_eq!(id("custom.fieldnotes"), id("fieldnotes"));
        assert!(id("custom.taskbird").is_some());
        assert_eq!(id("custom.salesforce"), None);
    }
}
