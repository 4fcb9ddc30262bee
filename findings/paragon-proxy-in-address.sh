#!/usr/bin/env bash
# Expected: how an answer is read depends on which call was made.
# Seen:     the SDK takes an answer for one of the proxy if the letters "proxy" are anywhere in its
#           whole address: in the host of a self-hosted installation, in a path in front of it, or in
#           the project's id. Then every call gets a raw Response instead of data, and authenticate()
#           fails with "Cannot convert undefined or null to object", though the server answered 200.
# Version:  @useparagon/connect 2.4.0
# Matters:  a self-hosted Paragon behind https://api-proxy.example.com or /reverse-proxy cannot be used
#           with the official SDK, and the error does not say why. With this client such names work;
#           they matter while both are in use.
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
  if (!signIn(request, response)) response.end("{}");
}
console.warn = () => {};
const attempt = async (name, address, project) => {
  useServer(address);
  const result = await paragon.authenticate(project, token).then(() => "signed in", (error) => error.message);
  console.log(`${name.padEnd(34)} ${result}`);
  return result === "signed in";
};
const ways = [
  ["path /gateway", `${base}/gateway`, "p"],
  ["path /reverse-proxy", `${base}/reverse-proxy`, "p"],
  ["project id proxy-test", base, "proxy-test"],
];
const done = [];
for (const way of ways) done.push(await attempt(...way));
check(done.join() === "true,false,false", `signed in: ${done.join()}`);
console.log("The same server and the same answers: with `proxy` in the address nobody can sign in.");
process.exit(changed ? 1 : 0);
JS
node run.mjs
