// vitest with jsdom, on the Nodes whose fetch takes no AbortSignal but its own.

import { readFile } from "node:fs/promises";

import { row } from "./support/row.mjs";

const vitest = await row("vitest");
const { application, session, answersAt, test, WORKED } = vitest;

for (const node of ["node-24", "node-26"]) {
  const run = (env) =>
    application.node(["node_modules/vitest/vitest.mjs", "run"], application.path(`node_modules/${node}/bin/node`), env);

  test(`vitest with jsdom, ${node}: every call works`, async () => {
    const query = String(new URLSearchParams(await session()));
    await run({ QUERY: query, WORKED: JSON.stringify(WORKED) });
  });

  test(`vitest with jsdom, ${node}: redirects are not followed, and nothing is sent twice`, () =>
    answersAt(async (query) => {
      const file = application.path(`${node}.json`);
      await run({ QUERY: query, OUTCOME: file });
      return JSON.parse(await readFile(file, "utf8"));
    }));
}
