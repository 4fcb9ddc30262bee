#!/usr/bin/env bash
# Expected: `x as u32` in Rust gives the nearest value that fits (that is the language's promise, and the
#           WebAssembly instruction for it never traps), also after wasm2js.
# Seen:     wasm2js makes it JavaScript's bit arithmetic: infinity becomes 0 instead of 4,294,967,295, a time
#           in milliseconds some other number, -1.0 becomes 4,294,967,295 instead of 0. Its options about
#           traps (--pedantic, --deterministic) do not change it, as this instruction has no trap.
# Version:  binaryen 132.0.0 (npm); the Rust compiler as installed (since 1.87 the instruction is on by default)
# Matters:  wasm2js is the usual way to run a Rust module where WebAssembly is switched off. A time limit of
#           Infinity, clamped by `as u32`, becomes 0 there: everything times out at once. The entry of this
#           package without WebAssembly is made with wasm2js: each such cast needs its range checked first.
# Source:   https://github.com/WebAssembly/binaryen/pull/2087 ("we don't handle any of them precisely")
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
rustup target list --installed | grep -q wasm32-unknown-unknown || rustup target add wasm32-unknown-unknown
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent binaryen@132.0.0
cat > cast.rs <<'RUST'
#![no_std]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
#[unsafe(no_mangle)]
pub extern "C" fn milliseconds(limit: f64) -> u32 {
    limit as u32
}
RUST
rustc --edition 2024 -O --crate-type cdylib --target wasm32-unknown-unknown cast.rs -o cast.wasm
npx --no-install wasm2js cast.wasm -o usual.mjs
npx --no-install wasm2js --pedantic --deterministic cast.wasm -o pedantic.mjs
cat > run.mjs <<'JS'
import { readFileSync } from "node:fs";
import { milliseconds as usual } from "./usual.mjs";
import { milliseconds as pedantic } from "./pedantic.mjs";

const { instance } = await WebAssembly.instantiate(readFileSync("cast.wasm"));
const rows = [1500.7, -1, Number.NaN, 1.7e12, Number.POSITIVE_INFINITY].map((limit) =>
  [limit, instance.exports.milliseconds(limit), usual(limit), pedantic(limit)].map((value, column) => (column ? value >>> 0 : value)),
);
console.log(`wasm2js 132, Node ${process.version}`);
for (const [limit, wasm, js, strict] of rows) {
  console.log(`${String(limit).padEnd(14)} as u32: WebAssembly ${wasm}; wasm2js ${js}; with --pedantic --deterministic ${strict}`);
}
const differs = rows.map(([, wasm, js, strict]) => Number(wasm !== js && js === strict)).join("");
const right = differs === "01011" && rows[4][1] === 4294967295 && rows[4][2] === 0;
if (!right) console.error(`CHANGED: ${differs}`);
console.log("The same cast of the same module gives other numbers after wasm2js.");
process.exit(right ? 0 : 1);
JS
node run.mjs
