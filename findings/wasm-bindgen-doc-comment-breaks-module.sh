#!/usr/bin/env bash
# Expected: a doc comment cannot change what the code does.
# Seen:     wasm-bindgen copies the doc comments of exports into JSDoc as they are. If one holds an asterisk
#           followed by a slash (a glob, a cron line in every-ten-minutes form, a C comment in an
#           example), the JSDoc ends there and the rest is code: the generated JavaScript does not parse. rustc,
#           rustdoc and wasm-bindgen say nothing.
# Version:  wasm-bindgen 0.2.130 (wasm-bindgen-cli-support of the same version)
# Matters:  to who builds this module, or one of their own beside it: only loading the built package shows it,
#           so a test has to do that; the same goes for the .d.ts file.
# Source:   not documented; met by others: https://github.com/mosuka/laurus/pull/385
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
wasm-bindgen = "=0.2.130"
TOML
cat > module/src/lib.rs <<'RUST'
use wasm_bindgen::prelude::*;

/// How often accounts are looked at, as cron has it: `*/10 * * * *`.
#[wasm_bindgen]
pub fn minutes() -> u32 {
    10
}
RUST
export CARGO_TARGET_DIR="${FINDINGS_TARGET_DIR:-$dir/target}"
cargo build --quiet --manifest-path bindgen/Cargo.toml
cargo build --quiet --manifest-path module/Cargo.toml --release --target wasm32-unknown-unknown
"$CARGO_TARGET_DIR/debug/bindgen" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/module.wasm" nodejs out
echo "wasm-bindgen 0.2.130, Node $(node --version)"
if node --check out/module.js 2> error.txt; then
  echo "CHANGED: the generated JavaScript parses" >&2
  exit 1
fi
grep -m 1 'SyntaxError' error.txt
echo "Built without a warning, and the generated module does not parse because of its doc comment."
