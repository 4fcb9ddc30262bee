//! `Client<Browser>`, as an application in Rust has it, in a real browser, against a running sandbox
//! on another origin. How JavaScript's arguments are read is in `*.test.mjs`.
#![cfg(target_arch = "wasm32")]

use std::cell::{Cell, RefCell};
#[cfg(feature = "models")]
use std::collections::HashMap;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

#[cfg(feature = "models")]
use js_sys::Reflect;
use js_sys::{Array, Function, JSON, Object, Uint8Array};
use paragon_wasm::{
    AccountSelector, Browser, CallOptions, Client, Endpoints, Error, ErrorCode, Event, JsJson,
    Json, Kind, Method, Payload, Pending, ProxyRequest, ResponseType, Settings, TokenSource,
    WorkflowRequest, client,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// `cargo xtask test` starts a sandbox there, and names another place when the port is taken.
const SANDBOX: &str = match option_env!("PARAGON_SANDBOX_URL") {
    Some(url) => url,
    None => "http://127.0.0.1:4011",
};
const PROJECT: &str = "8f2d6f0e-3c1b-4a57-9e64-0d5b7a1c2e39";

#[wasm_bindgen(inline_js = r#"
export async function sandbox(method, url, body) {
    const init = { method, headers: { "content-type": "application/json" }, body };
    const response = await fetch(url, init);
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return response.text();
}
/** Replaces a global function by the value of `source`; the function that it returns undoes that. */
export function replaceGlobal(path, source) {
    const names = path.split(".");
    const last = names.pop();
    const owner = names.reduce((value, name) => value[name], globalThis);
    const original = owner[last];
    owner[last] = new Function("original", "return " + source)(original);
    return () => { owner[last] = original; };
}
export function evaluate(source) {
    return new Function("return (" + source + ")")();
}
"#)]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn sandbox(method: &str, url: &str, body: Option<String>) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = replaceGlobal)]
    fn replace_global(path: &str, source: &str) -> Function;
    fn evaluate(source: &str) -> JsValue;
}

/// Undoes something when the test ends, however it ends.
struct Undo(Function);

impl Drop for Undo {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

fn replace(path: &str, source: &str) -> Undo {
    Undo(replace_global(path, source))
}

async fn ask_sandbox(method: &str, path: &str, body: Option<String>) -> JsJson {
    let text =
        sandbox(method, &format!("{SANDBOX}{path}"), body).await.expect("the sandbox answers");
    JsJson::parse(&text.as_string().unwrap_or_default()).unwrap_or_else(JsJson::null)
}

async fn token_with(user: &str, expires_in: i32) -> String {
    let body = format!(r#"{{"userId":"{user}","expiresInSeconds":{expires_in}}}"#);
    ask_sandbox("POST", "/_sandbox/token", Some(body)).await.text("token").expect("a token")
}

fn at(value: &JsJson, path: &str) -> Option<JsJson> {
    path.split('.').try_fold(value.clone(), |value, key| value.get(key))
}

fn text(value: &JsJson, path: &str) -> String {
    at(value, path).and_then(|value| value.as_text()).unwrap_or_default()
}

fn json(text: &str) -> JsJson {
    JsJson::parse(text).expect("JSON")
}

fn call() -> CallOptions {
    CallOptions::default()
}

/// Options with which nothing takes long.
fn brief() -> CallOptions {
    CallOptions { timeout_ms: Some(50), max_retries: Some(0), ..CallOptions::default() }
}

fn configured() -> Client<Browser> {
    let client = Client::new(Browser::default());
    let endpoints = Endpoints::from_base_url::<JsJson>(SANDBOX).expect("its address");
    client.configure(Settings { endpoints, ..Settings::default() });
    client
}

async fn sign_in(
    client: &Client<Browser>,
    token: &str,
    metadata: Option<&JsJson>,
) -> client::Result<Browser, JsJson> {
    client.authenticate(PROJECT, TokenSource::Fixed(token.to_owned()), metadata, &call()).await
}

async fn signed_in(user: &str) -> Client<Browser> {
    let client = configured();
    let token = token_with(user, 600).await;
    assert_eq!(sign_in(&client, &token, None).await.unwrap().as_text().as_deref(), Some(user));
    client
}

/// `METHOD path` of what the sandbox has received of the Users API since it was last asked.
async fn requests() -> Vec<String> {
    logged()
        .await
        .iter()
        .map(|one| format!("{} {}", text(one, "method"), text(one, "path")))
        .collect()
}

async fn logged() -> Vec<JsJson> {
    let log = ask_sandbox("GET", "/_sandbox/requests", None).await;
    ask_sandbox("DELETE", "/_sandbox/requests", None).await;
    let all = log.get("requests").unwrap_or(log).elements();
    let shortened = |mut one: JsJson| {
        let path = text(&one, "path").replace(&format!("/projects/{PROJECT}/sdk"), "");
        one.set("path", JsJson::from_text(&path));
        one
    };
    all.into_iter().filter(|one| text(one, "method") != "OPTIONS").map(shortened).collect()
}

fn is_signed_in(user: &JsJson) -> bool {
    user.flag("authenticated")
}

fn proxied(
    method: Method,
    payload: Payload<JsJson>,
    response_type: ResponseType,
) -> ProxyRequest<JsJson> {
    ProxyRequest { method, payload, headers: None, response_type }
}

/// All of them, side by side.
async fn all(calls: Vec<Pending<Browser>>) -> Vec<client::Result<Browser, JsJson>> {
    let mut calls: Vec<_> = calls.into_iter().map(|call| (call, None)).collect();
    poll_fn(|context| {
        for (call, outcome) in &mut calls {
            if outcome.is_none()
                && let Poll::Ready(ready) = call.as_mut().poll(context)
            {
                *outcome = Some(ready);
            }
        }
        if calls.iter().all(|(_, outcome)| outcome.is_some()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    calls.into_iter().filter_map(|(_, outcome)| outcome).collect()
}

#[wasm_bindgen_test]
async fn signing_in_is_one_request_with_or_without_metadata() {
    let client = configured();
    let token = token_with("wasm-meta", 600).await;
    requests().await;
    assert!(!is_signed_in(&client.get_user(&call()).await.unwrap()));
    assert_eq!(requests().await, [""; 0]);
    sign_in(&client, &token, None).await.unwrap();
    assert_eq!(requests().await, ["GET /me"]);
    let meta = json(r#"{ "Name": "Wasm", "nested": { "list": [1, null, "é"] } }"#);
    let id = sign_in(&client, &token, Some(&meta)).await.unwrap();
    assert_eq!(id.as_text().as_deref(), Some("wasm-meta"));
    assert_eq!(requests().await, ["PATCH /me"]);
    let user = client.get_user(&call()).await.unwrap();
    assert_eq!(
        (text(&user, "userId"), text(&user, "meta.nested.list.2")),
        ("wasm-meta".into(), "é".into())
    );
    assert_eq!(at(&user, "meta.nested.list.1").map(|null| null.kind()), Some(Kind::Null));
}

#[wasm_bindgen_test]
async fn a_token_that_is_no_good_is_refused_before_any_request() {
    let client = configured();
    let good = token_with("ada", 600).await;
    let expired = token_with("ada", -60).await;
    requests().await;
    for (token, code) in [
        ("", ErrorCode::InvalidToken),
        ("not a jwt", ErrorCode::InvalidToken),
        ("a.b\n.c", ErrorCode::InvalidToken),
        ("eyJ9.eyJ9.x", ErrorCode::InvalidToken),
        (&expired, ErrorCode::TokenExpired),
    ] {
        let error = sign_in(&client, token, None).await.unwrap_err();
        assert_eq!(error.code, code, "{token}");
    }
    let array = json("[]");
    let error = sign_in(&client, &good, Some(&array)).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidMetadata);
    assert_eq!(requests().await, [""; 0]);
}

#[wasm_bindgen_test]
async fn a_token_that_the_server_refuses_is_in_no_error() {
    let client = configured();
    let good = token_with("ada", 600).await;
    let forged = format!("{}.{}", good.rsplit_once('.').unwrap().0, "A".repeat(342));
    let shown = |error: &Error<JsJson>| {
        let detail =
            error.detail.as_ref().map(|(name, value)| format!("{name}: {}", value.stringify()));
        format!("{error} {error:?} {}", detail.unwrap_or_default())
    };
    let error = sign_in(&client, &forged, None).await.unwrap_err();
    assert_eq!((error.code, error.status), (ErrorCode::Unauthorized, Some(401)));
    assert!(
        shown(&error).contains("response: {"),
        "the server's own words are kept: {}",
        shown(&error)
    );
    assert!(!shown(&error).contains(&forged));
    assert!(!is_signed_in(&client.get_user(&call()).await.unwrap()));
    // Nor when the server repeats it.
    let client = signed_in("ada").await;
    let _undo = replace(
        "fetch",
        "async (_, { headers }) => new Response(JSON.stringify({ message: `no ${headers.authorization}` }), { status: 403 })",
    );
    let error = client.get_credentials(&call()).await.unwrap_err();
    assert!(shown(&error).contains("no Bearer [redacted]"), "{}", shown(&error));
    assert!(!shown(&error).contains("eyJ"));
}

#[wasm_bindgen_test]
async fn get_user_gives_the_servers_object_as_it_is() {
    let client = signed_in("ada").await;
    let _undo = replace(
        "fetch",
        "async (...args) => { const r = await original(...args); globalThis.raw = await r.clone().text(); return r; }",
    );
    let user = client.get_user(&call()).await.unwrap();
    assert_eq!(
        Some(user.stringify()),
        evaluate("raw").as_string(),
        "order, nesting and null survive"
    );
    assert_eq!(text(&user, "integrations.salesforce.credentialStatus"), "VALID");
    assert!(Object::get_prototype_of(&user.0).loose_eq(&evaluate("Object.prototype")));
}

#[wasm_bindgen_test]
async fn overlapping_get_user_calls_share_a_request_but_not_an_object() {
    let client = signed_in("ada").await;
    requests().await;
    let users = all((0..3).map(|_| client.get_user(&call())).collect()).await;
    assert_eq!(requests().await, ["GET /me"]);
    let users: Vec<JsJson> = users.into_iter().map(Result::unwrap).collect();
    at(&users[0], "meta").unwrap().set("Name", JsJson::from_text("changed"));
    assert_eq!(text(&users[0], "meta.Name"), "changed");
    for other in &users[1..] {
        assert_ne!(text(other, "meta.Name"), "changed");
        assert_eq!(text(other, "userId"), "ada");
    }
}

#[wasm_bindgen_test]
async fn metadata_is_merged_and_a_misspelt_name_is_warned_about() {
    let client = signed_in("wasm-names").await;
    evaluate("globalThis.warnings = []");
    let _undo = replace("console.warn", "(...words) => warnings.push(words.join(' '))");
    client
        .set_user_metadata(&json(r#"{ "a": 1, "__proto__": { "x": 1 } }"#), &call())
        .await
        .unwrap();
    let user = client.set_user_metadata(&json(r#"{ "name": "n", "Email": "e" }"#), &call()).await;
    let user = user.unwrap();
    assert_eq!(text(&user, "meta.name"), "n");
    assert_eq!(at(&user, "meta.a").and_then(|a| a.as_number()), Some(1.0));
    assert!(evaluate("({}).x").is_undefined());
    let warnings = Array::from(&evaluate("warnings"));
    let warning = warnings.get(0).as_string().unwrap();
    assert_eq!(warnings.length(), 1);
    assert!(warning.contains("\"Name\"") && warning.contains("[paragon-wasm]"), "{warning}");
    let error = client.set_user_metadata(&JsJson(7.into()), &call()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidMetadata);
}

#[wasm_bindgen_test]
async fn uninstalling_disconnects_and_nothing_else() {
    ask_sandbox("POST", "/_sandbox/reset", None).await;
    let client = signed_in("ada").await;
    requests().await;
    let outcome = client.uninstall_integration("slack", &call()).await.unwrap();
    assert_eq!(outcome.kind(), Kind::Null);
    let sent = requests().await;
    assert_eq!(sent[0], "GET /integrations");
    assert!(sent[1].starts_with("DELETE /integrations/") && sent.len() == 2, "{sent:?}");
    let user = client.get_user(&call()).await.unwrap();
    let slack = at(&user, "integrations.slack").unwrap();
    assert!(!slack.flag("enabled") && slack.get("credentialStatus").is_none());
    assert!(at(&user, "integrations.salesforce").unwrap().flag("enabled"));
    // What must be reconnected can be disconnected too.
    client.uninstall_integration("hubspot", &call()).await.unwrap();
    let error = client.uninstall_integration("hubspot", &call()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::IntegrationNotInstalled);
    let error = client.uninstall_integration("salesfarce", &call()).await.unwrap_err();
    let Some(("integrationTypes", types)) = &error.detail else { panic!("types are listed") };
    assert!(types.elements().iter().any(|name| name.as_text().as_deref() == Some("salesforce")));
    ask_sandbox("POST", "/_sandbox/reset", None).await;
}

/// Whatever `fetch` is replaced by, the call comes to an end, and the client works on afterwards.
#[wasm_bindgen_test]
async fn every_call_ends_whatever_fetch_does() {
    let client = signed_in("ada").await;
    let cases = [
        ("() => Promise.reject('text')", ErrorCode::Network),
        ("() => Promise.reject(undefined)", ErrorCode::Network),
        ("() => Promise.reject({ status: 500 })", ErrorCode::Network),
        ("() => Promise.reject(new TypeError('Failed to fetch'))", ErrorCode::Network),
        ("() => { throw new Error('synchronously'); }", ErrorCode::Network),
        ("() => { throw 'text'; }", ErrorCode::Network),
        ("() => undefined", ErrorCode::Network),
        ("() => 7", ErrorCode::Network),
        ("() => Promise.resolve(undefined)", ErrorCode::Network),
        ("async () => new Response('<html>', { status: 200 })", ErrorCode::InvalidResponse),
        ("async () => new Response('', { status: 200 })", ErrorCode::InvalidResponse),
        ("async () => new Response('null', { status: 200 })", ErrorCode::InvalidResponse),
        ("async () => new Response('[]', { status: 200 })", ErrorCode::InvalidResponse),
        ("async () => new Response('{\"userId\":', { status: 200 })", ErrorCode::InvalidResponse),
        ("async () => Response.error()", ErrorCode::Network),
        ("async () => new Response('no', { status: 503 })", ErrorCode::ServerError),
        (
            "async () => { const r = new Response('{}'); await r.text(); return r; }",
            ErrorCode::Network,
        ),
        (
            "async () => new Response(new ReadableStream({ start(c) { c.error('broken'); } }))",
            ErrorCode::Network,
        ),
        ("() => new Promise(() => {})", ErrorCode::Timeout),
        ("async () => new Response(new ReadableStream())", ErrorCode::Timeout),
    ];
    for (source, code) in cases {
        let _undo = replace("fetch", source);
        let error = client.get_user(&brief()).await.unwrap_err();
        assert_eq!(error.code, code, "{source}");
        if code == ErrorCode::Network && source.contains("'text'") {
            assert_eq!(error.cause.as_ref().and_then(Json::as_text).as_deref(), Some("text"));
        }
    }
    assert!(is_signed_in(&client.get_user(&call()).await.unwrap()));
}

#[wasm_bindgen_test]
async fn odd_answers_pass_harmlessly() {
    let client = signed_in("ada").await;
    let body = r#"{"userId":"1","userId":"2","__proto__":{"polluted":true},"meta":{"__proto__":1},"integrations":{"constructor":{"enabled":false}}}"#;
    let _undo = replace("fetch", &format!("async () => new Response('{body}')"));
    let user = client.get_user(&call()).await.unwrap();
    assert_eq!(text(&user, "userId"), "2");
    assert!(evaluate("({}).polluted").is_undefined());
}

#[wasm_bindgen_test]
async fn requests_do_not_follow_redirects_or_send_cookies() {
    let client = signed_in("ada").await;
    let _undo =
        replace("fetch", "(url, init) => { globalThis.seen = init; return original(url, init); }");
    client.get_user(&call()).await.unwrap();
    let seen = JsJson(evaluate("seen"));
    for (name, value) in [("method", "GET"), ("redirect", "manual"), ("credentials", "omit")] {
        assert_eq!(text(&seen, name), value);
    }
    assert!(at(&seen, "body").is_none());
}

#[wasm_bindgen_test]
async fn a_call_that_is_given_up_aborts_its_request() {
    let client = signed_in("ada").await;
    let _undo = replace(
        "fetch",
        "(url, { signal }) => { globalThis.lastSignal = signal; return new Promise(() => {}); }",
    );
    let aborted = || evaluate("lastSignal.aborted").is_truthy();
    let ended = client.get_credentials(&brief()).await.unwrap_err();
    assert_eq!((ended.code, aborted()), (ErrorCode::Timeout, true));

    let poll_once = async |pending: &mut Pending<Browser>| {
        poll_fn(|context| {
            assert!(pending.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
    };
    // `fetch` is called in a turn of its own.
    let turn = async || {
        let promise = js_sys::Promise::resolve(&evaluate("new Promise((go) => setTimeout(go))"));
        wasm_bindgen_futures::JsFuture::from(promise).await.unwrap();
    };
    evaluate("delete globalThis.lastSignal");
    let mut dropped_at_once = client.get_credentials(&call());
    poll_once(&mut dropped_at_once).await;
    drop(dropped_at_once);
    turn().await;
    assert!(aborted(), "before it is sent");

    let mut dropped = client.get_credentials(&call());
    poll_once(&mut dropped).await;
    turn().await;
    assert!(!aborted());
    drop(dropped);
    assert!(aborted());

    let mut signed_out = client.get_credentials(&call());
    poll_once(&mut signed_out).await;
    turn().await;
    assert!(!aborted());
    client.logout();
    assert_eq!(signed_out.await.unwrap_err().code, ErrorCode::Superseded);
    assert!(aborted() && !is_signed_in(&client.get_user(&call()).await.unwrap()));
}

#[wasm_bindgen_test]
async fn tokens_of_a_provider_are_renewed_and_its_failure_is_the_cause() {
    let client = configured();
    let (asked, events) = (Rc::new(Cell::new(0)), Rc::new(RefCell::new(Vec::new())));
    let (count, received) = (Rc::clone(&asked), Rc::clone(&events));
    drop(client.subscribe(move |event| received.borrow_mut().push(event.clone())));
    let source = TokenSource::provider(move || {
        count.set(count.get() + 1);
        let nth = count.get();
        async move {
            match nth {
                // About to expire when it is used again.
                1 => Ok(token_with("ada", 2).await),
                2 => Ok(token_with("ada", 600).await),
                _ => Err(JsJson::from_text("offline")),
            }
        }
    });
    client.authenticate(PROJECT, source, None, &call()).await.unwrap();
    let past = "(() => { const until = Date.now() + 1900; while (Date.now() < until); })()";
    evaluate(past);
    let both = all(vec![client.get_integrations(&call()), client.get_credentials(&call())]).await;
    assert!(both.iter().all(Result::is_ok) && asked.get() == 2, "{both:?} {}", asked.get());
    let _undo = replace("fetch", "async () => new Response('{}', { status: 401 })");
    let error = client.get_credentials(&call()).await.unwrap_err();
    let cause = error.cause.as_ref().and_then(Json::as_text);
    assert_eq!((error.code, cause.as_deref()), (ErrorCode::Unauthorized, Some("offline")));
    let expected = [
        Event::SignedIn { user_id: "ada".into() },
        Event::SignedOut { user_id: "ada".into(), expired: true },
    ];
    assert_eq!(*events.borrow(), expected);
}

#[wasm_bindgen_test]
async fn what_the_server_says_about_time_is_read() {
    let client = signed_in("ada").await;
    let answer = |headers: &str| {
        format!("async () => new Response('', {{ status: 429, headers: {{ {headers} }} }})")
    };
    let once = CallOptions { max_retries: Some(0), ..call() };
    for (header, least, most) in [
        ("'retry-after': '3'", 3_000.0, 3_000.0),
        ("'retry-after': new Date(Date.now() + 60_000).toUTCString()", 50_000.0, 60_000.0),
        ("'retry-after': new Date(0).toUTCString()", 0.0, 0.0),
    ] {
        let _undo = replace("fetch", &answer(header));
        let error = client.get_credentials(&once).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::RateLimited);
        let ms = error.retry_after_ms.expect(header);
        assert!(ms >= least && ms <= most, "{header}: {ms}");
    }
    for header in ["", "'retry-after': 'soon'"] {
        let _undo = replace("fetch", &answer(header));
        assert_eq!(client.get_credentials(&once).await.unwrap_err().retry_after_ms, None);
    }
    // A clock that is wrong by hours is noticed; the server's is read at most once a minute.
    let ahead = "async () => new Response('[]', { headers: { date: new Date(Date.now() + 7_200_000).toUTCString() } })";
    let undo = replace("fetch", ahead);
    client.get_credentials(&once).await.unwrap();
    client.get_credentials(&once).await.unwrap();
    let _later = replace("Date.now", "() => original() + 60_000");
    client.get_credentials(&once).await.unwrap();
    drop(undo);
    assert_eq!(client.get_credentials(&once).await.unwrap_err().code, ErrorCode::TokenExpired);
}

#[wasm_bindgen_test]
async fn a_proxied_request_has_the_callers_headers_but_not_their_authorization() {
    let client = signed_in("ada").await;
    requests().await;
    let mut sent = proxied(Method::Post, Payload::json(&json(r#"{"a":1}"#)), ResponseType::Auto);
    sent.headers = Some(json(
        r#"{"x-one":"1","content-type":"text/x-own","authorization":"Bearer mine","x-paragon-credential":"mine"}"#,
    ));
    let account = client.get_credentials(&call()).await.unwrap().elements();
    let account = account.iter().find_map(|account| account.text("id")).unwrap();
    let credential_id = Some(account.clone());
    let chosen = CallOptions {
        account: AccountSelector { credential_id, ..AccountSelector::default() },
        ..call()
    };
    let echo = client.request("slack", "/_echo", sent, &chosen).await;
    // The sandbox answers 401 to any token but its own, and 404 to an account of another integration.
    let sent = logged().await.pop().unwrap();
    for (name, value) in [
        ("x-one", "1"),
        ("content-type", "text/x-own"),
        ("accept", "application/json"),
        ("x-paragon-credential", account.as_str()),
    ] {
        assert_eq!(text(&sent, &format!("headers.{name}")), value, "{sent:?}");
    }
    assert!(!echo.is_err_and(|error| error.status == Some(401)));
}

#[wasm_bindgen_test]
async fn a_proxied_request_gives_what_is_asked_for() {
    let client = signed_in("ada").await;
    let get = |path: &'static str, response_type| {
        client.request("slack", path, proxied(Method::Get, Payload::Empty, response_type), &call())
    };
    let bytes: Vec<u8> = (0..=255).collect();
    assert_eq!(text(&get("_echo", ResponseType::Auto).await.unwrap(), "path"), "_echo");
    assert_eq!(text(&get("_echo", ResponseType::Json).await.unwrap(), "path"), "_echo");
    let plain = get("_text", ResponseType::Auto).await.unwrap();
    assert_eq!(plain.as_text().as_deref(), Some("Plain text from the product."));
    let wrapped = get("_echo", ResponseType::Text).await.unwrap().as_text().unwrap();
    assert_eq!(text(&json(&wrapped), "output.path"), "_echo");
    assert_eq!(get("_empty", ResponseType::Auto).await.unwrap().as_text().as_deref(), Some(""));
    let buffer = get("_file", ResponseType::ArrayBuffer).await.unwrap();
    assert_eq!(Uint8Array::new(&buffer.0).to_vec(), bytes);
    let blob = get("_file", ResponseType::Blob).await.unwrap();
    assert_eq!(at(&blob, "size").and_then(|size| size.as_number()), Some(256.0));
    assert_eq!(text(&blob, "type"), "application/octet-stream");
    let response = get("_file", ResponseType::Response).await.unwrap();
    let response: web_sys::Response = response.0.dyn_into().unwrap();
    let read = wasm_bindgen_futures::JsFuture::from(response.array_buffer().unwrap()).await;
    assert_eq!(Uint8Array::new(&read.unwrap()).to_vec(), bytes, "it is not aborted");
    let error = get("_text", ResponseType::Json).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidResponse);
    let raw = Payload::Raw(JsJson(Uint8Array::from(&bytes[..]).into()));
    let echo = client
        .request("slack", "_echo", proxied(Method::Put, raw, ResponseType::Auto), &call())
        .await
        .unwrap();
    assert_eq!(
        at(&echo, "bodySize").and_then(|size| size.as_number()),
        Some(256.0),
        "{}",
        echo.stringify()
    );
}

#[wasm_bindgen_test]
async fn workflows_take_body_query_and_headers() {
    let client = signed_in("ada").await;
    let user = client.get_user(&call()).await.unwrap();
    let workflows = at(&user, "integrations.salesforce.workflowSettings").unwrap();
    let is_on = |id: &&String| workflows.get(id).unwrap().flag("enabled");
    let id = workflows.keys().iter().find(is_on).expect("one that runs").clone();
    requests().await;
    let request = WorkflowRequest {
        payload: Payload::json(&json(r#"{"order":7}"#)),
        headers: Some(json(r#"{"x-own":"1"}"#)),
        query: "q=a%20b".to_owned(),
    };
    let answer = client.workflow(&id, request, &call()).await.unwrap();
    assert_eq!(
        at(&answer, "received").unwrap().stringify(),
        r#"{"body":{"order":7},"query":{"q":"a b"}}"#
    );
    assert_eq!(text(&logged().await[0], "headers.x-own"), "1");
}

#[wasm_bindgen_test]
async fn requests_are_logged_for_developers_who_want_it() {
    let client = signed_in("ada").await;
    evaluate("globalThis.lines = []");
    let _undo = replace(
        "console.debug",
        "(...words) => lines.push(words.join(' ').replace(/ \\d+ ms/, ' N ms'))",
    );
    client.get_credentials(&call()).await.unwrap();
    client.configure(Settings { debug: true, ..client.settings() });
    client
        .request(
            "slack",
            "_text?secret=1",
            proxied(Method::Get, Payload::Empty, ResponseType::Auto),
            &call(),
        )
        .await
        .unwrap();
    let _undo = replace("fetch", "() => Promise.reject(1)");
    let once = CallOptions { max_retries: Some(1), ..call() };
    client.get_credentials(&once).await.unwrap_err();
    let lines = JSON::stringify(&evaluate("lines")).unwrap().as_string().unwrap();
    let path = |path: &str| format!("[paragon-wasm] GET /projects/{PROJECT}/sdk/{path}");
    let [proxied, credentials] = [path("proxy/slack/_text"), path("credentials")];
    let expected = [
        format!("{proxied} 200 in N ms"),
        format!("{credentials} no answer in N ms"),
        format!("{credentials} again in N ms"),
        format!("{credentials} no answer in N ms"),
    ];
    let lines = JsJson::parse(&lines).unwrap().elements();
    let lines: Vec<String> = lines.iter().filter_map(Json::as_text).collect();
    assert_eq!(lines, expected);
}

#[wasm_bindgen_test]
async fn an_own_fetch_sends_every_request_of_its_client() {
    let token = token_with("ada", 600).await;
    evaluate("globalThis.own = []");
    let browser = Browser::default();
    browser.set_fetch(&evaluate(
        "(url, init) => { own.push(init.method); return Promise.resolve({ status: 200, text: () => '{\"userId\":\"ada\"}' }); }",
    ));
    let client = Client::new(browser);
    let settings = configured().settings();
    client.configure(settings);
    let _undo = replace("fetch", "() => { throw new Error('the global fetch'); }");
    // Anything that is like a `Response` does.
    assert_eq!(sign_in(&client, &token, None).await.unwrap().as_text().as_deref(), Some("ada"));
    assert_eq!(text(&client.get_user(&call()).await.unwrap(), "userId"), "ada");
    assert_eq!(JSON::stringify(&evaluate("own")).unwrap(), r#"["GET","GET"]"#);
    let other = sign_in(&configured(), &token, None).await.unwrap_err();
    assert_eq!(other.code, ErrorCode::Network);
}

/// An application, or its test tools, may have replaced anything.
#[wasm_bindgen_test]
async fn timers_and_consoles_that_throw_strand_no_call() {
    let client = signed_in("ada").await;
    client.configure(Settings { debug: true, ..client.settings() });
    let _undo = ["console.debug", "console.warn", "clearTimeout"]
        .map(|name| replace(name, "() => { throw new Error('not here'); }"));
    assert!(is_signed_in(&client.get_user(&call()).await.unwrap()));
    client.set_user_metadata(&json(r#"{"name":"warned about"}"#), &call()).await.unwrap();
}

#[wasm_bindgen_test]
fn json_values_are_what_the_trait_says() {
    let mut value = json(r#"{ "b": 1, "a": [true, "x", null] }"#);
    assert_eq!(value.keys(), ["b", "a"]);
    value.set("c", JsJson::null());
    assert_eq!(value.stringify(), r#"{"b":1,"a":[true,"x",null],"c":null}"#);
    assert_eq!(value.get("a").unwrap().elements().len(), 3);
    assert_eq!(value.get("none").map(drop), None);
    let copy = value.deep_copy();
    value.set("b", JsJson::from_text("changed"));
    assert_eq!(copy.get("b").unwrap().as_number(), Some(1.0));

    let kinds = ["{}", "[]", "null", "true", r#""""#, "1"];
    assert_eq!(kinds.map(|text| json(text).kind()), Kind::ALL);
    for odd in ["undefined", "() => 1", "Symbol()", "1n"] {
        assert_eq!(JsJson(evaluate(odd)).kind(), Kind::Null, "{odd}");
    }
    for none in ["", "{", "undefined", "{'a':1}"] {
        assert!(JsJson::parse(none).is_none(), "{none}");
    }
    let mut list = json("[1]");
    list.set("a", JsJson::null());
    assert_eq!((list.keys().len(), list.stringify().as_str()), (0, "[1]"));
    for scalar in ["null", "7", "true", r#""text""#] {
        let mut scalar = json(scalar);
        scalar.set("a", JsJson::null());
        assert!(
            scalar.keys().is_empty() && scalar.elements().is_empty() && scalar.get("a").is_none()
        );
    }
    assert_eq!(JsJson::object().with("a", JsJson::from_text("x")).stringify(), r#"{"a":"x"}"#);
    assert_eq!(
        JsJson::from_text("aba$&").redacted("a").as_text().as_deref(),
        Some("[redacted]b[redacted]$&")
    );

    let decoded = |text: &str| JsJson::decode(text).map(|json| json.stringify());
    assert_eq!(decoded("eyJhIjoiw7wifQ").as_deref(), Some(r#"{"a":"ü"}"#));
    assert_eq!(decoded("eyJhIjoiw7wifQ==").as_deref(), Some(r#"{"a":"ü"}"#));
    assert_eq!(decoded("Ii8_LT4i").as_deref(), Some(r#""/?->""#));
    assert_eq!(["!", "_w", "eyJ", ""].map(decoded), [const { None }; 4]);

    let circle = JsJson(evaluate("(() => { const a = {}; a.self = a; return a; })()"));
    assert_eq!(circle.stringify(), "");
    assert_eq!(JsJson(evaluate("7n")).stringify(), "");
}

#[cfg(feature = "models")]
#[wasm_bindgen_test]
async fn models_keep_everything_that_the_server_sent() {
    use paragon_wasm::models::{
        Credential, CredentialStatus, Integration, IntegrationMetadata, User,
    };
    fn round_trip<T: serde::Serialize + serde::de::DeserializeOwned>(sent: &JsJson) -> T {
        let model: T = sent.to().expect("the documented shape");
        let parsed = |json: &JsJson| -> serde_json::Value {
            serde_json::from_str(&json.stringify()).expect("JSON")
        };
        assert_eq!(parsed(&JsJson::from(&model).expect("JSON")), parsed(sent));
        model
    }
    let client = signed_in("ada").await;
    let user: User = round_trip(&client.get_user(&call()).await.unwrap());
    let salesforce = &user.integrations["salesforce"];
    assert_eq!(salesforce.credential_status, Some(CredentialStatus::Valid));
    assert_eq!((user.authenticated, user.user_id.as_deref()), (true, Some("ada")));
    let list: Vec<Integration> = round_trip(&client.get_integrations(&call()).await.unwrap());
    assert!(list.iter().any(|integration| integration.integration_type == "slack"));
    let metadata = client.get_integration_metadata(None, &call()).await.unwrap();
    assert!(!round_trip::<Vec<IntegrationMetadata>>(&metadata).is_empty());
    let credentials = client.get_credentials(&call()).await.unwrap();
    assert!(!round_trip::<Vec<Credential>>(&credentials).is_empty());
    client.logout();
    let signed_out: User = round_trip(&client.get_user(&call()).await.unwrap());
    assert!(!signed_out.authenticated);
}

#[cfg(feature = "models")]
#[wasm_bindgen_test]
fn json_values_become_an_applications_own_types_and_back() {
    let numbers: HashMap<String, Vec<f64>> = json(r#"{"a":[1,2.5]}"#).to().unwrap();
    assert_eq!(numbers["a"], [1.0, 2.5]);
    assert!(json("[1]").to::<HashMap<String, f64>>().is_err());
    let value = JsJson::from(&numbers).unwrap();
    // As JSON has it: an object, not a Map.
    assert_eq!(value.stringify(), r#"{"a":[1,2.5]}"#);
    assert_eq!((value.kind(), Reflect::has(&value.0, &"a".into())), (Kind::Object, Ok(true)));
    assert_eq!(JsJson::from(&None::<u8>).unwrap().kind(), Kind::Null);
}
