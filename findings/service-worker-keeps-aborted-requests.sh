#!/usr/bin/env bash
# Expected: an aborted fetch gives its connection back, also where a service worker answers with
#           `fetch(event.request)`, which does nothing but pass requests on.
# Seen:     the page's promise rejects, but the abort does not arrive at the worker's own fetch: its request
#           goes on, `event.request.signal` stays quiet, and the server sees no end. Six calls that ran into
#           their time limit take all six connections to the host: every further call of the page waits
#           until the server gives up. Without the worker it is answered at once. Chromium and Firefox.
# Version:  Chromium 156 and Firefox ESR 153 as installed
# Matters:  where a service worker is installed (an offline mode, a mocking tool), time limits, `signal` and
#           logout of this client settle the call but do not free the connection. Let the worker leave calls
#           to the API alone: no `respondWith` for them.
# Source:   https://github.com/w3c/ServiceWorker/issues/1544 (whether the signal should arrive; open)
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

const worker = `
  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => event.waitUntil(clients.claim()));
  self.addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));`;
let closed = 0;
const server = createServer((request, response) => {
  if (request.url === "/worker.js") return response.setHeader("content-type", "text/javascript").end(worker);
  if (request.url.startsWith("/never")) return request.socket.once("close", () => (closed += 1));
  response.setHeader("content-type", "text/html").end("<!doctype html>");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}`;
const install = async () => {
  const control = new Promise((changed) => navigator.serviceWorker.addEventListener("controllerchange", changed));
  await navigator.serviceWorker.register("/worker.js");
  await control;
};
const calls = async () => {
  const call = (path, milliseconds) =>
    fetch(path, { signal: AbortSignal.timeout(milliseconds) }).then(({ status }) => status, ({ name }) => name);
  const six = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => call(`/never${n}`, 500)));
  return { six: [...new Set(six)].join(), seventh: await call("/answers", 8000) };
};
let right = true;
for (const browser of ["chrome", "firefox"]) {
  const executablePath = browser === "chrome" ? "/usr/bin/chromium" : "/usr/bin/firefox-esr";
  const running = await puppeteer.launch({ browser, executablePath, args: browser === "chrome" ? ["--no-sandbox"] : [] });
  for (const way of ["without", "with"]) {
    const page = await running.newPage();
    await page.goto(base);
    if (way === "with") await page.evaluate(install);
    closed = 0;
    const { six, seventh } = await page.evaluate(calls);
    console.log(`${await running.version()}, ${way} the worker: six calls: ${six}, ${closed} connections closed; the seventh: ${seventh}`);
    right &&= six === "TimeoutError" && (way === "with" ? closed === 0 && seventh === "TimeoutError" : closed > 0 && seventh === 200);
    await page.close();
  }
  await running.close();
  server.closeAllConnections();
}
if (!right) console.error("CHANGED: what becomes of an aborted request that a service worker passed on");
console.log("Behind a service worker that only passes requests on, aborted ones keep their connections.");
process.exit(right ? 0 : 1);
JS
node run.mjs
