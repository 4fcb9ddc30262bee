// The demo page, driven as its visitors do: against a local Paragon, in a real browser.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { serve } from "../www/serve.mjs";
import { launchChromium, openPage } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));
const AXE = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));

let sandbox, site, browser, axe;
let opened = [];

before(async () => {
  sandbox = await startSandbox();
  site = await serve(
    { "/": folder("../www"), "/paragon-wasm": folder("../pkg") },
    { config: { sandbox: sandbox.url } },
  );
  browser = await launchChromium();
  axe = await readFile(AXE, "utf8");
});

afterEach(async () => {
  await Promise.all(opened.map((page) => page.context().close()));
  opened = [];
  await sandbox.reset();
});

after(async () => {
  await browser?.close();
  await site?.close();
  await sandbox?.stop();
});

/** The demo, signed out. */
async function openDemo(options) {
  const { page, problems } = await openPage(browser, site.address, options);
  opened.push(page);
  page.setDefaultTimeout(15_000);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  return { page, problems };
}

async function signIn(page, userId) {
  await page.locator(`.user[data-user="${userId}"]`).first().click();
  await page.locator("[data-integration]").first().waitFor();
}

async function openSignedIn(userId, options) {
  const demo = await openDemo(options);
  await signIn(demo.page, userId);
  return demo;
}

const card = (page, name) => page.getByRole("article", { name, exact: true });
const notConnected = (page, type) => page.locator(`.tile[data-integration="${type}"]`);
const logEntry = (page, text) => page.locator(".log-entry", { hasText: text }).first();
const integrationsOf = async (claims) => (await sandbox.user(await sandbox.token(claims))).integrations;

async function disconnects() {
  const { requests } = await sandbox.requests();
  return requests.filter(({ method }) => method === "DELETE").length;
}

describe("signing in", () => {
  test("lists every user of the sandbox, with the state in words", async () => {
    const { page, problems } = await openDemo();
    await page.locator(".user").first().waitFor();
    const { users } = await (await fetch(`${sandbox.url}/_sandbox/users`)).json();
    assert.equal(await page.locator(".user").count(), users.length);
    for (const text of await page.locator(".user-about").allTextContents()) assert.notEqual(text.trim(), "");
    assert.deepEqual(problems, []);
  });

  test("shows each integration in its state, and the reconnect prompt where one is due", async () => {
    const { page, problems } = await openSignedIn("ada");
    const expected = {
      Salesforce: ["Connected", 0],
      Slack: ["Connected", 0],
      HubSpot: ["Reconnect needed", 1],
      "Google Drive": ["Expired", 1],
    };
    for (const [name, [words, prompts]] of Object.entries(expected)) {
      await card(page, name).getByText(words, { exact: true }).waitFor();
      assert.equal(await card(page, name).locator(".prompt").count(), prompts, name);
    }
    await card(page, "Salesforce").getByText("ada@lantern.example").waitFor();
    await notConnected(page, "asana").getByText("Not connected").waitFor();
    assert.equal(await page.locator(".tile .prompt").count(), 0);
    assert.deepEqual(problems, []);
  });

  test("shows what the default user has none of: PENDING, several accounts, nothing", async () => {
    const { page, problems } = await openSignedIn("yuki");
    await card(page, "Jira").getByText("Setup unfinished", { exact: true }).waitFor();
    await card(page, "Jira").locator(".prompt").waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await signIn(page, "mateo");
    assert.equal(
      await card(page, "Salesforce")
        .getByRole("button", { name: /^Disconnect/ })
        .count(),
      2,
    );
    const drive = card(page, "Google Drive").locator(".accounts li");
    assert.deepEqual(await drive.locator(".badge").allTextContents(), ["Connected", "Reconnect needed"]);

    await page.getByRole("button", { name: "Sign out" }).click();
    await signIn(page, "noor");
    await page.getByText("Nothing is connected yet.").waitFor();
    assert.equal(await page.locator(".card").count(), 0);
    assert.deepEqual(problems, []);
  });

  test("takes a token of one’s own for another server, and says at the field what is wrong", async () => {
    const { page, problems } = await openDemo();
    const { token, projectId } = await sandbox.token({ userId: "grace" });
    await page.getByLabel(/Real Paragon/).check();
    await page.getByLabel("Project id").fill(projectId);
    await page.getByLabel("Server", { exact: true }).selectOption("apiUrl");
    await page.getByLabel("API URL").fill(sandbox.url);
    const field = page.getByLabel("Paragon User Token");
    assert.equal(await field.getAttribute("type"), "password");

    await field.fill("no-token");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator(".field-error", { hasText: "invalid_token" }).waitFor();
    assert.equal(await field.inputValue(), "");
    assert.equal(await field.getAttribute("aria-invalid"), "true");

    await field.fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await card(page, "Taskbird").waitFor();
    await assertTokenNowhere(page, token);
    assert.deepEqual(problems, []);
  });

  test("says so when no sandbox answers, and offers the other way", async () => {
    const { page } = await openDemo();
    // Nobody listens on port 9.
    await page.route("**/config.json", (route) => route.fulfill({ json: { sandbox: "http://127.0.0.1:9" } }));
    await page.reload();
    await page.getByText("No sandbox can be reached").waitFor();
    await page.getByLabel("Project id").waitFor();
  });

  test("ends with the session: a refused token leads back, with the reason", async () => {
    const { page } = await openSignedIn("ada");
    await page.route("**/sdk/me", (route) =>
      route.fulfill({
        status: 401,
        headers: { "access-control-allow-origin": "*" },
        json: { message: "The token was revoked.", code: "token_revoked" },
      }),
    );
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByText("Your session has ended").waitFor();
    await page.getByText("unauthorized · HTTP 401").waitFor();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  test("ends with the session while something is being disconnected", async () => {
    const { page } = await openSignedIn("ada");
    await page.route("**/sdk/integrations", (route) =>
      route.fulfill({ status: 401, headers: { "access-control-allow-origin": "*" }, json: {} }),
    );
    await page.getByRole("button", { name: "Disconnect Slack" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("Your session has ended").waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
    const title = page.getByRole("heading", { name: "Sign in" });
    assert.equal(await title.evaluate((element) => element === document.activeElement), true);
  });

  test("shows an error and a way on when the user cannot be loaded", async () => {
    const { page } = await openDemo();
    let isDown = true;
    let reads = 0;
    await page.route("**/sdk/me", (route) => {
      if (route.request().method() !== "GET") return route.continue();
      reads += 1;
      // The first read is the sign-in.
      return isDown && reads > 1
        ? route.fulfill({
            status: 503,
            headers: { "access-control-allow-origin": "*" },
            json: { message: "Down" },
          })
        : route.continue();
    });
    await page.locator('.user[data-user="ada"]').first().click();
    await page.getByText("server_error · HTTP 503").waitFor();
    isDown = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await card(page, "Salesforce").waitFor();
    assert.equal(await page.getByText("server_error · HTTP 503").count(), 0);
  });
});

describe("metadata", () => {
  test("is stored with its types, and there after a reload", async () => {
    const { page, problems } = await openSignedIn("noor");
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
    assert.deepEqual((await sandbox.user(await sandbox.token({ userId: "noor" }))).meta, expected);

    await page.reload();
    await signIn(page, "noor");
    assert.equal(await page.getByLabel("Seats").inputValue(), "12");
    assert.equal(await page.getByLabel("Code").inputValue(), '"12"');
    assert.equal(await page.getByLabel("Note").inputValue(), "<b>bold</b>");
    await page.locator("#account").getByText("Noor Haddad").waitFor();

    // Only what was changed is sent.
    await page.getByLabel("Seats").fill("13");
    await page.getByRole("button", { name: "Save changes" }).click();
    await logEntry(page, "setUserMetadata({ Seats: 13 })").waitFor();
    await page.getByText("Saved", { exact: true }).waitFor();
    assert.deepEqual((await sandbox.user(await sandbox.token({ userId: "noor" }))).meta, {
      ...expected,
      Seats: 13,
    });
    assert.deepEqual(problems, []);
  });

  test("shows a value that JSON cannot hold at its row, and keeps what was typed", async () => {
    const { page, problems } = await openSignedIn("yuki");
    const before = (await sandbox.user(await sandbox.token({ userId: "yuki" }))).meta;
    // JSON's grammar allows it; read as a number it is infinite.
    await page.getByLabel("Seats").fill("1e999");
    await page.getByLabel("Trial").fill("true");
    await page.getByRole("button", { name: "Save changes" }).click();
    const row = page.locator(".meta-row", { has: page.getByLabel("Seats") });
    await row.locator(".field-error", { hasText: "invalid_metadata" }).waitFor();
    assert.equal(
      await page.getByLabel("Seats").evaluate((element) => element === document.activeElement),
      true,
    );
    assert.equal(await page.getByLabel("Trial").inputValue(), "true");
    assert.deepEqual((await sandbox.user(await sandbox.token({ userId: "yuki" }))).meta, before);
    assert.deepEqual(problems, []);
  });
});

describe("disconnecting", () => {
  test("asks first: Cancel and Escape change nothing, and give the focus back", async () => {
    const { page, problems } = await openSignedIn("ada");
    const trigger = page.getByRole("button", { name: "Disconnect Slack" });
    for (const refuse of [
      () => page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click(),
      () => page.keyboard.press("Escape"),
    ]) {
      await trigger.press("Enter");
      await page.getByRole("dialog", { name: "Disconnect Slack?" }).waitFor();
      await refuse();
      await page.getByRole("dialog").waitFor({ state: "detached" });
      assert.equal(await trigger.evaluate((element) => element === document.activeElement), true);
    }
    assert.equal(await disconnects(), 0);
    assert.equal((await integrationsOf({ userId: "ada" })).slack.credentialStatus, "VALID");
    assert.deepEqual(problems, []);
  });

  test("disconnects once confirmed, and it is gone from the next sign-in", async () => {
    const { page, problems } = await openSignedIn("ada");
    await page.getByRole("button", { name: "Disconnect Slack" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
    await notConnected(page, "slack").waitFor();
    assert.equal(await card(page, "Slack").count(), 0);
    const heading = notConnected(page, "slack").getByRole("heading");
    assert.equal(await heading.evaluate((element) => element === document.activeElement), true);
    await page.getByRole("status").getByText("Slack is disconnected.").waitFor({ state: "attached" });
    assert.equal((await integrationsOf({ userId: "ada" })).slack.enabled, false);

    await page.reload();
    await signIn(page, "ada");
    await notConnected(page, "slack").waitFor();
    await card(page, "Salesforce").waitFor();
    assert.deepEqual(problems, []);
  });

  test("disconnects the chosen one of several accounts", async () => {
    const { page, problems } = await openSignedIn("mateo");
    await page.getByRole("button", { name: "Disconnect Salesforce: mateo@staging.lantern.example" }).click();
    await page.getByRole("dialog").getByText("mateo@staging.lantern.example").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
    await card(page, "Salesforce")
      .getByRole("button", { name: "Disconnect Salesforce", exact: true })
      .waitFor();
    const { salesforce } = await integrationsOf({ userId: "mateo" });
    assert.deepEqual(
      salesforce.allCredentials.map((it) => it.providerData.username),
      ["mateo@lantern.example"],
    );
    assert.deepEqual(problems, []);
  });

  test("shows a failure in the dialog, and disconnects when tried again", async () => {
    const { page } = await openSignedIn("ada");
    // The request itself and its two repetitions.
    await page.route("**/sdk/integrations/*", (route) => route.abort(), { times: 3 });
    await page.getByRole("button", { name: "Disconnect Slack" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Disconnect" }).click();
    await dialog.getByText("network", { exact: true }).waitFor();
    await dialog.getByRole("button", { name: "Disconnect" }).click();
    await notConnected(page, "slack").waitFor();
  });
});

describe("for developers", () => {
  test("failed calls show their code, status and details, and the session goes on", async () => {
    const { page, problems } = await openSignedIn("ada");
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
    await card(page, "Salesforce").waitFor();
    // Those that are meant to go wrong on the network are seen there as well.
    const unexpected = problems.filter(
      (text) => !text.includes("127.0.0.1:9/") && !/status of 401|ERR_ABORTED/.test(text),
    );
    assert.deepEqual(unexpected, []);
  });

  test("the log holds every call with outcome and duration, and can be copied", async () => {
    const { page } = await openSignedIn("ada", { permissions: ["clipboard-read", "clipboard-write"] });
    for (const call of ["configureGlobal(", "authenticate(", "getUser()", "getIntegrationMetadata()"]) {
      await logEntry(page, call).getByText("ok", { exact: true }).waitFor();
      assert.match(await logEntry(page, call).textContent(), /\d ms\d\d:\d\d:\d\d\.\d{3}/);
    }
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /authenticate\("[0-9a-f-]{36}", <token>\) {2}ok {2}[\d.]+ ms/);
    assert.equal(copied.split("\n").length, 5);
  });

  test("the token is nowhere: not in the page, its storage, its address or the console", async () => {
    const { page } = await openDemo();
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    const minting = page.waitForResponse((response) => response.url().endsWith("/_sandbox/token"));
    await signIn(page, "ada");
    const { token } = await (await minting).json();
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
  });
});

describe("for everyone", () => {
  for (const colorScheme of ["light", "dark"]) {
    test(`axe finds nothing (${colorScheme})`, async () => {
      const { page } = await openDemo({ colorScheme });
      await page.locator(".user").first().waitFor();
      await assertAccessible(page, "signed out");

      await page.getByLabel(/Real Paragon/).check();
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.locator(".field-error:not(:empty)").first().waitFor();
      await assertAccessible(page, "the form with an error");

      await page.getByLabel(/The sandbox/).check();
      await signIn(page, "ada");
      await page.getByRole("button", { name: "Run: An unknown integration" }).click();
      await page.locator(".failures .fields").waitFor();
      await page.locator(".log summary").first().click();
      await page.getByRole("button", { name: "Add a key" }).click();
      await page.getByRole("button", { name: "Save changes" }).click();
      await assertAccessible(page, "signed in");

      await page.getByRole("button", { name: "Disconnect Slack" }).click();
      await page.getByRole("dialog").waitFor();
      await assertAccessible(page, "the dialog");
      await page.keyboard.press("Escape");

      for (const userId of ["yuki", "mateo", "noor"]) {
        await page.getByRole("button", { name: "Sign out" }).click();
        await signIn(page, userId);
        await assertAccessible(page, userId);
      }
    });
  }

  test("nothing is cut off, from phones to wide screens", async () => {
    const { page } = await openSignedIn("mateo");
    for (const userId of ["yuki", "mateo"]) {
      await page.getByRole("button", { name: "Sign out" }).click();
      await signIn(page, userId);
      for (const width of [320, 360, 768, 1152, 1440, 1920]) {
        await page.setViewportSize({ width, height: 800 });
        const across = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(across <= width, `${userId}: ${across} px wide on a screen of ${width}`);
      }
    }
  });

  test("the keyboard alone signs in, disconnects and signs out", async () => {
    const { page } = await openDemo();
    const user = page.locator('.user[data-user="ada"]').first();
    await user.waitFor();
    await tabTo(page, user);
    await page.keyboard.press("Enter");
    await page.locator("[data-integration]").first().waitFor();
    await tabTo(page, page.getByRole("button", { name: "Disconnect Slack" }));
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByRole("dialog").getByRole("button", { name: "Disconnect" }));
    await page.keyboard.press("Enter");
    await notConnected(page, "slack").waitFor();
    await tabTo(page, page.getByRole("button", { name: "Sign out" }), "Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});

/** Presses Tab until `target` has the focus. */
async function tabTo(page, target, key = "Tab") {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${key} never comes to ${target}`);
}

const signatureOf = (token) => token.split(".")[2];

async function assertTokenNowhere(page, token) {
  const places = await page.evaluate(() => ({
    page: document.documentElement.outerHTML,
    fields: [...document.querySelectorAll("input, textarea")].map(({ value }) => value).join("\n"),
    localStorage: JSON.stringify({ ...localStorage }),
    sessionStorage: JSON.stringify({ ...sessionStorage }),
    cookies: document.cookie,
    address: location.href,
    history: JSON.stringify(history.state),
    requested: performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .join("\n"),
  }));
  // The payload alone would already tell who the user is.
  for (const secret of [signatureOf(token), token.split(".")[1]]) {
    for (const [place, text] of Object.entries(places)) {
      assert.equal((text ?? "").includes(secret), false, `the token is in: ${place}`);
    }
  }
  assert.deepEqual([places.localStorage, places.sessionStorage, places.cookies], ["{}", "{}", ""]);
}

async function assertAccessible(page, what) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const findings = await page.evaluate(async () => {
    const { violations } = await window.axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
    );
  });
  assert.deepEqual(findings, [], what);
}
