//! The WebAssembly module in a real browser, against a running sandbox on another origin.
#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use paragon_wasm::ParagonClient;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
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
/** Replaces `fetch` by what `source` evaluates to; the function it gives brings it back. */
export function replaceFetch(source) {
    const original = globalThis.fetch;
    globalThis.fetch = new Function("original", "return " + source)(original);
    return () => { globalThis.fetch = original; };
}
/** Collects what is warned about; the function it gives ends that. */
export function collectWarnings(into) {
    const original = console.warn;
    console.warn = (...words) => into.push(words.join(" "));
    return () => { console.warn = original; };
}
export function evaluate(source) {
    return new Function("return (" + source + ")")();
}
"#)]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn sandbox(method: &str, url: &str, body: Option<String>) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = replaceFetch)]
    fn replace_fetch(source: &str) -> Function;
    #[wasm_bindgen(js_name = collectWarnings)]
    fn collect_warnings(into: &Array) -> Function;
    fn evaluate(source: &str) -> JsValue;
}

/// Undoes something when the test ends, however it ends.
struct Undo(Function);

impl Drop for Undo {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

async fn ask_sandbox(method: &str, path: &str, body: Option<String>) -> JsValue {
    let text =
        sandbox(method, &format!("{SANDBOX}{path}"), body).await.expect("the sandbox answers");
    JSON::parse(&text.as_string().unwrap_or_default()).unwrap_or(JsValue::UNDEFINED)
}

async fn token_with(user: &str, expires_in: i32) -> JsValue {
    let body = format!(r#"{{"userId":"{user}","expiresInSeconds":{expires_in}}}"#);
    get(&ask_sandbox("POST", "/_sandbox/token", Some(body)).await, "token")
}

fn get(value: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(value.clone(), |value, key| {
        Reflect::get(&value, &key.into()).unwrap_or(JsValue::UNDEFINED)
    })
}

fn text(value: &JsValue, path: &str) -> String {
    get(value, path).as_string().unwrap_or_default()
}

async fn settle(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}

/// The error of a promise that must be rejected, after a look at what every error has.
async fn rejected(promise: Promise, code: &str) -> JsValue {
    let error = settle(promise).await.expect_err("the call is refused");
    assert!(error.is_instance_of::<js_sys::Error>(), "{error:?} is an Error");
    assert_eq!(text(&error, "code"), code, "{}", text(&error, "message"));
    assert_eq!(
        Reflect::get(&error, &js_sys::Symbol::for_("paragon-wasm.error")),
        Ok(JsValue::TRUE)
    );
    assert!(!text(&error, "message").is_empty() && !text(&error, "name").is_empty());
    error
}

async fn configured() -> ParagonClient {
    let client = ParagonClient::new(Function::new_no_args(""));
    let options = JSON::parse(&format!(r#"{{"apiUrl":"{SANDBOX}"}}"#)).unwrap();
    settle(client.configure_global(options)).await.unwrap();
    client
}

async fn signed_in(user: &str) -> ParagonClient {
    let client = configured().await;
    let token = token_with(user, 600).await;
    settle(client.authenticate(PROJECT.into(), token, JsValue::UNDEFINED)).await.unwrap();
    client
}

/// `METHOD path` of what the sandbox has received of the Users API since it was last asked.
async fn requests() -> Vec<String> {
    let log = ask_sandbox("GET", "/_sandbox/requests", None).await;
    ask_sandbox("DELETE", "/_sandbox/requests", None).await;
    let list = if Array::is_array(&log) { log } else { get(&log, "requests") };
    Array::from(&list)
        .iter()
        .filter(|request| text(request, "method") != "OPTIONS")
        .map(|request| format!("{} {}", text(&request, "method"), text(&request, "path")))
        .map(|line| line.replace(&format!("/projects/{PROJECT}/sdk"), ""))
        .collect()
}

#[wasm_bindgen_test]
async fn authenticate_is_one_request_and_resolves_to_undefined() {
    let client = configured().await;
    let token = token_with("ada", 600).await;
    requests().await;
    let outcome = settle(client.authenticate(PROJECT.into(), token, JsValue::UNDEFINED)).await;
    assert_eq!(outcome, Ok(JsValue::UNDEFINED));
    assert_eq!(requests().await, ["GET /me"]);
}

#[wasm_bindgen_test]
async fn authenticate_stores_metadata_in_the_same_request() {
    let client = configured().await;
    let token = token_with("wasm-meta", 600).await;
    requests().await;
    let options = evaluate(r#"{ metadata: { Name: "Wasm", nested: { list: [1, null, "é"] } } }"#);
    settle(client.authenticate(PROJECT.into(), token, options)).await.unwrap();
    assert_eq!(requests().await, ["PATCH /me"]);
    let user = settle(client.get_user(JsValue::UNDEFINED)).await.unwrap();
    assert_eq!(text(&user, "userId"), "wasm-meta");
    assert_eq!(text(&user, "meta.nested.list.2"), "é");
    assert!(get(&user, "meta.nested.list.1").is_null());
}

#[wasm_bindgen_test]
async fn authenticate_refuses_bad_arguments_before_any_request() {
    let client = configured().await;
    let good = token_with("ada", 600).await;
    let expired = token_with("ada", -60).await;
    requests().await;
    let project = || JsValue::from(PROJECT);
    let cases: Vec<(JsValue, JsValue, JsValue, &str)> = vec![
        (JsValue::UNDEFINED, good.clone(), JsValue::UNDEFINED, "invalid_project_id"),
        (12.into(), good.clone(), JsValue::UNDEFINED, "invalid_project_id"),
        ("../x".into(), good.clone(), JsValue::UNDEFINED, "invalid_project_id"),
        (project(), JsValue::UNDEFINED, JsValue::UNDEFINED, "invalid_token"),
        (project(), Object::new().into(), JsValue::UNDEFINED, "invalid_token"),
        (project(), "not a jwt".into(), JsValue::UNDEFINED, "invalid_token"),
        (project(), evaluate("'a.b\\n.c'"), JsValue::UNDEFINED, "invalid_token"),
        (project(), evaluate("'\\ud800.b.c'"), JsValue::UNDEFINED, "invalid_token"),
        (project(), expired, JsValue::UNDEFINED, "token_expired"),
        (project(), good.clone(), evaluate("'options'"), "invalid_argument"),
        (project(), good.clone(), evaluate("{ metadata: [] }"), "invalid_metadata"),
        (project(), good.clone(), evaluate("{ metadata: { at: 1n } }"), "invalid_metadata"),
        (project(), good.clone(), evaluate("{ signal: {} }"), "invalid_argument"),
        (project(), good.clone(), evaluate("{ timeoutMs: 0 }"), "invalid_argument"),
        (project(), good.clone(), evaluate("{ timeoutMs: NaN }"), "invalid_argument"),
        (project(), good.clone(), evaluate("{ timeoutMs: '5' }"), "invalid_argument"),
    ];
    for (project, token, options, code) in cases {
        let error = rejected(client.authenticate(project, token, options), code).await;
        assert!(!text(&error, "message").contains(&good.as_string().unwrap()));
    }
    assert_eq!(requests().await, [""; 0]);
}

#[wasm_bindgen_test]
async fn a_token_that_the_server_refuses_is_unauthorized() {
    let client = configured().await;
    let good = token_with("ada", 600).await.as_string().unwrap();
    let forged = format!("{}.{}", good.rsplit_once('.').unwrap().0, "A".repeat(342));
    let call = client.authenticate(PROJECT.into(), forged.clone().into(), JsValue::UNDEFINED);
    let error = rejected(call, "unauthorized").await;
    assert_eq!(get(&error, "status"), 401);
    let shown = format!("{error:?} {:?}", JSON::stringify(&get(&error, "details")));
    assert!(!shown.contains(&forged), "{shown}");
    assert!(shown.contains("message"), "the server's own words are kept: {shown}");
    let user = settle(client.get_user(JsValue::UNDEFINED)).await.unwrap();
    assert_eq!(get(&user, "authenticated"), JsValue::FALSE);
}

#[wasm_bindgen_test]
async fn get_user_before_signing_in_asks_nobody() {
    let client = configured().await;
    requests().await;
    let user = settle(client.get_user(JsValue::UNDEFINED)).await.unwrap();
    assert_eq!(JSON::stringify(&user).unwrap(), r#"{"authenticated":false}"#);
    assert_eq!(requests().await, [""; 0]);
}

#[wasm_bindgen_test]
async fn get_user_gives_the_servers_object_as_it_is() {
    let client = signed_in("ada").await;
    let token = token_with("ada", 600).await.as_string().unwrap();
    let raw = evaluate(&format!(
        "fetch('{SANDBOX}/projects/{PROJECT}/sdk/me', {{ headers: {{ authorization: 'Bearer {token}' }} }}).then((r) => r.text())"
    ));
    let raw = settle(raw.into()).await.unwrap().as_string().unwrap();
    let user = settle(client.get_user(JsValue::UNDEFINED)).await.unwrap();
    assert_eq!(JSON::stringify(&user).unwrap(), raw, "order, nesting and null survive");
    assert_eq!(text(&user, "integrations.salesforce.credentialStatus"), "VALID");
    assert!(Object::get_prototype_of(&user).loose_eq(&evaluate("Object.prototype")));
}

#[wasm_bindgen_test]
async fn overlapping_get_user_calls_share_a_request_but_not_an_object() {
    let client = signed_in("ada").await;
    requests().await;
    let calls: Vec<Promise> = (0..3).map(|_| client.get_user(JsValue::UNDEFINED)).collect();
    let users = settle(Promise::all(&calls.into_iter().collect::<Array>())).await.unwrap();
    assert_eq!(requests().await, ["GET /me"]);
    let users = Array::from(&users);
    Reflect::set(&get(&users.get(0), "meta"), &"Name".into(), &"changed".into()).unwrap();
    for other in [1, 2] {
        assert_ne!(text(&users.get(other), "meta.Name"), "changed");
    }
}

#[wasm_bindgen_test]
async fn set_user_metadata_gives_the_user_and_keeps_other_keys() {
    let client = signed_in("wasm-keys").await;
    let first = client.set_user_metadata(
        evaluate(r"{ a: 1, gone: undefined, at: new Date(0) }"),
        JsValue::UNDEFINED,
    );
    let user = settle(first).await.unwrap();
    assert_eq!(get(&user, "meta.a"), 1);
    assert_eq!(text(&user, "meta.at"), "1970-01-01T00:00:00.000Z");
    let second = client.set_user_metadata(evaluate("{ b: { c: [true] } }"), JsValue::UNDEFINED);
    let user = settle(second).await.unwrap();
    assert_eq!(JSON::stringify(&get(&user, "meta.b")).unwrap(), r#"{"c":[true]}"#);
    assert_eq!(get(&user, "meta.a"), 1);
}

#[wasm_bindgen_test]
async fn metadata_that_json_cannot_hold_is_refused_with_its_path() {
    let client = signed_in("ada").await;
    requests().await;
    let cases = [
        ("undefined", "metadata"),
        ("null", "metadata"),
        ("[]", "metadata"),
        ("'text'", "metadata"),
        ("12", "metadata"),
        ("new Map([[1, 2]])", "metadata"),
        ("new Date(0)", "metadata"),
        ("() => {}", "metadata"),
        ("{ f() {} }", "metadata.f"),
        ("{ a: { b: [0, 1n] } }", "metadata.a.b[1]"),
        ("{ n: NaN }", "metadata.n"),
        ("{ n: [Infinity] }", "metadata.n[0]"),
        ("{ list: [undefined] }", "metadata.list[0]"),
        ("{ s: Symbol('x') }", "metadata.s"),
        ("{ set: new Set() }", "metadata.set"),
        ("{ when: Promise.resolve() }", "metadata.when"),
        ("(() => { const a = {}; a.self = { a }; return a; })()", "metadata.self.a"),
        ("{ get bad() { throw new Error('no'); } }", "metadata.bad"),
        ("{ toJSON() { throw new Error('no'); } }", "metadata"),
        ("{ deep: { toJSON() { throw new Error('no'); } } }", "metadata"),
        ("new Proxy({}, { ownKeys() { throw 1; } })", "metadata"),
        ("{ big: Array(300).fill(0).reduce((inner) => ({ inner }), {}) }", ""),
    ];
    for (source, path) in cases {
        let call = client.set_user_metadata(evaluate(source), JsValue::UNDEFINED);
        let error = rejected(call, "invalid_metadata").await;
        let found = text(&error, "details.path");
        if path.is_empty() {
            assert!(found.starts_with("metadata.big.inner.inner"), "{found}");
        } else {
            assert_eq!(found, path, "{source}");
        }
    }
    assert_eq!(requests().await, [""; 0]);
    // The same object twice is no cycle.
    let twice = client.set_user_metadata(
        evaluate("(() => { const a = { n: 1 }; return { a, b: [a, a] }; })()"),
        JsValue::UNDEFINED,
    );
    settle(twice).await.unwrap();
    // `__proto__` as a key is data like any other.
    let own = evaluate(r#"JSON.parse('{ "__proto__": { "x": 1 } }')"#);
    settle(client.set_user_metadata(own, JsValue::UNDEFINED)).await.unwrap();
    assert!(evaluate("({}).x").is_undefined());
}

#[wasm_bindgen_test]
async fn a_misspelt_name_is_sent_as_written_with_one_warning() {
    let client = signed_in("wasm-names").await;
    let warnings = Array::new();
    let _undo = Undo(collect_warnings(&warnings));
    let call = client.set_user_metadata(evaluate("{ name: 'n', Email: 'e' }"), JsValue::UNDEFINED);
    let user = settle(call).await.unwrap();
    assert_eq!(text(&user, "meta.name"), "n");
    assert_eq!(warnings.length(), 1);
    let warning = warnings.get(0).as_string().unwrap();
    assert!(warning.contains("\"Name\"") && warning.contains("[paragon-wasm]"), "{warning}");
}

#[wasm_bindgen_test]
async fn uninstalling_disconnects_and_nothing_else() {
    ask_sandbox("POST", "/_sandbox/reset", None).await;
    let client = signed_in("ada").await;
    requests().await;
    let outcome = settle(client.uninstall_integration("slack".into(), JsValue::UNDEFINED)).await;
    assert_eq!(outcome, Ok(JsValue::UNDEFINED));
    let sent = requests().await;
    assert_eq!(sent[0], "GET /integrations");
    assert!(sent[1].starts_with("DELETE /integrations/") && sent.len() == 2, "{sent:?}");
    let user = settle(client.get_user(JsValue::UNDEFINED)).await.unwrap();
    assert_eq!(get(&user, "integrations.slack.enabled"), JsValue::FALSE);
    assert!(get(&user, "integrations.slack.credentialStatus").is_undefined());
    assert_eq!(get(&user, "integrations.salesforce.enabled"), JsValue::TRUE);
    // What must be reconnected can be disconnected too.
    settle(client.uninstall_integration("hubspot".into(), JsValue::UNDEFINED)).await.unwrap();
    ask_sandbox("POST", "/_sandbox/reset", None).await;
}

#[wasm_bindgen_test]
async fn uninstalling_what_is_not_there_says_so_and_deletes_nothing() {
    let client = signed_in("wasm-nobody").await;
    requests().await;
    let call = client.uninstall_integration("salesfarce".into(), JsValue::UNDEFINED);
    let error = rejected(call, "integration_not_found").await;
    assert_eq!(text(&error, "name"), "IntegrationNotFoundError");
    assert!(
        Array::from(&get(&error, "details.integrationTypes")).includes(&"salesforce".into(), 0)
    );
    let call = client.uninstall_integration("salesforce".into(), JsValue::UNDEFINED);
    let error = rejected(call, "integration_not_installed").await;
    assert_eq!(text(&error, "name"), "IntegrationNotInstalledError");
    for bad in [JsValue::UNDEFINED, JsValue::NULL, 7.into(), "".into(), Object::new().into()] {
        rejected(client.uninstall_integration(bad, JsValue::UNDEFINED), "invalid_argument").await;
    }
    for bad in [
        "{ selectedCredentialId: 7 }",
        "{ selectedCredentialId: '' }",
        "{ selectedCredentialId: 'a\\r\\nX: y' }",
    ] {
        rejected(client.uninstall_integration("slack".into(), evaluate(bad)), "invalid_argument")
            .await;
    }
    assert!(!requests().await.iter().any(|line| line.starts_with("DELETE")));
}

#[wasm_bindgen_test]
async fn calls_without_a_user_are_refused() {
    let client = configured().await;
    let error = rejected(
        client.set_user_metadata(Object::new().into(), JsValue::UNDEFINED),
        "not_authenticated",
    )
    .await;
    assert_eq!(text(&error, "name"), "UserNotAuthenticatedError");
    rejected(client.uninstall_integration("slack".into(), JsValue::UNDEFINED), "not_authenticated")
        .await;
}

#[wasm_bindgen_test]
async fn configuration_is_checked() {
    let client = ParagonClient::new(Function::new_no_args(""));
    let cases = [
        ("{ apiUrl: undefined }", "invalid_configuration"),
        ("{ host: undefined, timeoutMs: 5 }", "invalid_configuration"),
        ("{ timeoutMs: 0 }", "invalid_argument"),
        ("{ maxRetries: -1 }", "invalid_argument"),
        ("{ logLevel: 'loud' }", "invalid_argument"),
        ("{ host: 'a.com', apiUrl: 'https://a.com' }", "invalid_configuration"),
        ("{ apiUrl: 'http://a.com' }", "invalid_configuration"),
        ("{ apiUrl: 7 }", "invalid_argument"),
        ("'https://a.com'", "invalid_argument"),
    ];
    for (source, code) in cases {
        rejected(client.configure_global(evaluate(source)), code).await;
    }
}

/// Whatever `fetch` is replaced by, the promise settles, and the client works on afterwards.
#[wasm_bindgen_test]
async fn every_promise_settles_whatever_fetch_does() {
    let client = signed_in("ada").await;
    let cases = [
        ("() => Promise.reject('text')", "network"),
        ("() => Promise.reject(undefined)", "network"),
        ("() => Promise.reject({ status: 500 })", "network"),
        ("() => Promise.reject(new TypeError('Failed to fetch'))", "network"),
        ("() => { throw new Error('synchronously'); }", "network"),
        ("() => { throw 'text'; }", "network"),
        ("() => undefined", "network"),
        ("() => 7", "network"),
        ("() => Promise.resolve(undefined)", "network"),
        ("() => Promise.resolve({ ok: true, status: 200, json: async () => ({}) })", "network"),
        ("async () => new Response('<html>', { status: 200 })", "invalid_response"),
        ("async () => new Response('', { status: 200 })", "invalid_response"),
        ("async () => new Response('null', { status: 200 })", "invalid_response"),
        ("async () => new Response('[]', { status: 200 })", "invalid_response"),
        ("async () => new Response('{\"userId\":', { status: 200 })", "invalid_response"),
        ("async () => Response.error()", "request_failed"),
        ("async () => new Response('no', { status: 503 })", "server_error"),
        ("async () => { const r = new Response('{}'); await r.text(); return r; }", "network"),
        (
            "async () => new Response(new ReadableStream({ start(c) { c.error('broken'); } }))",
            "network",
        ),
        ("() => new Promise(() => {})", "timeout"),
        ("async () => new Response(new ReadableStream())", "timeout"),
    ];
    for (source, code) in cases {
        let _undo = Undo(replace_fetch(source));
        let error =
            rejected(client.get_user(evaluate("{ timeoutMs: 50, maxRetries: 0 }")), code).await;
        if code == "network" && source.contains("'text'") {
            assert_eq!(text(&error, "cause"), "text");
        }
    }
    let user = settle(client.get_user(JsValue::UNDEFINED)).await.unwrap();
    assert_eq!(get(&user, "authenticated"), JsValue::TRUE);
}

#[wasm_bindgen_test]
async fn odd_answers_pass_harmlessly() {
    let client = signed_in("ada").await;
    let body = r#"{"userId":"1","userId":"2","__proto__":{"polluted":true},"meta":{"__proto__":1},"integrations":{"constructor":{"enabled":false}}}"#;
    let _undo = Undo(replace_fetch(&format!("async () => new Response('{body}')")));
    let user = settle(client.get_user(JsValue::UNDEFINED)).await.unwrap();
    assert_eq!(text(&user, "userId"), "2");
    assert!(evaluate("({}).polluted").is_undefined());
}

#[wasm_bindgen_test]
async fn a_signal_aborts_with_any_reason_and_the_request_with_it() {
    let client = signed_in("ada").await;
    let cases = [
        ("AbortSignal.abort()", "AbortError"),
        ("AbortSignal.abort('text')", ""),
        ("AbortSignal.abort(null)", ""),
        ("AbortSignal.timeout(5)", "TimeoutError"),
        (
            "(() => { const c = new AbortController(); setTimeout(() => c.abort('later'), 5); return c.signal; })()",
            "",
        ),
    ];
    for (signal, name) in cases {
        let _undo = Undo(replace_fetch(
            "(_, { signal }) => new Promise((_, reject) => { globalThis.lastSignal = signal; signal.onabort = () => reject(signal.reason); })",
        ));
        let error =
            rejected(client.get_user(evaluate(&format!("{{ signal: {signal} }}"))), "aborted")
                .await;
        assert_eq!(text(&error, "name"), "AbortError");
        assert_eq!(text(&error, "cause.name"), name);
    }
    assert_eq!(get(&evaluate("globalThis.lastSignal"), "aborted"), JsValue::TRUE);
}

#[wasm_bindgen_test]
async fn requests_do_not_follow_redirects_or_send_cookies() {
    let client = signed_in("ada").await;
    let _undo = Undo(replace_fetch(
        "(url, init) => { globalThis.seen = new Request(url, init); return original(url, init); }",
    ));
    settle(client.get_user(JsValue::UNDEFINED)).await.unwrap();
    let seen = evaluate("globalThis.seen");
    assert_eq!(text(&seen, "redirect"), "error");
    assert_eq!(text(&seen, "credentials"), "omit");
    assert_eq!(text(&seen, "cache"), "no-store");
}

#[wasm_bindgen_test]
async fn logging_out_forgets_the_user_and_settles_what_is_pending() {
    let client = signed_in("ada").await;
    let _undo = Undo(replace_fetch("() => new Promise(() => {})"));
    let pending = client.get_user(JsValue::UNDEFINED);
    settle(Promise::resolve(&JsValue::NULL)).await.unwrap(); // the call is under way now
    client.logout();
    rejected(pending, "superseded").await;
    let user = settle(client.get_user(JsValue::UNDEFINED)).await.unwrap();
    assert_eq!(get(&user, "authenticated"), JsValue::FALSE);
}
