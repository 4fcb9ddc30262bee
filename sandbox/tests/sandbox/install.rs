//! Connecting accounts through a provider's consent.

use paragon_sandbox::DEFAULT_PROJECT;
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::harness::Harness;
use crate::popup::{Popup, data, query};

#[tokio::test]
async fn consent_becomes_an_account() {
    let harness = Harness::new().await;
    for product in ["slack", "custom.taskbird"] {
        let popup = Popup::open(&harness, "noor", product).await;
        let page = popup.address(&[]).await;
        assert_eq!(page.origin().ascii_serialization(), harness.sandbox.provider_url());
        assert_ne!(harness.sandbox.provider_url(), harness.sandbox.url());
        let form = harness.send(harness.http.get(page.clone())).await;
        let text = String::from_utf8(form.bytes.clone()).unwrap();
        for wanted in [">Allow<", ">Deny<", ">This provider severs its opener<", "Lantern CRM"] {
            assert!(text.contains(wanted), "{wanted}");
        }
        assert_eq!(form.header("cross-origin-opener-policy"), "");

        let back = popup.press(&page, "allow", "noor@example.com").await;
        assert_eq!(back.origin().ascii_serialization(), harness.sandbox.url());
        let told = data(&popup.arrive(&back).await);
        assert_eq!(told["origin"], "https://app.example:8443");
        let payload = &told["message"]["credential"]["payload"];
        assert_eq!(popup.session(Method::GET).await.json["connectCredentialId"], Value::Null);

        let saved = popup.save(payload, json!({})).await.json;
        assert_eq!(
            (&saved["status"], &saved["providerId"]),
            (&json!("VALID"), &json!("noor@example.com"))
        );
        let entry = &harness.me("noor").await["integrations"][product];
        assert_eq!((&entry["enabled"], &entry["credentialId"]), (&json!(true), &saved["id"]));
        let read = harness
            .send(harness.sdk(
                "noor",
                Method::GET,
                &format!("/credentials/{}", saved["id"].as_str().unwrap()),
            ))
            .await;
        assert_eq!(read.json, saved);

        assert_eq!(popup.session(Method::GET).await.json["connectCredentialId"], saved["id"]);
        assert_eq!(popup.session(Method::DELETE).await.status, 200);
        assert_eq!(popup.session(Method::GET).await.json["connectCredentialId"], Value::Null);
    }
    let running = harness.workflow_id("slack", "Announce won deals").await;
    let settings = &harness.me("noor").await["integrations"]["slack"]["workflowSettings"];
    assert_eq!(settings[running]["enabled"], true, "it is on from the start");
}

#[tokio::test]
async fn one_consent_is_one_account_however_often_it_is_sent() {
    let harness = Harness::new().await;
    let popup = Popup::open(&harness, "noor", "slack").await;
    let more = json!({"allowMultipleCredentials": true});
    let payload = popup.consent("a@example.com", &[("installOptions", &more.to_string())]).await;
    let both = tokio::join!(popup.save(&payload, more.clone()), popup.save(&payload, more.clone()));
    assert_eq!((both.0.status.as_u16(), &both.0.json["id"]), (200, &both.1.json["id"]));
    let count = async || {
        let me = harness.me("noor").await;
        me["integrations"]["slack"]["allCredentials"].as_array().unwrap().len()
    };
    assert_eq!(count().await, 1);
    // Disconnected, it does not come back by itself.
    harness
        .send(harness.sdk(
            "noor",
            Method::DELETE,
            &format!("/integrations/{}", popup.integration_id),
        ))
        .await;
    popup.save(&payload, more).await.assert(400, "code_used");
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn a_code_is_good_for_its_user_and_integration_only() {
    let harness = Harness::new().await;
    let popup = Popup::open(&harness, "noor", "slack").await;
    let payload = popup.consent("a@example.com", &[]).await;
    let notion = harness.integration_id("notion").await;
    let save = |user: &str, id: &str, payload: &Value| {
        let body = json!({"integrationId": id, "payload": payload});
        harness.sdk(user, Method::POST, "/credentials").json(&body)
    };
    let slack = popup.integration_id.as_str();
    harness.send(save("ada", slack, &payload)).await.assert(400, "code_invalid");
    harness.send(save("noor", &notion, &payload)).await.assert(400, "code_invalid");
    harness
        .send(save("noor", slack, &json!({"code": "made up"})))
        .await
        .assert(400, "code_invalid");
    harness.send(save("noor", slack, &json!({"code": 7}))).await.assert(400, "body_invalid");
    harness.send(save("noor", slack, &json!({}))).await.assert(400, "body_invalid");
    // As `completeInstall` of the official SDK sends it.
    let body = json!({"integrationId": slack, "code": payload["code"], "redirectUrl": "https://app.example/back", "integrationOptions": {}});
    let saved = harness.send(harness.sdk("noor", Method::POST, "/credentials").json(&body)).await;
    assert_eq!(saved.json["status"], "VALID");
}

#[tokio::test]
async fn a_denial_is_told_with_its_reason() {
    let harness = Harness::new().await;
    let popup = Popup::open(&harness, "noor", "slack").await;
    let back = popup.press(&popup.address(&[]).await, "deny", "").await;
    let message = data(&popup.arrive(&back).await)["message"].clone();
    assert_eq!(message["type"], "oauth_error_callback");
    assert_eq!(message["integrationId"], popup.integration_id.as_str());
    assert_eq!(message["errorResponse"]["error"], "access_denied");
    assert_eq!(message["error"], message["errorResponse"]["message"]);
    assert_eq!(harness.me("noor").await["integrations"]["slack"]["enabled"], false);
}

#[tokio::test]
async fn a_severed_popup_saves_the_account_itself() {
    let harness = Harness::new().await;
    let popup = Popup::open(&harness, "noor", "slack").await;
    let mut page = popup.address(&[]).await;
    page.query_pairs_mut().append_pair("opener", "severed");
    let form = harness.send(harness.http.get(page.clone())).await;
    assert_eq!(form.header("cross-origin-opener-policy"), "same-origin");

    let back = popup.press(&page, "allow", "noor@example.com").await;
    popup.arrive(&back).await;
    let complete = |cookie: &str, code: &str| {
        let form = format!("state={}&code={code}", query(&back, "state"));
        harness.plain(Method::POST, "/oauth").header(header::COOKIE, cookie).body(form)
    };
    let code = query(&back, "code");
    harness.send(complete("", &code)).await.assert(400, "nonce_missing");
    harness.send(complete(&popup.cookie, "made-up")).await.assert(400, "code_invalid");
    let done = harness.send(complete(&popup.cookie, &code)).await.json;
    let polled = popup.session(Method::GET).await.json;
    assert_eq!(polled, done);
    let entry = &harness.me("noor").await["integrations"]["slack"];
    assert_eq!(entry["credentialId"], done["connectCredentialId"]);
    // It is the user's own: no other user sees it under the same key.
    let key = popup.session_key.replace(' ', "%20");
    let other = harness.sdk("ada", Method::GET, &format!("/actions/session-id/{key}"));
    assert_eq!(harness.send(other).await.json["connectCredentialId"], Value::Null);
}

#[tokio::test]
async fn a_window_that_skipped_the_nonce_page_gets_no_further() {
    let harness = Harness::new().await;
    let mut popup = Popup::open(&harness, "noor", "slack").await;
    let stranger = Popup::open(&harness, "ada", "slack").await;
    for cookie in ["", "paragon-sandbox-nonce-0=made-up", &stranger.cookie] {
        popup.cookie = cookie.to_owned();
        let back = popup.press(&popup.address(&[]).await, "allow", "a@example.com").await;
        let message = data(&popup.arrive(&back).await)["message"].clone();
        assert_eq!(message["errorResponse"]["error"], "nonce_missing", "{cookie}");
    }
}

#[tokio::test]
async fn the_nonce_page_wants_a_token_and_an_origin() {
    let harness = Harness::new().await;
    let popup = Popup::open(&harness, "noor", "slack").await;
    let token = harness.token("noor");
    let page = popup.nonce(&token, "http://localhost:5173").await;
    assert_eq!(data(&page), json!({"origin": "http://localhost:5173"}));
    let text = String::from_utf8(page.bytes.clone()).unwrap();
    assert!(!text.contains(&token) && text.contains("oauth-nonce-loaded"));
    assert!(page.header("set-cookie").contains("HttpOnly"));
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    popup.nonce("", "https://app.example").await.assert(401, "token_missing");
    popup.nonce("nonsense", "https://app.example").await.assert(401, "token_malformed");
    let expired = harness.sandbox.token(DEFAULT_PROJECT, "noor", -5).unwrap();
    popup.nonce(&expired, "https://app.example").await.assert(401, "token_expired");
    for origin in ["", "*", "null", "https://", "https://a.example/", "https://a'</script>"] {
        popup.nonce(&token, origin).await.assert(400, "query_invalid");
    }
}

#[tokio::test]
async fn an_address_is_built_for_what_can_be_installed() {
    let harness = Harness::new().await;
    let popup = Popup::open(&harness, "noor", "slack").await;
    let klaviyo = Popup::open(&harness, "noor", "klaviyo").await;
    let shopify = Popup::open(&harness, "noor", "shopify").await;
    let zendesk = Popup::open(&harness, "noor", "zendesk").await;
    let cases = [
        (klaviyo.build(&[]), 400, "not_oauth"),
        (shopify.build(&[("installOptions", r#"{"accountType":"custom-app"}"#)]), 400, "not_oauth"),
        (
            shopify.build(&[("installOptions", r#"{"accountType":"nope"}"#)]),
            400,
            "account_type_unknown",
        ),
        (
            shopify.build(&[("installOptions", r#"{"accountType":"default"}"#)]),
            400,
            "options_invalid",
        ),
        (zendesk.build(&[]), 400, "options_invalid"),
        (zendesk.build(&[("endUserSuppliedValues", r#"{"subdomain":7}"#)]), 400, "options_invalid"),
        (zendesk.build(&[("endUserSuppliedValues", "[]")]), 400, "query_invalid"),
        (popup.build(&[("installOptions", "{")]), 400, "query_invalid"),
        (popup.build(&[("installOptions", r#"{"externalId":""}"#)]), 400, "body_invalid"),
        (popup.build(&[("redirectUrl", "javascript:alert(1)")]), 400, "query_invalid"),
    ];
    for (request, status, code) in cases {
        let shown = format!("{request:?}");
        let answer = harness.send(request).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{shown}");
    }
    let answer = harness.send(zendesk.build(&[])).await;
    assert_eq!(answer.json["meta"]["fields"], json!({"subdomain": "is required"}));
    let list = harness.send(harness.sdk("noor", Method::GET, "/integrations")).await.json;
    let mailchimp = list.as_array().unwrap().iter().find(|it| it["type"] == "mailchimp").unwrap();
    let path = format!("/v2/projects/{DEFAULT_PROJECT}/sdk/actions/build-oauth");
    let build = |action: &str, id: &str| {
        let parameters = [
            ("action", action),
            ("integrationId", id),
            ("originForPostMessage", "https://a.example"),
        ];
        harness.plain(Method::GET, &path).bearer_auth(harness.token("noor")).query(&parameters)
    };
    let id = mailchimp["id"].as_str().unwrap();
    harness.send(build("mailchimp", id)).await.assert(409, "integration_not_active");
    harness.send(build("slack", "nope")).await.assert(404, "integration_not_found");
    harness.send(build("hubspot", &popup.integration_id)).await.assert(400, "query_invalid");
}

#[tokio::test]
async fn what_was_answered_before_is_kept_with_the_account() {
    let harness = Harness::new().await;
    let zendesk = Popup::open(&harness, "noor", "zendesk").await;
    let answers = [("endUserSuppliedValues", r#"{"subdomain":"lantern","other":1}"#)];
    let payload = zendesk.consent("noor@zendesk.example", &answers).await;
    let saved = zendesk.save(&payload, json!({})).await.json;
    assert_eq!(
        saved["providerData"],
        json!({"account": "noor@zendesk.example", "subdomain": "lantern"})
    );
    let salesforce = Popup::open(&harness, "noor", "salesforce").await;
    for chosen in [json!("sandbox"), json!(["sandbox"])] {
        let saved = salesforce.install("noor@sf.example", json!({"accountType": chosen})).await;
        assert_eq!(saved["providerData"]["accountType"], "sandbox");
    }
}

#[tokio::test]
async fn the_application_may_have_the_user_sent_to_itself() {
    let harness = Harness::new().await;
    let popup = Popup::open(&harness, "noor", "slack").await;
    for (own, wanted) in [
        ("https://app.example/back", "https://app.example/back?code="),
        ("https://app.example/back?a=1#here", "https://app.example/back?a=1&code="),
    ] {
        let page = popup.address(&[("redirectUrl", own)]).await;
        let back = popup.press(&page, "allow", "a@example.com").await;
        assert!(back.as_str().starts_with(wanted), "{back}");
        assert_eq!(query(&back, "state"), query(&page, "state"));
        assert_eq!(back.fragment(), own.split_once('#').map(|it| it.1));
    }
}

#[tokio::test]
async fn accounts_are_added_reconnected_and_named() {
    let harness = Harness::new().await;
    let popup = Popup::open(&harness, "mateo", "salesforce").await;
    let accounts = async || {
        let me = harness.me("mateo").await;
        me["integrations"]["salesforce"]["allCredentials"].as_array().unwrap().clone()
    };
    let before = accounts().await;
    let multiple = json!({"allowMultipleCredentials": true, "externalId": "third"});
    let third = popup.install("third@example.com", multiple.clone()).await;
    assert_eq!((accounts().await.len(), &third["externalId"]), (3, &json!("third")));
    let again = popup.install("third@example.com", json!({"allowMultipleCredentials": true})).await;
    assert_eq!((accounts().await.len(), &again["id"]), (3, &third["id"]), "the same account");
    assert_eq!(again["externalId"], "third");

    let payload = popup.consent("fourth@example.com", &[]).await;
    popup.save(&payload, multiple).await.assert(409, "external_id_taken");
    popup
        .save(&payload, json!({"selectedCredentialId": "nope"}))
        .await
        .assert(404, "credential_not_found");
    let both = json!({"selectedCredentialId": "staging", "externalId": "x"});
    popup.save(&payload, both).await.assert(400, "body_invalid");
    let staging = popup.save(&payload, json!({"selectedCredentialId": "ext:staging"})).await.json;
    assert_eq!(
        (&staging["id"], &staging["providerId"]),
        (&before[1]["id"], &json!("fourth@example.com"))
    );
    assert_eq!(staging["configurations"], {
        let mut kept = before[1]["configurations"].clone();
        kept[0]["dateUpdated"] = staging["dateUpdated"].clone();
        kept
    });
    let default = popup.install("fifth@example.com", json!({})).await;
    assert_eq!((accounts().await.len(), &default["id"]), (3, &before[0]["id"]), "in its place");
}

#[tokio::test]
async fn tokens_and_keys_of_an_install_stay_out_of_the_log() {
    let harness = Harness::new().await;
    let popup = Popup::open(&harness, "noor", "shopify").await;
    let values = r#"{"shop":"lamps","accessToken":"opaque-secret"}"#;
    harness
        .send(
            popup
                .build(&[("endUserSuppliedValues", values), ("userToken", &harness.token("noor"))]),
        )
        .await;
    let options = json!({"accountType": "custom-app"});
    let payload = json!({"shop": "lamps", "accessToken": "opaque-secret"});
    let saved = popup.save(&payload, options).await;
    assert_eq!(
        saved.json["providerData"],
        json!({"account": saved.json["providerId"], "accountType": "custom-app", "shop": "lamps"})
    );
    let log = harness.send(harness.plain(Method::GET, "/_sandbox/requests")).await;
    let log = String::from_utf8(log.bytes).unwrap();
    assert!(log.contains("oauth-nonce") && log.contains("lamps"));
    for secret in ["opaque-secret", popup.cookie.split_once('=').unwrap().1, "eyJ"] {
        assert!(!log.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_state_that_nobody_began_is_refused() {
    let harness = Harness::new().await;
    let popup = Popup::open(&harness, "noor", "slack").await;
    let page = popup.address(&[]).await;
    let begun = query(&page, "state");
    for path in ["/oauth?code=x", "/oauth?state=&code=x"] {
        harness.send(harness.plain(Method::GET, path)).await.assert(400, "query_invalid");
    }
    let unknown = [
        "/oauth?state=nope&code=x".to_owned(),
        "/provider/slack/authorize?state=nope".to_owned(),
        format!("/provider/notion/authorize?state={begun}"),
    ];
    for path in unknown {
        harness.send(harness.plain(Method::GET, &path)).await.assert(400, "state_unknown");
    }
    let early = harness.plain(Method::GET, &format!("/oauth?state={begun}&code=early"));
    let message = data(&harness.send(early).await)["message"].clone();
    assert_eq!(message["errorResponse"]["error"], "code_invalid");
    harness.send(harness.plain(Method::POST, "/_sandbox/reset")).await;
    let gone = harness.plain(Method::GET, &format!("/oauth?state={begun}&code=x"));
    harness.send(gone).await.assert(400, "state_unknown");
}
