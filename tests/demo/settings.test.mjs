// The demo page: workflows that are switched, and settings that are changed.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { lacks } from "../support/browser.mjs";
import { focused, isFocused, logEntry, toast, useDemo } from "../support/demo.mjs";

const demo = useDemo();

const workflow = (page, name) => page.getByRole("switch", { name });
const rowOf = (page, name) => page.locator(".row[data-workflow]", { has: workflow(page, name) });
const isOn = async (page, name) => (await workflow(page, name).getAttribute("aria-checked")) === "true";

describe("workflows", () => {
  test("are switched on and off", async () => {
    const { page, problems } = await demo.openIntegration("ada", "slack");
    const id = await rowOf(page, "Daily digest").getAttribute("data-workflow");
    const stored = async () => (await demo.integration("ada", "slack")).workflowSettings[id]?.enabled ?? false;
    const before = await isOn(page, "Daily digest");
    assert.equal(await stored(), before);
    for (const wanted of [!before, before]) {
      await workflow(page, "Daily digest").press("Space");
      await toast(page, `Daily digest is ${wanted ? "on" : "off"}.`).waitFor();
      assert.equal(await isOn(page, "Daily digest"), wanted);
      assert.equal(await stored(), wanted);
      assert.equal(await isFocused(workflow(page, "Daily digest")), true);
    }
    await logEntry(page, `updateWorkflowState({ "${id}": ${before} }`).getByText("ok", { exact: true }).waitFor();
    assert.deepEqual(problems, []);
  });

  test("that could not be switched go back, and say why", async () => {
    const { page } = await demo.openIntegration("ada", "slack");
    const before = await isOn(page, "Announce won deals");
    await demo.fail({
      path: "*/sdk/workflows/*",
      times: 1,
      action: { kind: "answer", status: 500, body: { message: "Not today." } },
    });
    await workflow(page, "Announce won deals").click();
    await rowOf(page, "Announce won deals")
      .getByRole("alert")
      .getByText(`It stays ${before ? "on" : "off"}`)
      .waitFor();
    assert.equal(await isOn(page, "Announce won deals"), before);
    await workflow(page, "Announce won deals").click();
    await toast(page, `Announce won deals is ${before ? "off" : "on"}.`).waitFor();
    assert.equal(await rowOf(page, "Announce won deals").getByRole("alert").count(), 0);
  });

  test("that are hidden are not shown", async () => {
    const { page } = await demo.openIntegration("ada", "salesforce");
    await workflow(page, "Sync contacts to Salesforce").waitFor();
    assert.equal(await page.locator("main").getByText("Nightly export").count(), 0);
  });

  test("have settings of their own, once they were on", async () => {
    const { page, problems } = await demo.openIntegration("noor", "asana");
    await demo.sandbox.decide({ decision: "allow" });
    await page.getByRole("button", { name: "Connect Asana" }).click();
    const name = "Create a task for each follow-up";
    await rowOf(page, name).getByText("Switch it on to change its settings.").waitFor();
    await workflow(page, name).click();
    await rowOf(page, name).getByText("Settings", { exact: true }).click();
    const task = page.getByRole("combobox", { name: "Parent task" });
    await task.click();
    // One that is not among the first.
    await page.getByRole("button", { name: "Show more" }).click();
    const option = page.getByRole("listbox").getByRole("option").nth(22);
    const label = await option.innerText();
    await option.click();
    assert.equal(await task.inputValue(), label);
    await rowOf(page, name).getByRole("button", { name: "Save" }).click();
    await toast(page, `The settings of ${name} are saved.`).waitFor();
    const [{ settings }] = Object.values((await demo.integration("noor", "asana")).workflowSettings);
    assert.equal(typeof settings.parentTask, "string");

    // Stored is a value: its label is found again.
    await page.reload();
    await demo.signIn(page, "noor");
    await rowOf(page, name).getByText("Settings", { exact: true }).click();
    await page.waitForFunction((label) => document.querySelector('[role="combobox"]').value === label, label);

    await page.getByRole("button", { name: "Clear Parent task" }).click();
    await focused(page, task);
    await rowOf(page, name).getByRole("button", { name: "Save" }).click();
    await toast(page, `The settings of ${name} are saved.`).waitFor();
    const [after] = Object.values((await demo.integration("noor", "asana")).workflowSettings);
    assert.deepEqual(after.settings, {});
    assert.deepEqual(problems, []);
  });
});

describe("settings", () => {
  test("of every kind are saved, each with its type; only those that were changed are sent", async () => {
    const { page, problems } = await demo.openIntegration("ada", "salesforce");
    const save = page.getByRole("button", { name: "Save" });
    assert.equal(await save.count(), 0);
    await page.getByRole("checkbox", { name: "Include archived records" }).check();
    await save.click();
    await toast(page, "The settings of Salesforce are saved.").waitFor();
    await logEntry(page, 'updateIntegrationUserSettings("salesforce", { includeArchived: true }').waitFor();
    assert.equal((await demo.integration("ada", "salesforce")).sharedSettings.includeArchived, true);
    await save.waitFor({ state: "hidden" });

    const row = rowOf(page, "Log calls as tasks");
    if (!(await isOn(page, "Log calls as tasks"))) await workflow(page, "Log calls as tasks").click();
    await row.getByText("Settings", { exact: true }).click();
    await row.getByLabel("Ignore calls shorter than").fill("2.5");
    await row.getByRole("button", { name: "Save" }).click();
    await toast(page, "The settings of Log calls as tasks are saved.").waitFor();
    const id = await row.getAttribute("data-workflow");
    assert.equal((await demo.integration("ada", "salesforce")).workflowSettings[id].settings.minimumMinutes, 2.5);
    assert.deepEqual(problems, []);
  });

  test("a choice is one of the input’s own", async () => {
    const { page, problems } = await demo.openIntegration("grace", "jira");
    const before = (await demo.integration("grace", "jira")).sharedSettings;
    const wanted = before.issueType === "bug" ? "Task" : "Bug";
    await page.getByLabel("Issue type").selectOption(wanted);
    await page.getByRole("button", { name: "Save" }).click();
    await toast(page, "The settings of Jira are saved.").waitFor();
    const after = (await demo.integration("grace", "jira")).sharedSettings;
    assert.deepEqual(after, { ...before, issueType: wanted.toLowerCase() });
    assert.deepEqual(problems, []);
  });

  test("say at the field what is wrong, and send nothing", async () => {
    const { page, problems } = await demo.openIntegration("ada", "salesforce");
    const row = rowOf(page, "Sync contacts to Salesforce");
    await row.getByText("Settings", { exact: true }).click();
    const owner = row.getByLabel("Default owner");
    await owner.fill("nobody");
    await row.getByRole("button", { name: "Save" }).click();
    await row.getByText("Enter an e-mail address").waitFor();
    assert.equal(await isFocused(owner), true);
    await page.getByLabel("Record type").fill("");
    await page.getByRole("button", { name: "Save" }).last().click();
    await page.getByText("Fill this in.").waitFor();
    assert.ok(!(await demo.received()).some((line) => line.startsWith("PATCH credentials")));
    assert.deepEqual(problems, []);
  });

  test("can be discarded", async () => {
    const { page } = await demo.openIntegration("ada", "salesforce");
    const recordType = page.getByLabel("Record type");
    const before = await recordType.inputValue();
    await recordType.fill("Something else");
    await page.getByRole("button", { name: "Discard" }).click();
    assert.equal(await recordType.inputValue(), before);
    await focused(page, recordType);
    assert.equal(await page.getByRole("button", { name: "Save" }).count(), 0);
  });

  test("that could not be saved stay as typed, with the reason", async () => {
    const { page } = await demo.openIntegration("ada", "salesforce");
    await demo.fail({
      method: "PATCH",
      path: "*/sdk/credentials/*",
      times: 1,
      action: {
        kind: "answer",
        status: 400,
        body: { message: "Not this one.", meta: { fields: { recordType: "is unknown" } } },
      },
    });
    await page.getByLabel("Record type").fill("Unicorn");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Is unknown.").waitFor();
    assert.equal(await page.getByLabel("Record type").inputValue(), "Unicorn");
    await demo.fail({
      method: "PATCH",
      path: "*/sdk/credentials/*",
      times: 1,
      action: { kind: "answer", status: 400, body: { message: "Not now." } },
    });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Nothing was saved").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await toast(page, "The settings of Salesforce are saved.").waitFor();
    assert.equal((await demo.integration("ada", "salesforce")).sharedSettings.recordType, "Unicorn");
  });

  test("that the service refuses one by one are named", { skip: lacks("routes") }, async () => {
    const { page } = await demo.openIntegration("ada", "salesforce");
    await page.route("**/sdk/credentials/*", async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        response,
        json: { ...(await response.json()), errors: ["Record type: there is no Unicorn."] },
      });
    });
    await page.getByLabel("Record type").fill("Unicorn");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Not everything was saved").waitFor();
    await page.locator("main").getByText("Record type: there is no Unicorn.").waitFor();
  });

  test("are not asked of who has to reconnect or set up first", async () => {
    const { page } = await demo.openIntegration("yuki", "jira");
    await page.getByText("Finish the setup to switch them").waitFor();
    assert.equal(await page.getByRole("heading", { name: "Settings" }).count(), 0);
  });
});

test("the description is Markdown, made of elements", { skip: lacks("routes") }, async () => {
  const { page, problems } = await demo.open({ at: "#/integrations/slack" });
  await page.route("**/sdk/integrations", async (route) => {
    const response = await route.fetch();
    const all = await response.json();
    const slack = all.find(({ type }) => type === "slack");
    slack.configs[0].values.overview =
      "## Why\nTell **everybody** with `code`,\n<img src=x onerror=alert(1)> and [more](https://example.com/a_b).\n\n- one\n- two [bad](javascript:alert(1))\n\n1. first";
    await route.fulfill({ response, json: all });
  });
  await demo.signIn(page, "ada");
  const prose = page.locator(".prose");
  await prose.getByRole("heading", { name: "Why", level: 3 }).waitFor();
  assert.equal(await prose.locator("strong").innerText(), "everybody");
  assert.equal(await prose.getByRole("link").count(), 1);
  assert.equal(await prose.getByRole("link", { name: "more" }).getAttribute("href"), "https://example.com/a_b");
  assert.deepEqual(await prose.locator("li").allInnerTexts(), ["one", "two bad", "first"]);
  assert.equal(await prose.locator("img").count(), 0);
  assert.deepEqual(problems, []);
});
