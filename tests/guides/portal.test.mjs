// "A connect portal in 60 lines": that it has no more, and that its own tests pass: they connect
// accounts in Chromium, at a sandbox that they start themselves, as the guide to testing says.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { BINARY } from "../support/sandbox.mjs";
import { EXAMPLES, example, run } from "./support/example.mjs";
import { freePorts } from "./support/ports.mjs";

const portal = await example("connect-portal", "vite", { linked: ["@playwright/test"] });

const TESTS = [
  "connects an account in the popup, and disconnects it",
  "connects an account with an API key, once it is right",
  "asks for an account's settings",
  "asks which kind of account, and goes on after a refusal",
  "says what an administrator has to do first",
  "gives up a setup that is cancelled",
  "says why a provider refuses",
  "connects an account again that no longer works",
  "says so when Paragon cannot be reached",
];

/** The settings for this machine's browser, which no reader of the guide needs. */
const HERE = `import config from "./playwright.config.js";
const { CHROMIUM: executablePath } = process.env;
config.use.launchOptions = { ...(executablePath ? { executablePath } : { channel: "chrome" }), args: ["--no-sandbox", "--disable-gpu"] };
export default config;
`;

test("it has 60 lines", async () => {
  const lines = (await readFile(join(EXAMPLES, "connect-portal/portal.js"), "utf8")).split("\n");
  const code = lines.filter((line) => line.trim() !== "" && !line.trim().startsWith("//"));
  assert.ok(code.length <= 60, `${code.length} lines of code`);
  assert.ok(
    lines.every((line) => line.length <= 120),
    "lines of a length that people read",
  );
});

portal.test("its tests pass", async () => {
  const { application } = portal;
  const [port, sandbox] = await freePorts(2);
  await writeFile(application.path("here.config.mjs"), HERE);
  const env = { PORT: port, SANDBOX: BINARY, SANDBOX_PORT: sandbox, CI: "1" };
  const said = await run(
    application,
    env,
    "@playwright/test/cli.js",
    "test",
    "--config=here.config.mjs",
    "--reporter=list",
  );
  const passed = [...said.matchAll(/^ *✓ .* › (.+) \(\S+\)$/gm)].map(([, title]) => title);
  assert.deepEqual(passed, TESTS, said);
});

portal.test("it builds", async () => {
  await portal.application.run("vite", "build");
});
