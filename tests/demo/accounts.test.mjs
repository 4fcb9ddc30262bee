// The demo page: accounts that are connected already, one or several.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { lacks } from "../support/browser.mjs";
import {
  atProvider,
  cardOf,
  connectButton,
  dialogOf,
  focused,
  goTo,
  logEntry,
  popupOf,
  toast,
  useDemo,
} from "../support/demo.mjs";

const demo = useDemo();

const row = (page, name) => page.locator(".row[data-credential]", { hasText: name });
const title = (page, name) => page.getByRole("heading", { name, level: 1 });
const disconnectButton = (page, name) => page.getByRole("button", { name: `Disconnect ${name}`, exact: true });
const confirm = (page) => dialogOf(page).getByRole("button", { name: "Disconnect" });

async function disconnects() {
  return (await demo.received()).filter((line) => line.startsWith("DELETE integrations")).length;
}

describe("a broken account", () => {
  for (const [type, name, words] of [
    ["hubspot", "HubSpot", "Reconnect needed"],
    ["googledrive", "Google Drive", "Expired"],
  ]) {
    test(`is reconnected, and stays the account it was: ${words}`, async () => {
      const { page, problems } = await demo.openIntegration("ada", type);
      const before = await demo.integration("ada", type);
      const banner = page.getByRole("group", { name: words });
      await banner.waitFor();
      assert.equal(await page.getByRole("switch").count(), 0);
      await page.getByText("Reconnect the account to switch them").waitFor();

      await atProvider(page, () => banner.getByRole("button", { name: `Reconnect ${name}` }).click());
      await focused(page, page.locator(`.row[data-credential="${before.credentialId}"]`));
      assert.equal(await banner.count(), 0);
      await page.getByRole("switch").first().waitFor();
      const after = await demo.integration("ada", type);
      assert.deepEqual([after.credentialStatus, after.credentialId], ["VALID", before.credentialId]);
      assert.deepEqual(problems, []);
    });
  }

  test("of several is reconnected by itself", async () => {
    const { page, problems } = await demo.openIntegration("mateo", "googledrive");
    const { allCredentials } = await demo.integration("mateo", "googledrive");
    const broken = allCredentials.find(({ status }) => status !== "VALID");
    const banner = page.getByRole("group", { name: "Reconnect needed" });
    await atProvider(page, () => banner.getByRole("button", { name: /^Reconnect / }).click());
    await toast(page, "is connected as").waitFor();
    assert.equal(await banner.count(), 0);
    const after = (await demo.integration("mateo", "googledrive")).allCredentials;
    assert.deepEqual(
      after.map(({ id, status }) => [id, status]),
      allCredentials.map(({ id }) => [id, "VALID"]),
    );
    // The one that was reconnected is the one whose workflows are shown.
    assert.equal(await page.getByLabel("Workflows and settings of").inputValue(), broken.id);
    assert.deepEqual(problems, []);
  });

  test("is seen after a refresh, when its owner has taken the consent back", async () => {
    const { page } = await demo.openAs("ada");
    await demo.sandbox.revoke({ userId: "ada", integration: "slack" });
    assert.equal(await cardOf(page, "slack").locator(".badge").textContent(), "Connected");
    await page.getByRole("button", { name: "Refresh" }).click();
    await cardOf(page, "slack").getByText("Reconnect needed").waitFor();
    await page
      .getByRole("status")
      .getByText("Up to date: 4 of 17 connected, 3 need attention")
      .waitFor({ state: "attached" });
  });
});

describe("several accounts", () => {
  test("a second one is added beside the first", async () => {
    const { page, problems } = await demo.openIntegration("ada", "slack");
    const [first] = (await demo.integration("ada", "slack")).allCredentials;
    const popup = await popupOf(page, () => page.getByRole("button", { name: "Add account" }).click());
    await popup.getByRole("textbox", { name: "Account" }).fill("second@slack.example");
    await popup.getByRole("button", { name: "Allow" }).click();
    await focused(page, row(page, "second@slack.example"));
    assert.equal(await page.locator(".row[data-credential]").count(), 2);
    await row(page, "Lantern").getByText("Default").waitFor();
    const { allCredentials, credentialId } = await demo.integration("ada", "slack");
    assert.deepEqual([allCredentials.length, credentialId], [2, first.id]);
    assert.deepEqual(problems, []);
  });

  test("one with a setup asks for its own choices", async () => {
    const { page } = await demo.openIntegration("grace", "jira");
    await atProvider(page, () => page.getByRole("button", { name: "Add account" }).click());
    await dialogOf(page).getByLabel("Edition").selectOption("Software");
    await dialogOf(page).getByRole("combobox", { name: "Project" }).click();
    await page.getByRole("listbox").getByRole("option").first().click();
    const { allCredentials } = await demo.integration("grace", "jira");
    const added = allCredentials.find(({ status }) => status === "PENDING");
    await logEntry(page, "getFieldOptions({").getByText(`selectedCredentialId: "${added.id}"`).waitFor();
    await dialogOf(page).getByRole("button", { name: "Finish setup" }).click();
    await focused(page, page.locator(`.row[data-credential="${added.id}"]`));
  });

  test("each has workflows and settings of its own; which are shown is in the address", async () => {
    const { page, problems } = await demo.openIntegration("mateo", "salesforce");
    const chosen = page.getByLabel("Workflows and settings of");
    const recordType = page.getByLabel("Record type");
    const calls = page.getByRole("switch", { name: "Log calls as tasks" });
    assert.equal(await recordType.inputValue(), "Contact");
    assert.equal(await calls.getAttribute("aria-checked"), "false");

    await chosen.focus();
    await chosen.selectOption({ label: "mateo@staging.lantern.example" });
    assert.equal(await recordType.inputValue(), "Lead");
    assert.equal(await calls.getAttribute("aria-checked"), "true");
    await focused(page, chosen);
    const [production, staging] = (await demo.integration("mateo", "salesforce")).allCredentials;
    assert.ok((await page.evaluate(() => location.hash)).endsWith(`?account=${staging.id}`));

    await calls.click();
    await toast(page, "Log calls as tasks is off.").waitFor();
    await recordType.fill("Partner");
    await page.getByRole("button", { name: "Save" }).click();
    await toast(page, "The settings of Salesforce are saved.").waitFor();
    const after = (await demo.integration("mateo", "salesforce")).allCredentials.map(({ config }) => config);
    assert.deepEqual(
      after.map(({ sharedSettings }) => sharedSettings.recordType),
      ["Contact", "Partner"],
    );
    assert.deepEqual(after[0], production.config);

    await page.reload();
    await demo.signIn(page, "mateo");
    assert.equal(await page.getByLabel("Record type").inputValue(), "Partner");
    assert.deepEqual(problems, []);
  });

  test("the chosen one is disconnected", async () => {
    const { page, problems } = await demo.openIntegration("mateo", "salesforce");
    await disconnectButton(page, "mateo@staging.lantern.example").click();
    await dialogOf(page).getByText("mateo@staging.lantern.example").waitFor();
    await dialogOf(page).getByText("leaves the others").waitFor();
    await confirm(page).click();
    await focused(page, title(page, "Salesforce"));
    await disconnectButton(page, "Salesforce").waitFor();
    assert.equal(await page.getByLabel("Workflows and settings of").count(), 0);
    const { allCredentials } = await demo.integration("mateo", "salesforce");
    assert.deepEqual(
      allCredentials.map((it) => it.providerData.username),
      ["mateo@lantern.example"],
    );
    assert.deepEqual(problems, []);
  });
});

describe("disconnecting", () => {
  test("asks first: Cancel, Close and Escape change nothing, and give the focus back", async () => {
    const { page, problems } = await demo.openIntegration("ada", "slack");
    const trigger = disconnectButton(page, "Slack");
    for (const refuse of [
      () => dialogOf(page).getByRole("button", { name: "Cancel" }).click(),
      () => dialogOf(page).getByRole("button", { name: "Close" }).click(),
      () => page.keyboard.press("Escape"),
    ]) {
      await trigger.press("Enter");
      await page.getByRole("dialog", { name: "Disconnect Slack?" }).waitFor();
      await refuse();
      await dialogOf(page).waitFor({ state: "detached" });
      await focused(page, trigger);
    }
    assert.equal(await disconnects(), 0);
    assert.equal((await demo.integration("ada", "slack")).credentialStatus, "VALID");
    assert.deepEqual(problems, []);
  });

  test("says what will happen", async () => {
    const { page } = await demo.openIntegration("grace", "slack");
    await disconnectButton(page, "Slack").click();
    await dialogOf(page).getByText("2 workflows that are on will stop.").waitFor();
    await page.keyboard.press("Escape");
    await goTo(page, "#/integrations/dropbox");
    await disconnectButton(page, "Dropbox").click();
    await dialogOf(page)
      .getByText(/workflow.* on/)
      .waitFor();
  });

  test("once confirmed it is gone, also from the next sign-in", async () => {
    const { page, problems } = await demo.openIntegration("ada", "slack");
    await disconnectButton(page, "Slack").click();
    await confirm(page).click();
    await toast(page, "Lantern is disconnected from Slack.").waitFor();
    await page.getByRole("button", { name: "Connect Slack" }).waitFor();
    await focused(page, title(page, "Slack"));
    assert.equal(await page.getByRole("switch").count(), 0);
    assert.equal((await demo.integration("ada", "slack")).enabled, false);

    await page.reload();
    await demo.signIn(page, "ada");
    await page.getByRole("button", { name: "Connect Slack" }).waitFor();
    assert.deepEqual(problems, []);
  });

  test("a failure is shown in the dialog, and trying again disconnects", { skip: lacks("routes") }, async () => {
    const { page } = await demo.openIntegration("ada", "slack");
    // The request itself and its two repetitions.
    await page.route("**/sdk/integrations/*", (route) => route.abort(), { times: 3 });
    await disconnectButton(page, "Slack").click();
    await confirm(page).click();
    await dialogOf(page).getByText("network", { exact: true }).waitFor();
    await confirm(page).click();
    await page.getByRole("button", { name: "Connect Slack" }).waitFor();
  });

  test("who stops waiting is told what became of it", async () => {
    const { page } = await demo.openIntegration("ada", "slack");
    await demo.fail({ method: "DELETE", path: "*/sdk/integrations/*", action: { kind: "hang" } });
    await disconnectButton(page, "Slack").click();
    await confirm(page).click();
    await page.locator('.dialog [aria-busy="true"]').waitFor();
    await page.keyboard.press("Escape");
    await dialogOf(page).waitFor({ state: "detached" });
    await logEntry(page, "uninstallIntegration(").getByText("aborted").first().waitFor();
    await focused(page, title(page, "Slack"));
    const isGone = !(await demo.integration("ada", "slack")).enabled;
    assert.equal(await connectButton(page).textContent(), isGone ? "Connect Slack" : "Add account");
  });
});

describe("what another part of the application does", () => {
  const elsewhere = (page, run) => page.evaluate(`import("paragon-wasm").then(async (paragon) => { ${run} })`);

  test("an account that is connected or disconnected is shown at once", async () => {
    const { page, problems } = await demo.openAs("noor", { at: "#/integrations/klaviyo" });
    await elsewhere(page, `await paragon.installIntegration("klaviyo", { preOptions: { apiKey: "pk_1" } })`);
    await row(page, "key-").waitFor();
    await logEntry(page, "onIntegrationInstall").getByText("event").waitFor();
    await goTo(page, "#/integrations?show=connected");
    await cardOf(page, "klaviyo").waitFor();
    await elsewhere(page, `await paragon.uninstallIntegration("klaviyo")`);
    await page.getByText("Nothing is connected yet").waitFor();
    await logEntry(page, "onIntegrationUninstall").getByText("event").waitFor();
    assert.deepEqual(problems, []);
  });

  test("a workflow that is switched is shown at once, and what is being typed stays", async () => {
    const { page, problems } = await demo.openIntegration("ada", "slack");
    const channel = page.getByLabel("Channel", { exact: true });
    await channel.fill("#half a na");
    const workflow = page.getByRole("switch", { name: "Announce won deals" });
    assert.equal(await workflow.getAttribute("aria-checked"), "true");
    const id = await page.locator(".row[data-workflow]", { has: workflow }).getAttribute("data-workflow");
    await elsewhere(page, `await paragon.disableWorkflow("${id}")`);
    await page.locator(`[data-workflow="${id}"] [aria-checked="false"]`).waitFor();
    assert.equal(await channel.inputValue(), "#half a na");
    await focused(page, channel);
    await logEntry(page, "onWorkflowChange").getByText("event").waitFor();
    assert.deepEqual(problems, []);
  });
});
