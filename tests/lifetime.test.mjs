// Clients that go away, in Chromium: with listeners, token functions and calls that use them, they leave
// nothing in the module; and what they have begun goes on.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { launchChromium } from "./support/browser.mjs";
import { LANTERN, openPackage, people, servePackage } from "./support/methods.mjs";
import { startSandbox } from "./support/sandbox.mjs";

const CLIENTS = 1_000;
/** So many are there at the same time; with a thousand the garbage collector would decide on the peak. */
const BATCH = 100;
/** Batches until the module's memory has found its size. */
const WARM_UP = 5;

let browser, site, sandbox, known, page, uncaught, debug;

before(async () => {
  [browser, site, sandbox] = await Promise.all([launchChromium(), servePackage(), startSandbox()]);
  known = await people(sandbox);
});

beforeEach(async () => {
  ({ page, uncaught } = await openPackage(browser, site, watch));
  debug = await page.context().newCDPSession(page);
  const { user, integrations } = known.answers;
  await page.evaluate(install, {
    token: known.tokens.ada,
    projectId: LANTERN,
    user: JSON.stringify(user),
    integrations: JSON.stringify(integrations),
  });
});

afterEach(async () => {
  await page.context().close();
  assert.deepEqual(uncaught, []);
});

after(async () => {
  await browser?.close();
  await site?.close();
  await sandbox?.stop();
});

/** Runs in the page before anything else: counts the module's clients that are freed. */
function watch() {
  window.freed = 0;
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (module, imports) {
    const exports = { ...new Instance(module, imports).exports };
    const free = exports.__wbg_paragonclient_free;
    exports.__wbg_paragonclient_free = (...args) => ((window.freed += 1), free(...args));
    window.measure = () => ({
      memory: exports.memory.buffer.byteLength,
      references: exports.__wbindgen_externrefs?.length,
    });
    return { exports };
  };
}

/** Runs in the page: how the tests make clients. */
function install({ token, projectId, user, integrations }) {
  const json = (text, status = 200) => new Response(text, { status, headers: { "content-type": "application/json" } });
  Object.assign(window, { token, projectId, json });
  // What uses no client must not be made in a scope that has one: V8 keeps scopes whole.
  window.provide = () => token;
  window.listen = () => {};
  window.apiUrl = "https://paragon.example.com";
  /** Answers at once, but for what no one answers; and a refusal of `/credentials`. */
  window.answer = async (url, { signal }) => {
    if (url.endsWith("/me")) return json(user);
    if (url.endsWith("/integrations")) return json(integrations);
    if (url.endsWith("/credentials")) return json("{}", 503);
    signal.throwIfAborted();
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  window.codeOf = (promise) =>
    promise.then(
      () => "ok",
      ({ code }) => code,
    );
  /** The clients that are there, by `WeakRef`. */
  window.clients = [];
  window.left = () => window.clients.filter((client) => client.deref()).length;
}

/** Makes batches of clients by `make`, each collected before the next, and gives the memory before and after. */
async function measureBatches(make) {
  let first,
    made = 0;
  for (let batch = 0; batch < WARM_UP + CLIENTS / BATCH; batch += 1) {
    if (batch === WARM_UP) first = await page.evaluate(() => window.measure());
    await make(BATCH);
    made += BATCH;
    const isGone = await collect((made) => window.left() === 0 && window.freed === made, made);
    assert.ok(isGone, `of ${made}: ${await page.evaluate(() => `${window.left()} are left, ${window.freed} freed`)}`);
  }
  return { first, last: await page.evaluate(() => window.measure()) };
}

/** Collects garbage until `isOver` is true of the page; gives up after a while. */
async function collect(isOver, argument) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    await debug.send("HeapProfiler.collectGarbage");
    const over = await page.evaluate(isOver, argument);
    if (over || Date.now() > deadline) return over;
  }
}

test(`${CLIENTS} clients go away with their listeners, token functions and calls, and leave nothing`, async (context) => {
  const tally = {};
  const make = async (count) => {
    const codes = await page.evaluate(async (count) => {
      const { ParagonClient } = window.paragon;
      const codes = {};
      const alive = [];
      const use = async (number) => {
        // All that it is given uses the client itself.
        const client = new ParagonClient({
          projectId: window.projectId,
          apiUrl: window.apiUrl,
          maxRetries: 0,
          fetch: (url, init) => (client ? window.answer(url, init) : undefined),
        });
        alive.push(client);
        window.clients.push(new WeakRef(client));
        const stops = ["onSessionChange", "onWorkflowChange"].map((name) =>
          client.subscribe(name, () => client.unsubscribe(name, stops[0])),
        );
        const own = new AbortController();
        const note = async (promise) => {
          const code = await window.codeOf(promise);
          codes[code] = (codes[code] ?? 0) + 1;
        };
        await note(client.authenticate(undefined, () => (client ? window.token : undefined)));
        const calls = [
          note(client.getUser()),
          note(client.getCredentials()),
          note(client.event("x", {}, { timeoutMs: 20 })),
          note(client.getIntegrationMetadata("slack", { signal: own.signal })),
          note(client.event("", {})),
        ];
        own.abort(client);
        if (number % 2) stops.forEach((stop) => stop());
        await Promise.all(calls);
        // Some are left signed in, some while a call is on its way.
        if (number % 3 === 0) await client.logout();
        if (number % 3 === 1) window.codeOf(client.event("x", {}, { timeoutMs: 20 }));
      };
      await Promise.all(Array.from({ length: count }, (_, number) => use(number)));
      return codes;
    }, count);
    for (const [code, times] of Object.entries(codes)) tally[code] = (tally[code] ?? 0) + times;
  };
  const { first, last } = await measureBatches(make);
  context.diagnostic(JSON.stringify({ first, last, tally }));
  const all = WARM_UP * BATCH + CLIENTS;
  assert.deepEqual(tally, { ok: 2 * all, server_error: all, timeout: all, aborted: all, invalid_argument: all });
  assert.deepEqual(last, first);
});

test("calls that are pending when their client goes away settle, with its functions", async () => {
  const begun = await page.evaluate(async () => {
    const { ParagonClient } = window.paragon;
    window.given = 0;
    window.gates = [];
    // As what is in the scope of a function lives as long as it does, these have none in common.
    const fetch = (url, init) =>
      url.endsWith("/me") ? window.answer(url, init) : new Promise((resolve) => window.gates.push(resolve));
    const provide = () => ((window.given += 1), window.token);
    // V8 keeps the functions of a stack trace, and they the client, as long as the call may need an error.
    Error.stackTraceLimit = 0;
    const begin = async () => {
      const client = new ParagonClient({ projectId: window.projectId, apiUrl: window.apiUrl, fetch });
      await client.authenticate(undefined, provide);
      window.clients.push(new WeakRef(client));
      const options = { timeoutMs: 600_000 };
      return [client.getIntegrations(options), client.getCredentials(options), client.event("x", {}, options)];
    };
    const calls = await begin();
    window.calls = calls.map((call) =>
      call.then(
        (answer) => answer ?? "ok",
        ({ code }) => code,
      ),
    );
    return calls.length;
  });
  assert.equal(begun, 3);
  assert.ok(
    await collect(() => window.left() === 0 && window.freed === 1 && window.gates.length === 3),
    "the client is gone, its calls are on their way",
  );
  const outcomes = await page.evaluate(async () => {
    const gates = window.gates.splice(0);
    gates[0](window.json("[1]"));
    gates[1](new Response("", { status: 401 }));
    gates[2](new Response(""));
    // What was refused is sent again, by the functions of the client that is gone, with a new token.
    while (window.gates.length === 0) await new Promise((resolve) => setTimeout(resolve));
    window.gates[0](window.json("[2]"));
    return [await Promise.all(window.calls), window.given];
  });
  assert.deepEqual(outcomes, [[[1], [2], "ok"], 2]);
});

test("what `subscribe` returns keeps neither the client nor the listener", async () => {
  const subscribe = () =>
    page.evaluate(async () => {
      window.stops ??= [];
      window.listeners ??= [];
      await window.paragon.getIntegrations().catch(() => {}); // Loads the module.
      for (let made = 0; made < 20; made += 1) {
        const client = new window.paragon.ParagonClient({ projectId: window.projectId });
        const listener = () => client.logout();
        window.clients.push(new WeakRef(client));
        window.listeners.push(new WeakRef(listener));
        window.stops.push(client.subscribe("onSessionChange", listener));
      }
    });
  await subscribe();
  const isGone = () => window.left() === 0 && window.listeners.every((listener) => !listener.deref());
  assert.ok(await collect(isGone), `${await page.evaluate(() => window.left())} are left`);
  assert.deepEqual(await page.evaluate(() => window.stops.map((stop) => stop())), Array(20).fill(false));
});

describe("the module's own class", () => {
  beforeEach(() =>
    page.evaluate(async () => {
      await window.paragon.getIntegrations().catch(() => {});
      const { loaded } = await import("/paragon-wasm/load.js");
      window.ModuleClient = loaded.ParagonClient;
      window.freed = 0;
    }),
  );

  test("freed with calls pending: they settle", async () => {
    const outcomes = await page.evaluate(async () => {
      const gates = [];
      const fetch = (url, init) =>
        url.endsWith("/me") ? window.answer(url, init) : new Promise((resolve) => gates.push(resolve));
      const client = new window.ModuleClient({
        projectId: window.projectId,
        apiUrl: window.apiUrl,
        maxRetries: 0,
        fetch,
      });
      const events = [];
      client.subscribe("onWorkflowChange", ({ workflowId }) => events.push(workflowId));
      const own = new AbortController();
      const early = [client.getIntegrations(), client.configureGlobal({})].map(window.codeOf);
      await client.authenticate(undefined, () => window.token);
      const calls = [
        client.getIntegrations(),
        client.getCredentials({ signal: own.signal }),
        client.event("x", {}, { timeoutMs: 50 }),
        client.enableWorkflow("w"),
        client.event("", {}),
      ].map(window.codeOf);
      while (gates.length < 4) await new Promise((resolve) => setTimeout(resolve));
      client.free();
      own.abort();
      gates[0](window.json("[1]"));
      gates[3](new Response(""));
      const codes = await Promise.all([...early, ...calls]);
      return { codes, events, freed: window.freed };
    });
    assert.deepEqual(outcomes, {
      codes: ["not_authenticated", "ok", "ok", "aborted", "timeout", "ok", "invalid_argument"],
      events: ["w"],
      freed: 1,
    });
  });

  test(`${CLIENTS} of them, freed or dropped, leave nothing`, async (context) => {
    const make = (count) =>
      page.evaluate(async (count) => {
        // Without `free` what is given to a client must not use it: the module alone has it.
        const listenWith = (client) => () => client.getUser();
        const alive = [];
        const use = async (isFreed) => {
          const client = new window.ModuleClient({
            projectId: window.projectId,
            apiUrl: window.apiUrl,
            fetch: window.answer,
          });
          await client.authenticate(undefined, window.provide);
          client.subscribe("onSessionChange", isFreed ? listenWith(client) : window.listen);
          alive.push(client);
          window.clients.push(new WeakRef(client));
          const calls = [
            window.codeOf(client.getIntegrations()),
            window.codeOf(client.event("x", {}, { timeoutMs: 20 })),
          ];
          if (isFreed) client.free();
          await Promise.all(calls);
        };
        await Promise.all(Array.from({ length: count }, (_, number) => use(number % 2 === 0)));
      }, count);
    const { first, last } = await measureBatches(make);
    context.diagnostic(JSON.stringify({ first, last }));
    assert.deepEqual(last, first);
  });

  test("is what the default client is, which is always the same session", async () => {
    const outcomes = await page.evaluate(async () => {
      const { loaded } = await import("/paragon-wasm/load.js");
      const { paragon, ModuleClient } = window;
      await paragon.configureGlobal({ apiUrl: window.apiUrl, fetch: window.answer });
      await paragon.authenticate(window.projectId, window.token);
      const handles = [loaded.defaultClient(), loaded.defaultClient()];
      const before = [
        handles[0] instanceof ModuleClient,
        handles[0] === handles[1],
        (await handles[0].getUser()).userId,
        (await loaded.getUser()).userId,
      ];
      handles[0].free();
      const after = [(await paragon.getUser()).userId, (await handles[1].getUser()).userId];
      await handles[1].logout();
      return [
        ...before,
        ...after,
        (await paragon.getUser()).authenticated,
        (await new handles[1].constructor({}).getUser()).authenticated,
      ];
    });
    assert.deepEqual(outcomes, [true, false, "ada", "ada", "ada", "ada", false, false]);
  });
});
