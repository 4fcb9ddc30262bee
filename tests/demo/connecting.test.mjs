// The demo page: connecting an account, for every kind of integration.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { lacks } from "../support/browser.mjs";
import {
  HARBOR,
  atProvider,
  cardOf,
  connectButton,
  dialogOf,
  focused,
  follow,
  goTo,
  isFocused,
  logEntry,
  popupOf,
  toast,
  useDemo,
} from "../support/demo.mjs";

const demo = useDemo();

const row = (page, name) => page.locator(".row[data-credential]", { hasText: name });

/** Continues, submits, connects: whatever the dialog's way on is called. */
const goOn = (page) => dialogOf(page).locator(".button-primary").click();

/** The account is connected, here and at the server. */
async function assertConnected(page, userId, type, name, projectId) {
  await row(page, name).waitFor();
  await dialogOf(page).waitFor({ state: "detached" });
  await toast(page, `is connected as ${name}`).waitFor();
  await focused(page, row(page, name));
  const { credentialStatus, allCredentials } = await demo.integration(userId, type, projectId);
  assert.equal(credentialStatus, "VALID");
  // The popup is gone, too.
  assert.equal(page.context().pages().length, 1);
  return allCredentials.at(-1);
}

describe("an account is connected", () => {
  test("with consent alone; the catalogue knows", async () => {
    const { page, problems } = await demo.openIntegration("noor", "slack");
    const popup = await popupOf(page, () => page.getByRole("button", { name: "Connect Slack" }).press("Enter"));
    await dialogOf(page).getByText("Waiting for Slack").waitFor();
    await dialogOf(page).getByText("A window has opened.").waitFor();
    await popup.getByRole("button", { name: "Allow" }).click();
    await assertConnected(page, "noor", "slack", "noor@slack.example");
    assert.equal(await page.getByRole("switch", { name: "Announce won deals" }).getAttribute("aria-checked"), "true");
    await follow(page, () => page.getByRole("link", { name: "All integrations" }).click());
    assert.equal(await cardOf(page, "slack").locator(".badge").textContent(), "Connected");
    assert.deepEqual(problems, []);
  });

  test("of a custom integration", async () => {
    const { page, problems } = await demo.openIntegration("noor", "custom.taskbird");
    await atProvider(page, () => connectButton(page).click());
    await assertConnected(page, "noor", "custom.taskbird", "noor@taskbird.example");
    assert.deepEqual(problems, []);
  });

  test("of a kind that is chosen first", async () => {
    const { page, problems } = await demo.openIntegration("noor", "salesforce");
    await connectButton(page).click();
    const kinds = dialogOf(page).getByRole("radiogroup", { name: "Which kind of account?" });
    await focused(page, kinds.getByRole("radio", { name: "Production account" }));
    assert.equal(await kinds.getByRole("radio").count(), 2);
    await kinds.getByRole("radio", { name: "Sandbox account" }).check();
    await atProvider(page, () => goOn(page));
    const { providerData } = await assertConnected(page, "noor", "salesforce", "noor@salesforce.example");
    assert.equal(providerData.accountType, "sandbox");
    assert.deepEqual(problems, []);
  });

  test("after a package that somebody has to install", { skip: lacks("clipboard") }, async () => {
    const { page } = await demo.open({
      at: "#/integrations/salesforce",
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await demo.signIn(page, "tomas", HARBOR);
    await connectButton(page).click();
    await goOn(page);
    await dialogOf(page).getByRole("heading", { name: "Install the package" }).waitFor();
    const link = dialogOf(page).getByRole("link", { name: "Install" });
    assert.match(await link.getAttribute("href"), /^https:\/\/login\.salesforce\.com\/packaging\/installPackage/);
    await dialogOf(page).getByRole("button", { name: "Copy link" }).click();
    await dialogOf(page).getByRole("button", { name: "Copied" }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await link.getAttribute("href"));
    await atProvider(page, () => dialogOf(page).getByRole("button", { name: "I have installed it" }).click());
    await assertConnected(page, "tomas", "salesforce", "tomas@salesforce.example", HARBOR);
  });

  test("with a subdomain before; what is missing is said at the field, without asking anybody", async () => {
    const { page, problems } = await demo.openIntegration("noor", "zendesk");
    await connectButton(page).click();
    const subdomain = dialogOf(page).getByRole("textbox", { name: "Subdomain" });
    await focused(page, subdomain);
    await goOn(page);
    await dialogOf(page).getByText("Fill this in.").waitFor();
    assert.equal(await subdomain.getAttribute("aria-invalid"), "true");
    assert.equal(await isFocused(subdomain), true);
    assert.ok(!(await demo.received()).some((line) => line.includes("build-oauth")));
    await subdomain.fill("lantern");
    assert.equal(await subdomain.getAttribute("aria-invalid"), null);
    // The key that sends a form is as good as a click.
    await atProvider(page, () => subdomain.press("Enter"));
    const { providerData } = await assertConnected(page, "noor", "zendesk", "noor@zendesk.example");
    assert.equal(providerData.subdomain, "lantern");
    assert.deepEqual(problems, []);
  });

  test("with a key, which is shown nowhere; a wrong one is refused and typed again", async () => {
    const { page } = await demo.openIntegration("noor", "klaviyo");
    await connectButton(page).click();
    const key = dialogOf(page).getByLabel("Private API key");
    assert.equal(await key.getAttribute("type"), "password");
    await key.fill("wrong");
    await goOn(page);
    await dialogOf(page).getByText("Klaviyo refused it").waitFor();
    assert.equal(await key.inputValue(), "wrong");
    await key.fill("pk_secret_1");
    await goOn(page);
    await assertConnected(page, "noor", "klaviyo", "key-");
    await logEntry(page, "installFlow.setPreOptions({ apiKey: <secret> })").waitFor();
    const text = await page.evaluate(() => document.documentElement.outerHTML);
    assert.equal(text.includes("pk_secret_1"), false);
  });

  test("of a custom integration with a choice and a key", async () => {
    const { page, problems } = await demo.openIntegration("noor", "fieldnotes");
    await connectButton(page).click();
    await dialogOf(page).getByLabel("Region").selectOption({ index: 1 });
    await dialogOf(page).getByLabel("API key").fill("fn_1");
    await goOn(page);
    await assertConnected(page, "noor", "fieldnotes", "key-");
    assert.deepEqual(problems, []);
  });

  test("of the other kind, after going back to choose it", async () => {
    const { page, problems } = await demo.openIntegration("noor", "shopify");
    await connectButton(page).click();
    await goOn(page);
    await dialogOf(page).getByLabel("Shop").fill("lantern");
    assert.equal(await dialogOf(page).getByLabel("Admin API access token").count(), 0);
    await dialogOf(page).getByRole("button", { name: "Back" }).click();
    await dialogOf(page).getByRole("radio", { name: "Custom app" }).check();
    await goOn(page);
    await dialogOf(page).getByLabel("Shop").fill("lantern");
    await dialogOf(page).getByLabel("Admin API access token").fill("shpat_1");
    await goOn(page);
    const { providerData } = await assertConnected(page, "noor", "shopify", "key-");
    assert.equal(providerData.shop, "lantern");
    assert.deepEqual(problems, []);
  });
});

describe("a setup", () => {
  /** Jira's questions, after consent. */
  async function openSetup(options) {
    const { page, problems } = await demo.openIntegration("noor", "jira", options);
    await atProvider(page, () => connectButton(page).click());
    await focused(page, dialogOf(page).getByLabel("Edition"));
    return { page, problems };
  }

  test("asks for text, numbers, secrets, switches, and choices that are searched and paged", async () => {
    const { page, problems } = await openSetup();
    const field = (name) => dialogOf(page).getByRole("combobox", { name });
    const choices = page.getByRole("listbox").getByRole("option");
    await dialogOf(page).getByText("Jira has given access.").waitFor();
    assert.equal(await dialogOf(page).getByLabel("Minutes between two looks").inputValue(), "15");
    assert.equal(await dialogOf(page).getByRole("checkbox", { name: "Bring comments over" }).isChecked(), true);
    assert.equal(await dialogOf(page).getByLabel("Webhook password").getAttribute("type"), "password");

    // Choices that depend on another answer.
    await dialogOf(page).getByLabel("Edition").selectOption("Service Management");
    await field("Issue type").click();
    await choices.first().waitFor();
    const forService = await choices.allInnerTexts();
    await choices.first().click();
    await dialogOf(page).getByLabel("Edition").selectOption("Software");
    assert.equal(await field("Issue type").inputValue(), "", "the choice is gone with what it depended on");
    await field("Issue type").click();
    await choices.first().waitFor();
    assert.notDeepEqual(await choices.allInnerTexts(), forService);
    await choices.nth(1).click();

    // A long list: the next page, and a search.
    await field("Project").click();
    await page.getByText("The first 20", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Show more" }).click();
    await page.getByText("The first 40", { exact: true }).waitFor();
    assert.equal(await choices.count(), 40);
    await field("Project").pressSequentially("112");
    await page.getByText("1 choice", { exact: true }).waitFor();
    await choices.first().click();
    assert.equal(await field("Project").inputValue(), "Project 112");

    await dialogOf(page).getByLabel("Minutes between two looks").fill("often");
    await goOn(page);
    await dialogOf(page).getByText("Enter a number.").waitFor();
    await dialogOf(page).getByLabel("Minutes between two looks").fill("7.5");
    await dialogOf(page).getByLabel("Prefix of titles").fill(" [CRM] ");
    await dialogOf(page).getByLabel("Webhook password").fill("hunter2");
    await dialogOf(page).getByRole("checkbox", { name: "Bring comments over" }).uncheck();
    await goOn(page);
    const { providerData } = await assertConnected(page, "noor", "jira", "noor@jira.example");
    const { edition, project, issueType, prefix, pollMinutes, syncComments } = providerData;
    assert.deepEqual(
      [edition, project, prefix, pollMinutes, syncComments],
      ["software", "PRJ-112", "[CRM]", 7.5, false],
    );
    assert.equal(typeof issueType, "string");
    await logEntry(page, "installFlow.setPostOptions(").getByText("webhookPassword: <secret>").waitFor();
    assert.deepEqual(problems, []);
  });

  test("is done by keyboard alone", async () => {
    const { page } = await openSetup();
    const press = (...keys) =>
      keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
    const project = dialogOf(page).getByRole("combobox", { name: "Project" });
    await press("ArrowDown", "Tab");
    await focused(page, project);
    await press("ArrowDown");
    await page.getByText("The first 20", { exact: true }).waitFor();
    // Beyond the last comes the next page.
    for (let presses = 0; presses < 20; presses += 1) await press("ArrowDown");
    assert.match(await project.getAttribute("aria-activedescendant"), /-19$/);
    await press("ArrowDown");
    await page.getByText("The first 40", { exact: true }).waitFor();
    await page.waitForFunction(() => document.activeElement.getAttribute("aria-activedescendant")?.endsWith("-20"));
    // Escape is about the list first, and not about the dialog.
    await press("Escape");
    assert.equal(await project.getAttribute("aria-expanded"), "false");
    assert.equal(await dialogOf(page).count(), 1);
    await press("ArrowDown");
    await page.getByRole("listbox").getByRole("option").first().waitFor();
    await press("ArrowDown", "ArrowDown", "Enter");
    assert.equal(await project.inputValue(), "Project 2");
    await press("Enter");
    await assertConnected(page, "noor", "jira", "noor@jira.example");
    assert.equal((await demo.integration("noor", "jira")).providerData.project, "PRJ-2");
  });

  test("says when the choices cannot be had, and when there are none", async () => {
    const { page } = await openSetup();
    const project = dialogOf(page).getByRole("combobox", { name: "Project" });
    await demo.fail({
      method: "POST",
      path: "*/sdk/actions",
      times: 1,
      action: { kind: "answer", status: 500, body: { message: "Jira is down." } },
    });
    await project.click();
    await page.getByText("The choices could not be loaded").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("listbox").getByRole("option").first().waitFor();
    await project.fill("no such project");
    await page.getByText("Nothing matches “no such project”.").waitFor();
    // Leaving the field without a choice takes nothing for an answer.
    await dialogOf(page).getByLabel("Prefix of titles").click();
    assert.equal(await project.inputValue(), "");
  });

  test("shows at its field what the server refuses", async () => {
    const { page } = await openSetup();
    await demo.fail({
      method: "POST",
      path: "*/complete-setup",
      times: 1,
      action: {
        kind: "answer",
        status: 400,
        body: { message: "Refused.", code: "options_invalid", meta: { fields: { project: "is archived" } } },
      },
    });
    await dialogOf(page).getByLabel("Edition").selectOption("Software");
    const project = dialogOf(page).getByRole("combobox", { name: "Project" });
    await project.click();
    await page.getByRole("listbox").getByRole("option").first().click();
    await goOn(page);
    await dialogOf(page).getByText("Is archived.").waitFor();
    await focused(page, project);
    assert.equal(await project.inputValue(), "Project 1");
    await goOn(page);
    await assertConnected(page, "noor", "jira", "noor@jira.example");
  });

  test("can be left for later, and is taken up again without a popup", async () => {
    const { page, problems } = await openSetup();
    await dialogOf(page).getByRole("button", { name: "Finish later" }).click();
    await focused(page, connectButton(page));
    const banner = page.getByRole("group", { name: "Setup unfinished" });
    await banner.waitFor();
    assert.equal((await demo.integration("noor", "jira")).credentialStatus, "PENDING");

    await page.reload();
    await demo.signIn(page, "noor");
    let windows = 0;
    page.context().on("page", () => (windows += 1));
    await banner.getByRole("button", { name: "Finish setup" }).click();
    await dialogOf(page).getByLabel("Edition").selectOption("Software");
    await dialogOf(page).getByRole("combobox", { name: "Project" }).click();
    await page.getByRole("listbox").getByRole("option").first().click();
    await goOn(page);
    await assertConnected(page, "noor", "jira", "noor@jira.example");
    assert.equal(windows, 0);
    assert.equal(await banner.count(), 0);
    assert.deepEqual(problems, []);
  });

  test("of somebody who has waited for it from the start", async () => {
    const { page, problems } = await demo.open({ at: "#/integrations/intercom" });
    await demo.signIn(page, "tomas", HARBOR);
    await page.getByRole("button", { name: "Finish setup Intercom" }).click();
    await dialogOf(page).getByRole("heading", { name: "Finish setting up Intercom" }).waitFor();
    await dialogOf(page).getByLabel("Region").selectOption({ index: 1 });
    await goOn(page);
    await dialogOf(page).waitFor({ state: "detached" });
    await page.locator(".detail-state").getByText("Connected").waitFor();
    assert.equal((await demo.integration("tomas", "intercom", HARBOR)).credentialStatus, "VALID");
    assert.deepEqual(problems, []);
  });
});

describe("nothing is connected", () => {
  test("when the dialog is closed while the window is open: it closes, too", async () => {
    const { page, problems } = await demo.openIntegration("noor", "slack");
    const popup = await popupOf(page, () => connectButton(page).click());
    await popup.getByRole("button", { name: "Allow" }).waitFor();
    await page.bringToFront();
    const closed = popup.waitForEvent("close");
    await page.keyboard.press("Escape");
    await closed;
    await focused(page, connectButton(page));
    assert.equal(await dialogOf(page).count(), 0);
    assert.equal((await demo.integration("noor", "slack")).enabled, false);
    assert.deepEqual(problems, []);
  });

  test("when the page is left: the dialog and the window go with it", async () => {
    const { page, problems } = await demo.openAs("noor");
    await follow(page, () => cardOf(page, "slack").getByRole("link").click());
    const popup = await popupOf(page, () => connectButton(page).click());
    await popup.getByRole("button", { name: "Allow" }).waitFor();
    const closed = popup.waitForEvent("close");
    await page.evaluate(() => history.back());
    await closed;
    await dialogOf(page).waitFor({ state: "detached" });
    await focused(page, cardOf(page, "slack").getByRole("link"));
    assert.equal((await demo.integration("noor", "slack")).enabled, false);

    // With a form in it, too.
    await goTo(page, "#/integrations/klaviyo");
    await connectButton(page).click();
    await dialogOf(page).getByLabel("Private API key").waitFor();
    await goTo(page, "#/metadata");
    await dialogOf(page).waitFor({ state: "detached" });
    await focused(page, page.getByRole("heading", { name: "Metadata", level: 1 }));
    assert.deepEqual(problems, []);
  });

  test("when a form is cancelled", async () => {
    const { page } = await demo.openIntegration("noor", "klaviyo");
    await connectButton(page).click();
    await dialogOf(page).getByLabel("Private API key").fill("pk_1");
    await dialogOf(page).getByRole("button", { name: "Cancel" }).click();
    await focused(page, connectButton(page));
    // What was typed is gone with the dialog.
    await connectButton(page).click();
    assert.equal(await dialogOf(page).getByLabel("Private API key").inputValue(), "");
    assert.ok(!(await demo.received()).includes("POST credentials"));
  });
});
