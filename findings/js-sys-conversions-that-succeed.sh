#!/usr/bin/env bash
# Expected: `f64::try_from(JsValue)` fails for what is no number, as `String::try_from` fails for what is no
#           text; and `js_sys::JSON::stringify` that is Ok has text in it.
# Seen:     the conversion is JavaScript's unary plus: null is 0, "" is 0, [7] is 7, a Date its time, and
#           "seven" is NaN, all of them Ok. `as_f64`, `u64::try_from` and `String::try_from` are strict.
#           `JSON::stringify` is Ok for undefined, a function or an object whose toJSON gives nothing,
#           and the JsString in it is undefined: `as_string()` is None.
# Version:  wasm-bindgen 0.2.130, js-sys 0.3.107
# Matters:  for Rust front ends around this crate: read numbers with `as_f64`, and ask `is_undefined()` of
#           what stringify gave before making a String of it.
# Source:   the doc comment of that one conversion says unary plus; that of stringify does not speak of undefined.
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
js-sys = "=0.3.107"
TOML
cat > module/src/lib.rs <<'RUST'
use wasm_bindgen::prelude::*;

/// What the ways to read a number, and the one to read text, make of a value.
#[wasm_bindgen]
pub fn read(value: JsValue) -> String {
    let tried = f64::try_from(value.clone()).ok();
    format!("{tried:?} {:?} {}", value.as_f64(), String::try_from(value).is_ok())
}

#[wasm_bindgen]
pub fn stringify(value: &JsValue) -> String {
    match js_sys::JSON::stringify(value) {
        Ok(text) => format!("Ok({:?})", text.as_string()),
        Err(_) => "Err".to_owned(),
    }
}
RUST
echo '{ "type": "commonjs" }' > package.json
export CARGO_TARGET_DIR="${FINDINGS_TARGET_DIR:-$dir/target}"
cargo build --quiet --manifest-path bindgen/Cargo.toml
cargo build --quiet --manifest-path module/Cargo.toml --release --target wasm32-unknown-unknown
"$CARGO_TARGET_DIR/debug/bindgen" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/module.wasm" out
cat > run.cjs <<'JS'
const { read, stringify } = require("./out/module.js");
const values = { null: null, '""': "", "[7]": [7], "new Date(5)": new Date(5), '"seven"': "seven", "7": 7 };
const numbers = Object.entries(values).map(([name, value]) => [name, read(value)]);
const texts = Object.entries({ undefined, "() => 1": () => 1, "toJSON() {}": { toJSON() {} }, 7: 7 }).map(([name, value]) => [name, stringify(value)]);
console.log(`wasm-bindgen 0.2.130, js-sys 0.3.107, Node ${process.version}`);
for (const [name, seen] of numbers) console.log(`${name.padEnd(14)} f64::try_from, as_f64, String::try_from is Ok: ${seen}`);
for (const [name, seen] of texts) console.log(`${name.padEnd(14)} JSON::stringify: ${seen}`);
const right =
  numbers.map(([, seen]) => seen).join(" / ") ===
    "Some(7.0) Some(7.0) false / Some(0.0) None false / Some(0.0) None true / Some(7.0) None false / Some(5.0) None false / Some(NaN) None true" &&
  texts.map(([, seen]) => seen).sort().join(" / ") === 'Ok(None) / Ok(None) / Ok(None) / Ok(Some("7"))';
if (!right) console.error("CHANGED: what becomes of values that are no number or no JSON");
console.log("f64::try_from takes nearly everything, and an Ok of JSON::stringify may be undefined.");
process.exit(right ? 0 : 1);
JS
node run.cjs
