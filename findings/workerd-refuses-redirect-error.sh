#!/usr/bin/env bash
# Expected: `redirect: "error"` (never follow) and `cache: "default"` (the standard's own default value)
#           are taken by every fetch.
# Seen:     Cloudflare's runtime throws a TypeError for both while the request is built: nothing is sent,
#           for no address at all. For clients it looks like the network were down. `redirect: "manual"`
#           is taken and gives the 3xx itself; `cache` may only be "no-store" or "no-cache".
# Version:  miniflare 4.20260730.0 (workerd 1.20260730.1), compatibility date 2026-07-01
# Matters:  a library that protects its token with `redirect: "error"` works in browsers, Node, Bun and Deno
#           and never in a Worker. There it takes "manual", and the client has to refuse 3xx itself.
# Source:   https://github.com/cloudflare/cloudflare-docs/pull/33362 (the documentation lists `error` as valid)
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent miniflare@4.20260730.0
cat > run.mjs <<'JS'
import { createServer } from "node:http";
import { Miniflare } from "miniflare";

let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  response.end("ok");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const script = `export default {
  async fetch(request, { address }) {
    const seen = {};
    for (const init of [{ redirect: "follow" }, { redirect: "manual" }, { redirect: "error" }, { cache: "no-store" }, { cache: "default" }, { cache: "reload" }]) {
      seen[JSON.stringify(init)] = await fetch(address, init).then(({ status }) => String(status), ({ name, message }) => name + ": " + message);
    }
    return Response.json(seen);
  },
};`;
const worker = new Miniflare({
  modules: true,
  script,
  compatibilityDate: "2026-07-01",
  bindings: { address: `http://127.0.0.1:${server.address().port}/` },
});
const seen = await (await worker.dispatchFetch("http://worker.test/")).json();
await worker.dispose();
server.close();
console.log("workerd by miniflare 4.20260730.0:", seen);
const results = Object.values(seen).map((words) => words.split(":")[0]).join();
const right = results === "200,200,TypeError,200,TypeError,TypeError" && requests === 3;
if (!right) console.error(`CHANGED: ${results}, ${requests} requests`);
console.log(`Six fetches, ${requests} requests: the others were refused before anything was sent.`);
process.exit(right ? 0 : 1);
JS
node run.mjs
