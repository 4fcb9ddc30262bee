//! A session in a world that the test controls.

use std::cell::RefCell;
use std::rc::Rc;

use paragon_wasm::Endpoints;
use paragon_wasm::client::{CallOptions, Client, Event, Outcome, Settings, TokenSource};
use serde_json::{Value, json};

use super::jwt;
use super::world::{Stage, World};

/// When the tokens of [`token`] expire, in seconds since 1970.
pub const EXPIRES_AT: f64 = 3600.0;

pub fn token(user: &str) -> String {
    jwt(&json!({ "sub": user, "iat": 0, "exp": EXPIRES_AT }))
}

pub fn user(id: &str) -> Value {
    json!({ "authenticated": true, "userId": id, "integrations": {}, "meta": {} })
}

pub async fn sign_in(client: Client<World>, id: &str) -> Outcome<World, Value> {
    client.authenticate("p", TokenSource::Fixed(token(id)), None, CallOptions::default()).await
}

pub fn settings(endpoints: Endpoints) -> Settings {
    Settings { endpoints, ..Settings::default() }
}

/// What `get_user` gives when nobody is signed in.
pub fn nobody() -> Value {
    json!({ "authenticated": false })
}

pub async fn get_user(client: Client<World>) -> Outcome<World, Value> {
    client.get_user(CallOptions::default()).await
}

/// A stage with `id` signed in; its first request is used up.
pub fn signed_in(id: &'static str) -> Stage {
    let mut stage = Stage::new();
    let call = stage.start(async move |client| sign_in(client, id).await);
    stage.answer(0, 200, user(id));
    assert_eq!(stage.outcome(call).unwrap(), id);
    stage
}

/// What the client tells from now on.
pub fn listen(stage: &Stage) -> Rc<RefCell<Vec<Event>>> {
    let events = Rc::new(RefCell::new(Vec::new()));
    let heard = Rc::clone(&events);
    drop(stage.client.subscribe(move |event| heard.borrow_mut().push(event.clone())));
    events
}
