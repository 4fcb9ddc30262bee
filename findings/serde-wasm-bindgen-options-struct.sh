#!/usr/bin/env bash
# Expected: `#[serde(deny_unknown_fields)]` refuses a misspelt option, as it does with serde_json and the same
#           struct; and what is no object with options is refused.
# Seen:     serde-wasm-bindgen looks up the members it knows and never sees the others: the attribute has no
#           effect. A Map (which it accepts where a HashMap is wanted), an array, a Set or a Date pass as a
#           struct whose members are all left out, so every default applies. Getters and inherited
#           members count.
# Version:  serde-wasm-bindgen 0.6.5, serde 1.0.229, wasm-bindgen 0.2.130
# Matters:  `{ timeout: 5000 }` instead of `{ timeoutMs: 5000 }` silently means the default. Modules that
#           take options this way have to compare the keys themselves, as this client does.
# Source:   https://github.com/RReverser/serde-wasm-bindgen/issues/39 (for the attribute; closed as it is)
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
[dependencies]
serde = { version = "=1.0.229", features = ["derive"] }
serde_json = "1"
serde-wasm-bindgen = "=0.6.5"
wasm-bindgen = "=0.2.130"
TOML
cat > module/src/lib.rs <<'RUST'
use serde::Deserialize;
use wasm_bindgen::prelude::*;

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    retries: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { retries: 3 }
    }
}

fn words<E: ToString>(read: Result<Options, E>) -> String {
    read.map_or_else(|error| format!("refused, {}", error.to_string()), |options| format!("retries {}", options.retries))
}

#[wasm_bindgen]
pub fn by_value(options: JsValue) -> String {
    words(serde_wasm_bindgen::from_value(options))
}

#[wasm_bindgen]
pub fn by_json(options: &str) -> String {
    words(serde_json::from_str(options))
}
RUST
export CARGO_TARGET_DIR="${FINDINGS_TARGET_DIR:-$dir/target}"
cargo build --quiet --manifest-path bindgen/Cargo.toml
cargo build --quiet --manifest-path module/Cargo.toml --release --target wasm32-unknown-unknown
"$CARGO_TARGET_DIR/debug/bindgen" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/module.wasm" nodejs out
cat > run.cjs <<'JS'
const { by_value: byValue, by_json: byJson } = require("./out/module.js");

console.log(`serde-wasm-bindgen 0.6.5, Node ${process.version}`);
let right = byJson('{"retires":9}').startsWith("refused");
console.log(`serde_json         {"retires":9}            ${byJson('{"retires":9}')}`);
const cases = [
  ["{ retries: 1 }", { retries: 1 }, "retries 1"],
  ["{ retires: 9 }", { retires: 9 }, "retries 3"],
  ['Map { "retries" → 1 }', new Map([["retries", 1]]), "retries 3"],
  ["[1]", [1], "retries 3"],
  ["Set { 1 }", new Set([1]), "retries 3"],
  ["a Date", new Date(0), "retries 3"],
  ["inherited retries: 8", Object.create({ retries: 8 }), "retries 8"],
];
for (const [text, value, expected] of cases) {
  const result = byValue(value);
  console.log(`serde-wasm-bindgen ${text.padEnd(24)} ${result}`);
  if (result !== expected) right = false;
}
if (!right) console.error("CHANGED: what passes as options");
console.log("A misspelt option, a Map and an array all mean: no options.");
process.exit(right ? 0 : 1);
JS
node run.cjs
