#!/usr/bin/env bash
# Expected: `#[serde(flatten)]` and `#[serde(untagged)]` change where a member is looked for, not what may
#           be in it.
# Seen:     a Uint8Array for a field of type Vec<u8> is read as long as the struct is used directly; behind
#           `flatten` it fails with "invalid type: byte array, expected a sequence". In an untagged enum with
#           a String and a Vec<u8> it becomes the String, its bytes read as UTF-8, if that stands
#           first; a plain array [104, 105] becomes the Vec in both.
# Version:  serde-wasm-bindgen 0.6.5, serde 1
# Matters:  for Rust code of your own that takes bodies or options from JavaScript: binary data arrives as
#           text, or is refused, after a change that only shares some fields. Keep such members in a struct
#           that is read directly, and put bytes before text in an untagged enum.
# Source:   not in the crate's readme; serde buffers what it has not decided on, and bytes have a kind of
#           their own there.
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
serde-wasm-bindgen = "=0.6.5"
serde = { version = "1", features = ["derive"] }
TOML
cat > module/src/lib.rs <<'RUST'
use serde::Deserialize;
use wasm_bindgen::prelude::*;

#[derive(Debug, Deserialize)]
pub struct Upload {
    pub bytes: Vec<u8>,
}

#[derive(Debug, Deserialize)]
pub struct Named {
    #[serde(flatten)]
    pub upload: Upload,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Body {
    Text(String),
    Bytes(Vec<u8>),
}

fn read<T: std::fmt::Debug + serde::de::DeserializeOwned>(value: JsValue) -> String {
    serde_wasm_bindgen::from_value::<T>(value).map_or_else(|error| error.to_string(), |read| format!("{read:?}"))
}

#[wasm_bindgen]
pub fn direct(value: JsValue) -> String {
    read::<Upload>(value)
}

#[wasm_bindgen]
pub fn flattened(value: JsValue) -> String {
    read::<Named>(value)
}

#[wasm_bindgen]
pub fn untagged(value: JsValue) -> String {
    read::<Body>(value)
}
RUST
echo '{ "type": "commonjs" }' > package.json
export CARGO_TARGET_DIR="${FINDINGS_TARGET_DIR:-$dir/target}"
cargo build --quiet --manifest-path bindgen/Cargo.toml
cargo build --quiet --manifest-path module/Cargo.toml --release --target wasm32-unknown-unknown
"$CARGO_TARGET_DIR/debug/bindgen" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/module.wasm" out
cat > run.cjs <<'JS'
const { direct, flattened, untagged } = require("./out/module.js");
const bytes = new Uint8Array([104, 105]);
const seen = {
  "struct, Uint8Array": direct({ bytes }),
  "flattened struct, Uint8Array": flattened({ bytes }),
  "flattened struct, array": flattened({ bytes: [...bytes] }),
  "untagged enum, Uint8Array": untagged(bytes),
  "untagged enum, array": untagged([...bytes]),
};
console.log(`serde-wasm-bindgen 0.6.5, Node ${process.version}`, seen);
const right = Object.values(seen).join(" / ") === [
  "Upload { bytes: [104, 105] }",
  "Error: invalid type: byte array, expected a sequence",
  "Named { upload: Upload { bytes: [104, 105] } }",
  'Text("hi")',
  "Bytes([104, 105])",
].join(" / ");
if (!right) console.error("CHANGED: what becomes of a Uint8Array");
console.log("Behind flatten a Uint8Array is refused, and in an untagged enum it is text.");
process.exit(right ? 0 : 1);
JS
node run.cjs
