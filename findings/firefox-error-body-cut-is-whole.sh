#!/usr/bin/env bash
# Expected: a body that ends before its `Content-Length` rejects, whatever the status.
# Seen:     in Firefox it rejects with status 200, and with 404 or 500 it resolves: with the half that came,
#           or with nothing at all. Chromium rejects each time.
# Version:  Firefox ESR 153 and Chromium 156 as installed
# Matters:  the reason in an error's body may be cut JSON or missing, and nothing says that the connection
#           broke. Code that retries lost connections does not retry this one.
# Source:   https://fetch.spec.whatwg.org/ (a network error while the body arrives errors the body's stream)
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
command -v chromium > /dev/null || apt-get install -y -qq chromium > /dev/null
command -v firefox-esr > /dev/null || apt-get install -y -qq firefox-esr > /dev/null
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent puppeteer-core@24.31.0
cat > run.mjs <<'JS'
import { createServer } from "node:http";
import puppeteer from "puppeteer-core";

const server = createServer(({ url, socket }, response) => {
  const [, status, sent] = url.split("/").map(Number);
  if (!(status >= 200)) return response.setHeader("content-type", "text/html").end("<!doctype html>");
  response.writeHead(status, { "content-length": "100" });
  response.flushHeaders();
  if (sent) response.write("x".repeat(sent));
  setTimeout(() => socket.destroy(), 100);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}/`;
const inPage = async (base) => {
  const read = (path) =>
    fetch(`${base}${path}`)
      .then((response) => response.text())
      .then(({ length }) => `${length} bytes`, () => "rejects");
  const results = [];
  for (const status of [200, 404, 500]) for (const sent of [0, 50]) results.push(await read(`${status}/${sent}`));
  return results.join(", ");
};
const seen = {};
for (const browser of ["chrome", "firefox"]) {
  const executablePath = browser === "chrome" ? "/usr/bin/chromium" : "/usr/bin/firefox-esr";
  const running = await puppeteer.launch({ browser, executablePath, args: browser === "chrome" ? ["--no-sandbox"] : [] });
  const page = await running.newPage();
  await page.goto(base);
  seen[browser] = await page.evaluate(inPage, base);
  console.log(await running.version(), "200, 404, 500, each cut after 0 and 50 of 100 bytes:", seen[browser]);
  await running.close();
}
const right =
  seen.chrome === "rejects, rejects, rejects, rejects, rejects, rejects" &&
  seen.firefox === "rejects, rejects, 0 bytes, 50 bytes, 0 bytes, 50 bytes";
if (!right) console.error("CHANGED: what the engines do with a body that is cut");
console.log("In Firefox a cut body of an error resolves.");
process.exit(right ? 0 : 1);
JS
node run.mjs
