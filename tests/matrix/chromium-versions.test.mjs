// Old versions of Chromium: the package names 96, and the registry has 92 and 103. Playwright cannot drive them, so
// the page reports by itself.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before } from "node:test";
import { brotliDecompress } from "node:zlib";
import { promisify } from "node:util";

import sirv from "sirv";

import { row } from "./support/row.mjs";

const chromium = await row("chromium-versions");
const { application, sandbox, session, test, WORKED } = chromium;

const INSTALLED = "/node_modules/paragon-wasm";
const ENTRIES = {
  "the default entry": `import * as paragon from "${INSTALLED}/index.js";`,
  slim: `import * as paragon from "${INSTALLED}/slim.js"; paragon.init("${INSTALLED}/paragon_wasm.wasm");`,
  compat: `import * as paragon from "${INSTALLED}/compat.js";`,
};
const page = (entry) => `<!doctype html>
  <html lang="en"><head><meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,"></head><body><script type="module">
    ${entry}
    import { flow } from "/src/flow.js";
    const report = (text) => fetch("/report", { method: "POST", body: text });
    window.onerror = report;
    const run = async () => {
      const outcome = await flow(paragon, location.search);
      const connected = await paragon.installIntegration("klaviyo", { preOptions: { apiKey: "pk_1" } });
      return JSON.stringify({ engine: navigator.userAgent, outcome, connected: connected.integrationType });
    };
    run().then(report, (error) => report("failed: " + error.code + " " + error.stack));
  </script></body></html>`;

let server, address;
/** Takes what the page reports. */
let reported;
before(async () => {
  if (!application) return;
  const files = sirv(application.folder, { dev: true, etag: false, dotfiles: true });
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://page");
    if (pathname === "/report") {
      response.end();
      let text = "";
      request.on("data", (chunk) => (text += chunk)).on("end", () => reported(text));
    } else if (pathname === "/") {
      response.setHeader("content-type", "text/html");
      response.end(page(ENTRIES[searchParams.get("entry")]));
    } else {
      files(request, response, () => response.writeHead(404).end());
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server?.close();
  server?.closeAllConnections();
});

for (const version of [92, 103]) {
  const program = () => application.path(`chromium-${version}-program`);

  test(`Chromium ${version}: every call works, and connecting`, async (t) => {
    const packed = await readFile(application.path(`node_modules/chromium-${version}/bin/chromium.br`));
    await writeFile(program(), await promisify(brotliDecompress)(packed), { mode: 0o755 });
    for (const entry of Object.keys(ENTRIES)) {
      await t.test(entry, async () => {
        const query = await session();
        const { engine, ...rest } = await outcome(program(), `${address}/?${new URLSearchParams({ entry, ...query })}`);
        assert.match(engine, new RegExp(`Chrome/${version}\\.`));
        assert.deepEqual(rest, { outcome: WORKED, connected: "klaviyo" });
        const { meta } = await (await sandbox()).user(query);
        assert.equal(meta.Name, "Matrix");
      });
    }
  });
}

/** What the page at `url` reports in a browser of its own. */
async function outcome(program, url) {
  const options = ["--headless", "--no-sandbox", "--no-zygote", "--in-process-gpu"];
  const withoutGpu = ["--disable-gpu", "--disable-software-rasterizer"];
  const text = new Promise((resolve) => (reported = resolve));
  const child = spawn(program, [...options, ...withoutGpu, "--remote-debugging-port=0", url], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    return JSON.parse(
      await Promise.race([
        text,
        ended.then((code) => assert.fail(`the browser ended with ${code}:\n${said}`)),
        new Promise((_, reject) => {
          AbortSignal.timeout(60_000).onabort = () => reject(new Error(`the page reports nothing:\n${said}`));
        }),
      ]),
    );
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}
