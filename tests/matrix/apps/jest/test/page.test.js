/** @jest-environment jsdom */
// Jest's page has neither fetch nor WebAssembly of its own: what can be tested there is the import.

const paragon = require("paragon-wasm");
const slim = require("paragon-wasm/slim");

test("no user is signed in", async () => {
  expect(await paragon.getUser()).toEqual({ authenticated: false });
  expect(await slim.getUser()).toEqual({ authenticated: false });
});
