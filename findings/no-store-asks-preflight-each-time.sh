#!/usr/bin/env bash
# Expected: `cache: "no-store"` is about the HTTP cache; whether a CORS preflight is remembered is told by
#           Access-Control-Max-Age alone.
# Seen:     with "no-store" or "reload" Chromium and Firefox ask an OPTIONS request before every single
#           request, whatever Access-Control-Max-Age says: twice the requests, and one more way there and
#           back each. With "no-cache" Chromium does it, and Firefox does not.
# Version:  Chromium 156 and Firefox ESR 153 as installed
# Matters:  an application's own calls beside this client (a token endpoint on another origin fetched with
#           `cache: "no-store"`, as is often advised) take twice as long. Let the server answer with
#           `Cache-Control: no-store` and leave the mode out, as this client does in pages.
# Source:   not in MDN's description of `cache` nor of Access-Control-Max-Age; the Fetch Standard's
#           CORS-preflight cache does not look at the mode.
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

const listen = async (server) => {
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return `http://127.0.0.1:${server.address().port}`;
};
let preflights = 0;
const page = await listen(createServer((request, response) => response.setHeader("content-type", "text/html").end("<p>")));
const api = await listen(createServer(({ method }, response) => {
  if (method === "OPTIONS") preflights += 1;
  response.writeHead(200, {
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "authorization",
    "access-control-max-age": "600",
  });
  response.end();
}));
const REQUESTS = 8;
const counts = {};
for (const browser of ["chrome", "firefox"]) {
  const executablePath = browser === "chrome" ? "/usr/bin/chromium" : "/usr/bin/firefox-esr";
  const running = await puppeteer.launch({ browser, executablePath, args: browser === "chrome" ? ["--no-sandbox"] : [] });
  const tab = await running.newPage();
  await tab.goto(page);
  counts[browser] = {};
  for (const cache of ["default", "no-store", "reload", "no-cache"]) {
    preflights = 0;
    await tab.evaluate(async (url, cache, times) => {
      for (let time = 0; time < times; time += 1) await fetch(url, { cache, headers: { authorization: "Bearer t" } });
    }, `${api}/${cache}`, cache, REQUESTS);
    counts[browser][cache] = preflights;
  }
  console.log(await running.version(), `preflights for ${REQUESTS} requests:`, counts[browser]);
  await running.close();
}
// A preflight may be asked more than once before the first answer is in Firefox's cache.
const { chrome, firefox } = counts;
const right =
  chrome.default === 1 && firefox.default < REQUESTS / 2 && firefox["no-cache"] < REQUESTS / 2 &&
  [chrome["no-store"], chrome.reload, chrome["no-cache"], firefox["no-store"], firefox.reload].every((n) => n === REQUESTS);
if (!right) console.error("CHANGED: the preflights are counted differently");
console.log("With no-store and reload every request has its own preflight, in spite of Access-Control-Max-Age: 600.");
process.exit(right ? 0 : 1);
JS
node run.mjs
