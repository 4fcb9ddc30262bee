//! The text of the page about a user's accounts.

use paragon_wasm::models::{CredentialStatus, User};

/// The integrations whose accounts do not work, each with the reason.
pub fn broken_accounts(user: &User) -> Vec<(&str, &CredentialStatus)> {
    let mut broken = Vec::new();
    for (integration, account) in &user.integrations {
        // One that was never connected has no status.
        if let Some(status) = &account.credential_status
            && *status != CredentialStatus::Valid
        {
            broken.push((integration.as_str(), status));
        }
    }
    broken
}

/// The text about a user.
pub fn describe(user: &User) -> String {
    let name = user.meta.get("Name").and_then(|name| name.as_str());
    let name = name.or(user.user_id.as_deref()).unwrap_or_default();
    let accounts: Vec<String> = broken_accounts(user)
        .into_iter()
        .map(|(integration, status)| format!("{integration} ({})", reason(status)))
        .collect();
    if accounts.is_empty() {
        format!("{name}: all accounts work.")
    } else {
        format!("{name}: please reconnect {}.", accounts.join(", "))
    }
}

fn reason(status: &CredentialStatus) -> &str {
    match status {
        CredentialStatus::Expired => "its access has expired",
        CredentialStatus::Pending => "its setup is not finished",
        CredentialStatus::Other(status) => status,
        _ => "it no longer works",
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use paragon_wasm::models::User;
    use serde_json::{Value, json};

    use super::describe;

    fn described(user: Value) -> String {
        describe(&serde_json::from_value::<User>(user).expect("the documented shape"))
    }

    #[test]
    fn says_what_has_to_be_reconnected() {
        let line = described(json!({
            "authenticated": true,
            "userId": "ada",
            "integrations": {
                "slack": { "enabled": true, "credentialStatus": "VALID" },
                "hubspot": { "enabled": false, "credentialStatus": "INVALID" },
                "jira": { "enabled": false },
                "zendesk": { "enabled": false, "credentialStatus": "PENDING" }
            },
            "meta": { "Name": "Ada Lovelace" }
        }));
        let list = "hubspot (it no longer works), zendesk (its setup is not finished)";
        assert_eq!(line, format!("Ada Lovelace: please reconnect {list}."));
    }

    #[test]
    fn says_that_all_is_well() {
        let user =
            json!({ "authenticated": true, "userId": "noor", "integrations": {}, "meta": {} });
        assert_eq!(described(user), "noor: all accounts work.");
    }
}
