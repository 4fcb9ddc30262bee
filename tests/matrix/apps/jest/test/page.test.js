/** @jest-environment jsdom */
// Jest's page as it is, which lacks what the package needs.

const paragon = require("paragon-wasm");
const slim = require("paragon-wasm/slim");
const compat = require("paragon-wasm/compat");

test("no user is signed in", async () => {
  expect(await paragon.getUser()).toEqual({ authenticated: false });
  expect(await slim.getUser()).toEqual({ authenticated: false });
});

test("calls name what is missing, and work once it is there", async () => {
  const { TextDecoder, TextEncoder } = require("node:util");
  const missing = (name) => ({ code: "load_failed", message: expect.stringContaining(`${name} is not defined`) });
  // The default entry decodes the module first.
  for (const [{ getIntegrations }, ...names] of [
    [paragon, "TextEncoder", "TextDecoder"],
    [compat, "TextDecoder", "TextEncoder"],
  ]) {
    for (const name of names) {
      await expect(getIntegrations()).rejects.toMatchObject(missing(name));
      globalThis[name] = { TextDecoder, TextEncoder }[name];
    }
    await expect(getIntegrations()).rejects.toMatchObject({ code: "not_authenticated" });
    delete globalThis.TextDecoder;
    delete globalThis.TextEncoder;
  }
});

test("without fetch calls say so", async () => {
  Object.assign(globalThis, require("node:util"));
  const claims = btoa(JSON.stringify({ sub: "ada", iat: 1, exp: 4_102_444_800 })).replaceAll("=", "");
  const refused = paragon.authenticate("project", `e30.${claims}.e30`, { maxRetries: 0 });
  await expect(refused).rejects.toMatchObject({ code: "network", cause: { message: "fetch is not defined" } });
});
