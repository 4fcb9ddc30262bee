//! Typed models of the documented shapes, for Rust applications (feature `models`).
//!
//! Unknown members are kept in `other`, so that a model that is written again loses nothing. The
//! shapes are those of <https://docs.useparagon.com/apis/users>; where its pages disagree, what any of
//! them sends is accepted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Members that no model names.
pub type Other = BTreeMap<String, Value>;

/// The connected user: the answer of [`crate::Client::get_user`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct User {
    /// `true` if a user is signed in. Nothing else is there otherwise.
    pub authenticated: bool,
    /// The token's `sub`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The integrations, by type: `salesforce`, or the slug of a custom integration.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub integrations: BTreeMap<String, Account>,
    /// The metadata that the application stored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub meta: BTreeMap<String, Value>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Other,
}

/// A user's entry of one integration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Account {
    /// `true` if the integration is enabled for the user.
    pub enabled: bool,
    /// None where the integration was never connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_status: Option<CredentialStatus>,
    /// The provider's id of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// The provider's details of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_data: Option<Value>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Other,
}

/// The state of an account. Anything but [`CredentialStatus::Valid`] asks for a reconnection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum CredentialStatus {
    /// It works.
    Valid,
    /// Requests and workflows fail until the account is connected again.
    Invalid,
    /// The provider's tokens have expired.
    Expired,
    /// Authorised, but questions of the setup are unanswered.
    Pending,
    /// A status that is not documented.
    #[serde(untagged)]
    Other(String),
}

/// An integration of the project: an element of [`crate::Client::get_integrations`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Integration {
    /// The id that paths use.
    pub id: String,
    /// `salesforce`, or `custom`.
    #[serde(rename = "type")]
    pub integration_type: String,
    /// The name that people read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `true` if the user has enabled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The address of its icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Other,
}

/// An element of [`crate::Client::get_integration_metadata`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct IntegrationMetadata {
    /// `salesforce`, or `custom.<slug>`.
    #[serde(rename = "type")]
    pub integration_type: String,
    /// The name that people read.
    pub name: String,
    /// A CSS colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_color: Option<String>,
    /// The address of its icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Other,
}

/// A connected account: an element of [`crate::Client::get_credentials`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Credential {
    /// The credential's id.
    pub id: String,
    /// The integration's id.
    pub integration_id: String,
    /// Its state.
    pub status: CredentialStatus,
    /// Everything else.
    #[serde(flatten)]
    pub other: Other,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Account, Credential, CredentialStatus, Integration, IntegrationMetadata, User};

    fn round_trip<T: serde::Serialize + serde::de::DeserializeOwned>(value: &Value) -> T {
        let model: T = serde_json::from_value(value.clone()).expect("the documented shape");
        assert_eq!(&serde_json::to_value(&model).expect("JSON"), value);
        model
    }

    #[test]
    fn a_user_keeps_what_no_model_names() {
        let user: User = round_trip(&json!({
            "authenticated": true,
            "userId": "12345",
            "integrations": {
                "salesforce": { "enabled": true, "credentialStatus": "VALID", "providerId": "0050", "providerData": { "a": [1] }, "allCredentials": [] },
                "slack": { "enabled": false },
                "jira": { "enabled": false, "credentialStatus": "SOMETHING_NEW" }
            },
            "meta": { "Name": "Ada", "seats": 3 },
            "resources": []
        }));
        let status = |name: &str| user.integrations[name].credential_status.clone();
        assert_eq!(status("salesforce"), Some(CredentialStatus::Valid));
        assert_eq!(status("slack"), None);
        assert_eq!(status("jira"), Some(CredentialStatus::Other("SOMETHING_NEW".to_owned())));
        assert_eq!(user.other["resources"], json!([]));
        assert_eq!(round_trip::<User>(&json!({ "authenticated": false })), User::default());
        assert!(!round_trip::<Account>(&json!({ "enabled": false })).enabled);
    }

    #[test]
    fn lists_keep_what_no_model_names() {
        let slack = json!({ "id": "1", "type": "slack", "name": "Slack", "enabled": true, "icon": "i", "isActive": true });
        assert_eq!(round_trip::<Integration>(&slack).other["isActive"], json!(true));
        let metadata =
            json!({ "type": "slack", "name": "Slack", "brandColor": "#4A154B", "icon": "i" });
        assert_eq!(round_trip::<IntegrationMetadata>(&metadata).integration_type, "slack");
        let credential =
            json!({ "id": "1", "integrationId": "2", "status": "PENDING", "providerId": "3" });
        assert_eq!(round_trip::<Credential>(&credential).status, CredentialStatus::Pending);
    }
}
