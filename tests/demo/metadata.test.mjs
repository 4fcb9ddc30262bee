// The demo page: what the application stores with the user.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { logEntry, useDemo } from "../support/demo.mjs";

const demo = useDemo();
const AT = { at: "#/metadata" };

describe("metadata", () => {
  test("is stored with its types, and there after a reload", async () => {
    const { page, problems } = await demo.openAs("noor", AT);
    await page.getByRole("button", { name: "Add Name" }).click();
    await page.getByLabel("Value of Name").fill("Noor Haddad");
    const added = {
      Seats: "12",
      Code: '"12"',
      Trial: "true",
      Tags: '["a", {"b": null}]',
      Note: "<b>bold</b>",
    };
    for (const [key, text] of Object.entries(added)) {
      await page.getByRole("button", { name: "Add a key" }).click();
      await page.getByLabel("Key", { exact: true }).last().fill(key);
      await page.getByLabel(`Value of ${key}`).fill(text);
    }
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();

    const expected = {
      Name: "Noor Haddad",
      Seats: 12,
      Code: "12",
      Trial: true,
      Tags: ["a", { b: null }],
      Note: "<b>bold</b>",
    };
    assert.deepEqual((await demo.user("noor")).meta, expected);

    await page.reload();
    await demo.signIn(page, "noor");
    assert.equal(await page.getByLabel("Seats").inputValue(), "12");
    assert.equal(await page.getByLabel("Code").inputValue(), '"12"');
    assert.equal(await page.getByLabel("Note").inputValue(), "<b>bold</b>");
    await page.locator("#account").getByText("Noor Haddad").waitFor();

    // Only what was changed is sent.
    await page.getByLabel("Seats").fill("13");
    await page.getByRole("button", { name: "Save changes" }).click();
    await logEntry(page, "setUserMetadata({ Seats: 13 })").waitFor();
    await page.getByText("Saved", { exact: true }).waitFor();
    assert.deepEqual((await demo.user("noor")).meta, {
      ...expected,
      Seats: 13,
    });
    assert.deepEqual(problems, []);
  });

  test("shows a value that JSON cannot hold at its row, and keeps what was typed", async () => {
    const { page, problems } = await demo.openAs("yuki", AT);
    const before = (await demo.user("yuki")).meta;
    // JSON's grammar allows it; read as a number it is infinite.
    await page.getByLabel("Seats").fill("1e999");
    await page.getByLabel("Trial").fill("true");
    await page.getByRole("button", { name: "Save changes" }).click();
    const row = page.locator(".meta-row", { has: page.getByLabel("Seats") });
    await row.locator(".field-error", { hasText: "invalid_metadata" }).waitFor();
    assert.equal(await page.getByLabel("Seats").evaluate((element) => element === document.activeElement), true);
    assert.equal(await page.getByLabel("Trial").inputValue(), "true");
    assert.deepEqual((await demo.user("yuki")).meta, before);
    assert.deepEqual(problems, []);
  });
});
