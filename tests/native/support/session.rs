//! A session on a platform that the test controls.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use paragon_wasm::client::{self, CallOptions, Client, Event, Settings, TokenSource};
use paragon_wasm::{AccountSelector, Endpoints};
use serde_json::{Value, json};

use super::harness::{FakePlatform, Harness};
use super::jwt;

/// When the tokens of [`token`] expire, in seconds since 1970.
pub const EXPIRES_AT: f64 = 3600.0;

/// The result of a call that returns JSON.
pub type Result = client::Result<FakePlatform, Value>;

pub fn token(user: &str) -> String {
    token_until(user, EXPIRES_AT)
}

/// A token that was made [`EXPIRES_AT`] seconds before it expires.
pub fn token_until(user: &str, expires_at: f64) -> String {
    jwt(&json!({ "sub": user, "iat": expires_at - EXPIRES_AT, "exp": expires_at }))
}

/// `Authorization` with a token that expires then.
pub fn bearer(expires_at: f64) -> String {
    format!("Bearer {}", token_until("ada", expires_at))
}

pub fn user(id: &str) -> Value {
    json!({ "authenticated": true, "userId": id, "integrations": {}, "meta": {} })
}

pub fn options() -> CallOptions {
    CallOptions::default()
}

/// Options that choose a credential.
pub fn with_credential(id: &str) -> CallOptions {
    let account =
        AccountSelector { credential_id: Some(id.to_owned()), ..AccountSelector::default() };
    CallOptions { account, ..CallOptions::default() }
}

pub async fn sign_in(client: Client<FakePlatform>, id: &str) -> Result {
    client.authenticate("p", TokenSource::Fixed(token(id)), None, &options()).await
}

pub fn settings(endpoints: Endpoints) -> Settings {
    Settings { endpoints, ..Settings::default() }
}

/// The result of `get_user` when no user is signed in.
pub fn signed_out() -> Value {
    json!({ "authenticated": false })
}

pub async fn get_user(client: Client<FakePlatform>) -> Result {
    client.get_user(&options()).await
}

pub async fn get_integrations(client: Client<FakePlatform>) -> Result {
    client.get_integrations(&options()).await
}

pub async fn get_credentials(client: Client<FakePlatform>) -> Result {
    client.get_credentials(&options()).await
}

/// A harness with `id` signed in; its first request is used up.
pub fn signed_in(id: &'static str) -> Harness {
    let mut harness = Harness::new();
    let call = harness.start(async move |client| sign_in(client, id).await);
    harness.answer(0, 200, user(id));
    assert_eq!(harness.outcome(call).unwrap(), id);
    harness
}

/// A source whose nth token is the nth result, and how often it was asked. The last one repeats.
pub fn provider(
    results: Vec<std::result::Result<String, Value>>,
) -> (TokenSource<Value>, Rc<Cell<usize>>) {
    let asked = Rc::new(Cell::new(0));
    let (results, count) = (Rc::new(results), Rc::clone(&asked));
    let provide = move || {
        let index = count.get();
        count.set(index + 1);
        std::future::ready(results[index.min(results.len() - 1)].clone())
    };
    (TokenSource::provider(provide), asked)
}

/// A harness with ada signed in by a provider, and how often it was asked.
pub fn signed_in_by_provider(
    results: Vec<std::result::Result<String, Value>>,
) -> (Harness, Rc<Cell<usize>>) {
    let mut harness = Harness::new();
    let (source, asked) = provider(results);
    let call =
        harness.start(async |client| client.authenticate("p", source, None, &options()).await);
    harness.answer(0, 200, user("ada"));
    harness.outcome(call).unwrap();
    (harness, asked)
}

/// True if a user is signed in. Nothing is sent.
pub fn is_signed_in(harness: &Harness) -> bool {
    harness.client.install_session().is_ok()
}

/// The events from now on.
pub fn listen(harness: &Harness) -> Rc<RefCell<Vec<Event>>> {
    let events = Rc::new(RefCell::new(Vec::new()));
    let received = Rc::clone(&events);
    drop(harness.client.subscribe(move |event| received.borrow_mut().push(event.clone())));
    events
}

/// The event of ada's session that ended.
pub fn session_end(expired: bool) -> Event {
    Event::SignedOut { user_id: "ada".into(), expired }
}
