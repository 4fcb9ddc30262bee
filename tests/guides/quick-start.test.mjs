// The quick starts, as their readers run them: each page signs in, connects an account in the
// popup, and says so.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { startServer } from "../matrix/support/server.mjs";
import { launchChromium } from "../support/browser.mjs";
import { LANTERN } from "../support/methods.mjs";
import { BINARY, startSandbox } from "../support/sandbox.mjs";
import { EXAMPLES, PACKAGE, example } from "./support/example.mjs";

// Before any test: those that are there when nothing is left to run are all that run.
const vite = await example("quick-start/vite", "vite");
const next = await example("quick-start/next", "next", { copied: ["jose"] });

let sandbox, browser;
before(async () => {
  sandbox = await startSandbox([], { quiet: true });
  browser = await launchChromium({ ignoreDefaultArgs: ["--disable-popup-blocking"] });
});
after(async () => {
  await browser?.close();
  await sandbox?.stop();
});

/** That a page connects Notion for a user, as its own text and the server say. */
async function connects(address, userId, prepare) {
  await sandbox.reset();
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const problems = [];
    page.on("pageerror", (error) => problems.push(`uncaught: ${error.stack ?? error}`));
    page.on("console", (message) => {
      const isIcon = message.location().url.endsWith("/favicon.ico"); // Which browsers ask for unasked.
      if (message.type() === "error" && !isIcon) problems.push(`console: ${message.text()}`);
    });
    await prepare?.(page);
    await page.goto(address);
    await page
      .getByText("Notion is not connected.")
      .waitFor()
      .catch(() => assert.fail(problems.join("\n") || "the page says nothing"));
    const button = page.getByRole("button", { name: "Connect Notion" });
    await sandbox.decide({ decision: "deny", reason: "Ask your administrator." });
    await button.click();
    await page.getByText("Ask your administrator.").waitFor();

    const opening = context.waitForEvent("page");
    await button.click();
    const popup = await opening;
    await popup.getByRole("button", { name: "Allow" }).click();
    await page.getByText("Notion is connected.").waitFor();
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
  const { projectId, token } = await sandbox.token({ userId });
  const { notion } = (await sandbox.user({ projectId, token })).integrations;
  assert.deepEqual([notion.enabled, notion.credentialStatus], [true, "VALID"]);
}

/** A program of an application's, with its variables, until `work` is done. */
async function during(application, program, options, env, work) {
  const inherited = {
    ...process.env,
    NODE_ENV: undefined,
    NODE_TEST_CONTEXT: undefined,
    NEXT_TELEMETRY_DISABLED: "1",
    FORCE_COLOR: undefined,
    NO_COLOR: "1",
  };
  const server = await startServer(process.execPath, [application.path("node_modules", program), ...options], {
    cwd: application.folder,
    env: { ...inherited, ...env },
  });
  try {
    await work(server.address);
  } catch (failure) {
    failure.message += `\n${server.output()}`;
    throw failure;
  } finally {
    await server.stop();
  }
}

vite.test("Vite", async () => {
  const env = { VITE_PARAGON_API_URL: sandbox.url };
  const options = ["--host", "127.0.0.1", "--port", "0"];
  await during(vite.application, "vite/bin/vite.js", options, env, (address) => connects(address, "ada"));
  await vite.application.runWith(env, "vite", "build");
});

next.test("Next.js", async () => {
  const { stdout: key } = await promisify(execFile)(BINARY, ["key"]);
  const env = {
    NEXT_PUBLIC_PARAGON_API_URL: sandbox.url,
    NEXT_PUBLIC_PARAGON_PROJECT_ID: LANTERN,
    PARAGON_PROJECT_ID: LANTERN,
    PARAGON_SIGNING_KEY: key,
    DEMO_USER: "noor",
  };
  await next.application.runWith(env, "next", "build");
  const options = ["start", "--hostname", "127.0.0.1", "--port", "0"];
  await during(next.application, "next/dist/bin/next", options, env, (address) => connects(address, "noor"));
});

for (const name of ["index.html", "classic.html"]) {
  test(`plain HTML: ${name}`, async () => {
    const source = await readFile(join(EXAMPLES, "quick-start/html", name), "utf8");
    // The sandbox of this test has another address.
    const html = source.replaceAll("http://127.0.0.1:4010", sandbox.url);
    assert.notEqual(html, source);
    const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(html));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const loaded = [];
    try {
      await connects(`http://127.0.0.1:${server.address().port}/`, "ada", (page) =>
        page.route("https://cdn.jsdelivr.net/npm/paragon-wasm@0.1.0/*", (route) => {
          const file = route.request().url().split("/").at(-1);
          loaded.push(file);
          return route.fulfill({ path: join(PACKAGE, file), headers: { "access-control-allow-origin": "*" } });
        }),
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
    assert.ok(loaded.includes(name === "index.html" ? "index.js" : "paragon.global.js"), loaded.join());
  });
}
