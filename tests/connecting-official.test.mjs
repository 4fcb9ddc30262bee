// The official SDK and paragon-wasm connect the same accounts, each in a page of its own against the
// same local Paragon: what comes of it is the same, but where it says here why not.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { startComparison } from "./official/pages.mjs";
import { eventually } from "./support/installs.mjs";

let comparison;
before(async () => (comparison = await startComparison()));
after(() => comparison?.close());

/** Runs a scenario with one of the SDKs, and gives what was seen. */
async function observe(
  sdk,
  { userId = "noor", decisions = [], headless = false, prepare, run, act, argument, restless },
) {
  const { sandbox, open } = comparison[sdk];
  await sandbox.reset();
  const session = await sandbox.token({ userId });
  if (decisions.length) await sandbox.decide(...decisions);
  const opened = await open();
  const { page } = opened;
  try {
    await page.evaluate(
      async ([{ projectId, token }, headless]) => {
        const { paragon } = window.sdk;
        window.seen = { events: [], said: [] };
        paragon.subscribe("onIntegrationInstall", ({ integrationType }) => window.seen.events.push(integrationType));
        paragon.setHeadless?.(headless);
        await paragon.authenticate(projectId, token);
        // The flow's callbacks, and a promise of its end.
        window.flow = (type, answers, options) =>
          new Promise((resolve) => {
            const { said } = window.seen;
            paragon.installFlow.start(type, {
              ...options,
              onNext: ({ stage, options }) => {
                said.push([stage, ...(options ?? []).map(({ id }) => id)]);
                const answer = answers[stage];
                const method = {
                  accountType: "setAccountType",
                  preOptions: "setPreOptions",
                  postOptions: "setPostOptions",
                }[stage];
                if (answer !== undefined) setTimeout(() => paragon.installFlow[method](answer));
              },
              onComplete: ({ credentialId, integrationType }) =>
                resolve({ integrationType, hasCredential: Boolean(credentialId) }),
              onError: ({ name, message }, context) => resolve({ name, message, at: context?.stage ?? null }),
            });
          });
      },
      [session, headless],
    );
    const prepared = await prepare?.({ page, sandbox, session });
    await opened.quiet();
    const before = (await sandbox.requests()).requests.length;
    const running = page.evaluate(
      ([source, argument]) =>
        (0, eval)(`(${source})`)(window.sdk.paragon, argument).then(
          (value) => ({ value }),
          (error) => ({
            error: { name: error?.name, code: error?.code, message: error?.message, details: error?.details },
          }),
        ),
      [String(run), argument ?? prepared],
    );
    if (act) await act(await popupOf(page), page);
    const outcome = await running;
    // The official SDK leaves some answers unread, and goes on asking for minutes.
    if (!(restless && sdk === "official")) await opened.quiet();
    const { requests } = await sandbox.requests();
    const sent = requests
      .slice(before)
      .filter(({ method, path }) => method !== "OPTIONS" && /\/(v2|projects)\//.test(path));
    return {
      ...outcome,
      ...(await page.evaluate(() => window.seen)),
      integrations: (await sandbox.user(session)).integrations,
      sent: sent.map(
        ({ method, path }) => `${method} ${path.replace(/.*\/sdk\//, "").replace(/session-id\/.*/, "session-id")}`,
      ),
      inAddresses: sent.filter(({ query }) => query.includes("userToken")).map(({ path }) => path.split("/").at(-1)),
    };
  } finally {
    await opened.close();
  }
}

const popupOf = (page) => eventually(() => page.context().pages()[1], Boolean, "no popup opens");

async function both(scenario) {
  const official = await observe("official", scenario);
  const ours = await observe("ours", scenario);
  return { official, ours };
}

/** The accounts that the server has, without what differs each time. */
const accounts = ({ integrations }, type) =>
  (integrations[type]?.allCredentials ?? []).map(({ status, providerId, providerData, externalId }) => ({
    status,
    providerId,
    providerData,
    externalId,
  }));

const allow = { decision: "allow" };
const install = (paragon, [type, options]) => paragon.installIntegration(type, options);

describe("installIntegration", () => {
  test("connects the same account, tells it once, and gives the same event", async () => {
    const { official, ours } = await both({ decisions: [allow], run: install, argument: ["slack"] });
    assert.deepEqual(accounts(ours, "slack"), accounts(official, "slack"));
    assert.deepEqual(Object.keys(ours.value).sort(), Object.keys(official.value).sort());
    for (const { value, integrations } of [official, ours]) {
      assert.equal(value.integrationType, "slack");
      assert.equal(value.credentialId, integrations.slack.credentialId);
      assert.equal(value.credential.id, value.credentialId);
    }
    assert.deepEqual(ours.events, ["slack"]);
    assert.deepEqual([...new Set(official.events)], ours.events);
    // The token is in one address, and not in two.
    assert.deepEqual([...official.inAddresses].sort(), ["build-oauth", "oauth-nonce"]);
    assert.deepEqual(ours.inAddresses, ["oauth-nonce"]);
  });

  test("by clicks in the popup", async () => {
    const act = (popup) => popup.getByRole("button", { name: "Allow" }).click();
    const { official, ours } = await both({ run: install, argument: ["notion"], act });
    assert.deepEqual(accounts(ours, "notion"), accounts(official, "notion"));
    assert.equal(ours.integrations.notion.enabled, true);
  });

  test("after a provider that severs its opener", async () => {
    const { official, ours } = await both({
      decisions: [{ ...allow, severOpener: true }],
      run: install,
      argument: ["slack"],
    });
    assert.deepEqual(accounts(ours, "slack"), accounts(official, "slack"));
    assert.equal(ours.value.credentialId, ours.integrations.slack.credentialId);
    assert.deepEqual([ours.events, official.events], [["slack"], ["slack"]]);
    assert.ok(!ours.sent.includes("POST credentials") && !official.sent.includes("POST credentials"));
  });

  test("keeps the provider's reason: there it is the error, here it is in the error", async () => {
    const { official, ours } = await both({
      decisions: [{ decision: "deny", reason: "Ask your administrator." }],
      run: install,
      argument: ["slack"],
    });
    assert.equal(official.error.message, "Ask your administrator.");
    assert.equal(ours.error.code, "oauth_denied");
    assert.equal(ours.error.details.response.message, official.error.message);
    assert.match(ours.error.message, /Ask your administrator\./);
    for (const { events, integrations } of [official, ours])
      assert.deepEqual([events, integrations.slack.enabled], [[], false]);
  });

  test("connects a second account, and refuses a second one that is not asked for", async () => {
    const prepare = async ({ page, sandbox }) => {
      await sandbox.decide(allow);
      await page.evaluate(() => window.sdk.paragon.installIntegration("slack"));
      await sandbox.decide(allow);
    };
    const options = { allowMultipleCredentials: true, externalId: "second" };
    const second = await both({ prepare, run: install, argument: ["slack", options] });
    assert.deepEqual(accounts(second.ours, "slack"), accounts(second.official, "slack"));
    assert.equal(accounts(second.ours, "slack").length, 2);

    const refused = await both({ prepare, run: async (paragon) => paragon.installIntegration("slack") });
    assert.match(refused.official.error.message, /already installed/);
    assert.equal(refused.ours.error.code, "already_installed");
  });

  test("connects a broken account again", async () => {
    const { official, ours } = await both({ userId: "ada", decisions: [allow], run: install, argument: ["hubspot"] });
    assert.deepEqual(accounts(ours, "hubspot"), accounts(official, "hubspot"));
    assert.equal(ours.integrations.hubspot.credentialStatus, "VALID");
  });

  test("tells its callbacks the same", async () => {
    const run = (paragon) =>
      new Promise((resolve) => {
        const called = [];
        const note = (name) => (event, user) =>
          called.push([name, event.integrationType, user.integrations.slack.enabled]);
        paragon
          .installIntegration("slack", {
            onSuccess: note("onSuccess"),
            onInstall: note("onInstall"),
            onError: note("onError"),
          })
          .then(() => setTimeout(() => resolve(called), 500));
      });
    const { official, ours } = await both({ decisions: [allow], run });
    assert.deepEqual(ours.value, official.value);
    assert.deepEqual(ours.value, [["onInstall", "slack", true]]);
  });

  test("completes an install whose code the application got itself", async () => {
    const redirectUrl = "https://app.example.com/callback";
    const prepare = async ({ page, sandbox, session: { token, projectId } }) => {
      const headers = { authorization: `Bearer ${token}` };
      const get = async (path) => (await fetch(`${sandbox.url}/${path}`, { headers })).json();
      const integrations = await get(`projects/${projectId}/sdk/integrations`);
      const { id: integrationId } = integrations.find(({ type }) => type === "slack");
      const { origin } = new URL(page.url());
      const query = new URLSearchParams({ action: "slack", integrationId, originForPostMessage: origin, redirectUrl });
      const built = await get(`v2/projects/${projectId}/sdk/actions/build-oauth?${query}`);
      await sandbox.decide(allow);
      const answer = await fetch(built.redirectUrl, { redirect: "manual" });
      return new URL(answer.headers.get("location")).searchParams.get("code");
    };
    const run = (paragon, authorizationCode) =>
      paragon.completeInstall("slack", {
        authorizationCode,
        redirectUrl: "https://app.example.com/callback",
        showPortalAfterInstall: false,
      });
    const { official, ours } = await both({ prepare, run });
    assert.equal(ours.error, undefined, JSON.stringify(ours.error));
    assert.deepEqual(accounts(ours, "slack"), accounts(official, "slack"));
    assert.equal(accounts(ours, "slack")[0].status, "VALID");
    // Ours tells of it.
    assert.deepEqual([official.value, official.events], [undefined, []]);
    assert.deepEqual([ours.value.credentialId, ours.events], [ours.integrations.slack.credentialId, ["slack"]]);
  });

  test("closed by the user: here the promise is rejected, there it stays open", async () => {
    const run = (paragon) =>
      Promise.race([
        paragon.installIntegration("slack").then(
          () => "resolved",
          (error) => error.code ?? "rejected",
        ),
        new Promise((resolve) => setTimeout(resolve, 12_000, "pending")),
      ]);
    const act = async (popup) => {
      await popup.getByRole("button", { name: "Allow" }).waitFor();
      await popup.close();
    };
    const { official, ours } = await both({ run, act, restless: true });
    assert.deepEqual([official.value, ours.value], ["pending", "cancelled"]);
  });
});

describe("installFlow", () => {
  /** What is told on the way, and what comes of it. */
  const flow = async (type, answers, { decisions = [allow], ...more } = {}) =>
    both({
      headless: true,
      decisions,
      run: (_, [type, answers, options]) => window.flow(type, answers, options),
      argument: [type, answers, more.options],
      ...more,
    });

  const kinds = {
    "consent alone": ["slack", {}],
    "account types": ["salesforce", { accountType: "sandbox" }],
    "a question before": ["zendesk", { preOptions: { subdomain: "lantern" } }],
    "questions after": ["jira", { postOptions: { edition: "software", project: "PRJ-7", pollMinutes: 15 } }],
    "a key": ["klaviyo", { preOptions: { apiKey: "pk_1" } }],
    "a custom integration with a key": ["fieldnotes", { preOptions: { region: "north", apiKey: "fn_1" } }],
    "a custom integration with consent": ["custom.taskbird", {}],
  };
  for (const [name, [type, answers]] of Object.entries(kinds)) {
    test(`${name}: the same stages, the same account, one event`, async () => {
      const { official, ours } = await flow(type, answers);
      assert.deepEqual(ours.said, official.said);
      assert.deepEqual(ours.value, official.value);
      assert.deepEqual(ours.value, { integrationType: type, hasCredential: true });
      assert.deepEqual(accounts(ours, type), accounts(official, type));
      assert.equal(accounts(ours, type)[0].status, "VALID");
      assert.deepEqual(ours.events, [type]);
      assert.deepEqual([...new Set(official.events)], ours.events);
    });
  }

  test("a kind of account with a key of its own: the official SDK does not say which kind it is", async () => {
    const answers = { accountType: "custom-app", preOptions: { shop: "lantern", accessToken: "shpat_1" } };
    const { official, ours } = await flow("shopify", answers);
    assert.deepEqual(ours.said, official.said);
    assert.deepEqual(ours.value, { integrationType: "shopify", hasCredential: true });
    assert.deepEqual([official.value.name, official.value.at], ["UnknownError", "preOptions"]);
  });

  test("without a start", async () => {
    const { official, ours } = await both({ headless: true, run: async (paragon) => paragon.installFlow.next() });
    assert.equal(official.error.name, "NoActiveInstallFlowError");
    assert.equal(ours.error.name, official.error.name);
  });

  test("an integration that there is not", async () => {
    const { official, ours } = await flow("slak", {});
    assert.equal(official.value.name, "IntegrationNotFoundError");
    assert.deepEqual([ours.value.name, ours.value.at], [official.value.name, official.value.at]);
  });

  test("a popup that is blocked, and consent that takes too long", async () => {
    const blocked = await flow(
      "slack",
      {},
      { run: () => ((window.open = () => null), window.flow("slack", {})), restless: true },
    );
    assert.equal(blocked.official.value.name, "OAuthBlockedError");
    assert.deepEqual(
      [blocked.ours.value.name, blocked.ours.value.at],
      [blocked.official.value.name, blocked.official.value.at],
    );
    const late = await flow("slack", {}, { decisions: [], options: { oauthTimeout: 1_500 }, restless: true });
    assert.equal(late.official.value.name, "OAuthTimeoutError");
    assert.deepEqual([late.ours.value.name, late.ours.value.at], [late.official.value.name, late.official.value.at]);
  });
});

describe("settings and configurations", () => {
  test("come to the same", async () => {
    const run = async (paragon) => {
      const { credentialId } = (await paragon.getUser()).integrations.salesforce;
      const workflows = Object.keys((await paragon.getUser()).integrations.salesforce.workflowSettings);
      const added = await paragon.createConfiguration({ credentialId, externalId: "team-b" });
      const noted = await paragon.updateConfiguration({ id: added.id, credentialId, meta: { team: "B" } });
      const shared = await paragon.updateIntegrationUserSettings(
        "salesforce",
        { own: [1] },
        { selectedCredentialId: credentialId },
      );
      const own = await paragon.updateWorkflowUserSettings("salesforce", workflows[0], { own: 2 });
      const states = await paragon.updateWorkflowState({ [workflows[1]]: true, unknown: true });
      await paragon.destroyConfiguration({ id: added.id, credentialId });
      const account = await paragon.getIntegrationAccount("salesforce", { includeAccountAuth: true });
      const choices = await paragon.getFieldOptions({ integration: "slack", action: "channels", search: "a" });
      const config = await paragon.getIntegrationConfig("salesforce");
      const asked = [
        await paragon.getAccountTypeOptions("shopify"),
        await paragon.getPreOptions("shopify", "custom-app"),
        await paragon.getPreOptions("fieldnotes"),
        await paragon.getPostOptions("jira"),
      ];
      return {
        added: [added.externalId, added.isDefault],
        noted: noted.configMeta,
        choices,
        asked,
        errors: [shared.errors, own.errors, states.errors.map(({ workflowId }) => workflowId)],
        states: states.user.integrations.salesforce.workflowSettings[workflows[1]].enabled,
        account: [account.type, account.hasCredential, Object.keys(account.accountAuth)],
        config: JSON.parse(JSON.stringify(config)),
      };
    };
    const { official, ours } = await both({ userId: "ada", run });
    assert.equal(ours.error, undefined, JSON.stringify(ours.error));
    assert.deepEqual(ours.value, official.value);
    const settings = ({ integrations: { salesforce } }) => [
      salesforce.sharedSettings,
      salesforce.workflowSettings,
      salesforce.allConfigurations.length,
    ];
    assert.deepEqual(settings(ours), settings(official));
  });
});
