// The configuration of connected accounts, and the data of a settings page, against the sandbox.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";

import { useInstallPage } from "./support/installs.mjs";

const stage = useInstallPage();
beforeEach(() => stage.open("ada"));

/** Calls a method of the client, and returns its result or its error. */
const call = (method, ...args) =>
  stage.evaluate(
    ([method, args]) =>
      window.client[method](...args).then(
        (value) => ({ value }),
        (error) => ({ error: window.told(error) }),
      ),
    [method, args],
  );
const value = async (...args) => {
  const { value, error } = await call(...args);
  assert.equal(error, undefined, JSON.stringify(error));
  return value;
};
const refused = async (...args) => {
  const { error } = await call(...args);
  return [error?.code, error?.details?.path];
};
const entry = async (type) => (await stage.user()).integrations[type];
const lines = async () => (await stage.received()).map(({ line }) => line);

describe("what a page has to know", () => {
  test("descriptions, settings and workflows of an integration", async () => {
    const config = await value("getIntegrationConfig", "salesforce");
    assert.deepEqual(Object.keys(config), [
      "shortDescription",
      "longDescription",
      "availableUserSettings",
      "availableWorkflows",
      "hiddenWorkflows",
    ]);
    const list = await stage.evaluate(() => window.client.getIntegrations());
    const { configs, workflows } = list.find(({ type }) => type === "salesforce");
    assert.deepEqual(
      [config.shortDescription, config.longDescription],
      [configs[0].values.description, configs[0].values.overview],
    );
    assert.ok(config.availableUserSettings.length > 0);
    const all = [...config.availableWorkflows, ...config.hiddenWorkflows];
    assert.deepEqual(all.map(({ id }) => id).sort(), workflows.map(({ id }) => id).sort());
    assert.ok(all.every(({ inputs, description }) => Array.isArray(inputs) && description));
  });

  test("workflows that are hidden, forbidden or gone", async () => {
    const list = await stage.evaluate(() => window.client.getIntegrations());
    const slack = list.find(({ type }) => type === "slack");
    const meta = (id, more) => [id, { id, inputs: [], ...more }];
    slack.workflows = ["shown", "hidden", "forbidden"].map((id) => ({ id, description: `What ${id} does` }));
    slack.noPermissionWorkflows = ["forbidden", "undeployed"];
    slack.configs[0].values.workflowMeta = Object.fromEntries([
      meta("shown"),
      meta("hidden", { hidden: true }),
      meta("forbidden", { permissions: {} }),
      meta("undeployed", { permissions: {} }),
      meta("gone"),
    ]);
    await stage.fail({ path: "*/integrations", method: "GET", action: { kind: "answer", status: 200, body: list } });
    const config = await value("getIntegrationConfig", "slack");
    assert.deepEqual(
      config.availableWorkflows.map(({ id, description }) => [id, description]),
      [["shown", "What shown does"]],
    );
    assert.deepEqual(
      config.hiddenWorkflows.map(({ id }) => id),
      ["hidden", "forbidden", "undeployed"],
    );
  });

  test("what is asked, by kind", async () => {
    const ids = async (...args) => (await value(...args)).map(({ id }) => id);
    assert.deepEqual(await ids("getAccountTypeOptions", "shopify"), ["default", "custom-app"]);
    assert.deepEqual(await ids("getAccountTypeOptions", "slack"), []);
    assert.deepEqual(await ids("getPreOptions", "shopify"), ["shop"]);
    assert.deepEqual(await ids("getPreOptions", "shopify", "custom-app"), ["shop", "accessToken"]);
    assert.deepEqual(await ids("getPreOptions", "zendesk"), ["subdomain"]);
    assert.deepEqual(await ids("getPreOptions", "custom.fieldnotes"), ["region", "apiKey"]);
    assert.deepEqual(await ids("getPreOptions", "slack"), []);
    assert.deepEqual((await ids("getPostOptions", "jira")).slice(0, 2), ["edition", "project"]);
    assert.deepEqual(await ids("getPostOptions", "slack"), []);
    // All of it with one request.
    assert.deepEqual(
      (await lines()).filter((line) => line === "GET integrations"),
      ["GET integrations"],
    );
  });

  test("calls at the same time share the request; what they give is the application's own", async () => {
    const [first, second] = await stage.evaluate(async () => {
      const all = await Promise.all([
        window.client.getPostOptions("jira"),
        window.client.getPostOptions("jira"),
        window.client.getIntegrationConfig("jira"),
      ]);
      all[0][0].id = "changed";
      return [all[1][0].id, (await window.client.getPostOptions("jira"))[0].id];
    });
    assert.deepEqual([first, second], ["edition", "edition"]);
    assert.equal((await lines()).filter((line) => line === "GET integrations").length, 1);
  });

  test("the list is another user's after another sign-in, and nobody's after a sign-out", async () => {
    await value("getPostOptions", "jira");
    const { token } = await stage.sandbox.token({ userId: "grace" });
    await stage.evaluate((token) => window.client.authenticate(undefined, token), token);
    await value("getPostOptions", "jira");
    assert.equal((await lines()).filter((line) => line === "GET integrations").length, 2);
    await stage.evaluate(() => window.client.logout());
    for (const method of [
      "getPostOptions",
      "getPreOptions",
      "getAccountTypeOptions",
      "getIntegrationConfig",
      "getIntegrationAccount",
    ]) {
      assert.deepEqual(await refused(method, "jira"), ["not_authenticated", undefined], method);
    }
  });

  test("a call that is aborted, or fails, takes no other with it", async () => {
    await stage.fail({
      path: "*/integrations",
      method: "GET",
      times: 1,
      action: { kind: "answer", status: 500, body: {} },
    });
    assert.deepEqual(await refused("getPostOptions", "jira"), ["server_error", undefined]);
    const codes = await stage.evaluate(async () => {
      const controller = new AbortController();
      const calls = [
        window.client.getPostOptions("jira", { signal: controller.signal }),
        window.client.getPostOptions("jira"),
      ];
      controller.abort();
      return Promise.all(
        calls.map((call) =>
          call.then(
            () => "ok",
            ({ code }) => code,
          ),
        ),
      );
    });
    assert.deepEqual(codes, ["aborted", "ok"]);
  });

  test("an integration that there is not", async () => {
    for (const method of ["getPostOptions", "getPreOptions", "getAccountTypeOptions", "getIntegrationConfig"]) {
      const { error } = await call(method, "slak");
      assert.deepEqual([error.code, error.name], ["integration_not_found", "IntegrationNotFoundError"], method);
      assert.ok(error.details.integrationTypes.includes("slack"));
      assert.deepEqual(await refused(method, 7), ["invalid_argument", "type"], method);
      assert.deepEqual(
        (await refused(method, "slack", ...(method === "getPreOptions" ? ["default"] : []), 7))[0],
        "invalid_argument",
        method,
      );
    }
  });

  test("the account, with and without its secrets", async () => {
    const plain = await value("getIntegrationAccount", "salesforce");
    assert.deepEqual([plain.type, plain.hasCredential, plain.accountAuth], ["salesforce", true, undefined]);
    const full = await value("getIntegrationAccount", "salesforce", { includeAccountAuth: true });
    assert.ok(full.accountAuth.OAUTH_ACCESS_TOKEN);
    assert.equal((await call("getIntegrationAccount", "notion")).error.code, "not_found");
    const queries = (await stage.received(/credentials$/)).map(({ query }) => query);
    assert.deepEqual(queries.slice(0, 2), [
      "integration=salesforce&includeAccountAuth=false",
      "integration=salesforce&includeAccountAuth=true",
    ]);
  });
});

describe("choices of a field", () => {
  const options = (query) => value("getFieldOptions", query);

  test("fixed ones need no account and no request", async () => {
    const { data, nestedData, nextPageCursor } = await options({ integration: "jira", action: "editions" });
    assert.ok(data.length > 1 && data.every(({ label, value }) => label && value));
    assert.deepEqual([nestedData, nextPageCursor], [[], null]);
    const [{ label }] = data;
    assert.deepEqual(
      (await options({ integration: "jira", action: "editions", search: label.slice(0, 4).toUpperCase() })).data[0],
      data[0],
    );
    assert.deepEqual((await options({ integration: "jira", action: "editions", search: "none such" })).data, []);
    assert.deepEqual(
      (await lines()).filter((line) => line === "POST actions"),
      [],
    );
  });

  test("those of the account come in pages, and can be searched", async () => {
    await stage.open("yuki");
    const pages = [];
    let cursor;
    do {
      const page = await options({ integration: "jira", action: "projects", cursor });
      pages.push(page.data.length);
      cursor = page.nextPageCursor;
    } while (cursor !== null);
    assert.deepEqual(pages, [20, 20, 20, 20, 20, 20]);
    const found = await options({ integration: "jira", source: { cacheKey: "projects" }, search: "project 11" });
    assert.deepEqual(found.data[0], { label: "Project 11", value: "PRJ-11" });
    const dependent = (edition) =>
      options({
        integration: "jira",
        action: "issueTypes",
        parameters: [{ key: "edition", source: { type: "VALUE", value: edition } }],
      });
    assert.notDeepEqual((await dependent("software")).data, (await dependent("service")).data);
    const { data, nestedData } = await options({ integration: "jira", action: "fields" });
    assert.deepEqual(data, []);
    assert.ok(nestedData.length > 0 && nestedData.every(({ id }) => id));
  });

  test("an account that is broken does not end the session; other refusals are told", async () => {
    await stage.sandbox.revoke({ integration: "slack", userId: "ada" });
    const { error } = await call("getFieldOptions", { integration: "slack", action: "channels" });
    assert.deepEqual(
      [error.code, error.status, error.details.response.meta?.isIntegrationError],
      ["unauthorized", 401, true],
    );
    assert.equal(await stage.evaluate(async () => (await window.client.getUser()).authenticated), true);
    assert.deepEqual(await refused("getFieldOptions", { integration: "notion", action: "pages" }), [
      "not_found",
      undefined,
    ]);
    assert.deepEqual(await refused("getFieldOptions", {}), ["invalid_argument", "action"]);
    assert.deepEqual(await refused("getFieldOptions", { action: "projects" }), ["invalid_argument", "type"]);
    assert.deepEqual(await refused("getFieldOptions", 7), ["invalid_argument", "options"]);
  });
});

describe("settings", () => {
  test("of an integration: those that are named change", async () => {
    const before = (await entry("salesforce")).sharedSettings;
    const [kept, changed] = Object.keys(before);
    const { userState, errors } = await value("updateIntegrationUserSettings", "salesforce", {
      [changed]: "new",
      own: { a: [1] },
    });
    assert.deepEqual(errors, []);
    const after = (await entry("salesforce")).sharedSettings;
    assert.deepEqual([after[kept], after[changed], after.own], [before[kept], "new", { a: [1] }]);
    assert.deepEqual(userState.integrations.salesforce.sharedSettings, after);
  });

  test("of a workflow: those that are named change, and nothing else", async () => {
    const before = (await entry("salesforce")).workflowSettings;
    const [id, other] = Object.keys(before);
    const { userState } = await value("updateWorkflowUserSettings", "salesforce", id, { own: 7 });
    const after = (await entry("salesforce")).workflowSettings;
    assert.deepEqual(after[id], { ...before[id], settings: { ...before[id].settings, own: 7 } });
    assert.deepEqual(after[other], before[other]);
    assert.deepEqual(userState.integrations.salesforce.workflowSettings, after);
  });

  test("that are changed at the same time are all kept", async () => {
    const [id] = Object.keys((await entry("salesforce")).workflowSettings);
    await stage.evaluate(
      (id) =>
        Promise.all([
          ...[1, 2, 3, 4].map((number) =>
            window.client.updateIntegrationUserSettings("salesforce", { [`key${number}`]: number }),
          ),
          window.client.updateIntegrationUserSettings("notion", { x: 1 }).catch(() => {}),
          window.client.updateWorkflowUserSettings("salesforce", id, { a: 1 }),
          window.client.updateWorkflowUserSettings("salesforce", id, { b: 2 }),
        ]),
      id,
    );
    const { sharedSettings, workflowSettings } = await entry("salesforce");
    assert.deepEqual(
      [1, 2, 3, 4].map((number) => sharedSettings[`key${number}`]),
      [1, 2, 3, 4],
    );
    assert.deepEqual([workflowSettings[id].settings.a, workflowSettings[id].settings.b], [1, 2]);
  });

  test("of the account that is chosen", async () => {
    await stage.open("mateo");
    const [first, second] = (await entry("salesforce")).allCredentials;
    await value(
      "updateIntegrationUserSettings",
      "salesforce",
      { own: "second" },
      { selectedCredentialId: "ext:staging" },
    );
    const settings = async () =>
      (await entry("salesforce")).allCredentials.map(({ configurations: [{ sharedSettings }] }) => sharedSettings.own);
    assert.deepEqual(await settings(), first.externalId === "staging" ? ["second", undefined] : [undefined, "second"]);
    const selectedConfigurationId = second.configurations[0].id;
    await value(
      "updateIntegrationUserSettings",
      "salesforce",
      { own: "by id" },
      { selectedCredentialId: second.id, selectedConfigurationId },
    );
    assert.equal((await settings())[1], "by id");
    const [patch] = (await stage.received(/credentials\//)).slice(-1);
    assert.deepEqual(
      [patch.headers["x-paragon-credential"], patch.headers["x-paragon-configuration-id"]],
      [second.id, selectedConfigurationId],
    );
    assert.deepEqual(
      await refused("updateIntegrationUserSettings", "salesforce", {}, { selectedCredentialId: "none such" }),
      ["invalid_argument", "selectedCredentialId"],
    );
    assert.deepEqual(
      await refused("updateIntegrationUserSettings", "salesforce", {}, { selectedConfigurationId: "none such" }),
      ["invalid_argument", "selectedConfigurationId"],
    );
  });

  test("that the service refuses are told", async () => {
    const { id } = (await entry("salesforce")).allCredentials[0];
    const body = { ...(await entry("salesforce")).allCredentials[0], errors: ["channel is archived"] };
    await stage.fail({ path: `*/credentials/${id}`, method: "PATCH", action: { kind: "answer", status: 200, body } });
    const { errors } = await value("updateIntegrationUserSettings", "salesforce", { own: 1 });
    assert.deepEqual(errors, ["channel is archived"]);
  });

  test("that cannot be changed", async () => {
    const [id] = Object.keys((await entry("salesforce")).workflowSettings);
    assert.deepEqual(await refused("updateIntegrationUserSettings", "notion", {}), [
      "integration_not_installed",
      undefined,
    ]);
    assert.deepEqual(await refused("updateIntegrationUserSettings", "slak", {}), ["integration_not_found", undefined]);
    for (const values of [undefined, null, 7, "x", []]) {
      assert.deepEqual(await refused("updateIntegrationUserSettings", "salesforce", values), [
        "invalid_argument",
        "settings",
      ]);
      assert.deepEqual(await refused("updateWorkflowUserSettings", "salesforce", id, values), [
        "invalid_argument",
        "settings",
      ]);
    }
    for (const workflow of ["unknown", "__proto__", "a/b", 7]) {
      assert.deepEqual(
        await refused("updateWorkflowUserSettings", "salesforce", workflow, {}),
        ["invalid_argument", "workflowId"],
        String(workflow),
      );
    }
    assert.deepEqual(
      (await lines()).filter((line) => line.startsWith("PATCH")),
      [],
    );
  });
});

describe("workflows", () => {
  test("are switched, one after the other; one that fails does not stop the others; each change is told once", async () => {
    const before = (await entry("salesforce")).workflowSettings;
    const [first, second] = Object.keys(before);
    const states = { [first]: !before[first].enabled, "unknown-one": true, [second]: !before[second].enabled };
    const { update, changes } = await stage.evaluate(async (states) => {
      const changes = [];
      const stop = window.client.subscribe("onWorkflowChange", (change) => changes.push(change));
      const update = await window.client.updateWorkflowState(states);
      stop();
      return { update, changes };
    }, states);
    assert.deepEqual(
      update.errors.map(({ workflowId, code }) => [workflowId, code]),
      [["unknown-one", "not_found"]],
    );
    assert.ok(update.errors[0].message);
    const after = (await entry("salesforce")).workflowSettings;
    assert.deepEqual([after[first].enabled, after[second].enabled], [!before[first].enabled, !before[second].enabled]);
    assert.deepEqual(update.user.integrations.salesforce.workflowSettings, after);
    assert.deepEqual(
      changes.map(({ workflowId, workflowStateChange }) => [workflowId, workflowStateChange.enabled]),
      [
        [first, after[first].enabled],
        [second, after[second].enabled],
      ],
    );
  });

  test("are not switched when the session has ended, or what is asked is no state", async () => {
    assert.deepEqual(await refused("updateWorkflowState", { a: true, b: "on" }), ["invalid_argument", "states.b"]);
    assert.deepEqual(await refused("updateWorkflowState", 7), ["invalid_argument", "states"]);
    assert.deepEqual(
      (await lines()).filter((line) => /workflows/.test(line)),
      [],
    );
    await stage.fail({ path: "*/workflows/*", action: { kind: "answer", status: 401, body: {} } });
    assert.deepEqual(await refused("updateWorkflowState", { a: true, b: true }), ["unauthorized", undefined]);
    assert.equal((await lines()).filter((line) => /workflows/.test(line)).length, 1);
  });
});

describe("configurations", () => {
  test("are added, written to and removed", async () => {
    const { credentialId } = await entry("salesforce");
    const added = await value("createConfiguration", { credentialId, externalId: "team-b" });
    assert.deepEqual([added.externalId, added.isDefault, added.connectCredentialId], ["team-b", false, credentialId]);
    const plain = await value("createConfiguration", { credentialId });
    assert.notEqual(plain.id, added.id);
    const written = await value("updateConfiguration", { id: added.id, credentialId, meta: { team: "B" } });
    assert.deepEqual([written.id, written.configMeta], [added.id, { team: "B" }]);
    await value("updateIntegrationUserSettings", "salesforce", { own: "b" }, { selectedConfigurationId: "ext:team-b" });
    const configurations = async () => (await entry("salesforce")).allCredentials[0].configurations;
    assert.deepEqual(
      (await configurations()).map(({ sharedSettings }) => sharedSettings.own),
      [undefined, "b", undefined],
    );
    for (const { id } of [added, plain])
      assert.equal(await value("destroyConfiguration", { id, credentialId }), undefined);
    assert.deepEqual(
      (await configurations()).map(({ isDefault }) => isDefault),
      [true],
    );
  });

  test("the default one stays, and what is not there cannot be changed", async () => {
    const { credentialId, allCredentials } = await entry("salesforce");
    const [{ id }] = allCredentials[0].configurations;
    assert.deepEqual(await refused("destroyConfiguration", { id, credentialId }), ["invalid_argument", "id"]);
    assert.deepEqual(await refused("destroyConfiguration", { id: "unknown", credentialId }), ["not_found", undefined]);
    assert.deepEqual(await refused("updateConfiguration", { id: "unknown", credentialId, meta: {} }), [
      "not_found",
      undefined,
    ]);
    assert.deepEqual(await refused("createConfiguration", { credentialId: "unknown" }), ["not_found", undefined]);
    for (const wrong of [undefined, 7, "x"]) {
      for (const method of ["createConfiguration", "updateConfiguration", "destroyConfiguration"]) {
        assert.deepEqual(await refused(method, wrong), ["invalid_argument", "options"], method);
      }
    }
    assert.deepEqual(await refused("createConfiguration", { credentialId: "a/b" }), [
      "invalid_argument",
      "credentialId",
    ]);
    assert.deepEqual(await refused("createConfiguration", { credentialId, externalId: " " }), [
      "invalid_argument",
      "externalId",
    ]);
    assert.deepEqual(await refused("updateConfiguration", { id, credentialId, meta: "x" }), [
      "invalid_argument",
      "meta",
    ]);
    assert.deepEqual(await refused("updateConfiguration", { id: "../me", credentialId, meta: {} }), [
      "invalid_argument",
      "id",
    ]);
  });
});

test("every function takes the options of a call", async () => {
  const { credentialId, workflowSettings } = await entry("salesforce");
  const [workflowId] = Object.keys(workflowSettings);
  const calls = (options) => [
    ["getIntegrationConfig", "slack", options],
    ["getAccountTypeOptions", "slack", options],
    ["getPreOptions", "slack", "default", options],
    ["getPostOptions", "slack", options],
    ["getIntegrationAccount", "salesforce", options],
    ["getFieldOptions", { integration: "jira", action: "editions", ...options }],
    ["updateIntegrationUserSettings", "salesforce", {}, options],
    ["updateWorkflowUserSettings", "salesforce", workflowId, {}, options],
    ["updateWorkflowState", { [workflowId]: true }, options],
    ["createConfiguration", { credentialId, ...options }],
    ["updateConfiguration", { id: "x", credentialId, meta: {}, ...options }],
    ["destroyConfiguration", { id: "x", credentialId, ...options }],
    ["completeInstall", "slack", { authorizationCode: "x", ...options }],
  ];
  for (const [name, wanted] of [
    ["aborted", "aborted"],
    ["timeoutMs", "invalid_argument"],
  ]) {
    for (const [method, ...args] of calls({ [name]: 0 })) {
      const code = await stage.evaluate(
        ([method, args]) => {
          const given = args.map((value) => (value?.aborted === 0 ? { ...value, signal: AbortSignal.abort() } : value));
          return window.client[method](...given).then(
            () => "ok",
            ({ code }) => code,
          );
        },
        [method, args],
      );
      assert.equal(code, wanted, method);
    }
  }
});
