// Connecting accounts, in a real browser, through real popups, against the sandbox.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { useInstallPage } from "./support/installs.mjs";

const stage = useInstallPage();

describe("installIntegration", () => {
  test("connects", async () => {
    const { popup, outcome } = await stage.clickForPopup(() => window.client.installIntegration("slack"));
    await stage.press(popup, "Allow");
    const { value, error } = await outcome();
    assert.equal(value.integrationType, "slack");
    assert.equal(error, undefined);
  });
});
