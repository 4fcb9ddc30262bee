// The demo page: signing in, and what ends a session.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { lacks } from "../support/browser.mjs";
import {
  HARBOR,
  assertTokenNowhere,
  cardOf,
  connectButton,
  dialogOf,
  focused,
  goTo,
  isFocused,
  popupOf,
  useDemo,
} from "../support/demo.mjs";

const demo = useDemo();

const refusal = {
  status: 401,
  headers: { "access-control-allow-origin": "*" },
  json: { message: "The token was revoked.", code: "token_revoked" },
};

describe("signing in", () => {
  test("lists every user of the sandbox, with the state in words", async () => {
    const { page, problems } = await demo.open();
    await page.locator(".user").first().waitFor();
    const { users } = await (await fetch(`${demo.sandbox.url}/_sandbox/users`)).json();
    assert.equal(await page.locator(".user").count(), users.length);
    for (const text of await page.locator(".user-about").allTextContents()) assert.notEqual(text.trim(), "");
    assert.deepEqual(problems, []);
  });

  test("takes a token of one’s own for another server, and says at the field what is wrong", async () => {
    const { page, problems } = await demo.open();
    const { token, projectId } = await demo.sandbox.token({ userId: "grace" });
    await page.getByLabel(/Real Paragon/).check();
    await page.getByLabel("Project id").fill(projectId);
    await page.getByLabel("Server", { exact: true }).selectOption("apiUrl");
    await page.getByLabel("API URL").fill(demo.sandbox.url);
    const field = page.getByLabel("Paragon User Token");
    assert.equal(await field.getAttribute("type"), "password");

    await field.fill("no-token");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator(".field-error", { hasText: "invalid_token" }).waitFor();
    assert.equal(await field.inputValue(), "");
    assert.equal(await field.getAttribute("aria-invalid"), "true");

    await field.fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await cardOf(page, "custom.taskbird").waitFor();
    await assertTokenNowhere(page, token);
    assert.deepEqual(problems, []);
  });

  test("says so when no sandbox answers, and offers the other way", { skip: lacks("routes") }, async () => {
    const { page } = await demo.open();
    // Nobody listens on port 9.
    await page.route("**/config.json", (route) => route.fulfill({ json: { sandbox: "http://127.0.0.1:9" } }));
    await page.reload();
    await page.getByText("No sandbox can be reached").waitFor();
    await page.getByLabel("Project id").waitFor();
  });

  test("needs the package, and says so where the server has none", { skip: lacks("routes") }, async () => {
    const { page } = await demo.open();
    await page.route("**/paragon-wasm/index.js", (route) => route.fulfill({ status: 404 }));
    await page.reload();
    await page.getByRole("heading", { name: "The page could not start" }).waitFor();
    await demo.assertAccessible(page, "without the package");
    await page.unroute("**/paragon-wasm/index.js");
    await page.getByRole("button", { name: "Reload" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  test("leads to the view that the address names, at its top", async () => {
    const { page } = await demo.open({ at: "#/integrations/slack", viewport: { width: 320, height: 600 } });
    await demo.signIn(page, "tomas", HARBOR);
    const title = page.getByRole("heading", { name: "Slack", level: 1 });
    await title.waitFor();
    assert.equal(await isFocused(title), true);
    assert.equal(await page.evaluate(() => scrollY), 0);
    assert.equal(await page.title(), "Slack · paragon-wasm demo");
  });
});

describe("the end of a session", () => {
  test(
    "a refused token leads back, with the reason; and signing in again to where one was",
    { skip: lacks("routes") },
    async () => {
      const { page } = await demo.openIntegration("ada", "slack");
      await goTo(page, "#/integrations?show=connected");
      await page.route("**/sdk/me", (route) => route.fulfill(refusal));
      await page.getByRole("button", { name: "Refresh" }).click();
      await page.getByText("Your session has ended").waitFor();
      await page.getByText("unauthorized · HTTP 401").waitFor();
      assert.equal(await page.locator("#navigation a").count(), 0);
      await page.unroute("**/sdk/me");
      await demo.signIn(page, "ada");
      assert.equal(await page.locator(".filter[aria-current]").textContent(), "Connected 4");
    },
  );

  test("closes the dialog in which something is being disconnected", { skip: lacks("routes") }, async () => {
    const { page } = await demo.openIntegration("ada", "slack");
    await page.route("**/sdk/integrations/*", (route) => route.fulfill(refusal));
    await page.getByRole("button", { name: "Disconnect Slack" }).click();
    await dialogOf(page).getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("Your session has ended").waitFor();
    assert.equal(await dialogOf(page).count(), 0);
    await focused(page, page.getByRole("heading", { name: "Sign in" }));
  });

  test("closes the dialog and the window in which an account is being connected", async () => {
    const { page } = await demo.openIntegration("noor", "slack");
    const popup = await popupOf(page, () => connectButton(page).click());
    await popup.getByRole("button", { name: "Allow" }).waitFor();
    const closed = popup.waitForEvent("close");
    // As another part of the application would.
    await page.evaluate(async () => (await import("paragon-wasm")).logout());
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await closed;
    assert.equal(await dialogOf(page).count(), 0);
    assert.equal(await page.getByText("Your session has ended").count(), 0);
  });

  test("is no refusal by an integration", async () => {
    const { page } = await demo.openIntegration("noor", "klaviyo");
    await demo.fail({
      method: "POST",
      path: "*/sdk/credentials",
      action: { kind: "answer", status: 401, body: { message: "No such key.", meta: { isIntegrationError: true } } },
    });
    await connectButton(page).click();
    await dialogOf(page).getByLabel("Private API key").fill("pk_1");
    await dialogOf(page).getByRole("button", { name: "Connect", exact: true }).click();
    await dialogOf(page).getByText("No such key.").waitFor();
    assert.equal(await page.getByRole("heading", { name: "Sign in" }).count(), 0);
  });

  test("by oneself leaves nothing behind", async () => {
    const { page } = await demo.openIntegration("ada", "slack");
    await page.getByRole("button", { name: "Sign out" }).click();
    await focused(page, page.getByRole("heading", { name: "Sign in" }));
    assert.equal(await page.locator("#account").innerText(), "");
    assert.equal(await page.title(), "Sign in · paragon-wasm demo");
    await demo.signIn(page, "noor");
    await page.getByRole("heading", { name: "Integrations", level: 1 }).waitFor();
  });
});
