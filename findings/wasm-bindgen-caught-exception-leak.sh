#!/usr/bin/env bash
# Expected: an import that is marked `catch` turns an exception into an `Err`, and nothing else remains of it.
# Seen:     with reference types (which Rust's own target has by default) each caught exception of an import
#           that returns a JavaScript value keeps one slot of the module's table of references for ever. A
#           module that reads members which may throw grows without bound. Without reference types it does not.
# Version:  wasm-bindgen 0.2.130, js-sys 0.3.107 (wasm-bindgen-cli-support of the same version)
# Matters:  a page that catches often (JSON that does not parse, getters that throw) loses memory. This
#           client's npm package is compiled without reference types; a build of your own has them.
# Source:   seen in the generated code: the slot for the result is taken before the exception is looked for.
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

/// How often reading the member throws, in so many tries.
#[wasm_bindgen]
pub fn failures(object: &JsValue, tries: u32) -> u32 {
    (0..tries).filter(|_| js_sys::Reflect::get(object, &"member".into()).is_err()).count() as u32
}
RUST
echo '{ "type": "commonjs" }' > package.json
export CARGO_TARGET_DIR="${FINDINGS_TARGET_DIR:-$dir/target}"
cargo build --quiet --manifest-path bindgen/Cargo.toml
cargo build --quiet --manifest-path module/Cargo.toml --release --target wasm32-unknown-unknown
"$CARGO_TARGET_DIR/debug/bindgen" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/module.wasm" out
cat > run.cjs <<'JS'
// What the module has is taken where it is instantiated.
let table;
const { Instance } = WebAssembly;
WebAssembly.Instance = function (...given) {
  const instance = new Instance(...given);
  table = instance.exports.__wbindgen_externrefs;
  return instance;
};
const { failures } = require("./out/module.js");
const grown = (object) => {
  failures(object, 1_000);
  const before = table.length;
  const count = failures(object, 100_000);
  return [count, table.length - before];
};
const [none, calm] = grown({ member: 1 });
const [all, leaked] = grown({ get member() { throw new Error("mine"); } });
console.log(`wasm-bindgen 0.2.130, Node ${process.version}`);
console.log(`100,000 reads that succeed: ${none} exceptions, the table grew by ${calm} slots`);
console.log(`100,000 reads that throw: ${all} exceptions, the table grew by ${leaked} slots`);
const right = none === 0 && calm === 0 && all === 100_000 && leaked >= 90_000;
if (!right) console.error("CHANGED");
console.log("Each exception that an import catches keeps a slot of the table.");
process.exit(right ? 0 : 1);
JS
node run.cjs
