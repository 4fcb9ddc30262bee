// The guide to reconnecting: its code, in a page, with accounts that stop working.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";

import { site as serveSite } from "../matrix/support/site.mjs";
import { launchChromium } from "../support/browser.mjs";
import { LANTERN } from "../support/methods.mjs";
import { startSandbox } from "../support/sandbox.mjs";
import { EXAMPLES, PACKAGE } from "./support/example.mjs";

let sandbox, browser, site, context, page;
before(async () => {
  const pages = {
    "/": `<!doctype html><title>Application</title><main></main>
      <script type="importmap">{ "imports": { "paragon-wasm": "/index.js" } }</script>`,
    "/reconnect.js": await readFile(join(EXAMPLES, "reconnecting/reconnect.js"), "utf8"),
  };
  [sandbox, browser, site] = await Promise.all([
    startSandbox([], { quiet: true }),
    launchChromium({ ignoreDefaultArgs: ["--disable-popup-blocking"] }),
    serveSite(PACKAGE, { pages }),
  ]);
});
after(async () => {
  await browser?.close();
  await site?.close();
  await sandbox?.stop();
});

beforeEach(async () => {
  await context?.close();
  await sandbox.reset();
  context = await browser.newContext();
  page = await context.newPage();
  await page.goto(site.address);
});

/** Signs in, and shows the banners of `userId`. */
async function watch(userId) {
  const { token } = await sandbox.token({ userId });
  await page.evaluate(
    async ([apiUrl, projectId, token]) => {
      const paragon = await import("/index.js");
      const { watchAccounts } = await import("/reconnect.js");
      await paragon.configureGlobal({ apiUrl });
      await paragon.authenticate(projectId, token);
      window.asked = [];
      await watchAccounts(document.querySelector("main"), (account) => window.asked.push(account));
    },
    [sandbox.url, LANTERN, token],
  );
  return { account: async (type) => (await sandbox.user({ projectId: LANTERN, token })).integrations[type] };
}

const banner = (type) => page.locator("p").filter({ hasText: `${type} needs your attention` });

async function press(type, decision) {
  const opening = context.waitForEvent("page");
  await banner(type).getByRole("button").click();
  await (await opening).getByRole("button", { name: decision }).click();
}

test("accounts that do not work are named, and connected again", async () => {
  const { account } = await watch("ada");
  assert.equal(await page.locator("p").count(), 2);
  const before = await account("hubspot");
  assert.equal(before.credentialStatus, "INVALID");
  await press("hubspot", "Allow");
  await banner("hubspot").waitFor({ state: "detached" });
  const { credentialStatus, credentialId, sharedSettings } = await account("hubspot");
  assert.deepEqual(
    [credentialStatus, credentialId, sharedSettings],
    ["VALID", before.credentialId, before.sharedSettings],
  );
  assert.equal(await banner("googledrive").count(), 1);
});

test("one that stops working meanwhile is named when the user comes back", async () => {
  const { account } = await watch("ada");
  await sandbox.revoke({ integration: "slack", userId: "ada" });
  await page.evaluate(() => dispatchEvent(new Event("focus")));
  await banner("slack").waitFor();
  await press("slack", "Deny");
  await banner("slack").getByText("The user did not allow it.").waitFor();
  await press("slack", "Allow");
  await banner("slack").waitFor({ state: "detached" });
  assert.equal((await account("slack")).credentialStatus, "VALID");
});

test("one whose setup is unfinished is handed to the application's form", async () => {
  await watch("yuki");
  assert.equal(await banner("jira").getByRole("button").textContent(), "Finish setup");
  await banner("jira").getByRole("button").click();
  await page.waitForFunction(() => window.asked.length === 1);
  const [{ type, status }] = await page.evaluate(() => window.asked);
  assert.deepEqual([type, status], ["jira", "PENDING"]);
});
