/** @vitest-environment jsdom */
// A page of jsdom in Node: its AbortController is not the one that Node's fetch takes.

import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";

import * as paragon from "paragon-wasm";
import { answers } from "../src/answers.js";
import { flow } from "../src/flow.js";

const { QUERY, WORKED, OUTCOME } = process.env;

test.skipIf(OUTCOME)("signs in, reads, writes and disconnects", async () => {
  expect(await flow(paragon, QUERY)).toEqual(JSON.parse(WORKED));
});

test.skipIf(OUTCOME)("takes the page's signals", async () => {
  const signal = AbortSignal.abort("not wanted");
  await expect(paragon.getUser({ signal })).rejects.toMatchObject({ code: "aborted", cause: "not wanted" });
  const controller = new AbortController();
  expect(await paragon.getUser({ signal: controller.signal })).toMatchObject({ userId: "ada" });
  const call = paragon.getCredentials({ signal: controller.signal });
  controller.abort("later");
  await expect(call).rejects.toMatchObject({ code: "aborted", cause: "later" });
});

test.skipIf(OUTCOME)("connects an account", async () => {
  window.open = () => null; // jsdom has none.
  const { signal } = new AbortController();
  const connected = await paragon.installIntegration("klaviyo", { preOptions: { apiKey: "pk_1" }, signal });
  expect(connected.integrationType).toBe("klaviyo");
});

test.runIf(OUTCOME)("answers", async () => {
  writeFileSync(OUTCOME, JSON.stringify(await answers(paragon, QUERY)));
});
