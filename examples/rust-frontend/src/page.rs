//! The behaviour of the page.

use gloo_net::http::Request;
use paragon_wasm::models::User;
use paragon_wasm::{
    Browser, CallOptions, Client, Endpoints, Error, ErrorCode, Event, JsJson, Json, Settings,
    TokenSource, client,
};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

use crate::accounts::describe;

/// The local Paragon of this repository. Paragon's cloud needs no [`Settings::endpoints`].
const SANDBOX: &str = "http://127.0.0.1:4010";
const PROJECT_ID: &str = "8f2d6f0e-3c1b-4a57-9e64-0d5b7a1c2e39";

#[wasm_bindgen(start)]
fn start() {
    spawn_local(async {
        let line = match run().await {
            Ok(line) => line,
            Err(error) if error.code == ErrorCode::Network => {
                "Please start the sandbox: cargo run --package paragon-sandbox".to_owned()
            }
            Err(error) => format!("{error} ({})", error.code.as_str()),
        };
        show(&line);
    });
}

async fn run() -> client::Result<Browser, String> {
    let paragon = Client::new(Browser::default());
    let endpoints = Endpoints::from_base_url(SANDBOX)?;
    paragon.configure(Settings { endpoints, timeout_ms: 10_000, ..Settings::default() });
    // Calling the function that `subscribe` returns would end the subscription; dropping it does not.
    drop(paragon.subscribe(|event| {
        if let Event::SignedOut { expired: true, .. } = event {
            show("Please sign in again.");
        }
    }));

    // Called for a token now, and again shortly before each token expires.
    let tokens = TokenSource::provider(user_token);
    let quick = CallOptions { max_retries: Some(0), ..CallOptions::default() };
    let metadata = JsJson::object().with("Name", JsJson::from_text("Ada Lovelace"));
    paragon.authenticate(PROJECT_ID, tokens, Some(&metadata), &quick).await?;

    let user: User = paragon.get_user(&CallOptions::default()).await?.to().map_err(|error| {
        Error::new(ErrorCode::InvalidResponse, &format!("That is not a user: {error}"))
    })?;
    Ok(if user.authenticated { describe(&user) } else { "No user is signed in.".to_owned() })
}

/// A user token. A real page asks its own server for it.
async fn user_token() -> Result<String, JsJson> {
    let answer = async {
        let url = format!("{SANDBOX}/_sandbox/token");
        Request::post(&url).send().await?.text().await
    };
    // The failure of this function is the `cause` of the call's error.
    let text = answer.await.map_err(|error| JsJson::from_text(&error.to_string()))?;
    let token = JsJson::parse(&text).and_then(|answer| answer.text("token"));
    token.ok_or_else(|| JsJson::from_text("the sandbox gave no token"))
}

fn show(text: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(main) = document.and_then(|document| document.query_selector("main").ok().flatten())
    {
        main.set_text_content(Some(text));
    }
}
