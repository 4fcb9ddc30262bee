//! The tokens that each route accepts.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use paragon_sandbox::{DEFAULT_PROJECT, TokenRequest, mint, public_key_pem, signing_key_pem};
use reqwest::{Method, header};
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use serde_json::{Value, json};

use crate::harness::{Harness, OTHER_PROJECT};

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// Signs any claims with a project's real key.
fn sign(project: &str, claims: &Value) -> String {
    // As a developer's own backend would: from the PEM that the command line prints.
    let private = rsa::RsaPrivateKey::from_pkcs8_pem(&signing_key_pem(project).unwrap()).unwrap();
    let key = EncodingKey::from_rsa_der(private.to_pkcs1_der().unwrap().as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, &key).unwrap()
}

fn hs256(secret: &[u8], claims: &Value) -> String {
    jsonwebtoken::encode(&Header::default(), claims, &EncodingKey::from_secret(secret)).unwrap()
}

/// `alg: none`, put together by hand because no library makes it.
fn unsigned(claims: &Value) -> String {
    use base64::Engine;
    let part = |value: &Value| {
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(value.to_string().as_bytes())
    };
    format!("{}.{}.", part(&json!({"alg": "none", "typ": "JWT"})), part(claims))
}

#[tokio::test]
async fn tokens_are_checked() {
    let harness = Harness::new().await;
    let good = json!({"sub": "ada", "iat": now(), "exp": now() + 60});
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        sign(DEFAULT_PROJECT, &claims)
    };
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        sign(DEFAULT_PROJECT, &claims)
    };
    let audience = format!("useparagon.com/{DEFAULT_PROJECT}");
    let valid = sign(DEFAULT_PROJECT, &good);
    let (head, signature) = valid.rsplit_once('.').unwrap();
    let public = public_key_pem(DEFAULT_PROJECT).unwrap();
    let other_signature = sign(DEFAULT_PROJECT, &json!({"sub": "grace"}));
    let other_signature = other_signature.rsplit_once('.').unwrap().1;

    let cases = [
        ("as documented", valid.clone(), ""),
        ("its own audience", with("aud", audience.clone().into()), ""),
        ("its audience among others", with("aud", json!(["x", audience])), ""),
        ("a clock slightly ahead", with("iat", (now() + 30).into()), ""),
        (
            "fractions of seconds",
            with("exp", json!(60.5 + f64::from(i32::try_from(now()).unwrap()))),
            "",
        ),
        ("another project's key", sign(OTHER_PROJECT, &good), "token_signature"),
        ("a signature of other claims", format!("{head}.{other_signature}"), "token_signature"),
        ("no signature", format!("{head}."), "token_signature"),
        ("alg none", unsigned(&good), "token_algorithm"),
        ("alg none, signature kept", format!("{}{signature}", unsigned(&good)), "token_algorithm"),
        ("HS256 with the public key", hs256(public.as_bytes(), &good), "token_algorithm"),
        ("HS256", hs256(b"secret", &good), "token_algorithm"),
        ("expired", with("exp", (now() - 1).into()), "token_expired"),
        ("from the future", with("iat", (now() + 3600).into()), "token_from_the_future"),
        ("no exp", without("exp"), "token_claim"),
        ("exp as text", with("exp", "9999999999".into()), "token_claim"),
        ("no iat", without("iat"), "token_claim"),
        ("no sub", without("sub"), "token_claim"),
        ("empty sub", with("sub", "".into()), "token_claim"),
        ("sub that is a number", with("sub", 7.into()), "token_claim"),
        ("another audience", with("aud", "useparagon.com/other".into()), "token_audience"),
        ("an audience of no kind", with("aud", json!({})), "token_audience"),
        ("no JWT", "not-a-token".to_owned(), "token_malformed"),
        ("two parts", head.to_owned(), "token_malformed"),
        ("claims that are no object", sign(DEFAULT_PROJECT, &json!([1])), "token_malformed"),
        ("empty", String::new(), "token_missing"),
    ];
    let me = format!("/projects/{DEFAULT_PROJECT}/sdk/me");
    for (name, token, code) in cases {
        let answer = harness.send(harness.plain(Method::GET, &me).bearer_auth(&token)).await;
        let wanted = if code.is_empty() { 200 } else { 401 };
        assert_eq!((answer.status.as_u16(), answer.code()), (wanted, code), "{name}");
        if wanted == 401 {
            assert!(answer.header("www-authenticate").starts_with("Bearer "), "{name}");
            let body = String::from_utf8_lossy(&answer.bytes);
            assert!(token.is_empty() || !body.contains(&token), "{name}: the token is repeated");
        }
    }
}

#[tokio::test]
async fn the_header_has_to_be_a_bearer_token() {
    let harness = Harness::new().await;
    let me = format!("/projects/{DEFAULT_PROJECT}/sdk/me");
    let token = harness.token("ada");
    let with = |value: String| harness.plain(Method::GET, &me).header(header::AUTHORIZATION, value);
    assert_eq!(harness.send(with(format!("bearer {token}"))).await.status, 200);
    let missing =
        [harness.plain(Method::GET, &me), with(token.clone()), with(format!("Basic {token}"))];
    for request in missing {
        harness.send(request).await.assert(401, "token_missing");
    }
}

#[tokio::test]
async fn one_projects_token_opens_no_other_project() {
    let harness = Harness::new().await;
    let token =
        mint(&TokenRequest { audience: None, ..TokenRequest::new(OTHER_PROJECT, "ada", 60) });
    let token = token.unwrap();
    let me = |project: &str| {
        harness.plain(Method::GET, &format!("/projects/{project}/sdk/me")).bearer_auth(&token)
    };
    harness.send(me(DEFAULT_PROJECT)).await.assert(401, "token_signature");
    harness.send(me("unheard-of")).await.assert(401, "unknown_project");
    let own = harness.send(me(OTHER_PROJECT)).await;
    assert_eq!(own.json["integrations"]["zendesk"]["credentialStatus"], "VALID");
    assert_eq!(own.json["integrations"].get("hubspot"), None);
}

#[tokio::test]
async fn every_endpoint_of_the_api_wants_a_token() {
    let harness = Harness::new().await;
    let mut tried = 0;
    for (template, operations) in harness.description.paths() {
        if !template.contains("{projectId}") {
            continue;
        }
        let path = template.replace("{projectId}", DEFAULT_PROJECT).replace(['{', '}'], "");
        let methods = ["get", "post", "put", "patch", "delete"];
        for method in methods.iter().filter(|method| operations.get(**method).is_some()) {
            let method: Method = method.to_ascii_uppercase().parse().unwrap();
            let answer = harness.send(harness.plain(method, &path)).await;
            answer.assert(401, "token_missing");
            tried += 1;
        }
    }
    assert!(tried >= 17, "{tried}");
}
