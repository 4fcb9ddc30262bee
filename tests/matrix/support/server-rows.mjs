// What every runtime without pages must do with the package.

import assert from "node:assert/strict";

const NOBODY = JSON.stringify(Array(4).fill({ authenticated: false }));

/**
 * @param {Awaited<ReturnType<import("./row.mjs").row>>} row
 * @param {string} runtime its name
 * @param {(script: string, ...options: string[]) => Promise<string>} run gives what a script of
 *   apps/shared/server prints
 */
export function runsOnServers({ test, session, answersAt, WORKED }, runtime, run) {
  const query = async () => String(new URLSearchParams(await session()));

  test(`${runtime}: importing does nothing`, async () => {
    assert.equal((await run("quiet.mjs")).trim(), NOBODY);
  });

  test(`${runtime}: requiring does nothing`, async () => {
    assert.equal((await run("quiet.cjs")).trim(), NOBODY);
  });

  for (const script of ["flow.mjs", "flow.cjs", "slim.mjs", "compat.mjs", "compat.cjs"]) {
    test(`${runtime}: every call works, ${script}`, async () => {
      assert.deepEqual(JSON.parse(await run(script, await query())), WORKED);
    });
  }

  test(`${runtime}: redirects are not followed, and other answers are as everywhere`, () =>
    answersAt(async (query) => JSON.parse(await run("answers.mjs", query))));

  test(`${runtime}: copies that are imported and required know each other's errors`, async () => {
    const known = ["not_authenticated", ...Array(6).fill(true)];
    assert.deepEqual(JSON.parse(await run("both.mjs")), [known, known]);
  });
}
