#!/usr/bin/env bash
# Expected: AbortError means that somebody called abort(); a lost connection is a TypeError, as the Fetch
#           Standard says. And a body that is aborted with a reason rejects with that reason.
# Seen:     in Firefox both are exchanged. The connection is reset while the body arrives: `text()`
#           rejects with AbortError, though there is no signal at all. `controller.abort(reason)` while
#           the body arrives: rejects with a plain AbortError, and the reason is lost (before the headers
#           it is given back). Chromium does both as expected.
# Version:  Firefox ESR 153 as installed; Chromium 156 beside it
# Matters:  code that ignores AbortError ("the user went away") ignores lost connections too, and a time
#           limit made with abort(reason) cannot be told from them. Ask the signal (`signal.aborted`,
#           `signal.reason`), not the error.
# Source:   https://fetch.spec.whatwg.org/ ("abort a fetch() call" errors the body with the reason).
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
  if (url === "/") return response.setHeader("content-type", "text/html").end("<!doctype html>");
  if (url === "/before") return;
  response.writeHead(200, { "content-length": "1000" });
  response.write("the beginning");
  if (url === "/reset") setTimeout(() => socket.resetAndDestroy(), 200);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}`;
const inPage = async (base) => {
  const words = (error) => `${error.name}: ${error.message.trim()}`;
  const read = (url, init) => fetch(url, init).then((response) => response.text()).then(() => "resolved", words);
  const aborting = (url) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new RangeError("took too long")), 300);
    return read(url, { signal: controller.signal });
  };
  return {
    "connection reset in the body": await read(`${base}/reset`),
    "aborted before the headers": await aborting(`${base}/before`),
    "aborted in the body": await aborting(`${base}/body`),
  };
};
const seen = {};
for (const browser of ["chrome", "firefox"]) {
  const executablePath = browser === "chrome" ? "/usr/bin/chromium" : "/usr/bin/firefox-esr";
  const running = await puppeteer.launch({ browser, executablePath, args: browser === "chrome" ? ["--no-sandbox"] : [] });
  const page = await running.newPage();
  await page.goto(base);
  seen[browser] = await page.evaluate(inPage, base);
  console.log(await running.version(), seen[browser]);
  await running.close();
}
const names = (browser) => Object.values(seen[browser]).map((words) => words.split(":")[0]).join();
const right = names("chrome") === "TypeError,RangeError,RangeError" && names("firefox") === "AbortError,RangeError,AbortError";
if (!right) console.error(`CHANGED: Chromium ${names("chrome")}; Firefox ${names("firefox")}`);
console.log("Firefox: a lost connection is an AbortError, and an abort in the body does not give its reason.");
process.exit(right ? 0 : 1);
JS
node run.mjs
