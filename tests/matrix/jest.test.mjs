// Jest, which requires what an application installed: CommonJS.

import { readFile, writeFile } from "node:fs/promises";
import { before } from "node:test";

import { row } from "./support/row.mjs";

const jest = await row("jest");
const { application, session, test, WORKED } = jest;

const run = (file, env, program) =>
  application.node(["node_modules/jest/bin/jest.js", "--ci", "--cacheDirectory", "cache", file], program, env);

/** Runs a test that makes calls. */
async function runFlow(file, program) {
  const query = String(new URLSearchParams(await session()));
  await run(file, { QUERY: query, WORKED: JSON.stringify(WORKED) }, program);
}

before(async () => {
  if (!application) return;
  const flow = await readFile(application.path("src/flow.js"), "utf8");
  await writeFile(application.path("src/flow.cjs"), `${flow.replaceAll("export ", "")}\nmodule.exports = { flow };\n`);
});

test("jest, with a page", () => run("test/page.test.js"));

test("jest, with a page that has Node's globals", () => runFlow("test/given.test.js"));

// Its fetch takes no AbortSignal but its own.
test("jest in Node 26, with a page that has Node's globals", () =>
  runFlow("test/given.test.js", application.path("node_modules/node-26/bin/node")));

test("jest, on a server", () => runFlow("test/server.test.js"));
