// A Chrome extension, whose pages and worker have the policy that its manifest says.

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";

import { chromium } from "playwright-core";

import { row } from "./support/row.mjs";

const extension = await row("extension");
const { application, test } = extension;

let allowed, refused;
before(async () => {
  if (!application) return;
  await cp(application.path("node_modules/paragon-wasm"), application.path("paragon-wasm"), { recursive: true });
  allowed = await loaded(application.folder);
  const copy = await mkdtemp(join(tmpdir(), "paragon-wasm-extension-"));
  await cp(application.folder, copy, { recursive: true });
  const manifest = JSON.parse(await readFile(join(copy, "manifest.json"), "utf8"));
  manifest.content_security_policy.extension_pages = "script-src 'self'; object-src 'self'";
  await writeFile(join(copy, "manifest.json"), JSON.stringify(manifest));
  refused = await loaded(copy);
  refused.folder = copy;
});
after(async () => {
  await allowed?.close();
  await refused?.close();
  if (refused) await rm(refused.folder, { recursive: true, force: true, maxRetries: 3 });
});

test("its page", () => extension.works(`${allowed.address}/page.html`, { open: allowed.open }));

test("its service worker", () => extension.works(`${allowed.address}/popup.html`, { open: allowed.open }));

test("a manifest that does not allow WebAssembly", async () => {
  const { page } = await refused.open(`${refused.address}/page.html?${new URLSearchParams(await extension.session())}`);
  const output = page.locator("output:not(:empty)");
  await output.waitFor();
  assert.match(await output.textContent(), /^failed: load_failed .*'wasm-unsafe-eval'/);
});

/** A browser that has the extension in `folder`. */
async function loaded(folder) {
  const { CHROMIUM: executablePath } = process.env;
  const profile = await mkdtemp(join(tmpdir(), "paragon-wasm-profile-"));
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath ? { executablePath } : { channel: "chromium" }),
    ignoreDefaultArgs: ["--disable-extensions"],
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      `--disable-extensions-except=${folder}`,
      `--load-extension=${folder}`,
    ],
  });
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker", { timeout: 20_000 }));
  return {
    address: new URL("/", worker.url()).href.slice(0, -1),
    async open(url) {
      const page = await context.newPage();
      const problems = [];
      page.on("pageerror", (error) => problems.push(`uncaught: ${error.stack ?? error}`));
      page.on("console", (message) => message.type() === "error" && problems.push(`console: ${message.text()}`));
      await page.goto(url);
      return { page, problems, close: () => page.close() };
    },
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
