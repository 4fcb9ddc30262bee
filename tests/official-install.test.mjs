// The official SDK connects accounts at the local Paragon, through a real popup: that it can shows
// that the stand-in speaks the protocol, and not only our reading of it.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";

import { startComparison } from "./official/pages.mjs";

let comparison, sandbox, provider;
before(async () => {
  comparison = await startComparison();
  ({ sandbox } = comparison.official);
  ({ origin: provider } = await sandbox.provider());
});
after(() => comparison?.close());

/** Noor has connected nothing. */
let session;
beforeEach(async () => {
  await sandbox.reset();
  session = await sandbox.token({ userId: "noor" });
});

/** The connected accounts, as the server has them. */
const connected = async (type) => (await sandbox.user(session)).integrations[type];

/** Runs `run` with a page in which the official SDK is signed in; `headless` as `setHeadless` has it. */
async function withSdk({ headless = false }, run) {
  const opened = await comparison.official.open();
  const { page } = opened;
  // At its import it asks for the portal of the hosted service.
  opened.elsewhere.length = 0;
  await page.evaluate(
    async ([{ projectId, token }, headless]) => {
      const { paragon } = window.sdk;
      window.events = [];
      paragon.subscribe("onIntegrationInstall", ({ integrationType }) => window.events.push(integrationType));
      paragon.setHeadless(headless);
      await paragon.authenticate(projectId, token);
    },
    [session, headless],
  );
  const call = (method, ...given) =>
    page.evaluate(([method, given]) => window.sdk.paragon[method](...given), [method, given]);
  try {
    await run({ ...opened, call, events: () => page.evaluate(() => window.events) });
  } finally {
    await opened.close();
  }
}

/** Starts an install; returns its popup, and `outcome()`, the result of its promise. */
async function install({ page }, type, options = {}) {
  const opening = page.context().waitForEvent("page");
  await page.evaluate(
    ([type, options]) => {
      window.outcome = window.sdk.paragon.installIntegration(type, options).then(
        (event) => ({ event }),
        (error) => ({ error: error?.message ?? error }),
      );
    },
    [type, options],
  );
  return { popup: await opening, outcome: () => page.evaluate(() => window.outcome) };
}

/** Starts the flow of steps; gives `steps()`, what it has said so far, once `count` of it is there. */
async function flow({ page }, type, options = {}) {
  await page.evaluate(
    ([type, options]) => {
      window.said = [];
      window.sdk.paragon.installFlow.start(type, {
        ...options,
        onNext: ({ stage, options }) => window.said.push([stage, ...(options ?? []).map(({ id }) => id)]),
        onComplete: ({ credentialId }) => window.said.push(["complete", credentialId]),
        onError: ({ message }) => window.said.push(["error", message]),
      });
    },
    [type, options],
  );
  const answer = (method, given) =>
    page.evaluate(([method, given]) => window.sdk.paragon.installFlow[method](given), [method, given]);
  const steps = async (count) => {
    await page.waitForFunction((count) => window.said.length >= count, count);
    return page.evaluate(() => window.said);
  };
  return { answer, steps };
}

const button = (popup, name) => popup.getByRole("button", { name });

test("it installs an integration through the popup, sees it, and uninstalls it", () =>
  withSdk({}, async (sdk) => {
    const { popup, outcome } = await install(sdk, "slack");
    const closed = popup.waitForEvent("close");
    await popup.waitForURL((url) => url.origin === provider);
    assert.notEqual(provider, sandbox.url);
    await button(popup, "Allow").click();
    const { event } = await outcome();

    const stored = await connected("slack");
    assert.deepEqual([stored.enabled, stored.credentialStatus], [true, "VALID"]);
    assert.deepEqual([event.integrationType, event.credentialId], ["slack", stored.credentialId]);
    const seen = (await sdk.call("getUser")).integrations.slack;
    assert.deepEqual([seen.enabled, seen.providerId], [true, stored.providerId]);
    await closed;

    await sdk.call("uninstallIntegration", "slack");
    assert.equal((await sdk.call("getUser")).integrations.slack.enabled, false);
    assert.equal((await connected("slack")).enabled, false);
    assert.deepEqual([sdk.console, sdk.elsewhere], [[], []]);
  }));

test("a denial rejects with the provider's reason", () =>
  withSdk({}, async (sdk) => {
    const { popup, outcome } = await install(sdk, "slack");
    await button(popup, "Deny").click();
    assert.deepEqual(await outcome(), { error: "The user did not allow it." });
    assert.deepEqual(await sdk.events(), []);
    assert.equal((await connected("slack")).enabled, false);
  }));

test("a provider that severs its opener: the account is found by asking", () =>
  withSdk({}, async (sdk) => {
    const { popup, outcome } = await install(sdk, "slack");
    await button(popup, "This provider severs its opener").click();
    // From here on the SDK has no popup.
    await popup.getByText("cut itself off").waitFor();
    assert.equal(await popup.evaluate(() => window.opener), null);
    await button(popup, "Allow").click();
    const { event } = await outcome();
    const stored = await connected("slack");
    assert.deepEqual([stored.enabled, stored.credentialId], [true, event.credentialId]);
    assert.deepEqual(await sdk.events(), ["slack"]);
    const { requests } = await sandbox.requests();
    const sent = requests.map(({ method, path }) => `${method} ${path.split("/sdk/").at(-1)}`);
    assert.ok(sent.includes("POST /oauth"), "the callback page has saved it");
    assert.ok(!sent.includes("POST credentials"), "nobody told the SDK");
  }));

describe("without a click", () => {
  const cases = [
    ["allow", { decision: "allow", account: "robot@example.com" }, { enabled: true, providerId: "robot@example.com" }],
    ["deny", { decision: "deny", reason: "Ask your admin." }, { error: "Ask your admin." }],
    ["sever", { decision: "allow", severOpener: true }, { enabled: true, providerId: "noor@slack.example" }],
  ];
  for (const [name, decision, wanted] of cases) {
    test(name, () =>
      withSdk({}, async (sdk) => {
        await sandbox.decide(decision);
        const { outcome } = await install(sdk, "slack");
        const { error } = await outcome();
        assert.equal(error, wanted.error);
        const { enabled, providerId } = await connected("slack");
        assert.deepEqual([enabled, providerId], [wanted.enabled ?? false, wanted.providerId]);
      }),
    );
  }
});

test("an account that was revoked at the provider is connected again", () =>
  withSdk({}, async (sdk) => {
    await sandbox.decide({ decision: "allow" }, { decision: "allow" });
    const first = await (await install(sdk, "slack")).outcome();
    await sandbox.revoke({ integration: "slack", userId: "noor" });
    await sdk.call("authenticate", session.projectId, session.token);
    const seen = (await sdk.call("getUser")).integrations.slack;
    assert.deepEqual([seen.enabled, seen.credentialStatus], [false, "INVALID"]);

    const second = await (await install(sdk, "slack")).outcome();
    assert.equal(second.event.credentialId, first.event.credentialId);
    assert.equal((await connected("slack")).credentialStatus, "VALID");
  }));

test("a second account beside the first", () =>
  withSdk({}, async (sdk) => {
    await sandbox.decide({ decision: "allow" }, { decision: "allow" });
    await (await install(sdk, "slack")).outcome();
    const options = { allowMultipleCredentials: true, externalId: "second" };
    const { event } = await (await install(sdk, "slack", options)).outcome();
    const { allCredentials } = await connected("slack");
    assert.deepEqual(
      allCredentials.map(({ externalId }) => externalId),
      [undefined, "second"],
    );
    assert.equal(event.credentialId, allCredentials[1].id);
    const seen = (await sdk.call("getUser")).integrations.slack;
    assert.equal(seen.allCredentials.length, 2);
  }));

test("the flow of steps, with account types, forms before and after, and keys", () =>
  withSdk({ headless: true }, async (sdk) => {
    await sandbox.decide(...Array(3).fill({ decision: "allow" }));

    const salesforce = await flow(sdk, "salesforce");
    assert.deepEqual(await salesforce.steps(1), [["accountType", "default", "sandbox"]]);
    await salesforce.answer("setAccountType", "sandbox");
    assert.deepEqual((await salesforce.steps(3)).slice(1), [
      ["oauth"],
      ["complete", (await connected("salesforce")).credentialId],
    ]);
    assert.equal((await connected("salesforce")).providerData.accountType, "sandbox");

    const zendesk = await flow(sdk, "zendesk");
    assert.deepEqual(await zendesk.steps(1), [["preOptions", "subdomain"]]);
    await zendesk.answer("setPreOptions", { subdomain: "lantern" });
    assert.deepEqual((await zendesk.steps(3)).slice(1), [
      ["oauth"],
      ["complete", (await connected("zendesk")).credentialId],
    ]);
    assert.equal((await connected("zendesk")).providerData.subdomain, "lantern");

    const jira = await flow(sdk, "jira");
    const [, postOptions] = await jira.steps(2);
    assert.deepEqual(postOptions.slice(0, 3), ["postOptions", "edition", "project"]);
    assert.equal((await connected("jira")).credentialStatus, "PENDING");
    const options = await sdk.call("getFieldOptions", { integration: "jira", action: "projects", search: "Project 7" });
    assert.deepEqual(options.data[0], { label: "Project 7", value: "PRJ-7" });
    await jira.answer("setPostOptions", { edition: "software", project: "PRJ-7", pollMinutes: 15 });
    assert.deepEqual((await jira.steps(3)).at(-1), ["complete", (await connected("jira")).credentialId]);
    assert.equal((await connected("jira")).credentialStatus, "VALID");

    for (const [type, answers] of [
      ["klaviyo", { apiKey: "pk_1" }],
      ["fieldnotes", { apiKey: "fn_1", region: "north" }],
    ]) {
      const key = await flow(sdk, type);
      assert.equal((await key.steps(1))[0][0], "preOptions");
      await key.answer("setPreOptions", answers);
      assert.deepEqual((await key.steps(2))[1], ["complete", (await connected(type)).credentialId]);
      assert.equal((await connected(type)).enabled, true);
    }
    assert.deepEqual(sdk.elsewhere, []);
  }));

test("sets of settings, and settings", () =>
  withSdk({}, async (sdk) => {
    await sandbox.decide({ decision: "allow" });
    const { event } = await (await install(sdk, "slack")).outcome();
    const { credentialId } = event;
    const added = await sdk.call("createConfiguration", { credentialId, externalId: "team-b" });
    assert.equal(added.externalId, "team-b");
    const noted = await sdk.call("updateConfiguration", { id: added.id, credentialId, meta: { team: "B" } });
    assert.deepEqual(noted.configMeta, { team: "B" });
    const { errors } = await sdk.call(
      "updateIntegrationUserSettings",
      "slack",
      { channel: "#b" },
      {
        selectedCredentialId: credentialId,
        selectedConfigurationId: added.id,
      },
    );
    assert.deepEqual(errors, []);
    const settings = async () =>
      (await connected("slack")).allConfigurations.map(({ sharedSettings }) => sharedSettings.channel);
    assert.deepEqual(await settings(), [undefined, "#b"]);
    await sdk.call("destroyConfiguration", { id: added.id, credentialId });
    assert.deepEqual(await settings(), [undefined]);
    const account = await sdk.call("getIntegrationAccount", "slack", { includeAccountAuth: true });
    assert.ok(account.accountAuth.OAUTH_ACCESS_TOKEN);
  }));
