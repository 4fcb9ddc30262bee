//! What the page reads of a user.

use paragon_wasm::Json;

/// An account that its owner has to connect again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// `salesforce`
    pub integration: String,
    /// `INVALID`, for instance.
    pub status: String,
}

/// The accounts of `user` that do not work, in the order in which the server lists them.
///
/// Generic over [`Json`]: in the browser `user` is what `JSON.parse` made, in the tests below it
/// is `serde_json::Value`.
pub fn broken<J: Json>(user: &J) -> Vec<Broken> {
    let Some(integrations) = user.get("integrations") else { return Vec::new() };
    let read = |integration: String| {
        let status = integrations.get(&integration)?.text("credentialStatus")?;
        (status != "VALID").then_some(Broken { integration, status })
    };
    integrations.keys().into_iter().filter_map(read).collect()
}

/// What the page says about a user.
pub fn describe<J: Json>(user: &J) -> String {
    let name = user.get("meta").and_then(|meta| meta.text("Name"));
    let name = name.or_else(|| user.text("userId")).unwrap_or_default();
    match broken(user).as_slice() {
        [] => format!("{name}: all accounts work."),
        accounts => {
            let list: Vec<String> = accounts
                .iter()
                .map(|account| format!("{} ({})", account.integration, account.status))
                .collect();
            format!("{name}: please reconnect {}.", list.join(", "))
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use serde_json::json;

    use super::describe;

    #[test]
    fn says_what_has_to_be_reconnected() {
        let user = json!({
            "userId": "ada",
            "integrations": {
                "slack": { "enabled": true, "credentialStatus": "VALID" },
                "hubspot": { "enabled": false, "credentialStatus": "INVALID" },
                "jira": { "enabled": false }
            },
            "meta": { "Name": "Ada Lovelace" }
        });
        assert_eq!(describe(&user), "Ada Lovelace: please reconnect hubspot (INVALID).");
        let user = json!({ "userId": "noor", "integrations": {}, "meta": {} });
        assert_eq!(describe(&user), "noor: all accounts work.");
    }
}
