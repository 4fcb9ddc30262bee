#!/usr/bin/env bash
# Expected: the body of request() may be all that its type says, `RequestInit["body"] | object`, and
#           headers all of `RequestInit["headers"]`, as with fetch.
# Seen:     every body that is an object goes through JSON.stringify: FormData, URLSearchParams, Blob
#           and ArrayBuffer are sent as `{}`, a Uint8Array as `{"0":1,…}`. No error. A `Headers` object
#           loses all its entries; a plain object with `content-type` in lower case is sent as
#           `auto, text/csv`, as the SDK's own `Content-Type: auto` stays beside it.
# Version:  @useparagon/connect 2.4.0
# Matters:  an upload that "worked" with the official SDK has stored `{}` at the integration. Look at
#           such calls when moving to this client.
# Source:   not documented; the types of the package allow all of these.
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
useServer(base);
await paragon.authenticate("p", token);
const form = new FormData();
form.set("file", new Blob(["hello"]), "hello.txt");
const cases = {
  FormData: [{ body: form }, "{}", "auto"],
  URLSearchParams: [{ body: new URLSearchParams("a=b") }, "{}", "auto"],
  Blob: [{ body: new Blob(["hello"]) }, "{}", "auto"],
  ArrayBuffer: [{ body: new TextEncoder().encode("hello").buffer }, "{}", "auto"],
  Uint8Array: [{ body: new Uint8Array([1, 2]) }, '{"0":1,"1":2}', "auto"],
  "Headers object": [{ body: "a,b", headers: new Headers({ "Content-Type": "text/csv" }) }, "a,b", "auto"],
  "content-type in lower case": [{ body: "a,b", headers: { "content-type": "text/csv" } }, "a,b", "auto, text/csv"],
  "Content-Type": [{ body: "a,b", headers: { "Content-Type": "text/csv" } }, "a,b", "text/csv"],
};
for (const [name, [init, body, type]] of Object.entries(cases)) {
  await paragon.request("dropbox", "upload", { method: "POST", ...init });
  const last = sent.at(-1);
  console.log(`${name.padEnd(28)} sent ${JSON.stringify(last.body).padEnd(24)} content-type ${last.type}`);
  check(last.body === body && last.type === type, `${name} is sent as ${last.body}, ${last.type}`);
}
console.log("Bodies that are objects arrive as JSON of their own enumerable members, which is mostly `{}`.");
process.exit(changed ? 1 : 0);
JS
node run.mjs
