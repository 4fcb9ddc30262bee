// Jest without a page, where calls work.

const paragon = require("paragon-wasm");
const { flow } = require("../src/flow.cjs");

test("signs in, reads, writes and disconnects", async () => {
  expect(await flow(paragon, process.env.QUERY)).toEqual(JSON.parse(process.env.WORKED));
});
