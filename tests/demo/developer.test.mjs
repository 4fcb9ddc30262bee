// The demo page: what it shows to developers, and what it shows to nobody.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { lacks } from "../support/browser.mjs";
import { assertTokenNowhere, atProvider, cardOf, connectButton, goTo, logEntry, useDemo } from "../support/demo.mjs";

const demo = useDemo();
const signatureOf = (token) => token.split(".")[2];

describe("for developers", () => {
  test("failed calls show their code, status and details, and the session goes on", async () => {
    const { page, problems } = await demo.openAs("ada");
    const expected = {
      "An expired token": ["token_expired"],
      "A token that the server refuses": ["unauthorized", "401"],
      "Nobody is signed in": ["not_authenticated", "UserNotAuthenticatedError"],
      "An unknown integration": ["integration_not_found", '"salesforce"'],
      "Metadata that JSON cannot hold": ["invalid_metadata", "metadata.Plan.seats"],
      "An unreachable server": ["network"],
    };
    for (const [name, texts] of Object.entries(expected)) {
      await page.getByRole("button", { name: `Run: ${name}` }).click();
      const item = page.locator(".failures > li", {
        has: page.getByRole("button", { name: `Run: ${name}` }),
      });
      for (const text of texts) await item.locator("dd", { hasText: text }).first().waitFor();
    }
    await logEntry(page, 'uninstallIntegration("no-such-integration")').locator(".outcome-failed").waitFor();

    // It may be faster than its millisecond; either way it says what came of it.
    await page.getByRole("button", { name: "Run: Abort after 1 ms" }).click();
    await page
      .locator(".failures > li", { hasText: "Abort after 1 ms" })
      .getByText(/aborted|did not fail/)
      .first()
      .waitFor();

    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByRole("status").getByText("Up to date").waitFor({ state: "attached" });
    await cardOf(page, "salesforce").waitFor();
    // Those that are meant to go wrong on the network are seen there as well.
    const unexpected = problems.filter(
      (text) => !text.includes("127.0.0.1:9/") && !/status of 401|ERR_ABORTED|NS_BINDING_ABORTED/.test(text),
    );
    assert.deepEqual(unexpected, []);
  });

  test(
    "the log holds every call with outcome and duration, and can be copied",
    { skip: lacks("clipboard") },
    async () => {
      const { page } = await demo.openAs("ada", { permissions: ["clipboard-read", "clipboard-write"] });
      for (const call of ["configureGlobal(", "authenticate(", "getUser()", "getIntegrationMetadata()"]) {
        await logEntry(page, call).getByText("ok", { exact: true }).waitFor();
        assert.match(await logEntry(page, call).textContent(), /\d ms\d\d:\d\d:\d\d\.\d{3}/);
      }
      await page.getByRole("button", { name: "Copy" }).click();
      await page.getByRole("button", { name: "Copied" }).waitFor();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      assert.match(copied, /authenticate\("[0-9a-f-]{36}", <token>\) {2}ok {2}[\d.]+ ms/);
      assert.match(copied, /onSessionChange {2}event$/m);
      assert.equal(copied.split("\n").length, 7);
    },
  );

  test(
    "the token is nowhere: not in the page, its storage, its address or the console",
    { skip: lacks("answers") },
    async () => {
      const { page } = await demo.open();
      const said = [];
      page.on("console", (message) => said.push(message.text()));
      const minting = page.waitForResponse((response) => response.url().endsWith("/_sandbox/token"));
      await demo.signIn(page, "ada");
      const { token } = await (await minting).json();
      await goTo(page, "#/integrations/notion");
      const popup = await atProvider(page, () => connectButton(page).click());
      popup.on("console", (message) => said.push(message.text()));
      await page.locator("[data-credential]").first().waitFor();
      await page.getByRole("button", { name: "Run: An unknown integration" }).click();
      await page.getByRole("button", { name: "Run: A token that the server refuses" }).click();
      await page.locator(".failures dd", { hasText: "unauthorized" }).waitFor();
      for (const summary of await page.locator(".log summary").all()) await summary.click();
      await assertTokenNowhere(page, token);
      assert.equal(
        said.some((text) => text.includes(signatureOf(token))),
        false,
      );

      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      await assertTokenNowhere(page, token);
    },
  );
});
