//! The client against a sandbox in this process: real HTTP, real signatures, state that changes.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use paragon_sandbox::{DEFAULT_PROJECT, Options, Running, Sandbox};
use paragon_wasm::client::{NoAnswer, Outgoing, Platform, Settings};
use paragon_wasm::http::response::Response;
use paragon_wasm::http::retry;
use paragon_wasm::{Client, Endpoints, ErrorCode, Payload, TokenSource, client};
use serde_json::{Value, json};

use crate::support::session::{options, with_credential};

/// The platform of a native program.
#[derive(Default)]
struct Native(reqwest::Client);

impl Platform for Native {
    type Json = Value;

    async fn send(
        &self,
        outgoing: Outgoing<'_, Value>,
    ) -> Result<Response<Value>, NoAnswer<Value>> {
        let Outgoing { request, url, authorization, wants_date } = outgoing;
        let failed =
            |error: reqwest::Error| NoAnswer { cause: Some(Value::String(error.to_string())) };
        let method = request.method.as_str().parse().expect("a method");
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let mut headers = vec![("authorization", text(authorization))];
        request.headers(|name, value| headers.push((name, value.to_owned())));
        let mut builder = self.0.request(method, url);
        for (name, value) in headers {
            builder = builder.header(name, value);
        }
        builder = match &request.payload {
            Payload::Empty => builder,
            Payload::Json(body) | Payload::Raw(body) => builder.body(text(body)),
        };
        let answer = builder.send().await.map_err(failed)?;
        let status = answer.status().as_u16();
        let header = |name: &str| answer.headers().get(name)?.to_str().ok();
        let retry_after_ms = header("retry-after")
            .and_then(|header| retry::retry_after_ms(header, self.now_ms(), date_ms));
        let date_ms = header("date").filter(|_| wants_date).and_then(date_ms);
        let text = answer.text().await.map_err(failed)?;
        let json = serde_json::from_str(&text).ok().filter(|_| (200..300).contains(&status));
        let parsed = json.is_some();
        let body = json.unwrap_or(Value::from(text));
        Ok(Response { status, body, parsed, broken: false, retry_after_ms, date_ms })
    }

    fn now_ms(&self) -> f64 {
        SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64() * 1000.0
    }

    fn sleep(&self, ms: u32) -> impl Future<Output = ()> + 'static {
        tokio::time::sleep(Duration::from_millis(ms.into()))
    }

    fn random(&self) -> f64 {
        0.5
    }

    fn warn(&self, _message: &str) {}

    fn debug(&self, _message: &str) {}
}

fn date_ms(text: &str) -> Option<f64> {
    let time = httpdate::parse_http_date(text).ok()?;
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs_f64() * 1000.0)
}

struct Harness {
    sandbox: Running,
    client: Client<Native>,
}

impl Harness {
    async fn new() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.expect("a sandbox");
        let client = Client::new(Native::default());
        let endpoints = Endpoints::from_base_url::<Value>(&sandbox.url()).expect("its address");
        client.configure(Settings { endpoints, ..Settings::default() });
        Self { sandbox, client }
    }

    async fn signed_in(user: &str) -> Self {
        let harness = Self::new().await;
        let token = harness.sandbox.token(DEFAULT_PROJECT, user, 600).expect("a token");
        harness
            .client
            .authenticate(DEFAULT_PROJECT, TokenSource::Fixed(token.clone()), None, &options())
            .await
            .expect("signed in");
        harness
    }

    async fn user(&self) -> Value {
        let user = self.client.get_user(&options()).await.expect("an answer");
        assert_eq!(user["authenticated"], true);
        user
    }

    async fn uninstall(
        &self,
        name: &str,
        credential: Option<&str>,
    ) -> client::Result<Native, Value> {
        let options = credential.map_or_else(options, with_credential);
        self.client.uninstall_integration(name, &options).await
    }
}

#[tokio::test]
async fn the_user_is_who_the_token_says() {
    let user = Harness::signed_in("ada").await.user().await;
    assert_eq!((&user["authenticated"], &user["userId"]), (&json!(true), &json!("ada")));
    assert_eq!(user["integrations"]["salesforce"]["credentialStatus"], "VALID");
    assert!(user["integrations"]["salesforce"]["providerData"].is_object());
}

#[tokio::test]
async fn a_token_of_another_project_or_key_is_refused() {
    let harness = Harness::new().await;
    let other = "2b7e94c1-60d8-4f3a-b5a2-91c7e8d04f6b";
    let token = harness.sandbox.token(other, "ada", 600).unwrap();
    let mut forged = harness.sandbox.token(DEFAULT_PROJECT, "ada", 600).unwrap();
    forged.truncate(forged.rfind('.').unwrap() + 1);
    forged.push_str(&"A".repeat(342));
    for token in [token, forged] {
        let error = harness
            .client
            .authenticate(DEFAULT_PROJECT, TokenSource::Fixed(token.clone()), None, &options())
            .await
            .unwrap_err();
        assert_eq!((error.code, error.status), (ErrorCode::Unauthorized, Some(401)));
        assert!(!format!("{error:?} {error}").contains(&token));
        let user = harness.client.get_user(&options()).await.unwrap();
        assert_eq!(user, json!({ "authenticated": false }));
    }
}

#[tokio::test]
async fn metadata_is_stored_and_merged() {
    let harness = Harness::new().await;
    let token = harness.sandbox.token(DEFAULT_PROJECT, "new-user", 600).unwrap();
    let meta = json!({ "Name": "New", "seats": 3 });
    harness
        .client
        .authenticate(DEFAULT_PROJECT, TokenSource::Fixed(token.clone()), Some(&meta), &options())
        .await
        .unwrap();
    let user = harness
        .client
        .set_user_metadata(&json!({ "seats": 4, "nested": [{}] }), &options())
        .await
        .unwrap();
    assert_eq!(user["meta"], json!({ "Name": "New", "seats": 4, "nested": [{}] }));
    assert_eq!(harness.user().await["meta"], user["meta"]);
}

#[tokio::test]
async fn an_integration_can_be_disconnected_once() {
    let harness = Harness::signed_in("ada").await;
    harness.uninstall("salesforce", None).await.unwrap();
    let entry = harness.user().await["integrations"]["salesforce"].clone();
    assert_eq!(entry["enabled"], false);
    assert_eq!(entry.get("credentialStatus"), None);
    let again = harness.uninstall("salesforce", None).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::IntegrationNotInstalled);
}

/// Every account there is, in every state and of every kind, can be disconnected one by one.
#[tokio::test]
async fn every_account_of_every_user_can_be_disconnected() {
    let mut disconnected = 0;
    for name in ["ada", "grace", "noor", "mateo", "yuki", "ines"] {
        let harness = Harness::signed_in(name).await;
        let user = harness.user().await;
        let integrations = user["integrations"].as_object().unwrap();
        for (integration, entry) in integrations {
            let accounts = entry["allCredentials"].as_array().map_or(&[][..], Vec::as_slice);
            for account in accounts {
                harness.uninstall(integration, account["id"].as_str()).await.unwrap();
                disconnected += 1;
            }
        }
        let left = harness.user().await;
        let left = left["integrations"].as_object().unwrap().values();
        assert_eq!(left.filter(|entry| entry.get("credentialStatus").is_some()).count(), 0);
    }
    assert!(disconnected >= 10, "{disconnected} accounts");
}

#[tokio::test]
async fn an_unknown_integration_or_account_changes_nothing() {
    let harness = Harness::signed_in("ada").await;
    let before = harness.user().await;
    let error = harness.uninstall("salesfarce", None).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::IntegrationNotFound);
    let Some(("integrationTypes", Value::Array(types))) = &error.detail else {
        panic!("types are listed")
    };
    assert!(types.contains(&"salesforce".into()) && types.len() >= 12);
    let error = harness.uninstall("salesforce", Some("no-such-account")).await.unwrap_err();
    assert_eq!((error.code, error.status), (ErrorCode::NotFound, Some(404)));
    assert_eq!(harness.user().await, before);
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_a_network_error() {
    let harness = Harness::signed_in("ada").await;
    let Harness { sandbox, client } = harness;
    sandbox.shutdown().await;
    let error = client.get_user(&options()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Network);
    assert!(error.cause.is_some());
}
