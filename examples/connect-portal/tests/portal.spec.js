import { expect, test } from "@playwright/test";

import { sandbox } from "./sandbox.js";

const button = (page, name) => page.getByRole("button", { name, exact: true });

test.beforeEach(async ({ page }) => {
  await sandbox.reset();
  // The application's own token endpoint, for a user who has connected nothing.
  await page.route("**/api/paragon-token", async (route) => route.fulfill({ json: await sandbox.token("noor") }));
  await page.goto("/");
});

test("connects an account in the popup, and disconnects it", async ({ page }) => {
  const opening = page.waitForEvent("popup");
  await button(page, "Connect Slack").click();
  const popup = await opening;
  await popup.getByRole("button", { name: "Allow" }).click();
  await button(page, "Disconnect Slack").click();
  await expect(button(page, "Connect Slack")).toBeVisible();
});

test("connects an account with an API key, once it is right", async ({ page }) => {
  await button(page, "Connect Klaviyo").click();
  await page.getByLabel("Private API key").fill("wrong");
  await button(page, "Continue").click();
  await expect(page.getByRole("alert")).toContainText("the key is not valid");
  await page.getByLabel("Private API key").fill("pk_1");
  await button(page, "Continue").click();
  await expect(button(page, "Disconnect Klaviyo")).toBeVisible();
});

test("asks for an account's settings", async ({ page }) => {
  await sandbox.decide({ decision: "allow" });
  await button(page, "Connect Jira").click();
  await page.getByLabel("Edition").selectOption("Software");
  await page.getByLabel("Project").selectOption("Project 7");
  await button(page, "Continue").click();
  await expect(button(page, "Disconnect Jira")).toBeVisible();
});

test("asks which kind of account, and goes on after a refusal", async ({ page }) => {
  await sandbox.decide({ decision: "deny", reason: "Ask your administrator." }, { decision: "allow" });
  await button(page, "Connect Salesforce").click();
  await page.getByLabel("Kind of account").selectOption({ index: 1 });
  await button(page, "Continue").click();
  await expect(page.getByRole("alert")).toContainText("Ask your administrator.");
  await button(page, "Continue").click();
  await expect(button(page, "Disconnect Salesforce")).toBeVisible();
});

test("says what an administrator has to do first", async ({ page }) => {
  const packageInstallUrl = "https://login.salesforce.com/packaging/installPackage.apexp?p0=04t";
  await sandbox.decide({ decision: "allow" });
  await page.route("**/sdk/integrations", async (route) => {
    const response = await route.fetch();
    const integrations = await response.json();
    const { sdkIntegrationConfig } = integrations.find(({ type }) => type === "salesforce");
    sdkIntegrationConfig.authSchemeOptions = { packageInstallUrl };
    await route.fulfill({ response, json: integrations });
  });
  await page.reload();
  await button(page, "Connect Salesforce").click();
  await page.getByLabel("Kind of account").selectOption({ index: 1 });
  await button(page, "Continue").click();
  await expect(page.getByRole("link", { name: "Install" })).toHaveAttribute("href", packageInstallUrl);
  await button(page, "Continue").click();
  await expect(button(page, "Disconnect Salesforce")).toBeVisible();
});

test("gives up a setup that is cancelled", async ({ page }) => {
  await sandbox.decide({ decision: "allow" });
  await button(page, "Connect Jira").click();
  await page.getByLabel("Edition").waitFor();
  await button(page, "Cancel").click();
  await expect(button(page, "Connect Jira")).toBeVisible();
});

test("says why a provider refuses", async ({ page }) => {
  await sandbox.decide({ decision: "deny", reason: "Ask your administrator." });
  await button(page, "Connect Slack").click();
  await expect(page.getByRole("alert")).toContainText("Ask your administrator.");
  await expect(button(page, "Connect Slack")).toBeVisible();
});

test("connects an account again that no longer works", async ({ page }) => {
  await sandbox.decide({ decision: "allow" }, { decision: "allow" });
  await button(page, "Connect Slack").click();
  await expect(button(page, "Disconnect Slack")).toBeVisible();
  await sandbox.revoke("noor", "slack");
  await page.reload();
  await button(page, "Reconnect Slack").click();
  await expect(button(page, "Disconnect Slack")).toBeVisible();
});

test("says so when Paragon cannot be reached", async ({ page }) => {
  await sandbox.fail({ path: "*/sdk/me", action: { kind: "answer", status: 503 } });
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("503");
});
