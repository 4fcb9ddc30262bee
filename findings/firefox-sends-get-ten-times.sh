#!/usr/bin/env bash
# Expected: one fetch is one request, at most two where a kept connection turns out to be dead.
# Seen:     when the server closes the connection before it answers, Firefox itself sends a GET ten times,
#           each on a new connection, before the one fetch is rejected. Chromium sends one, or two where
#           it took a connection that was opened in advance. POST, PATCH and DELETE are sent once.
# Version:  Firefox ESR 153 as installed; the number is the preference network.http.request.max-attempts
# Matters:  with `maxRetries: 2` of this client, a server or gateway that closes at once gets thirty
#           requests from each Firefox user; its rate limits and its log see them all, the page sees one call.
# Source:   only the preference's name in Firefox's sources; MDN's page on fetch does not say it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
command -v chromium > /dev/null || apt-get install -y -qq chromium > /dev/null
command -v firefox-esr > /dev/null || apt-get install -y -qq firefox-esr > /dev/null
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent puppeteer-core@24.31.0
cat > run.mjs <<'JS'
import { createServer } from "node:net";
import puppeteer from "puppeteer-core";

let requests = [];
const server = createServer((socket) => {
  socket.on("error", () => {});
  socket.once("data", (request) => {
    const [method, path] = request.toString().split(" ");
    if (path !== "/closes") {
      return socket.end("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\nConnection: close\r\n\r\n<!doctype html>");
    }
    requests.push(method);
    socket.destroy();
  });
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}`;
const counts = {};
for (const browser of ["chrome", "firefox"]) {
  const executablePath = browser === "chrome" ? "/usr/bin/chromium" : "/usr/bin/firefox-esr";
  const running = await puppeteer.launch({ browser, executablePath, args: browser === "chrome" ? ["--no-sandbox"] : [] });
  const page = await running.newPage();
  await page.goto(base);
  counts[browser] = {};
  for (const method of ["GET", "POST", "PATCH", "DELETE"]) {
    requests = [];
    await page.evaluate((url, method) => fetch(url, { method }).catch(() => {}), `${base}/closes`, method);
    counts[browser][method] = requests.length;
  }
  console.log(await running.version(), "requests for one fetch:", counts[browser]);
  await running.close();
}
server.close();
const { GET, ...others } = counts.firefox;
const right = GET === 10 && Object.values(others).every((count) => count === 1) && counts.chrome.GET <= 2;
if (!right) console.error("CHANGED: how often Firefox sends a request whose connection is closed");
console.log("One fetch whose connection the server closes: ten GET requests from Firefox, one or two from Chromium.");
process.exit(right ? 0 : 1);
JS
node run.mjs
