// The official SDK connects accounts at the local Paragon, through a real popup: that it can shows
// that the stand-in speaks the protocol, not only our reading of it.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";

import { startComparison } from "./official/pages.mjs";

let comparison, sandbox;
before(async () => {
  comparison = await startComparison();
  ({ sandbox } = comparison.official);
});
after(() => comparison?.close());

let session, user;
beforeEach(async () => {
  await sandbox.reset();
  session = await sandbox.token({ userId: "noor" });
  user = async () => (await sandbox.user(session)).integrations;
});

/** Opens a page with the official SDK, signed in. */
async function open() {
  const opened = await comparison.official.open();
  const { page } = opened;
  await page.evaluate(async ({ projectId, token }) => {
    window.events = [];
    window.sdk.paragon.subscribe("onIntegrationInstall", (event) => window.events.push(event));
    await window.sdk.paragon.authenticate(projectId, token);
  }, session);
  return {
    ...opened,
    call: (method, ...given) =>
      page.evaluate(([method, given]) => window.sdk.paragon[method](...given), [method, given]),
    /** Starts an install: its popup, and what its promise comes to. */
    async install(type, options = {}) {
      const popup = page.context().waitForEvent("page");
      await page.evaluate(
        ([type, options]) => {
          window.outcome = window.sdk.paragon.installIntegration(type, options).then(
            (event) => ({ event }),
            (error) => ({ error }),
          );
        },
        [type, options],
      );
      return { popup: await popup, outcome: () => page.evaluate(() => window.outcome) };
    },
  };
}

test("it installs an integration through the popup, sees it, and uninstalls it", async () => {
  const { page, call, install, console, close } = await open();
  try {
    const { popup, outcome } = await install("slack");
    const closed = popup.waitForEvent("close");
    const { origin } = await sandbox.provider();
    await popup.waitForURL((url) => url.origin === origin);
    assert.notEqual(origin, sandbox.url);
    await popup.getByRole("button", { name: "Allow" }).click();
    const { event } = await outcome();
    await closed;

    const { slack } = await user();
    assert.deepEqual([slack.enabled, slack.credentialStatus], [true, "VALID"]);
    assert.deepEqual([event.integrationType, event.credentialId], ["slack", slack.credentialId]);
    const seen = (await call("getUser")).integrations.slack;
    assert.deepEqual([seen.enabled, seen.providerId], [true, slack.providerId]);
    assert.ok((await page.evaluate(() => window.events)).length >= 1);

    await call("uninstallIntegration", "slack");
    assert.equal((await call("getUser")).integrations.slack.enabled, false);
    assert.equal((await user()).slack.enabled, false);
    assert.deepEqual(console, []);
  } finally {
    await close();
  }
});
