#!/usr/bin/env bash
# Expected: `#[wasm_bindgen(inspectable)]` gives a struct a toString and a toJSON that show its fields.
# Seen:     with one public field of type u64 or i64 both throw "Do not know how to serialize a BigInt":
#           `${value}`, `value + ""` and JSON.stringify(value), so also a message that only mentions the
#           object. In a console it looks right, as that reads the fields by another way.
# Version:  wasm-bindgen 0.2.130
# Matters:  for Rust front ends around this crate: a log line for an error path fails itself, and nobody saw
#           it in the console. Give such fields as f64 or String.
# Source:   the guide's page on `inspectable` does not speak of 64-bit integers.
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
TOML
cat > module/src/lib.rs <<'RUST'
use wasm_bindgen::prelude::*;

#[wasm_bindgen(inspectable)]
pub struct Small {
    pub id: u32,
}

#[wasm_bindgen(inspectable)]
pub struct Large {
    pub id: u64,
}

#[wasm_bindgen]
pub fn small() -> Small {
    Small { id: 7 }
}

#[wasm_bindgen]
pub fn large() -> Large {
    Large { id: 7 }
}
RUST
echo '{ "type": "commonjs" }' > package.json
export CARGO_TARGET_DIR="${FINDINGS_TARGET_DIR:-$dir/target}"
cargo build --quiet --manifest-path bindgen/Cargo.toml
cargo build --quiet --manifest-path module/Cargo.toml --release --target wasm32-unknown-unknown
"$CARGO_TARGET_DIR/debug/bindgen" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/module.wasm" out
cat > run.cjs <<'JS'
const { inspect } = require("node:util");
const { small, large } = require("./out/module.js");
const said = (call) => {
  try {
    return call();
  } catch ({ name, message }) {
    return `${name}: ${message}`;
  }
};
const ways = { "`${value}`": (value) => `${value}`, "JSON.stringify": (value) => JSON.stringify(value), console: (value) => inspect(value) };
const seen = {};
for (const [name, way] of Object.entries(ways)) seen[name] = [small(), large()].map((value) => said(() => way(value)));
console.log(`wasm-bindgen 0.2.130, Node ${process.version}; a struct with a u32, and one with a u64:`, seen);
const error = "TypeError: Do not know how to serialize a BigInt";
const right = Object.values(seen).join(" / ") === [`{"id":7},${error}`, `{"id":7},${error}`, "{ id: 7 },{ id: 7n }"].join(" / ");
if (!right) console.error("CHANGED: how such a struct is shown");
console.log("An inspectable struct with a u64 throws when it is made text.");
process.exit(right ? 0 : 1);
JS
node run.cjs
