//! The program as a user starts it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use paragon_sandbox::DEFAULT_PROJECT;
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey};

use crate::harness::{OTHER_PROJECT, client};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paragon-sandbox"));
    command.args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the program starts")
}

fn line(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// A server in its own process, ended with the test.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        Self { child, url: first.trim_end().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_first_line_is_the_address_and_tokens_of_the_command_line_work_there() {
    let server = Server::start(&["--port", "0"]);
    let port = server.url.strip_prefix("http://127.0.0.1:").expect("an address and nothing else");
    assert_ne!(port.parse::<u16>().expect("a port"), 0);
    let status = async |project: &str, token: &str| {
        let me = format!("{}/projects/{project}/sdk/me", server.url);
        client().get(me).bearer_auth(token).send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(DEFAULT_PROJECT, &line(run(&["token"]))).await, 200);
    let token =
        line(run(&["token", "--project", OTHER_PROJECT, "--user", "x", "--expires-in", "60"]));
    assert_eq!(status(OTHER_PROJECT, &token).await, 200);
    assert_eq!(status(DEFAULT_PROJECT, &token).await, 401);
    let expired = line(run(&["token", "--expires-in", "-1"]));
    assert_eq!(status(DEFAULT_PROJECT, &expired).await, 401);
}

#[test]
fn keys_are_printed_as_pem() {
    let private = rsa::RsaPrivateKey::from_pkcs8_pem(&line(run(&["key"]))).expect("a private key");
    let public = rsa::RsaPublicKey::from_public_key_pem(&line(run(&["key", "--public"])));
    assert_eq!(private.to_public_key(), public.expect("a public key"));
    assert_ne!(line(run(&["key", "--project", OTHER_PROJECT])), line(run(&["key"])));
}

#[test]
fn mistakes_are_told_and_fail() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    fs::write(&file, "{").unwrap();
    let path = file.to_str().unwrap();
    let nowhere = folder.path().join("no/such/folder/state.json");
    let cases: [(&[&str], &str); 5] = [
        (&["--port", "0", "--state", path], "damaged"),
        (&["--port", "0", "--state", nowhere.to_str().unwrap()], "cannot be used"),
        (&["token", "--project", "nope"], "no project"),
        (&["token", "--user", ""], "must not be empty"),
        (&["--host", "no-address"], "invalid value"),
    ];
    for (arguments, wanted) in cases {
        let output = run(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(wanted), "{arguments:?}: {message}");
    }
    assert_eq!(fs::read(&file).unwrap(), b"{");
}

#[test]
fn a_taken_port_is_told() {
    let server = Server::start(&["--port", "0"]);
    let port = server.url.rsplit(':').next().unwrap();
    for arguments in [["--port", port].as_slice(), &["--port", "0", "--provider-port", port]] {
        let output = run(arguments);
        assert!(!output.status.success());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(&format!("127.0.0.1:{port}")), "{message}");
        assert!(message.contains("--port 0 is any that is free"), "{message}");
    }
}

#[tokio::test]
async fn the_provider_has_a_port_of_its_own() {
    let server = Server::start(&["--port", "0"]);
    let provider = client().get(format!("{}/_sandbox/provider", server.url)).send().await.unwrap();
    let provider: serde_json::Value = provider.json().await.unwrap();
    let origin = provider["origin"].as_str().unwrap();
    assert_ne!(origin, server.url);
    let page = client().get(format!("{origin}/provider/slack/authorize?state=x")).send().await;
    assert_eq!(page.unwrap().status(), 400);
    let elsewhere = client().get(format!("{origin}/_sandbox/provider")).send().await;
    assert_eq!(elsewhere.unwrap().status(), 404, "it serves nothing but its own pages");
}

#[cfg(unix)]
#[test]
fn signals_end_it_cleanly() {
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start(&["--port", "0"]);
        let pid = server.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        let status = server.child.wait().unwrap();
        assert!(status.success(), "{signal}: {status}");
    }
}
