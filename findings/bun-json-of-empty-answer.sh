#!/usr/bin/env bash
# Expected: `response.json()` of an empty body rejects with a SyntaxError, as everywhere else.
# Seen:     in Bun it resolves with null when the response came from fetch, and rejects when the response
#           was constructed: a test with `new Response("")` shows the opposite of what happens in use.
#           A body of one blank that came from fetch rejects.
# Version:  Bun 1.4.5 (Node's fetch beside it)
# Matters:  a token endpoint that answers 200 with nothing gives `null`, and the next line fails with "null
#           is not an object" instead of a message about the answer. Check the value before `.token`.
# Source:   https://github.com/oven-sh/bun/issues/24955
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent bun@1.4.5
cat > run.mjs <<'JS'
import { createServer } from "node:http";

const server = createServer(({ url }, response) => {
  response.setHeader("content-type", "application/json");
  response.end(url === "/blank" ? " " : "");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}`;
const read = (response) => response.json().then((value) => `resolved ${value}`, ({ name }) => `rejected ${name}`);
const seen = [await read(await fetch(`${base}/empty`)), await read(await fetch(`${base}/blank`)), await read(new Response(""))];
console.log(`${process.versions.bun ? "Bun" : "Node"} ${process.versions.bun ?? process.versions.node}: fetched empty: ${seen[0]}; fetched blank: ${seen[1]}; constructed empty: ${seen[2]}`);
const expected = `${process.versions.bun ? "resolved null" : "rejected SyntaxError"},rejected SyntaxError,rejected SyntaxError`;
if (seen.join() !== expected) console.error("CHANGED");
process.exit(seen.join() === expected ? 0 : 1);
JS
node run.mjs
node_modules/.bin/bun run.mjs
echo "In Bun json() of an empty fetched answer is null."
