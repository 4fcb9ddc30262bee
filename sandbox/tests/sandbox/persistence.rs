//! State that survives a restart, and files that cannot be trusted.

use std::fs;

use paragon_sandbox::{DEFAULT_PROJECT, Options, Sandbox, StartError};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::Harness;

#[tokio::test]
async fn state_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let options = || Options { state: Some(file.clone()), ..Options::default() };

    let harness = Harness::with(options()).await;
    assert!(file.exists(), "an unusable place is noticed at the start, not at the first change");
    let slack = harness.integration_id("slack").await;
    harness.send(harness.sdk("ada", Method::DELETE, &format!("/integrations/{slack}"))).await;
    let meta = json!({"meta": {"b": 1, "a": [null, "ü"]}});
    harness.send(harness.sdk("fresh", Method::PATCH, "/me").json(&meta)).await;
    let (ada, fresh) = (harness.me("ada").await, harness.me("fresh").await);
    harness.sandbox.shutdown().await;

    let harness = Harness::with(options()).await;
    assert_eq!((harness.me("ada").await, harness.me("fresh").await), (ada, fresh.clone()));
    assert_eq!(fresh["meta"].to_string(), r#"{"b":1,"a":[null,"ü"]}"#, "in the order given");
    harness.send(harness.plain(Method::POST, "/_sandbox/reset")).await;
    harness.sandbox.shutdown().await;

    let harness = Harness::with(options()).await;
    assert_eq!(harness.me("fresh").await["meta"], json!({}));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left beside the file: {left:?}");
}

#[tokio::test]
async fn a_file_of_before_accounts_could_be_connected_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let options = Options { state: Some(file.clone()), ..Options::default() };
    drop(Sandbox::start(options.clone()).await.unwrap());
    let mut states: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let users = states["projects"][DEFAULT_PROJECT].as_object_mut().unwrap();
    for credential in users["ada"]["credentials"].as_array_mut().unwrap() {
        credential.as_object_mut().unwrap().remove("answers").unwrap();
        let configuration = credential["configurations"][0].as_object_mut().unwrap();
        configuration.remove("meta").unwrap();
        configuration.remove("dateCreated").unwrap();
    }
    fs::write(&file, states.to_string()).unwrap();
    let harness = Harness::with(options).await;
    assert_eq!(harness.me("ada").await["integrations"]["slack"]["enabled"], true);
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let options = Options { state: Some(file.clone()), ..Options::default() };
    drop(Sandbox::start(options.clone()).await.unwrap());
    let whole = fs::read(&file).unwrap();
    let replaced = |from: &str, to: &str| {
        String::from_utf8(whole.clone()).unwrap().replacen(from, to, 1).into_bytes()
    };
    let cases = [
        ("empty", Vec::new()),
        ("cut", whole[..whole.len() / 2].to_vec()),
        ("bytes", vec![0xff; 64]),
        ("another's", br#"{"name": "something else"}"#.to_vec()),
        ("a later version", replaced("\"version\": 1", "\"version\": 2")),
        ("another format", replaced("paragon-sandbox state", "other")),
        ("an unknown status", replaced("\"VALID\"", "\"FINE\"")),
        ("an unknown field", replaced("\"meta\"", "\"metadata\"")),
        ("more behind it", [whole.clone(), b"{}".to_vec()].concat()),
    ];
    for (name, bytes) in cases {
        fs::write(&file, &bytes).unwrap();
        let error = Sandbox::start(options.clone()).await.expect_err(name);
        assert!(matches!(error, StartError::State(_)), "{name}: {error}");
        let message = error.to_string();
        assert!(message.contains("state.json") && message.contains("damaged"), "{message}");
        assert_eq!(fs::read(&file).unwrap(), bytes, "{name}");
    }
}

/// A change that cannot be written has not happened: the disk and the memory agree.
#[cfg(unix)]
#[tokio::test]
async fn a_change_that_cannot_be_saved_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("place");
    fs::create_dir(&place).unwrap();
    let file = place.join("state.json");
    let harness = Harness::with(Options { state: Some(file), ..Options::default() }).await;
    let before = harness.me("ada").await;
    // Works for root too, whom a read-only folder would not stop.
    fs::rename(&place, folder.path().join("moved")).unwrap();
    let request = harness.sdk("ada", Method::PATCH, "/me").json(&json!({"meta": {"A": 1}}));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 500);
    assert!(answer.text().await.unwrap().contains("state_not_saved"));
    assert_eq!(harness.me("ada").await, before);
    fs::rename(folder.path().join("moved"), &place).unwrap();
    let request = harness.sdk("ada", Method::PATCH, "/me").json(&json!({"meta": {"A": 1}}));
    assert_eq!(harness.send(request).await.status, 200);
}
