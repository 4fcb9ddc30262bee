#!/usr/bin/env bash
# Expected: two components of a page may ask the same thing at the same time.
# Seen:     of two equal GET requests under way at once, the SDK sends one and gives both callers the
#           same Response, whose body can be read once: the first gets the data, the second is rejected
#           with "Body is unusable" (in Chromium: "body stream already read"). Without an init
#           argument, or for another path, both succeed.
# Version:  @useparagon/connect 2.4.0
# Matters:  looks like a network fault that comes and goes: it depends on which component mounts when
#           (React's StrictMode mounts twice). This client gives each caller an answer of its own.
# Source:   not documented.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent @useparagon/connect@2.4.0 jsdom@26.1.0
cat > run.mjs <<'JS'
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<body></body>", { url: "http://app.example.test/" });
Object.assign(globalThis, { window, document: window.document, localStorage: window.localStorage });

const sent = [];
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    sent.push({ method: request.method, url: request.url, type: request.headers["content-type"], body });
    response.setHeader("content-type", "application/json");
    answer(request, response);
  });
});
const signIn = (request, response) => {
  if (request.url.endsWith("/sdk/me")) {
    response.end(JSON.stringify({ project: { id: "p", accessibleFeatures: [] }, integrations: {}, meta: {}, resources: [] }));
    return true;
  }
  if (request.url.endsWith("/sdk/integrations")) {
    response.end("[]");
    return true;
  }
};
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}`;

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const seconds = Math.floor(Date.now() / 1000);
const token = `${part({ alg: "RS256", typ: "JWT" })}.${part({ sub: "user-1", iat: seconds, exp: seconds + 3600 })}.c2ln`;

const require = createRequire(import.meta.url);
const { paragon } = require("@useparagon/connect");
const hosts = ["ZEUS", "HERMES", "WORKER_PROXY", "CONNECT", "DASHBOARD", "CDN", "PASSPORT"];
const useServer = (address) =>
  paragon.configureGlobal({ host: "example.test" }, Object.fromEntries(hosts.map((host) => [`${host}_PUBLIC_URL`, address])));
console.log(`@useparagon/connect ${paragon.getVersion()}, jsdom 26.1.0, Node ${process.version}`);
let changed = false;
const check = (right, what) => {
  if (!right) {
    changed = true;
    console.error(`CHANGED: ${what}`);
  }
};

function answer(request, response) {
  if (!signIn(request, response)) setTimeout(() => response.end('{"members":3}'), 100);
}
useServer(base);
await paragon.authenticate("p", token);
const twice = async (name, ...calls) => {
  sent.length = 0;
  const results = await Promise.allSettled(calls.map((given) => paragon.request("slack", ...given)));
  const words = results.map(({ status, value, reason }) => `${status} ${JSON.stringify(value) ?? reason.message}`);
  console.log(`${name.padEnd(32)} ${sent.length} sent; ${words.join("; ")}`);
  return results.map(({ status }) => status).join();
};
const get = { method: "GET" };
const equal = await twice("two equal GETs", ["users", get], ["users", get]);
const without = await twice("two without an init", ["users"], ["users"]);
const different = await twice("two GETs of different paths", ["users", get], ["users?page=2", get]);
check(equal === "fulfilled,rejected", "two equal GETs at once both settle alike");
check(without === "fulfilled,fulfilled", "two without an init no longer both succeed");
check(different === "fulfilled,fulfilled", "two different GETs no longer both succeed");
console.log("The second of two equal GETs at once is rejected, though the API answered.");
process.exit(changed ? 1 : 0);
JS
node run.mjs
