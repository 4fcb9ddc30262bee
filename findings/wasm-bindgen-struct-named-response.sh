#!/usr/bin/env bash
# Expected: an exported struct may have any name; where it collides, wasm-bindgen renames (an exported
#           `Error` becomes `Error2` inside the glue, and both work).
# Seen:     an exported `Response` hides the global one in the whole generated module, and the loader of
#           `--target web` asks `module instanceof Response`: what `fetch` gave is no longer recognised
#           and goes to WebAssembly.instantiate as if it were bytes. The default way of loading never works,
#           initSync with bytes does.
# Version:  wasm-bindgen 0.2.130 (wasm-bindgen-cli-support of the same version)
# Matters:  `Response` is just the name that a client of an HTTP API gives a type. The message, "must be a
#           buffer source", speaks of the file. Export it under another name (`js_name`).
# Source:   https://github.com/wasm-bindgen/wasm-bindgen/issues/2470 (open since 2021)
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
    let [wasm, target, out] = [1, 2, 3].map(|n| std::env::args().nth(n).unwrap());
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen.input_path(wasm).typescript(true);
    match target.as_str() {
        "web" => bindgen.web(true).unwrap(),
        _ => bindgen.nodejs(true).unwrap(),
    };
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
[features]
other-name = []
[dependencies]
wasm-bindgen = "=0.2.130"
TOML
cat > module/src/lib.rs <<'RUST'
use wasm_bindgen::prelude::*;

#[cfg_attr(not(feature = "other-name"), wasm_bindgen)]
#[cfg_attr(feature = "other-name", wasm_bindgen(js_name = Answer))]
pub struct Response {
    pub status: u16,
}

#[wasm_bindgen]
pub fn answer() -> Response {
    Response { status: 204 }
}
RUST
echo '{ "type": "module" }' > package.json
export CARGO_TARGET_DIR="${FINDINGS_TARGET_DIR:-$dir/target}"
cargo build --quiet --manifest-path bindgen/Cargo.toml
cargo build --quiet --manifest-path module/Cargo.toml --release --target wasm32-unknown-unknown
"$CARGO_TARGET_DIR/debug/bindgen" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/module.wasm" web response
cargo build --quiet --manifest-path module/Cargo.toml --release --target wasm32-unknown-unknown --features other-name
"$CARGO_TARGET_DIR/debug/bindgen" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/module.wasm" web answer
cat > run.mjs <<'JS'
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const server = createServer(({ url }, response) => {
  response.writeHead(200, { "content-type": "application/wasm" });
  response.end(readFileSync(`.${url}/module_bg.wasm`));
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
console.log(`wasm-bindgen 0.2.130, Node ${process.version}`);
const load = async (name) => {
  const module = await import(`./${name}/module.js`);
  const url = `http://127.0.0.1:${server.address().port}/${name}`;
  const result = await module.default({ module_or_path: fetch(url) }).then(() => "loads", ({ name, message }) => `${name}: ${message}`);
  console.log(`struct exported as ${name === "answer" ? "Answer  " : "Response"}: ${result}`);
  if (result !== "loads") module.initSync({ module: readFileSync(`${name}/module_bg.wasm`) });
  return [result, module.answer().status];
};
const [hidden, status] = await load("response");
const [other] = await load("answer");
server.close();
const right = hidden.includes("buffer source") && status === 204 && other === "loads";
if (!right) console.error(`CHANGED: ${hidden}; ${other}`);
console.log("The name of an exported struct decides whether the module can be loaded from an address.");
process.exit(right ? 0 : 1);
JS
node run.mjs
