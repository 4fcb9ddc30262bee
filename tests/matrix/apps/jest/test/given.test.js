/** @jest-environment ./environment.cjs */
// Jest's page with what it lacks.

const paragon = require("paragon-wasm");
const { flow } = require("../src/flow.cjs");

test("signs in, reads, writes and disconnects, with the page's signals", async () => {
  expect(await flow(paragon, process.env.QUERY)).toEqual(JSON.parse(process.env.WORKED));
  const { signal } = new AbortController();
  expect(await paragon.getUser({ signal })).toMatchObject({ userId: "ada" });
  await expect(paragon.getUser({ signal: AbortSignal.abort("later") })).rejects.toMatchObject({ code: "aborted" });
});
