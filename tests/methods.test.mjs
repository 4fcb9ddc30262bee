// What the methods send and give when all is well, and which arguments they refuse, in a real
// browser. `request` has a file of its own, and so have sessions and events.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { methods, refusal, useSignedInPage } from "./support/methods.mjs";

const stage = useSignedInPage();
const { evaluate, received } = stage;

describe("workflows", () => {
  test("are started with body, query and headers", async () => {
    const id = stage.known.running;
    const [plain, full, text] = await evaluate(async (id) => {
      const query = { q: "a b&c=d", ü: "1/2" };
      return [
        (await window.client.workflow(id)).received,
        (await window.client.workflow(id, { body: { order: 7 }, query, headers: new Headers({ "x-own": "1" }) }))
          .received,
        (await window.client.workflow(id, { body: '{"as":"text"}' })).received,
      ];
    }, id);
    assert.deepEqual(plain, { body: {}, query: {} });
    assert.deepEqual(full, { body: { order: 7 }, query: { q: "a b&c=d", ü: "1/2" } });
    assert.deepEqual(text, { body: { as: "text" }, query: {} });
    const requests = await received();
    assert.deepEqual(
      requests.map(({ headers }) => headers["x-own"]),
      [undefined, "1", undefined],
    );
    assert.deepEqual(
      requests.map(({ headers }) => headers["content-type"]),
      Array(3).fill("application/json"),
    );
  });

  test("that answer nothing give undefined; unknown ones are not found; malformed ids are refused", async () => {
    const [nothing, refused] = await evaluate(async () => {
      const { integrations } = await window.grace.getUser();
      const calls = Object.keys(integrations.salesforce.workflowSettings).map((id) => window.grace.workflow(id));
      const ids = ["unknown", "", "a/b", "..", 7, undefined];
      return [
        (await Promise.all(calls)).filter((answer) => answer === undefined).length,
        await Promise.all(ids.map((id) => window.refused(window.grace.workflow(id)))),
      ];
    });
    assert.equal(nothing, 1);
    assert.deepEqual(refused, [
      { code: "not_found", status: 404, path: undefined },
      ...Array(5).fill(refusal("workflowId")),
    ]);
  });

  test("are switched on and off", async () => {
    const states = await evaluate(async (id) => {
      const enabled = async () => (await window.client.getUser()).integrations.salesforce.workflowSettings[id].enabled;
      return [
        await enabled(),
        await window.client.enableWorkflow(id),
        await enabled(),
        await window.client.disableWorkflow(id),
        await enabled(),
      ];
    }, stage.known.stopped);
    assert.deepEqual(states, [false, undefined, true, undefined, false]);
  });
});

test("event sends name and payload, and refuses others", async () => {
  const refused = await evaluate(async () => {
    await window.client.event('Contact "Created" ü', { list: [1, { a: null }], at: new Date(0) });
    const wrong = [
      ["", {}],
      [7, {}],
      ["x", []],
      ["x", null],
      ["x", "text"],
      ["x", undefined],
      ["x", { f: () => {} }],
    ];
    return Promise.all(wrong.map(([name, payload]) => window.refused(window.client.event(name, payload))));
  });
  const paths = ["name", "name", "payload", "payload", "payload", "payload", "payload.f"];
  assert.deepEqual(refused, paths.map(refusal));
  const bodies = (await received()).map(({ method, path, body }) => ({ method, path, body }));
  const payload = { list: [1, { a: null }], at: "1970-01-01T00:00:00.000Z" };
  assert.deepEqual(bodies, [
    { method: "POST", path: "events/trigger", body: { name: 'Contact "Created" ü', payload } },
  ]);
});

test("updateCredential makes an account valid again", async () => {
  const [before, updated, status, refused] = await evaluate(async () => {
    const { client } = window;
    const { credentialId: id, credentialStatus: before } = (await client.getUser()).integrations.hubspot;
    const updated = await client.updateCredential(id, { accessToken: 'a"\\\n', refreshToken: "r" });
    const status = (await client.getUser()).integrations.hubspot.credentialStatus;
    const wrong = [
      ["unknown", { accessToken: "a" }],
      ["a/b", { accessToken: "a" }],
      [id, {}],
      [id, undefined],
      [id, { accessToken: 7 }],
      [id, "token"],
    ];
    return [
      before,
      [updated.id === id, updated.status],
      status,
      await Promise.all(wrong.map(([id, fields]) => window.refused(client.updateCredential(id, fields)))),
    ];
  });
  assert.deepEqual([before, updated, status], ["INVALID", [true, "VALID"], "VALID"]);
  const [unknown, ...rest] = refused;
  assert.deepEqual(unknown, { code: "not_found", status: 404, path: undefined });
  assert.deepEqual(
    rest.map(({ code }) => code),
    Array(5).fill("invalid_argument"),
  );
});

test("getIntegrationMetadata finds by type and by slug, and says what there is", async () => {
  const [slack, custom, slug, error, refused] = await evaluate(async () => {
    const get = window.client.getIntegrationMetadata;
    const error = await get("slak").catch(({ code, name, details }) => ({
      code,
      name,
      types: details.integrationTypes,
    }));
    return [
      await get("slack"),
      await get("custom.taskbird"),
      await get("taskbird"),
      error,
      await window.refused(get(7)),
    ];
  });
  assert.deepEqual(Object.keys(slack).sort(), ["brandColor", "icon", "name", "type"]);
  assert.equal(slack.name, "Slack");
  assert.equal(custom.name, "Taskbird");
  assert.deepEqual(slug, custom);
  assert.deepEqual([error.code, error.name], ["integration_not_found", "IntegrationNotFoundError"]);
  assert.ok(error.types.includes("slack") && error.types.includes("custom.taskbird"), error.types.join());
  assert.deepEqual(refused, refusal("type"));
});

test("an account and a configuration can be chosen wherever it matters", async () => {
  const { token } = await stage.sandbox.token({ userId: "mateo" });
  const [ids, echoed] = await evaluate(async (token) => {
    await window.client.authenticate(undefined, token);
    const { client } = window;
    const { allCredentials } = (await client.getUser()).integrations.salesforce;
    const ids = allCredentials.map(({ id }) => id);
    const selectedConfigurationId = allCredentials[1].configurations[0].id;
    const workflow = Object.keys(allCredentials[1].configurations[0].workflowSettings)[0];
    const chosen = { selectedCredentialId: ids[1], selectedConfigurationId };
    const echo = (selectedCredentialId) => client.request("salesforce", "_echo", { selectedCredentialId });
    const echoed = (await Promise.all(ids.map(echo))).map(({ credentialId }) => credentialId);
    await client.workflow(workflow, chosen);
    await client.event("x", {}, chosen);
    await client.disableWorkflow(workflow, chosen);
    await client.enableWorkflow(workflow, chosen);
    await client.uninstallIntegration("salesforce", chosen);
    return [{ ids, selectedConfigurationId }, echoed];
  }, token);
  assert.equal(new Set(ids.ids).size, 2);
  assert.deepEqual(echoed, ids.ids);
  const chosen = (await received()).filter(({ path }) => !path.startsWith("proxy/") && path !== "integrations");
  const headers = chosen.map(({ headers }) => [headers["x-paragon-credential"], headers["x-paragon-configuration-id"]]);
  const both = [ids.ids[1], ids.selectedConfigurationId];
  assert.deepEqual(headers, [both, both, both, both, [ids.ids[1], undefined]]);
});

describe("every method", () => {
  /** How many arguments stand before the options. */
  const ARITY = {
    authenticate: 2,
    getUser: 0,
    setUserMetadata: 1,
    getIntegrations: 0,
    getIntegrationMetadata: 1,
    uninstallIntegration: 1,
    getCredentials: 0,
    updateCredential: 2,
    enableWorkflow: 1,
    disableWorkflow: 1,
    event: 2,
    workflow: 1,
    request: 2,
  };
  /** Calls each method with each of these options, and gives how it was refused. */
  const refuses = (make) =>
    evaluate(
      async ({ calls, source }) => {
        const make = (0, eval)(source);
        const outcomes = calls.flatMap(([call, arity, args]) =>
          make().map(async (options) => {
            const given = typeof options === "object" && options !== null ? { ...args[arity], ...options } : options;
            const outcome = await window.refused(
              window.client[call](...Array.from({ length: arity }, (_, index) => args[index]), given),
            );
            return { call, ...outcome };
          }),
        );
        const all = await Promise.all(outcomes);
        return { all, sent: window.sent };
      },
      { calls: methods(stage.known).map(({ call, args }) => [call, ARITY[call], args]), source: `(${make})` },
    );

  test("is stopped by a signal that has aborted already, with nothing sent", async () => {
    const { all, sent } = await refuses(() => [
      { signal: AbortSignal.abort() },
      { signal: AbortSignal.abort("reason") },
    ]);
    assert.equal(all.length, 2 * methods(stage.known).length);
    assert.deepEqual(
      all.filter(({ code }) => code !== "aborted"),
      [],
    );
    assert.deepEqual(sent, []);
  });

  test("refuses options of the wrong kind, with nothing sent", async () => {
    const { all, sent } = await refuses(() => [
      7,
      "options",
      true,
      Symbol("s"),
      ...[0, -1, NaN, Infinity, "1000", 2 ** 31].map((timeoutMs) => ({ timeoutMs })),
      ...[-1, 11, NaN, "2"].map((maxRetries) => ({ maxRetries })),
      ...[{}, "signal", new EventTarget()].map((signal) => ({ signal })),
    ]);
    assert.deepEqual(
      all.filter(({ code }) => code !== "invalid_argument"),
      [],
    );
    assert.deepEqual(sent, []);
  });
});
