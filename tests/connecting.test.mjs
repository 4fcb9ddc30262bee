// `installIntegration` in a real browser, through real popups, against the sandbox: what it does
// when all goes well, and with which options.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, test } from "node:test";

import { lacks } from "./support/browser.mjs";
import { eventually, useInstallPage } from "./support/installs.mjs";

const stage = useInstallPage();
const { press } = stage;

/** Clicks, and the provider's user allows it. */
async function install(type, options, button = "Allow") {
  const clicked = await stage.clickForPopup(
    ([type, options]) => window.client.installIntegration(type, options),
    [type, options],
  );
  await press(clicked.popup, button);
  return clicked;
}

/** Clicks, and nobody has to do anything. */
async function installAlone(type, options) {
  const { outcome } = await stage.click(
    ([type, options]) => window.client.installIntegration(type, options),
    [type, options],
  );
  return outcome();
}

/** An authorisation code of the provider's for Noor, got without the package. */
async function codeOf(type) {
  const { token, projectId } = stage.session;
  const { integrationId } = await integration(type);
  const query = new URLSearchParams({
    action: type,
    integrationId,
    originForPostMessage: stage.site.address,
    redirectUrl: "https://app.example.com/callback",
  });
  const headers = { authorization: `Bearer ${token}` };
  const built = await fetch(`${stage.sandbox.url}/v2/projects/${projectId}/sdk/actions/build-oauth?${query}`, {
    headers,
  });
  await stage.sandbox.decide({ decision: "allow" });
  const answer = await fetch((await built.json()).redirectUrl, { redirect: "manual" });
  return new URL(answer.headers.get("location")).searchParams.get("code");
}

async function integration(type) {
  const all = await stage.evaluate(() => window.client.getIntegrations());
  return { integrationId: all.find((one) => one.type === type).id };
}

/** No window is left but the page. */
const noPopup = () => eventually(stage.windows, (count) => count === 0, "a popup stays open");

describe("an account is connected", () => {
  test("in a popup; the promise, one event and the server tell of it", async () => {
    const { popup, outcome } = await install("slack");
    const { value } = await outcome();
    const { enabled, credentialId, credentialStatus } = (await stage.user()).integrations.slack;
    assert.deepEqual([enabled, credentialStatus], [true, "VALID"]);
    assert.deepEqual(Object.keys(value), ["integrationId", "integrationType", "credentialId", "credential"]);
    assert.deepEqual(
      [value.integrationType, value.credentialId, value.credential.id, value.credential.status],
      ["slack", credentialId, credentialId, "VALID"],
    );
    await noPopup();
    assert.ok(popup.isClosed());
    await stage.quiet();
    assert.deepEqual(await stage.events(), [value]);
  });

  test("with these requests, and the token in no address but the popup's first", async () => {
    const { outcome } = await install("slack");
    await outcome();
    await stage.quiet();
    const requests = await stage.received(/^\/(v2|projects)\//);
    const lines = requests.map(({ line }) => line.replace(/session-id\/.*/, "session-id/…"));
    const key = requests.find(({ path }) => path.endsWith("build-oauth")).query.match(/oauthMetaKeyId=(\w+)/)[1];
    assert.deepEqual(lines.slice(0, 3).sort(), ["GET integrations", "GET me", "GET me"]);
    assert.deepEqual(lines.slice(3).sort(), [
      "DELETE actions/session-id/…",
      "GET actions/build-oauth",
      "GET actions/oauth-nonce",
      "POST credentials",
    ]);
    assert.ok(requests.at(-1).path.endsWith(key));
    const { requests: all } = await stage.sandbox.requests();
    const withToken = all.filter(({ path, query }) => `${path}?${query}`.includes("userToken"));
    assert.deepEqual(
      withToken.map(({ path }) => path.split("/").at(-1)),
      ["oauth-nonce"],
    );
    const saved = requests.find(({ line }) => line === "POST credentials");
    assert.deepEqual(Object.keys(saved.body).sort(), ["config", "installOptions", "integrationId", "payload"]);
  });

  test("the popup's address with the token is not one that leads back", async () => {
    const { popup, outcome } = await stage.clickForPopup(() => window.client.installIntegration("slack"));
    await popup.getByRole("button", { name: "Allow" }).waitFor();
    assert.equal(await popup.evaluate(() => history.length), 1);
    assert.equal(
      await popup.evaluate((token) => `${location}${document.referrer}`.includes(token), stage.session.token),
      false,
    );
    await popup.close();
    await outcome();
    await stage.endFollowing();
  });

  test("the popup opens in the click, however long the rest takes to load", { skip: lacks("routes") }, async () => {
    let open;
    const held = new Promise((resolve) => (open = resolve));
    await stage.page.route("**/install.js", async (route) => {
      await held;
      await route.continue();
    });
    const { popup, outcome } = await stage.clickForPopup(() => window.client.installIntegration("slack"));
    assert.equal(popup.url(), "about:blank");
    // Longer than a click counts for.
    await stage.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 5_500)));
    open();
    await press(popup, "Allow");
    assert.equal((await outcome()).error, undefined);
  });

  test("in a window that the application has opened itself", async () => {
    const { popup, outcome } = await stage.clickForPopup(async () => {
      const popup = window.open("about:blank");
      await new Promise((resolve) => setTimeout(resolve, 10));
      return window.client.installIntegration("slack", { popup });
    });
    assert.equal(stage.windows(), 1);
    await press(popup, "Allow");
    assert.equal((await outcome()).value.integrationType, "slack");
    await noPopup();
  });

  test("of a custom integration, with or without its prefix", async () => {
    const { outcome } = await install("taskbird");
    const { value } = await outcome();
    assert.equal(value.integrationType, "custom.taskbird");
    assert.equal((await stage.user()).integrations["custom.taskbird"].enabled, true);
  });

  test("by way of a page of the application's own", async (t) => {
    const met = [];
    const own = createServer(({ url }, response) => {
      met.push(url.split("?")[0]);
      response.writeHead(302, { location: `${stage.sandbox.url}/oauth?${url.split("?")[1]}` }).end();
    });
    await new Promise((resolve) => own.listen(0, "127.0.0.1", resolve));
    t.after(() => own.close());
    const overrideRedirectUrl = `http://127.0.0.1:${own.address().port}/hand-on`;
    const { outcome } = await install("slack", { overrideRedirectUrl });
    assert.equal((await outcome()).value.integrationType, "slack");
    assert.deepEqual(met, ["/hand-on"]);
  });

  test("by a provider that severs the popup from its opener", async () => {
    const { popup, outcome } = await stage.clickForPopup(() => window.client.installIntegration("slack"));
    await press(popup, "This provider severs its opener");
    await popup.getByText("cut itself off").waitFor();
    await press(popup, "Allow");
    const { value } = await outcome();
    const { credentialId } = (await stage.user()).integrations.slack;
    assert.equal(value.credentialId, credentialId);
    const lines = (await stage.received()).map(({ line }) => line);
    assert.ok(
      lines.some((line) => line.startsWith("GET actions/session-id/")),
      "the server was asked",
    );
    assert.ok(!lines.includes("POST credentials"), "nobody told us");
    await stage.quiet();
    assert.equal((await stage.events()).length, 1);
  });

  test("connect is the same", async () => {
    await stage.sandbox.decide({ decision: "allow" });
    const { outcome } = await stage.clickForPopup(() => window.client.connect("slack"));
    assert.equal((await outcome()).value.integrationType, "slack");
    assert.equal((await stage.events()).length, 1);
  });

  test("of somebody's with an authorisation code that the application got itself", async () => {
    const complete = (authorizationCode) =>
      stage.evaluate(
        (authorizationCode) =>
          window.client
            .completeInstall("slack", { authorizationCode, redirectUrl: "app.example.com/callback" })
            .catch((error) => window.told(error)),
        authorizationCode,
      );
    const refused = await complete("none such");
    assert.deepEqual(
      [refused.code, refused.status, refused.details.response.code],
      ["request_failed", 400, "code_invalid"],
    );
    const event = await complete(await codeOf("slack"));
    assert.equal(event.credentialId, (await stage.user()).integrations.slack.credentialId);
    assert.deepEqual(await stage.events(), [event]);
    const [, { body }] = await stage.received(/credentials$/);
    assert.deepEqual([body.redirectUrl, body.integrationOptions], ["https://app.example.com/callback", {}]);
  });
});

describe("which account", () => {
  test("one that is connected is not connected again", async () => {
    await stage.sandbox.decide({ decision: "allow" });
    await installAlone("slack");
    const { error } = await installAlone("slack");
    assert.equal(error.code, "already_installed");
    await noPopup();
    assert.equal((await stage.events()).length, 1);
  });

  test("a broken one is connected again, and stays itself", async () => {
    await stage.open("ada");
    const before = (await stage.user()).integrations.hubspot;
    assert.equal(before.credentialStatus, "INVALID");
    const { outcome } = await install("hubspot");
    assert.equal((await outcome()).value.credentialId, before.credentialId);
    assert.equal((await stage.user()).integrations.hubspot.credentialStatus, "VALID");
  });

  test("a second one beside the first, under the application's own id; which then reconnects it", async () => {
    await stage.sandbox.decide({ decision: "allow" }, { decision: "allow" }, { decision: "allow" });
    await installAlone("slack");
    const { value } = await installAlone("slack", { allowMultipleCredentials: true, externalId: "team-b" });
    const { allCredentials } = (await stage.user()).integrations.slack;
    assert.deepEqual(
      allCredentials.map(({ externalId }) => externalId),
      [undefined, "team-b"],
    );
    assert.equal(value.credentialId, allCredentials[1].id);

    const taken = await installAlone("slack", { allowMultipleCredentials: true, externalId: "team-b" });
    assert.deepEqual([taken.error.code, taken.error.details.path], ["invalid_argument", "externalId"]);
    const again = await installAlone("slack", { selectedCredentialId: "ext:team-b" });
    assert.equal(again.value.credentialId, allCredentials[1].id);
    assert.equal((await stage.user()).integrations.slack.allCredentials.length, 2);
    const unknown = await installAlone("slack", { selectedCredentialId: "team-c" });
    assert.deepEqual([unknown.error.code, unknown.error.details.path], ["invalid_argument", "selectedCredentialId"]);
    assert.equal((await stage.events()).length, 3);
  });

  test("of which kind", async () => {
    const { outcome } = await install("salesforce", { accountType: "sandbox" });
    const { value } = await outcome();
    assert.equal(value.credential.providerData.accountType, "sandbox");
    const unknown = await installAlone("salesforce", { accountType: "none such", allowMultipleCredentials: true });
    assert.deepEqual([unknown.error.code, unknown.error.details.path], ["invalid_argument", "accountType"]);
    assert.match(unknown.error.message, /default, sandbox/);
    await noPopup();
  });

  test("of a kind that the service chooses, as with the official SDK", async () => {
    await stage.sandbox.decide({ decision: "allow" });
    const { value } = await installAlone("salesforce", { accountType: ["default", "sandbox"] });
    assert.equal(value.credential.status, "VALID");
  });
});

describe("what has to be asked", () => {
  const asked = async (type, options) => {
    const { error } = await installAlone(type, options);
    await noPopup();
    const { credentialId, stage: at } = error.details;
    assert.equal(error.code, "input_required");
    return { at, credentialId };
  };

  test("before: is named, or passed", async () => {
    assert.deepEqual(await asked("zendesk"), { at: "preOptions", credentialId: undefined });
    const { outcome } = await install("zendesk", { preOptions: { subdomain: "lantern" } });
    assert.equal((await outcome()).value.credential.providerData.subdomain, "lantern");
  });

  test("before: is passed, but wrong", async () => {
    const { error } = await installAlone("zendesk", { preOptions: { subdomain: 7 } });
    assert.deepEqual([error.code, error.status], ["request_failed", 400]);
    assert.deepEqual(error.details.response.meta.fields, { subdomain: "must be text" });
    await noPopup();
  });

  test("a key: is named, or passed, and then needs no popup", async () => {
    assert.deepEqual(await asked("klaviyo"), { at: "preOptions", credentialId: undefined });
    // What the integration needs is known by now.
    let opened = 0;
    stage.page.context().on("page", () => (opened += 1));
    const { value } = await installAlone("klaviyo", { preOptions: { apiKey: "pk_1" } });
    assert.equal(value.credential.status, "VALID");
    assert.equal(opened, 0);
    const custom = await installAlone("custom.fieldnotes", { preOptions: { apiKey: "fn_1", region: "north" } });
    assert.equal(custom.value.credential.status, "VALID");
    assert.equal(opened, 0);
    assert.equal((await stage.events()).length, 2);
  });

  test("a key that the integration refuses", async () => {
    const { error } = await installAlone("klaviyo", { preOptions: { apiKey: "wrong" } });
    assert.deepEqual(
      [error.code, error.status, error.details.response.meta.isIntegrationError],
      ["request_failed", 400, true],
    );
    assert.deepEqual(await stage.events(), []);
    assert.equal(await stage.evaluate(async () => (await window.client.getUser()).authenticated), true);
  });

  test("after: is named, with the account; and then passed, without a popup", async () => {
    await stage.sandbox.decide({ decision: "allow" });
    const { at, credentialId } = await asked("jira");
    const { jira } = (await stage.user()).integrations;
    assert.deepEqual([at, jira.credentialStatus, jira.credentialId], ["postOptions", "PENDING", credentialId]);
    assert.deepEqual(await stage.events(), []);
    let opened = 0;
    stage.page.context().on("page", () => (opened += 1));
    const postOptions = { edition: "software", project: "PRJ-7", pollMinutes: 15 };
    const { value } = await installAlone("jira", { postOptions });
    assert.deepEqual([value.credentialId, value.credential.status, opened], [credentialId, "VALID", 0]);
    assert.equal((await stage.events()).length, 1);
  });

  test("after: is passed at once; or not asked", async () => {
    await stage.sandbox.decide({ decision: "allow" }, { decision: "allow" });
    const { value } = await installAlone("jira", {
      postOptions: { edition: "software", project: "PRJ-7", pollMinutes: 15 },
    });
    assert.equal(value.credential.status, "VALID");
    const other = await installAlone("intercom", { bypassPostOAuthPrompt: true });
    assert.equal(other.value.credential.status, "VALID");
    assert.equal((await stage.events()).length, 2);
  });
});

describe("callbacks", () => {
  test("tell of an install as the official SDK's do", async () => {
    await stage.sandbox.decide({ decision: "allow" }, { decision: "allow" });
    const { outcome } = await stage.click(async () => {
      window.calls = [];
      const note = (name) => (event, user) =>
        window.calls.push([name, event.integrationType, user.integrations[event.integrationType].enabled]);
      await window.client.installIntegration("slack", { onSuccess: note("onSuccess") });
    });
    await outcome();
    await eventually(() => stage.evaluate(() => window.calls.length));
    await (
      await stage.click(async () => {
        const note = (name) => (event, user) => {
          window.calls.push([name, event.integrationType, user.integrations[event.integrationType].enabled]);
          throw new Error("thrown by the application");
        };
        await window.client.installIntegration("notion", {
          onSuccess: note("onSuccess"),
          onInstall: note("onInstall"),
        });
      })
    ).outcome();
    await eventually(() => stage.evaluate(() => window.calls.length === 2));
    assert.deepEqual(await stage.evaluate(() => window.calls), [
      ["onSuccess", "slack", true],
      ["onInstall", "notion", true],
    ]);
  });

  test("tell of a failure, and the promise may be left alone", async () => {
    await stage.sandbox.decide({ decision: "deny" });
    await stage.click(async () => {
      window.failures = [];
      void window.client.installIntegration("slack", { onError: (error) => window.failures.push(window.told(error)) });
      void window.client.installIntegration("", { onError: (error) => window.failures.push(window.told(error)) });
    });
    await eventually(() => stage.evaluate(() => window.failures.length === 2));
    const codes = await stage.evaluate(() => window.failures.map(({ code }) => code));
    assert.deepEqual(codes.sort(), ["invalid_argument", "oauth_denied"]);
  });
});
