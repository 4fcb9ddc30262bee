#!/usr/bin/env bash
# Expected: after a test clock is uninstalled, everything runs as before.
# Seen:     wasm-bindgen-futures runs all `async fn` exports of a module from one queue, which it starts with
#           the global queueMicrotask. @sinonjs/fake-timers (so Jest's fake timers too) replaces that
#           function. One call made while the clock is installed, and the clock removed without another
#           tick: the start is lost with the clock, the queue believes it is still to come, and no async
#           export of that module settles ever again. No error, also for calls made later.
# Version:  wasm-bindgen-futures 0.4.80, wasm-bindgen 0.2.130, @sinonjs/fake-timers 15.5.0
# Matters:  one test with fake timers makes all later tests of the file time out, for any module of the
#           usual kind. Leave queueMicrotask out of the faked functions (Jest: `doNotFake:
#           ["queueMicrotask"]`). This client does not use that queue.
# Source:   not documented by either; fake-timers says only that queueMicrotask is among what it replaces.
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
js-sys = "=0.3.107"
wasm-bindgen = "=0.2.130"
wasm-bindgen-futures = "=0.4.80"
TOML
cat > module/src/lib.rs <<'RUST'
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
pub async fn answer() -> u32 {
    42
}
RUST
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent @sinonjs/fake-timers@15.5.0
export CARGO_TARGET_DIR="${FINDINGS_TARGET_DIR:-$dir/target}"
cargo build --quiet --manifest-path bindgen/Cargo.toml
cargo build --quiet --manifest-path module/Cargo.toml --release --target wasm32-unknown-unknown
"$CARGO_TARGET_DIR/debug/bindgen" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/module.wasm" nodejs out
cat > run.mjs <<'JS'
import { setTimeout as pause } from "node:timers/promises";
import { createRequire } from "node:module";
import FakeTimers from "@sinonjs/fake-timers";

const require = createRequire(import.meta.url);
const fresh = () => {
  delete require.cache[require.resolve("./out/module.js")];
  return require("./out/module.js");
};
const settles = async (promise) => Promise.race([promise.then((value) => `settled with ${value}`), pause(500, "pending")]);
const native = async () => 42;
const attempt = async (call, options) => {
  const clock = FakeTimers.install(options);
  const during = call();
  clock.uninstall();
  return [await settles(during), await settles(call())];
};
console.log(`wasm-bindgen-futures 0.4.80, @sinonjs/fake-timers 15.5.0, Node ${process.version}`);
const before = await settles(fresh().answer());
const seen = {
  "a JavaScript async function": await attempt(native),
  "an async export": await attempt(fresh().answer),
  "the same, queueMicrotask not faked": await attempt(fresh().answer, { toNotFake: ["queueMicrotask"] }),
};
console.log(`without a clock: ${before}`);
for (const [what, [during, later]] of Object.entries(seen)) {
  console.log(`${what.padEnd(36)} called under the clock: ${during}; called after it: ${later}`);
}
const good = "settled with 42";
const right = [before, ...Object.values(seen).flat()].join() === [good, good, good, "pending", "pending", good, good].join();
if (!right) console.error("CHANGED: the queue recovers, or was stopped by something else");
console.log("One call under a test clock stops all async exports of the module for good.");
process.exit(right ? 0 : 1);
JS
node run.mjs
