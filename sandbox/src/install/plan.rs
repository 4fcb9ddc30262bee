//! The steps of connecting a product: account types, questions before and after, and the lists that
//! questions choose from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::catalogue::Scheme;
use crate::error::ApiError;
use crate::state::shortened;

/// Empty for a product that asks for nothing but consent.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct InstallPlan {
    pub(crate) account_types: Vec<AccountType>,
    /// Inputs before the account is connected; for a key, the key itself.
    pub(crate) pre_options: Vec<Value>,
    /// Inputs after it; until they are answered, the account is PENDING.
    pub(crate) post_options: Vec<Value>,
    /// By the key that inputs name as their `sourceType`.
    pub(crate) sources: BTreeMap<String, Source>,
}

/// One of the kinds of accounts that a product has, in the official SDK's form.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AccountType {
    pub(crate) id: String,
    pub(crate) scheme: Scheme,
    #[serde(default)]
    pub(crate) account_description: String,
    #[serde(default)]
    oauth_parameters: Vec<Value>,
    #[serde(default)]
    pub(crate) end_user_supplied_values: Vec<Value>,
    #[serde(default, rename = "skipPostOAuthInputs")]
    pub(crate) skip_post_oauth_inputs: bool,
}

/// A list to choose from.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Source {
    pub(crate) title: String,
    pub(crate) options: Options,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(crate) enum Options {
    /// Known without an account.
    Fixed(Vec<Value>),
    /// Only the account has them.
    Listed(Vec<Value>),
    /// As many as make paging worthwhile; `{n}` is the number.
    Numbered { count: usize, label: String, value: String },
    /// The list that depends on another answer: the parameter `by`.
    Dependent { by: String, lists: BTreeMap<String, Vec<Value>> },
}

impl InstallPlan {
    /// The type that was chosen. Where there are none, whatever was chosen means nothing.
    pub(crate) fn account_type(&self, id: Option<&str>) -> Result<Option<&AccountType>, ApiError> {
        let Some(id) = id.filter(|_| !self.account_types.is_empty()) else { return Ok(None) };
        let found = self.account_types.iter().find(|it| it.id == id);
        found.map(Some).ok_or_else(|| {
            let id = shortened(id);
            ApiError::bad_request(
                "account_type_unknown",
                format!("There is no account type `{id}` here."),
            )
        })
    }

    /// The inputs before an account of this type, or of the only type there is.
    pub(crate) fn pre_options<'a>(&'a self, account_type: Option<&'a AccountType>) -> &'a [Value] {
        match account_type {
            Some(it) if !it.end_user_supplied_values.is_empty() => &it.end_user_supplied_values,
            _ => &self.pre_options,
        }
    }

    /// True if the provider's address depends on answers.
    pub(crate) fn needs_pre_options(&self, scheme: Scheme) -> bool {
        let of_a_type = |it: &AccountType| !it.end_user_supplied_values.is_empty();
        scheme == Scheme::Oauth
            && (!self.pre_options.is_empty() || self.account_types.iter().any(of_a_type))
    }

    /// `sdkIntegrationConfig`
    pub(crate) fn view(&self, package_install_url: Option<&str>) -> Value {
        let sources: Map<String, Value> =
            self.sources.iter().map(|(key, source)| (key.clone(), source.view(key))).collect();
        let mut view = json!({
            "oauthInputs": [],
            "accountTypes": self.account_types,
            "authConfigInputs": self.pre_options,
            "postOauthInputs": self.post_options,
            "dataSources": sources,
        });
        if let Some(url) = package_install_url {
            view["authSchemeOptions"] = json!({ "packageInstallUrl": url });
        }
        view
    }
}

impl Source {
    fn view(&self, key: &str) -> Value {
        let dependencies: Vec<&String> = match &self.options {
            Options::Fixed(values) => {
                return json!({
                    "type": "STATIC_ENUM_DATA_SOURCE",
                    "id": key,
                    "title": self.title,
                    "values": values,
                });
            }
            Options::Dependent { by, .. } => vec![by],
            Options::Listed(_) | Options::Numbered { .. } => Vec::new(),
        };
        json!({
            "type": "DYNAMIC_DATA_SOURCE",
            "title": self.title,
            "cacheKey": key,
            "refreshDependencies": dependencies,
            "supportPagination": true,
        })
    }

    /// The choices, given the answers to other questions.
    pub(crate) fn records(&self, parameters: &Map<String, Value>) -> Vec<Value> {
        match &self.options {
            Options::Fixed(list) | Options::Listed(list) => list.clone(),
            Options::Numbered { count, label, value } => (1..=*count)
                .map(|number| {
                    let numbered = |text: &str| text.replace("{n}", &number.to_string());
                    json!({ "label": numbered(label), "value": numbered(value) })
                })
                .collect(),
            Options::Dependent { by, lists } => {
                let chosen = parameters.get(by).and_then(Value::as_str);
                chosen.and_then(|chosen| lists.get(chosen)).cloned().unwrap_or_default()
            }
        }
    }
}
