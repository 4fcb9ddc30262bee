#!/usr/bin/env bash
# Expected: a request that is not idempotent and has got its answer is not sent again by the browser itself.
# Seen:     Chromium sends it again when the answer is 408 and came over a connection that was used before:
#           also POST, PATCH and DELETE, on each kept connection in turn and at last on a new one. fetch
#           resolves once, with the last 408. Firefox sends once. With 425, 429, 500 or 503 both send once.
# Version:  Chromium 156 and Firefox ESR 153 as installed
# Matters:  a gateway that answers 408 when its upstream was too slow (tower-http's TimeoutLayer, HAProxy,
#           IIS) has had the order done two or three times. `maxRetries: 0` does not prevent it, and the
#           page sees one call. Let servers of your own answer 503 or 504, or ask for an idempotency key.
# Source:   https://github.com/sindresorhus/ky/issues/233 (seen as duplicate retries of ky); RFC 9110 15.5.9
#           means an answer to an idle connection. MDN's page on 408 does not say it.
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

let times = 0;
const server = createServer(({ url }, response) => {
  if (!url.startsWith("/answers/")) return response.setHeader("content-type", "text/html").end("<!doctype html>");
  times += 1;
  response.writeHead(Number(url.slice(9)));
  response.end("answer");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}`;
const counts = {};
for (const browser of ["chrome", "firefox"]) {
  const executablePath = browser === "chrome" ? "/usr/bin/chromium" : "/usr/bin/firefox-esr";
  const running = await puppeteer.launch({ browser, executablePath, args: browser === "chrome" ? ["--no-sandbox"] : [] });
  const page = await running.newPage();
  await page.goto(base);
  for (const status of [408, 503]) {
    for (const method of ["GET", "POST", "PATCH", "DELETE"]) {
      // One connection at least is kept open by this.
      await page.evaluate((url) => fetch(url).then((response) => response.text()), `${base}/warm`);
      times = 0;
      await page.evaluate((url, method) => fetch(url, { method }).then((response) => response.text()), `${base}/answers/${status}`, method);
      counts[browser] = { ...counts[browser], [`${method} ${status}`]: times };
    }
  }
  console.log(await running.version(), "requests for one fetch:", counts[browser]);
  await running.close();
}
server.close();
server.closeAllConnections();
const right =
  Object.entries(counts.chrome).every(([name, count]) => (name.endsWith("408") ? count >= 2 : count === 1)) &&
  Object.values(counts.firefox).every((count) => count === 1);
if (!right) console.error("CHANGED: how often a request that is answered with 408 is sent");
console.log("Chromium sends a request again that was answered with 408, whatever its method.");
process.exit(right ? 0 : 1);
JS
node run.mjs
