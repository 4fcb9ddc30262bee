//! The sandbox's own endpoints.

use paragon_sandbox::{DEFAULT_PROJECT, DEFAULT_USER};
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::harness::{Harness, OTHER_PROJECT};

#[tokio::test]
async fn tokens_are_minted_for_whoever_asks() {
    let harness = Harness::new().await;
    let mint = |body: Value| harness.plain(Method::POST, "/_sandbox/token").json(&body);
    let issued = harness.send(harness.plain(Method::POST, "/_sandbox/token")).await.json;
    assert_eq!(
        (&issued["projectId"], &issued["userId"]),
        (&json!(DEFAULT_PROJECT), &json!(DEFAULT_USER))
    );
    let status = async |issued: &Value| {
        let path = format!("/projects/{}/sdk/me", issued["projectId"].as_str().unwrap());
        let token = issued["token"].as_str().unwrap();
        harness.send(harness.plain(Method::GET, &path).bearer_auth(token)).await
    };
    let cases = [
        (json!({}), 200, ""),
        (json!({"projectId": OTHER_PROJECT, "userId": "new"}), 200, ""),
        (json!({"audience": null}), 200, ""),
        (json!({"expiresInSeconds": 60.0}), 200, ""),
        (json!({"audience": "someone.else"}), 401, "token_audience"),
        (json!({"expiresInSeconds": -5}), 401, "token_expired"),
        (json!({"expiresInSeconds": 0}), 401, "token_expired"),
        (json!({"issuedAt": 4_000_000_000_i64}), 401, "token_from_the_future"),
    ];
    for (body, wanted, code) in cases {
        let issued = harness.send(mint(body.clone())).await.json;
        let answer = status(&issued).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (wanted, code), "{body}");
    }
    let refused = [
        (json!({"projectId": "nope"}), 404, "unknown_project"),
        (json!({"userId": ""}), 400, "body_invalid"),
        (json!({"userid": "ada"}), 400, "body_invalid"),
        (json!({"expiresInSeconds": "soon"}), 400, "body_invalid"),
        (json!({"expiresInSeconds": i64::MIN}), 400, "body_invalid"),
        (json!([]), 400, "body_invalid"),
        (json!({"expiresInSeconds": 60.5}), 400, "body_invalid"),
    ];
    for (body, wanted, code) in refused {
        harness.send(mint(body)).await.assert(wanted, code);
    }
}

#[tokio::test]
async fn the_users_listed_are_there() {
    let harness = Harness::new().await;
    let list = harness.send(harness.plain(Method::GET, "/_sandbox/users")).await.json;
    let users = list["users"].as_array().unwrap();
    assert!(users.len() >= 8);
    for user in users {
        let text = |name: &str| user[name].as_str().unwrap();
        let token = harness.sandbox.token(text("projectId"), text("userId"), 60).unwrap();
        let path = format!("/projects/{}/sdk/me", text("projectId"));
        let me = harness.send(harness.plain(Method::GET, &path).bearer_auth(token)).await.json;
        assert_eq!(me["userId"], text("userId"));
    }
}

#[tokio::test]
async fn requests_are_logged_without_secrets() {
    let harness = Harness::new().await;
    let token = harness.token("ada");
    let path = format!("/projects/{DEFAULT_PROJECT}/sdk/me?userToken={token}&a=1");
    let request = harness.plain(Method::PATCH, &path).bearer_auth(&token);
    harness.send(request.json(&json!({"meta": {"Note": token, "Plan": "free"}}))).await;
    let request = harness.sdk("ada", Method::PATCH, "/credentials/x");
    harness.send(request.json(&json!({"accessToken": "opaque-secret"}))).await;
    let request = harness.sdk("ada", Method::POST, "/proxy/slack/_echo");
    let form = format!("token={token}&b=2");
    let form_type = "application/x-www-form-urlencoded";
    harness.send(request.header(header::CONTENT_TYPE, form_type).body(form)).await;
    harness.send(harness.plain(Method::GET, &format!("/{token}"))).await;
    harness.send(harness.plain(Method::GET, "/_sandbox/users")).await;

    let answer = harness.send(harness.plain(Method::GET, "/_sandbox/requests")).await;
    let text = String::from_utf8(answer.bytes.clone()).unwrap();
    let (payload, signature) =
        (token.split('.').nth(1).unwrap(), token.rsplit('.').next().unwrap());
    for secret in [payload, signature, "opaque-secret"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let list = answer.json["requests"].as_array().unwrap();
    let seen: Vec<_> =
        list.iter().map(|it| (it["method"].as_str().unwrap(), it["status"].as_u64())).collect();
    let wanted =
        [("PATCH", Some(200)), ("PATCH", Some(404)), ("POST", Some(200)), ("GET", Some(404))];
    assert_eq!(seen, wanted, "in order, and no admin request");
    assert_eq!(list[0]["query"], "userToken=[redacted]&a=1");
    assert_eq!(list[0]["headers"]["authorization"], "Bearer [redacted]");
    assert_eq!(list[0]["body"]["meta"], json!({"Note": "[redacted]", "Plan": "free"}));
    assert_eq!(list[2]["body"], "token=[redacted]&b=2");

    harness.send(harness.plain(Method::DELETE, "/_sandbox/requests")).await;
    let list = harness.send(harness.plain(Method::GET, "/_sandbox/requests")).await.json;
    assert_eq!(list, json!({"requests": []}));
}

#[tokio::test]
async fn the_log_is_bounded() {
    let harness = Harness::new().await;
    for number in 0..1005 {
        let request = harness.plain(Method::GET, &format!("/nowhere/{number}"));
        assert_eq!(request.send().await.unwrap().status(), 404);
    }
    let list = harness.send(harness.plain(Method::GET, "/_sandbox/requests")).await.json;
    let list = list["requests"].as_array().unwrap();
    assert_eq!((list.len(), &list[0]["path"]), (1000, &json!("/nowhere/5")));
}

#[tokio::test]
async fn the_page_names_the_address_it_was_asked_at() {
    let harness = Harness::new().await;
    let request = harness.plain(Method::GET, "/").header(header::HOST, "sandbox.test:8080");
    let page = harness.send(request).await;
    let page = String::from_utf8(page.bytes).unwrap();
    assert!(page.contains("http://sandbox.test:8080/_sandbox/token"));
    let request = harness.plain(Method::GET, "/").header(header::HOST, "<script>");
    let page = String::from_utf8(request.send().await.unwrap().bytes().await.unwrap().to_vec());
    assert!(!page.unwrap().contains("<script>"));
}
