#!/usr/bin/env bash
# Expected: `import()` that failed because the server answered 503 once can be tried again.
# Seen:     in Firefox every further `import()` of that address fails at once without any request, until
#           the page is reloaded; the same if a module that it imports failed. Chromium asks again.
# Version:  Firefox ESR 153 and Chromium 156 as installed
# Matters:  a part that is loaded on demand (here `install.js`, with a bundler any split chunk) is lost for
#           the page's life after one bad moment of the network. "Try again" has to reload the page, or
#           import another address (`?again=1`), which loads a second copy of the module.
# Source:   https://github.com/whatwg/html/pull/10327 (the standard used to ask for this and no longer does),
#           https://github.com/mdn/browser-compat-data/issues/30304 (MDN describes the new way as the only
#           one; Firefox 155 is to have it). When it changes here, this script says so.
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

let requests = {};
const server = createServer(({ url }, response) => {
  requests[url] = (requests[url] ?? 0) + 1;
  if (!url.endsWith(".js")) return response.setHeader("content-type", "text/html").end("<!doctype html>");
  response.setHeader("content-type", "text/javascript");
  response.setHeader("cache-control", "no-store");
  if (url === "/outer.js") return response.end('import "/inner.js";');
  response.statusCode = requests[url] === 1 ? 503 : 200;
  response.end("export {};");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}`;
const three = async (address) => {
  const results = [];
  for (let time = 0; time < 3; time += 1) results.push(await import(address).then(() => "loaded", () => "failed"));
  return results.join(", ");
};
const seen = {};
for (const browser of ["chrome", "firefox"]) {
  requests = {};
  const executablePath = browser === "chrome" ? "/usr/bin/chromium" : "/usr/bin/firefox-esr";
  const running = await puppeteer.launch({ browser, executablePath, args: browser === "chrome" ? ["--no-sandbox"] : [] });
  const page = await running.newPage();
  await page.goto(base);
  const own = await page.evaluate(three, `${base}/alone.js`);
  const inner = await page.evaluate(three, `${base}/outer.js`);
  seen[browser] = `${own} / ${inner}`;
  console.log(await running.version(), `itself 503 once: ${own} (${requests["/alone.js"]} requests);`, `an import of it 503 once: ${inner}`);
  await running.close();
}
const failed = "failed, failed, failed";
const again = "failed, loaded, loaded";
const right = seen.firefox === `${failed} / ${failed}` && seen.chrome === `${again} / ${again}`;
if (!right) console.error("CHANGED: what the engines remember of a failed import");
console.log("In Firefox a failed import() stays failed; the server is not asked again.");
process.exit(right ? 0 : 1);
JS
node run.mjs
