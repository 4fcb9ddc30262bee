//! The pages in the popup of an install, one by one.

use paragon_sandbox::DEFAULT_PROJECT;
use reqwest::{Method, RequestBuilder, Url, header};
use serde_json::{Value, json};

use crate::harness::{Answer, Harness};

const OPENER: &str = "https://app.example:8443";

/// An install by one user, as an application and its popup would make it.
pub struct Popup<'a> {
    harness: &'a Harness,
    user: &'a str,
    pub integration_id: String,
    product: &'a str,
    pub cookie: String,
    pub session_key: String,
}

impl<'a> Popup<'a> {
    /// A window that has been at the nonce page.
    pub async fn open(harness: &'a Harness, user: &'a str, product: &'a str) -> Self {
        let integration_id = harness.integration_id(product).await;
        let mut popup = Self {
            harness,
            user,
            product,
            cookie: String::new(),
            session_key: format!("key of {user} and {product}"),
            integration_id,
        };
        let nonce = popup.nonce(&harness.token(user), OPENER).await;
        assert_eq!(nonce.status, 200);
        let cookie = nonce.header("set-cookie").split(';').next().unwrap().to_owned();
        popup.cookie = cookie;
        popup
    }

    pub async fn nonce(&self, token: &str, origin: &str) -> Answer {
        let path = format!("/projects/{DEFAULT_PROJECT}/sdk/actions/oauth-nonce");
        let request = self.harness.plain(Method::GET, &path).query(&[
            ("action", self.product),
            ("integrationId", &self.integration_id),
            ("originForPostMessage", origin),
            ("userToken", token),
        ]);
        self.harness.send(request).await
    }

    pub fn build(&self, more: &[(&str, &str)]) -> RequestBuilder {
        let action = if self.product.starts_with("custom.") { "custom" } else { self.product };
        let path = format!("/v2/projects/{DEFAULT_PROJECT}/sdk/actions/build-oauth");
        self.harness
            .plain(Method::GET, &path)
            .bearer_auth(self.harness.token(self.user))
            .query(&[
                ("action", action),
                ("integrationId", &self.integration_id),
                ("originForPostMessage", OPENER),
                ("isPreviewMode", "false"),
                ("oauthMetaKeyId", &self.session_key),
            ])
            .query(more)
    }

    /// The provider's address.
    pub async fn address(&self, more: &[(&str, &str)]) -> Url {
        let answer = self.harness.send(self.build(more)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json["redirectUrl"].as_str().unwrap().parse().unwrap()
    }

    /// Presses a button of the provider's page; gives where it leads.
    pub async fn press(&self, page: &Url, decision: &str, account: &str) -> Url {
        let form = [
            ("state", query(page, "state").as_str()),
            ("decision", decision),
            ("account", account),
        ]
        .map(|(name, value)| format!("{name}={}", value.replace('@', "%40")))
        .join("&");
        let mut address = page.clone();
        address.set_query(None);
        let request = self.harness.http.post(address).body(form);
        let answer = self.harness.send(request).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        answer.header("location").parse().unwrap()
    }

    /// The callback page at an address that the provider gave.
    pub async fn arrive(&self, address: &Url) -> Answer {
        let request = self.harness.http.get(address.clone()).header(header::COOKIE, &self.cookie);
        self.harness.send(request).await
    }

    /// The whole way with consent: gives the payload that the opener is told.
    pub async fn consent(&self, account: &str, more: &[(&str, &str)]) -> Value {
        let back = self.press(&self.address(more).await, "allow", account).await;
        let message = data(&self.arrive(&back).await)["message"].clone();
        assert_eq!(message["type"], "oauth_success_callback");
        assert_eq!(message["credential"]["integrationId"], self.integration_id.as_str());
        message["credential"]["payload"].clone()
    }

    /// The opener's use of it.
    pub async fn save(&self, payload: &Value, options: Value) -> Answer {
        let request = self.harness.sdk(self.user, Method::POST, "/credentials");
        let body = json!({"integrationId": self.integration_id, "config": {}, "payload": payload, "installOptions": options});
        self.harness.send(request.json(&body)).await
    }

    pub async fn install(&self, account: &str, options: Value) -> Value {
        let given = options.to_string();
        let payload = self.consent(account, &[("installOptions", &given)]).await;
        let answer = self.save(&payload, options).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json
    }

    pub async fn session(&self, method: Method) -> Answer {
        let key = self.session_key.replace(' ', "%20");
        let path = format!("/actions/session-id/{key}");
        self.harness.send(self.harness.sdk(self.user, method, &path)).await
    }
}

/// A parameter of an address.
pub fn query(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.unwrap_or_else(|| panic!("no {name} in {url}")).1.into_owned()
}

/// The values that a page's script gets.
pub fn data(page: &Answer) -> Value {
    let text = String::from_utf8(page.bytes.clone()).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("const data = ")).expect(&text);
    serde_json::from_str(line.trim_end_matches(';')).unwrap()
}
