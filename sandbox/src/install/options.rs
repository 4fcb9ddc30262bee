//! `installOptions`: what the application asks of an install.

use serde_json::{Map, Value};

use crate::error::ApiError;

/// The options that matter to the server; the official SDK sends its own beside them.
#[derive(Debug, Clone, Default)]
pub(crate) struct InstallOptions {
    /// An account beside those there are, not in place of one.
    pub(crate) allow_multiple: bool,
    /// The account to reconnect: an id, an external id, or `ext:<external id>`.
    pub(crate) selected: Option<String>,
    /// The application's own name for a new account.
    pub(crate) external_id: Option<String>,
    pub(crate) account_type: Option<String>,
    /// The questions after connecting are not asked.
    pub(crate) bypass_setup: bool,
}

impl InstallOptions {
    pub(crate) fn of(given: &Map<String, Value>) -> Result<Self, ApiError> {
        let options = Self {
            allow_multiple: flag(given, "allowMultipleCredentials")?,
            selected: text(given, "selectedCredentialId")?,
            external_id: text(given, "externalId")?,
            // An array is a choice for the user; only an array of one has chosen.
            account_type: match given.get("accountType") {
                Some(Value::Array(types)) if types.len() == 1 => {
                    types[0].as_str().map(str::to_owned)
                }
                Some(Value::Array(_)) => None,
                _ => text(given, "accountType")?,
            },
            bypass_setup: flag(given, "bypassPostOAuthPrompt")?,
        };
        if options.external_id.is_some() && options.selected.is_some() {
            return Err(ApiError::body_invalid(
                "`externalId` names a new account and `selectedCredentialId` one that is there; \
                 send one of them.",
            ));
        }
        Ok(options)
    }
}

fn flag(given: &Map<String, Value>, name: &str) -> Result<bool, ApiError> {
    match given.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(ApiError::body_invalid(format!("`{name}` must be true or false."))),
    }
}

fn text(given: &Map<String, Value>, name: &str) -> Result<Option<String>, ApiError> {
    match given.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.trim().to_owned())),
        Some(_) => Err(ApiError::body_invalid(format!("`{name}` must be a non-empty string."))),
    }
}
