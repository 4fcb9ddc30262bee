// `installFlow`: every kind of integration step by step, against the sandbox.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";

import { ENGINE } from "./support/browser.mjs";
import { HARBOR } from "./support/methods.mjs";
import { eventually, useInstallPage } from "./support/installs.mjs";

const stage = useInstallPage();
const { press } = stage;

beforeEach(prepare);

/** In the page: what the flow tells its callbacks, in `said`. */
async function prepare() {
  await stage.evaluate(() => {
    window.said = [];
    window.listen = (more) => ({
      onNext: ({ stage, options }) => window.said.push([stage, ...(options ?? []).map(({ id }) => id)]),
      onComplete: ({ credentialId }) => window.said.push(["complete", credentialId]),
      onError: (error, context) => window.said.push(["error", error.code, context?.stage ?? null]),
      ...more,
    });
  });
}

const said = () => stage.evaluate(() => window.said);

/** Calls a function of the flow in a click. */
const call = (method, ...args) =>
  stage.click(([method, args]) => window.client.installFlow[method](...args), [method, args]);
const answer = async (method, ...args) => (await call(method, ...args)).outcome();
const start = (type, options = {}) =>
  stage.click(([type, options]) => window.client.installFlow.start(type, window.listen(options)), [type, options]);
const reached = async (type, options) => (await (await start(type, options)).outcome()).value;
const decide = (count = 1) => stage.sandbox.decide(...Array(count).fill({ decision: "allow" }));

const noPopup = () => eventually(stage.windows, (count) => count === 0, "a popup stays open");
const ids = ({ options }) => options.map(({ id }) => id);
const entry = async (type) => (await stage.user()).integrations[type];

/** It is done, told once, and so it is at the server. */
async function done({ value, error }, type) {
  assert.equal(value?.stage, "done", JSON.stringify(error ?? value));
  const { enabled, credentialId, credentialStatus } = await entry(type);
  assert.deepEqual(
    [enabled, credentialStatus, value.event.credentialId, value.event.integrationType],
    [true, "VALID", credentialId, type],
  );
  assert.deepEqual(
    (await said()).filter(([what]) => ["complete", "done"].includes(what)),
    [["complete", credentialId]],
  );
  await stage.quiet();
  assert.deepEqual(await stage.events(), [value.event]);
  await noPopup();
}

describe("a flow for", () => {
  test("consent alone", async () => {
    const opening = stage.popup();
    const begun = await start("slack");
    const popup = await opening;
    await popup.getByRole("button", { name: "Allow" }).waitFor();
    assert.deepEqual(await said(), [["oauth"]]);
    await press(popup, "Allow");
    await done(await begun.outcome(), "slack");
  });

  test("a choice of kinds of accounts", async () => {
    const first = await reached("salesforce");
    assert.deepEqual([first.stage, first.done, ids(first)], ["accountType", false, ["default", "sandbox"]]);
    assert.equal(stage.windows(), 0);
    await decide();
    await done(await answer("setAccountType", "sandbox"), "salesforce");
    assert.equal((await entry("salesforce")).providerData.accountType, "sandbox");
    assert.deepEqual(
      (await said()).map(([what]) => what),
      ["accountType", "oauth", "complete"],
    );
  });

  test("kinds that ask differently: consent, and keys", async () => {
    const { options } = await reached("shopify");
    assert.deepEqual(
      options.map(({ id, scheme }) => [id, scheme]),
      [
        ["default", "oauth"],
        ["custom-app", "basic"],
      ],
    );
    // Changing one's mind.
    assert.deepEqual(ids((await answer("setAccountType", "default")).value), ["shop"]);
    assert.deepEqual(ids((await answer("setAccountType", "custom-app")).value), ["shop", "accessToken"]);
    await done(await answer("setPreOptions", { shop: "lantern", accessToken: "shpat_1" }), "shopify");
  });

  test("a question before", async () => {
    assert.deepEqual(ids(await reached("zendesk")), ["subdomain"]);
    await decide();
    await done(await answer("setPreOptions", { subdomain: "lantern" }), "zendesk");
    assert.equal((await entry("zendesk")).providerData.subdomain, "lantern");
  });

  test("questions after", async () => {
    await decide();
    const after = await reached("jira");
    assert.deepEqual([after.stage, ids(after).slice(0, 3)], ["postOptions", ["edition", "project", "issueType"]]);
    assert.equal((await entry("jira")).credentialStatus, "PENDING");
    assert.deepEqual(await stage.events(), []);
    await noPopup();
    const choices = await stage.evaluate(() =>
      window.client.getFieldOptions({ integration: "jira", action: "projects", search: "Project 7" }),
    );
    await done(
      await answer("setPostOptions", { edition: "software", project: choices.data[0].value, pollMinutes: 15 }),
      "jira",
    );
  });

  test("a key", async () => {
    assert.deepEqual(ids(await reached("klaviyo")), ["apiKey"]);
    await done(await answer("setPreOptions", { apiKey: "pk_1" }), "klaviyo");
  });

  test("a custom integration with a key", async () => {
    assert.deepEqual(ids(await reached("fieldnotes")), ["region", "apiKey"]);
    const answered = await answer("setPreOptions", { region: "north", apiKey: "fn_1" });
    await done(answered, "fieldnotes");
  });

  test("a package that an administrator installs first", async () => {
    await stage.open("noor", HARBOR);
    await prepare();
    await answer("start", "salesforce");
    const { value } = await answer("setAccountType", "sandbox");
    assert.deepEqual(
      [value.stage, value.done, value.ctas.map(({ type }) => type), value.finish.type],
      ["instruction", false, ["link", "copyButton"], "finishButton"],
    );
    assert.match(value.packageInstallUrl, /^https:\/\//);
    assert.match(value.content, /administrator/);
    assert.equal((await answer("next")).value.stage, "instruction");
    await decide();
    const { outcome } = await stage.click(async () => {
      const stage = await window.client.installFlow.next();
      stage.finish.onClick();
      stage.finish.onClick(); // Twice is as good as once.
      return window.client.installFlow.next();
    });
    const { value: last } = await outcome();
    assert.equal(last.stage, "done");
    assert.equal((await stage.events()).length, 1);
  });

  test("an account that is connected again", async () => {
    await stage.open("ada");
    await prepare();
    const before = await entry("hubspot");
    await decide();
    const { event } = await reached("hubspot");
    assert.equal(event.credentialId, before.credentialId);
    assert.equal((await entry("hubspot")).credentialStatus, "VALID");
  });

  test("an account whose setup was left unfinished: it goes on there", async () => {
    await stage.open("yuki");
    await prepare();
    const before = await entry("jira");
    assert.equal(before.credentialStatus, "PENDING");
    let opened = 0;
    stage.page.context().on("page", () => (opened += 1));
    const after = await reached("jira");
    assert.equal(after.stage, "postOptions");
    const { value } = await answer("setPostOptions", { edition: "software", project: "PRJ-1", pollMinutes: 5 });
    assert.equal(value.event.credentialId, before.credentialId);
    // WebKit opens none later than a second after the click: it is opened in the click, and closed.
    assert.deepEqual([opened, (await stage.received(/oauth/)).length], [ENGINE === "webkit" ? 1 : 0, 0]);
  });

  test("another account beside it, chosen by what the application calls it", async () => {
    await stage.open("mateo");
    await prepare();
    await answer("start", "salesforce", { selectedCredentialId: "ext:staging" });
    await decide();
    const { value } = await answer("setAccountType", "sandbox");
    const { allCredentials } = await entry("salesforce");
    assert.equal(value.event.credentialId, allCredentials.find(({ externalId }) => externalId === "staging").id);
    assert.equal(allCredentials.length, 2);
  });
});

describe("an answer that is refused leaves the flow where it is", () => {
  test("a key", async () => {
    await reached("klaviyo");
    const { error } = await answer("setPreOptions", { apiKey: "wrong" });
    assert.deepEqual([error.code, error.status], ["request_failed", 400]);
    assert.deepEqual((await said()).at(-1), ["error", "request_failed", "preOptions"]);
    assert.deepEqual(ids((await answer("next")).value), ["apiKey"]);
    await done(await answer("setPreOptions", { apiKey: "pk_1" }), "klaviyo");
  });

  test("a subdomain, which is asked again", async () => {
    await reached("zendesk");
    const { error } = await answer("setPreOptions", { subdomain: 7 });
    assert.deepEqual(error.details.response.meta.fields, { subdomain: "must be text" });
    assert.deepEqual((await said()).slice(-3), [
      ["oauth"],
      ["preOptions", "subdomain"],
      ["error", "request_failed", "preOptions"],
    ]);
    await decide();
    await done(await answer("setPreOptions", { subdomain: "lantern" }), "zendesk");
  });

  test("a setup", async () => {
    await decide();
    await reached("jira");
    const { error } = await answer("setPostOptions", { edition: "software" });
    assert.deepEqual(Object.keys(error.details.response.meta.fields), ["project", "pollMinutes"]);
    assert.deepEqual((await said()).at(-1), ["error", "request_failed", "postOptions"]);
    await done(await answer("setPostOptions", { edition: "software", project: "PRJ-7", pollMinutes: 15 }), "jira");
  });

  test("an account type that there is not", async () => {
    await reached("salesforce");
    const { error } = await answer("setAccountType", "none such");
    assert.equal(error.code, "invalid_argument");
    assert.deepEqual((await said()).at(-1), ["error", "invalid_argument", "accountType"]);
    await decide();
    await done(await answer("setAccountType", "default"), "salesforce");
  });

  test("consent: denied, the popup closed, blocked; and given in the end", async () => {
    await stage.sandbox.decide({ decision: "deny" });
    const { error } = await (await start("slack")).outcome();
    assert.equal(error.code, "oauth_denied");

    const opening = stage.popup();
    const second = await call("next");
    const popup = await opening;
    await popup.getByRole("button", { name: "Allow" }).waitFor();
    await popup.close();
    assert.equal((await second.outcome()).error.code, "cancelled");

    const third = await stage.click(() => {
      const { open } = window;
      window.open = () => null;
      try {
        return window.client.installFlow.next();
      } finally {
        window.open = open;
      }
    });
    assert.equal((await third.outcome()).error.code, "popup_blocked");
    await decide();
    await done(await answer("next"), "slack");
    const errors = (await said()).filter(([what]) => what === "error");
    assert.deepEqual(errors, [
      ["error", "oauth_denied", "oauth"],
      ["error", "cancelled", "oauth"],
      ["error", "popup_blocked", "oauth"],
    ]);
  });
});

describe("popups", () => {
  test("open in the click where the integration is known, however slow the rest is", async () => {
    await stage.evaluate(() => window.client.getIntegrationConfig("slack"));
    await stage.fail({ path: "*/sdk/me", method: "GET", delayMs: 6_000, action: { kind: "pass" } });
    const opening = stage.popup();
    const begun = await start("slack");
    const popup = await opening;
    assert.equal(popup.url(), "about:blank");
    await press(popup, "Allow");
    assert.equal((await begun.outcome()).value.stage, "done");
  });

  const opensInClick = ENGINE === "webkit" && "not run: in WebKit the first click opens one in any case";
  test("come too late where it is not, and slow: the next click opens one", { skip: opensInClick }, async () => {
    await stage.fail({ path: "*/sdk/me", method: "GET", times: 1, delayMs: 6_000, action: { kind: "pass" } });
    const over = stage.page.waitForEvent("console", {
      predicate: (message) => message.text() === "over",
      timeout: 20_000,
    });
    await stage.click(() => window.client.installFlow.start("slack", window.listen()).catch(() => console.log("over")));
    await over;
    assert.deepEqual(await said(), [["oauth"], ["error", "popup_blocked", "oauth"]]);
    await decide();
    await done(await answer("next"), "slack");
  });

  test("of the application's own are taken when one is needed, and closed in any case", async () => {
    await decide();
    const { outcome } = await stage.click(() =>
      window.client.installFlow.start("zendesk", window.listen({ popup: window.open("about:blank") })),
    );
    assert.deepEqual(ids((await outcome()).value), ["subdomain"]);
    let opened = 0;
    stage.page.context().on("page", () => (opened += 1));
    await done(await answer("setPreOptions", { subdomain: "lantern" }), "zendesk");
    assert.equal(opened, 0);
    const other = await stage.click(() =>
      window.client.installFlow.start("klaviyo", { popup: window.open("about:blank") }),
    );
    assert.equal((await other.outcome()).value.stage, "preOptions");
    await answer("cancel");
    await noPopup();
  });
});

describe("a flow ends", () => {
  const codeOf = async (method, ...args) => (await answer(method, ...args)).error?.code;

  test("by being cancelled: what is pending says so, and the popup closes", async () => {
    const opening = stage.popup();
    const begun = await start("slack");
    const popup = await opening;
    await popup.getByRole("button", { name: "Allow" }).waitFor();
    assert.equal((await answer("cancel")).error, undefined);
    const { error } = await begun.outcome();
    assert.equal(error.code, "cancelled");
    await noPopup();
    assert.deepEqual(await said(), [["oauth"]], "who cancels need not be told");
    assert.equal(await codeOf("next"), "no_install_flow");
    assert.equal((await answer("cancel")).error, undefined, "twice is as good as once");
  });

  test("by being cancelled: an account that was not set up is removed", async () => {
    await decide();
    await reached("jira");
    assert.equal((await entry("jira")).credentialStatus, "PENDING");
    assert.equal((await answer("cancel")).error, undefined);
    const { enabled, credentialStatus } = await entry("jira");
    assert.deepEqual([enabled, credentialStatus], [false, undefined]);
    assert.deepEqual(await stage.events(), []);
  });

  test("by being cancelled: an account that was there before stays", async () => {
    await stage.open("yuki");
    await prepare();
    await reached("jira");
    await answer("cancel");
    assert.equal((await entry("jira")).credentialStatus, "PENDING");
    const { credentialId } = await entry("notion");
    await decide();
    await reached("notion");
    await answer("cancel");
    assert.equal((await entry("notion")).credentialId, credentialId);
  });

  test("by another, by a sign-out and by its signal, while a form is open: the application is told", async () => {
    await reached("klaviyo");
    assert.equal((await reached("zendesk")).stage, "preOptions");
    assert.deepEqual((await said()).slice(1), [
      ["error", "superseded", null],
      ["preOptions", "subdomain"],
    ]);
    await stage.evaluate(() => window.client.logout());
    await eventually(async () => (await said()).length === 4);
    assert.deepEqual((await said()).at(-1), ["error", "superseded", null]);
    assert.equal(await codeOf("setPreOptions", { subdomain: "lantern" }), "no_install_flow");

    await stage.open();
    await prepare();
    await stage.click(() => {
      window.controller = new AbortController();
      return window.client.installFlow.start("klaviyo", window.listen({ signal: window.controller.signal }));
    });
    await eventually(async () => (await said()).length === 1);
    await stage.evaluate(() => window.controller.abort());
    assert.deepEqual((await said()).at(-1), ["error", "aborted", null]);
    assert.equal(await codeOf("next"), "no_install_flow");
  });

  test("by being done: it stays at that", async () => {
    await decide();
    await reached("slack");
    assert.equal((await answer("next")).value.stage, "done");
    await stage.evaluate(() => window.client.logout());
    assert.equal((await answer("next")).value.stage, "done");
    assert.deepEqual(
      (await said()).map(([what]) => what),
      ["oauth", "complete"],
    );
    assert.equal(await codeOf("setPostOptions", {}), "wrong_stage");
  });

  test("before it has begun: unknown integrations, nobody signed in", async () => {
    assert.equal((await (await start("slak")).outcome()).error.code, "integration_not_found");
    assert.deepEqual(await said(), [["error", "integration_not_found", null]]);
    await stage.evaluate(() => window.client.logout());
    assert.equal((await (await start("slack")).outcome()).error.code, "not_authenticated");
    assert.equal(await codeOf("next"), "no_install_flow");
  });
});

describe("out of turn", () => {
  const refused = async (method, ...args) => {
    const { error } = await answer(method, ...args);
    return [error.code, error.name, error.details?.stage];
  };

  test("without a flow", async () => {
    for (const [method, ...args] of [
      ["next"],
      ["setAccountType", "x"],
      ["setPreOptions", {}],
      ["setPostOptions", {}],
    ]) {
      assert.deepEqual(
        await refused(method, ...args),
        ["no_install_flow", "NoActiveInstallFlowError", undefined],
        method,
      );
    }
    assert.equal((await answer("cancel")).error, undefined);
  });

  test("at another stage, and with what is no answer", async () => {
    await reached("klaviyo");
    assert.deepEqual(await refused("setAccountType", 7), ["invalid_argument", "ParagonError", undefined]);
    assert.deepEqual(await refused("setPostOptions", {}), ["wrong_stage", "ParagonError", "preOptions"]);
    for (const values of [undefined, null, 7, "key", []]) {
      assert.deepEqual((await refused("setPreOptions", values))[0], "invalid_argument", String(values));
    }
    await done(await answer("setPreOptions", { apiKey: "pk_1" }), "klaviyo");
  });

  test("while it is at work: the same again is the same, others are refused", async () => {
    await reached("klaviyo");
    await stage.fail({ path: "*/credentials", method: "POST", delayMs: 1_500, action: { kind: "pass" } });
    const { outcome } = await stage.click(async () => {
      const { installFlow } = window.client;
      const first = installFlow.setPreOptions({ apiKey: "pk_1" });
      const again = installFlow.setPreOptions({ apiKey: "pk_2" });
      const next = installFlow.next();
      const other = await installFlow.setPostOptions({}).catch(({ code }) => code);
      const stages = await Promise.all([first, again, next]);
      return [other, ...stages.map(({ stage }) => stage)];
    });
    assert.deepEqual((await outcome()).value, ["wrong_stage", "done", "done", "done"]);
    assert.equal((await stage.received(/credentials$/)).length, 1);
    assert.equal((await stage.events()).length, 1);
  });

  test("what a flow gives is the application's own", async () => {
    const { outcome } = await stage.click(async () => {
      const { installFlow } = window.client;
      const stage = await installFlow.start("klaviyo", {
        onNext: () => {
          throw new Error("thrown by the application");
        },
      });
      stage.options[0].id = "changed";
      stage.options.length = 0;
      return (await installFlow.next()).options.map(({ id }) => id);
    });
    assert.deepEqual((await outcome()).value, ["apiKey"]);
    await answer("cancel");
  });
});
