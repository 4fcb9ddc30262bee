// Jest, which requires what an application installed: CommonJS.

import { readFile, writeFile } from "node:fs/promises";

import { row } from "./support/row.mjs";

const jest = await row("jest");
const { application, session, test, WORKED } = jest;

const run = (file, env) => application.runWith(env, "jest", "--ci", "--cacheDirectory", "cache", file);

test("jest, with a page", () => run("test/page.test.js"));

test("jest, on a server", async () => {
  const flow = await readFile(application.path("src/flow.js"), "utf8");
  await writeFile(application.path("src/flow.cjs"), `${flow.replaceAll("export ", "")}\nmodule.exports = { flow };\n`);
  const query = String(new URLSearchParams(await session()));
  await run("test/server.test.js", { QUERY: query, WORKED: JSON.stringify(WORKED) });
});
