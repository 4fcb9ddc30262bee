// The demo page: what can go wrong at the provider, in words, and the way on.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";

import { lacks } from "../support/browser.mjs";
import { atProvider, connectButton, dialogOf, focused, popupOf, useDemo } from "../support/demo.mjs";

const demo = useDemo();

const notice = (page) => dialogOf(page).getByRole("alert");
const again = (page) => dialogOf(page).getByRole("button", { name: "Try again" });
const connected = (page) => page.locator("[data-credential]").first().waitFor();

describe("an account is connected in the end, though", () => {
  let page, problems;

  beforeEach(async () => {
    ({ page, problems } = await demo.openIntegration("noor", "slack"));
  });

  test("the browser blocked the window", async () => {
    await page.evaluate(() => {
      window.openedBefore = window.open;
      window.open = () => null;
    });
    await connectButton(page).click();
    await notice(page).getByText("The browser blocked the window").waitFor();
    await notice(page).getByText("popup_blocked").waitFor();
    await focused(page, again(page));
    await page.evaluate(() => (window.open = window.openedBefore));
    await atProvider(page, () => again(page).click());
    await connected(page);
    assert.deepEqual(problems, []);
  });

  test("the user closed the window", async () => {
    const popup = await popupOf(page, () => connectButton(page).click());
    await popup.getByRole("button", { name: "Allow" }).waitFor();
    await popup.close();
    await notice(page).getByText("The window was closed").waitFor();
    assert.equal((await demo.integration("noor", "slack")).enabled, false);
    await atProvider(page, () => again(page).click());
    await connected(page);
    assert.deepEqual(problems, []);
  });

  test("the provider gave no access; its reason is shown", async () => {
    await demo.sandbox.decide({ decision: "deny", reason: "Ask <b>your</b> administrator." });
    await connectButton(page).click();
    await notice(page).getByText("Slack did not give access").waitFor();
    await notice(page).getByText("It says: “Ask <b>your</b> administrator.”").waitFor();
    await atProvider(page, () => again(page).click());
    await connected(page);
    assert.deepEqual(problems, []);
  });

  test("the provider cut the window off", async () => {
    await demo.sandbox.decide({ decision: "allow", severOpener: true });
    await connectButton(page).click();
    await connected(page);
    assert.equal((await demo.integration("noor", "slack")).credentialStatus, "VALID");
  });

  test("the server refused at first to say where the provider is", async () => {
    await demo.fail({
      path: "*/actions/build-oauth",
      times: 1,
      action: { kind: "answer", status: 500, body: { message: "Not today." } },
    });
    await connectButton(page).click();
    await notice(page).getByText("Slack could not be connected").waitFor();
    await notice(page).getByText("server_error · HTTP 500").waitFor();
    assert.equal(page.context().pages().length, 1);
    await atProvider(page, () => again(page).click());
    await connected(page);
  });

  test("the server refused at first to save it", async () => {
    await demo.sandbox.decide({ decision: "allow" });
    await demo.fail({
      method: "POST",
      path: "*/sdk/credentials",
      times: 1,
      action: { kind: "answer", status: 500, body: { message: "Not today." } },
    });
    await connectButton(page).click();
    await notice(page).getByText("server_error · HTTP 500").waitFor();
    await atProvider(page, () => again(page).click());
    await connected(page);
  });
});

test(
  "too long at the provider: the window is closed, and it can be tried again",
  { skip: lacks("clock") },
  async () => {
    const { page } = await demo.open({ at: "#/integrations/slack" });
    await page.clock.install();
    await demo.signIn(page, "noor");
    const popup = await popupOf(page, () => connectButton(page).click());
    await popup.getByRole("button", { name: "Allow" }).waitFor();
    const closed = popup.waitForEvent("close");
    await page.clock.fastForward("10:01");
    await notice(page).getByText("It took too long").waitFor();
    await closed;
    await page.clock.resume();
    await atProvider(page, () => again(page).click());
    await connected(page);
  },
);

test("what was entered is there again after a denial", async () => {
  const { page } = await demo.openIntegration("noor", "zendesk");
  await connectButton(page).click();
  const subdomain = dialogOf(page).getByRole("textbox", { name: "Subdomain" });
  await subdomain.fill("lantrn");
  await atProvider(page, () => subdomain.press("Enter"), "Deny");
  await again(page).waitFor();
  await dialogOf(page).getByRole("button", { name: "Back" }).click();
  assert.equal(await subdomain.inputValue(), "lantrn");
  await subdomain.fill("lantern");
  await atProvider(page, () => subdomain.press("Enter"));
  await connected(page);
  assert.equal((await demo.integration("noor", "zendesk")).providerData.subdomain, "lantern");
});

test("where nothing is asked, a failure can be tried again as well", { skip: lacks("routes") }, async () => {
  const { page } = await demo.open({ at: "#/integrations/klaviyo" });
  await page.route("**/sdk/integrations", async (route) => {
    const response = await route.fetch();
    const all = await response.json();
    all.find(({ type }) => type === "klaviyo").sdkIntegrationConfig.authConfigInputs = [];
    await route.fulfill({ response, json: all });
  });
  // The sandbox's Klaviyo does want a key.
  await page.route("**/sdk/credentials", (route) => {
    if (route.request().method() !== "POST") return route.continue();
    const body = route.request().postDataJSON();
    return route.continue({ postData: JSON.stringify({ ...body, payload: { apiKey: "pk_1" } }) });
  });
  await demo.signIn(page, "noor");
  await demo.fail({
    method: "POST",
    path: "*/sdk/credentials",
    times: 1,
    action: { kind: "answer", status: 500, body: { message: "Not today." } },
  });
  await connectButton(page).click();
  await again(page).click();
  await dialogOf(page).getByText("Klaviyo asks for nothing.").waitFor();
  await dialogOf(page).getByRole("button", { name: "Connect", exact: true }).click();
  await connected(page);
});

test("closing the dialog after a failure leaves everything as it was", async () => {
  const { page } = await demo.openIntegration("noor", "slack");
  await demo.sandbox.decide({ decision: "deny" });
  await connectButton(page).click();
  await again(page).waitFor();
  await page.keyboard.press("Escape");
  await focused(page, connectButton(page));
  await atProvider(page, () => connectButton(page).click());
  await connected(page);
});
