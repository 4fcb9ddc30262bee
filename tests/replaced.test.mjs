// Functions that an application or its test tools replace: `fetch`, in each of the three ways, and other
// functions of the page. Calls reject with a code and the cause, and the calls beside them work.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";

import { LANTERN, useSignedInPage } from "./support/methods.mjs";

const stage = useSignedInPage();
const { evaluate } = stage;

/** The time limit of calls that get no answer. */
const LIMIT_MS = 300;

/** Runs in the page: what the tests below share. */
function install({ limitMs }) {
  window.limitMs = limitMs;
  window.mine = new RangeError("mine");
  window.fail = () => {
    throw window.mine;
  };
  window.never = new Promise(() => {});

  /** The code of a call, and its cause in one word. */
  window.outcomeOf = async (promise) => {
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, 10_000, { code: "never settles" })));
    const settled = promise.then(
      (answer) => ({ code: "ok", answer }),
      (error) => (window.paragon.isParagonError(error) ? error : { code: `not of ours: ${error}` }),
    );
    const { code, cause, answer } = await Promise.race([settled, late]);
    clearTimeout(timer);
    if (code === "ok") return { code, ...(Array.isArray(answer) && { count: answer.length }) };
    const words = cause === window.mine ? "mine" : cause instanceof TypeError ? "TypeError" : cause;
    return { code, cause: typeof words === "object" && words !== null ? "an object" : String(words) };
  };

  /** Replaces a member while `run` does its work. */
  window.replacing = async (object, name, value, run) => {
    const own = Object.getOwnPropertyDescriptor(object, name);
    Object.defineProperty(object, name, { value, configurable: true, writable: true });
    try {
      return await run();
    } finally {
      if (own) Object.defineProperty(object, name, own);
      else delete object[name];
    }
  };

  /** Three ways to replace `fetch`: each makes a call of `call`, or `getIntegrations`, with it. */
  const get = (client) => client.getIntegrations({ timeoutMs: limitMs });
  window.ways = {
    "as a global": (own, call = get) =>
      window.replacing(window, "fetch", own, () => window.outcomeOf(call(window.client))),
    "by an option of the client": async (own, call = get) => {
      let current = window.fetch.bind(window);
      const client = await window.connect(window.setup.tokens.ada, { fetch: (...args) => current(...args) });
      current = own;
      return window.outcomeOf(call(client));
    },
    "by configureGlobal": async (own, call = get) => {
      const client = await window.connect(window.setup.tokens.ada);
      await client.configureGlobal({ fetch: own });
      return window.outcomeOf(call(client));
    },
  };
}

beforeEach(() => evaluate(install, { limitMs: LIMIT_MS }));

describe("fetch", () => {
  /** The behaviour of each replaced function, in the page, and the result of a call. */
  const REPLACED = {
    "rejects with an error": [() => () => Promise.reject(window.mine), { code: "network", cause: "mine" }],
    "rejects with a text": [() => () => Promise.reject("text"), { code: "network", cause: "text" }],
    "rejects with null": [() => () => Promise.reject(null), { code: "network", cause: "null" }],
    "rejects with nothing": [() => () => Promise.reject(), { code: "network", cause: "undefined" }],
    "rejects with an object": [() => () => Promise.reject({ reason: 1 }), { code: "network", cause: "an object" }],
    throws: [() => window.fail, { code: "network", cause: "mine" }],
    "throws nothing": [
      () => () => {
        throw undefined;
      },
      { code: "network", cause: "undefined" },
    ],
    "returns a Response, and no promise": [() => () => new Response("[]"), { code: "ok", count: 0 }],
    "returns a thenable": [() => () => ({ then: (resolve) => resolve(new Response("[]")) }), { code: "ok", count: 0 }],
    "returns a thenable that throws": [() => () => ({ then: window.fail }), { code: "network", cause: "mine" }],
    "returns a promise with a `then` of its own that throws": [
      () => () => Object.assign(Promise.resolve(), { then: window.fail }),
      { code: "network", cause: "mine" },
    ],
    "returns nothing": [() => () => undefined, { code: "network", cause: "undefined" }],
    "returns null": [() => () => null, { code: "network", cause: "null" }],
    "returns a number": [() => async () => 7, { code: "network", cause: "7" }],
    "returns a text": [() => async () => "[]", { code: "network", cause: "[]" }],
    "never settles": [() => () => window.never, { code: "timeout", cause: "undefined" }],

    "gives something like a Response": [
      () => async () => ({
        status: 200,
        headers: new Map([["Content-Type", "application/json"]]),
        text: async () => "[1]",
      }),
      { code: "ok", count: 1 },
    ],
    "gives one without headers": [
      () => async () => ({ status: 200, text: async () => "[1]" }),
      { code: "ok", count: 1 },
    ],
    "gives one whose text comes at once": [
      () => async () => ({ status: 200, text: () => "[1]" }),
      { code: "ok", count: 1 },
    ],
    "gives a proxy of a Response": [
      () => async () =>
        new Proxy(new Response("[1]"), {
          get: (response, name) =>
            typeof response[name] === "function" ? response[name].bind(response) : response[name],
        }),
      { code: "ok", count: 1 },
    ],
    "gives one without text": [() => async () => ({ status: 200 }), { code: "network", cause: "TypeError" }],
    "gives one without status": [
      () => async () => ({ text: async () => "[1]" }),
      { code: "network", cause: "an object" },
    ],
    "gives one whose status is a text": [
      () => async () => ({ status: "200", text: async () => "[1]" }),
      { code: "network", cause: "an object" },
    ],
    "gives one whose status throws": [
      () => async () => ({
        get status() {
          throw window.mine;
        },
      }),
      { code: "network" },
    ],
    "gives one whose headers throw": [
      () => async () => ({
        status: 200,
        get headers() {
          throw window.mine;
        },
        text: async () => "[1]",
      }),
      { code: "ok", count: 1 },
    ],
    "gives one whose text throws": [
      () => async () => ({ status: 200, text: window.fail }),
      { code: "network", cause: "mine" },
    ],
    "gives one whose text rejects": [
      () => async () => ({ status: 200, text: () => Promise.reject(window.mine) }),
      { code: "network", cause: "mine" },
    ],
    "gives one whose text never settles": [
      () => async () => ({ status: 200, text: () => window.never }),
      { code: "timeout", cause: "undefined" },
    ],
    "gives one whose text is a number": [
      () => async () => ({ status: 200, text: async () => 7 }),
      { code: "invalid_response", cause: "undefined" },
    ],
    "gives one whose text is no JSON": [
      () => async () => ({ status: 200, text: async () => "[" }),
      { code: "invalid_response", cause: "undefined" },
    ],
    "gives a refusal whose headers throw": [
      () => async () => ({ status: 403, headers: { get: window.fail }, text: async () => "no" }),
      { code: "forbidden", cause: "undefined" },
    ],
    "gives a refusal whose text never settles": [
      () => async () => ({ status: 403, text: () => window.never }),
      { code: "timeout", cause: "undefined" },
    ],
    "gives one whose text has a `then` of its own that throws": [
      () => async () => ({ status: 200, text: () => Object.assign(Promise.resolve("[1]"), { then: window.fail }) }),
      { code: "network", cause: "mine" },
    ],
    "gives one whose text has a `then` of its own that calls back twice": [
      () => async () => ({
        status: 200,
        text: () =>
          Object.assign(Promise.resolve(), {
            then(resolve, reject) {
              resolve("[1]");
              resolve("[2]");
              reject(window.mine);
            },
          }),
      }),
      { code: "ok", count: 1 },
    ],
    "gives one whose text has a `constructor` that throws": [
      () => async () => ({
        status: 200,
        text: () => Object.defineProperty(Promise.resolve("[1]"), "constructor", { get: window.fail }),
      }),
      {},
    ],
    "gives a Response whose status throws": [
      () => async () => Object.defineProperty(new Response("[1]"), "status", { get: window.fail }),
      { code: "network" },
    ],
    "gives a Response whose text throws": [
      () => async () => Object.defineProperty(new Response("[1]"), "text", { value: window.fail }),
      { code: "network", cause: "mine" },
    ],
    "gives an object with the prototype of Response": [
      () => async () => Object.create(Response.prototype),
      { code: "network" },
    ],
  };

  for (const way of ["as a global", "by an option of the client", "by configureGlobal"]) {
    test(`that is replaced ${way}: calls settle, with the cause where there is one`, async () => {
      const names = Object.keys(REPLACED);
      const outcomes = {};
      for (const name of names) {
        const run = `(async () => {
          const outcome = await window.ways[${JSON.stringify(way)}]((${REPLACED[name][0]})());
          // Another client is none the worse.
          return { ...outcome, beside: (await window.outcomeOf(window.grace.getCredentials())).code };
        })()`;
        outcomes[name] = await evaluate(run);
      }
      const wanted = Object.fromEntries(
        names.map((name) => [name, { ...outcomes[name], ...REPLACED[name][1], beside: "ok" }]),
      );
      assert.deepEqual(outcomes, wanted);
      assert.ok(names.every((name) => outcomes[name].code !== "internal" && outcomes[name].code !== "never settles"));
    });
  }

  test("whose answers have headers that cannot be read, through `request`", async () => {
    const outcomes = await evaluate(async () => {
      const json = (status = 200) => new Response("[1]", { status, headers: { "content-type": "application/json" } });
      const own = [
        () => Object.defineProperty(json(), "headers", { get: window.fail }),
        () => Object.defineProperty(json(), "headers", { value: undefined }),
        () => Object.assign(json(), { own: Object.assign(json().headers, { get: window.fail }) }),
        () => Object.defineProperty(json(503), "headers", { get: window.fail }),
        () => {
          const response = json();
          response.headers.get = window.fail;
          return response;
        },
        () => {
          const response = json();
          response.headers.get = () => 7;
          return response;
        },
        () => ({ status: 200, headers: { get: window.fail }, text: async () => "[1]" }),
        () => ({ status: 200, headers: 7, text: async () => "[1]" }),
      ];
      const outcomes = [];
      for (const make of own) {
        const call = (client) => client.request("slack", "/x", { timeoutMs: window.limitMs });
        outcomes.push((await window.ways["by configureGlobal"](async () => make(), call)).code);
        outcomes.push((await window.outcomeOf(window.grace.getCredentials())).code);
      }
      return outcomes;
    });
    // Without a type that says JSON the answer is text.
    assert.deepEqual(outcomes, [
      "ok",
      "ok",
      "ok",
      "ok",
      "ok",
      "ok",
      "server_error",
      "ok",
      "ok",
      "ok",
      "ok",
      "ok",
      "ok",
      "ok",
      "ok",
      "ok",
    ]);
  });

  test("gets a URL and an init object, and nothing else, for each request of its client and of no other", async () => {
    const { calls, others } = await evaluate(async (workflow) => {
      const { apiUrl, tokens } = window.setup;
      const native = window.fetch.bind(window);
      const calls = [];
      window.sent.length = 0;
      const fetch = function () {
        "use strict"; // `this` would be the window otherwise.
        const [url, init] = arguments;
        calls.push({
          count: arguments.length,
          self: String(this),
          path: url.startsWith(apiUrl) ? url.split("/sdk/")[1] : url,
          init: Object.keys(init).sort().join(),
          method: init.method,
          plain: Object.getPrototypeOf(init) === Object.prototype,
          signal: init.signal instanceof AbortSignal,
        });
        return native(url, init);
      };
      // The page's own counts what the others send, and what the replaced one hands on.
      const client = await window.connect(tokens.ada, { fetch });
      await client.getUser();
      await client.event("x", {});
      await client.enableWorkflow(workflow);
      await client.request("slack", "_echo", { method: "POST", body: { a: 1 } });
      await client.configureGlobal({ maxRetries: 1 });
      await client.getCredentials();
      const own = window.sent.length;
      await window.grace.getCredentials();
      await window.client.getUser();
      await new window.paragon.ParagonClient({ apiUrl, projectId: window.setup.projectId }).authenticate(
        undefined,
        tokens.ada,
      );
      return { calls, others: [own, window.sent.length - own] };
    }, stage.known.stopped);
    const bare = { count: 2, self: "undefined", plain: true, signal: true };
    const row = (method, path, body) => ({
      ...bare,
      method,
      path,
      init: `${body ? "body," : ""}credentials,headers,method,redirect,signal`,
    });
    assert.deepEqual(calls, [
      row("GET", "me"),
      row("GET", "me"),
      row("POST", "events/trigger", true),
      row("POST", `workflows/${stage.known.stopped}`),
      row("POST", "proxy/slack/_echo", true),
      row("GET", "credentials"),
    ]);
    assert.deepEqual(others, [6, 3]);
  });

  test("of the default client is its own too, and can be replaced again", async () => {
    const { used, refused } = await evaluate(async () => {
      const { apiUrl, projectId, tokens } = window.setup;
      const used = [];
      const native = window.fetch.bind(window);
      const named = (name) => (url, init) => (used.push(name), native(url, init));
      await window.paragon.configureGlobal({ apiUrl, fetch: named("first") });
      await window.paragon.authenticate(projectId, tokens.ada);
      await window.client.getCredentials();
      await window.paragon.configureGlobal({ fetch: named("second") });
      await window.paragon.getCredentials();
      const refused = [];
      for (const fetch of [7, "fetch", {}, true])
        refused.push(await window.refused(window.paragon.configureGlobal({ fetch })));
      for (const fetch of [undefined, null]) await window.paragon.configureGlobal({ fetch });
      await window.paragon.getCredentials();
      return { used, refused };
    });
    assert.deepEqual(used, ["first", "second", "second"]);
    assert.deepEqual(refused, Array(4).fill({ code: "invalid_argument", status: undefined, path: "fetch" }));
  });
});

describe("an exception in one call leaves the others of the same turn working:", () => {
  /** Runs `disturb` in the page between two calls made in the same turn, and one more after it. */
  const beside = (disturb) =>
    evaluate(`(async () => {
      const before = window.outcomeOf(window.grace.getCredentials());
      const own = (${disturb})();
      const after = window.outcomeOf(window.grace.getUser());
      const code = async (outcome) => ({ code: (await outcome).code });
      return { own: await own, before: await code(before), after: await code(after), later: await window.outcomeOf(window.grace.logout()) };
    })()`);
  const fine = { code: "ok" };

  const CASES = {
    "a getter in the options": [
      () =>
        window.outcomeOf(
          window.client.getIntegrations({
            get timeoutMs() {
              throw window.mine;
            },
          }),
        ),
      { code: "invalid_argument", cause: "mine" },
    ],
    "a getter in the metadata": [
      () =>
        window.outcomeOf(
          window.client.setUserMetadata({
            get plan() {
              throw window.mine;
            },
          }),
        ),
      { code: "invalid_metadata", cause: "mine" },
    ],
    "a getter that makes a call itself": [
      () =>
        window.outcomeOf(
          window.client.getIntegrations({
            get timeoutMs() {
              window.client.getCredentials();
              return 10_000;
            },
          }),
        ),
      { code: "ok" },
    ],
    "a getter that signs out": [
      () =>
        window.outcomeOf(
          window.client.getIntegrations({
            get timeoutMs() {
              window.client.logout();
              return 10_000;
            },
          }),
        ),
      { code: "not_authenticated" },
    ],
    "a proxy that revokes itself": [
      () => {
        const { proxy, revoke } = Proxy.revocable({}, { get: () => void revoke() });
        return window.outcomeOf(window.client.event("x", { a: proxy }));
      },
      { code: "invalid_argument" },
    ],
    "a listener": [
      () => {
        console.error = () => {};
        window.client.subscribe("onSessionChange", window.fail);
        return window.outcomeOf(window.client.logout());
      },
      { code: "ok" },
    ],
    "a function that gives tokens": [
      () => window.outcomeOf(window.client.authenticate(undefined, window.fail)),
      { code: "token_unavailable", cause: "mine" },
    ],
    "one that gives a promise with a `then` of its own": [
      () =>
        window.outcomeOf(
          window.client.authenticate(undefined, () => Object.assign(Promise.resolve("x"), { then: window.fail })),
        ),
      { code: "token_unavailable", cause: "mine" },
    ],
    "a signal that throws wherever it can": [
      () => {
        const signal = Object.defineProperties(
          {},
          {
            aborted: { get: window.fail },
            reason: { get: window.fail },
            addEventListener: { value: window.fail },
            removeEventListener: { value: window.fail },
          },
        );
        return window.outcomeOf(window.client.getIntegrations({ signal }));
      },
      { code: "ok" },
    ],
    "a signal that calls its listener at once, twice": [
      () =>
        window.outcomeOf(
          window.client.getIntegrations({
            signal: {
              aborted: false,
              addEventListener(_, listener) {
                listener();
                listener();
              },
              removeEventListener() {},
            },
          }),
        ),
      { code: "aborted" },
    ],
    "a signal that calls its listener after the call, and again": [
      async () => {
        let abort;
        const signal = {
          aborted: false,
          addEventListener: (_, listener) => (abort = listener),
          removeEventListener() {},
        };
        const outcome = await window.outcomeOf(window.client.getIntegrations({ signal }));
        abort();
        abort();
        return outcome;
      },
      { code: "ok" },
    ],
    "JSON.stringify that throws once": [
      () => {
        const { stringify } = JSON;
        JSON.stringify = () => {
          JSON.stringify = stringify;
          throw window.mine;
        };
        return window.outcomeOf(window.client.setUserMetadata({ plan: "pro" }));
      },
      { code: "invalid_metadata", cause: "mine" },
    ],
    "JSON.parse that throws once": [
      () => {
        const { parse } = JSON;
        const own = async () => {
          JSON.parse = () => {
            JSON.parse = parse;
            throw window.mine;
          };
          return { status: 200, text: () => "[1]" };
        };
        return window.ways["by configureGlobal"](own);
      },
      { code: "invalid_response" },
    ],
    ...Object.fromEntries(
      Object.entries({
        "an AbortController that throws when it is made": [
          class {
            constructor() {
              window.fail();
            }
          },
          { code: "network" },
        ],
        "an AbortController whose signal throws": [
          class {
            get signal() {
              return window.fail();
            }
            abort() {}
          },
          {},
        ],
        "an AbortController whose abort throws": [
          class {
            signal = undefined;
            abort() {
              window.fail();
            }
          },
          { code: "timeout" },
        ],
        "an AbortController that cannot abort": [
          class {
            signal = undefined;
          },
          { code: "timeout" },
        ],
        "no AbortController": [undefined, { code: "network", cause: "TypeError" }],
      }).map(([name, [replacement, wanted]]) => [
        name,
        [
          `() => window.ways["by configureGlobal"](() => window.never, (client) => {
          let call;
          // Until it is sent.
          window.replacing(window, "AbortController", ${replacement}, () => new Promise((resolve) => {
            call = client.getIntegrations({ timeoutMs: window.limitMs });
            call.finally(resolve).catch(() => {});
          }));
          return call;
        })`,
          wanted,
        ],
      ]),
    ),
  };

  for (const [name, [disturb, wanted]] of Object.entries(CASES)) {
    test(name, async () => {
      const { own, ...others } = await beside(disturb);
      assert.deepEqual({ ...own, ...wanted }, own);
      assert.ok(own.code !== "internal" && own.code !== "never settles", own.code);
      assert.deepEqual(others, { before: fine, after: fine, later: fine });
    });
  }
});

describe("calls settle", () => {
  for (const [name, replacement] of Object.entries({
    throws: "window.fail",
    "gives nothing": "() => undefined",
    "gives a text": `() => "now"`,
    "gives NaN": "() => NaN",
    "stands still": "() => 0",
    "goes back": "() => (window.clock = (window.clock ?? 1e9) - 1000)",
    "is far ahead": "() => 1e15",
  })) {
    test(`where performance.now ${name}`, async () => {
      const outcomes = await evaluate(`window.replacing(performance, "now", ${replacement}, async () => [
        await window.ways["by configureGlobal"](() => window.never),
        await window.outcomeOf(window.client.getIntegrations()),
        await window.ways["by an option of the client"](async () => new Response("[]")),
      ])`);
      assert.deepEqual(
        outcomes.map(({ code }) => code),
        ["timeout", "ok", "ok"],
      );
    });
  }

  for (const [name, member, replacement] of [
    ["setTimeout throws", "setTimeout", "window.fail"],
    ["setTimeout gives nothing", "setTimeout", "(...args) => void native(...args)"],
    ["clearTimeout throws", "clearTimeout", "window.fail"],
    ["there is no Response", "Response", "undefined"],
  ]) {
    test(`where ${name}`, async () => {
      const outcome = await evaluate(`(() => {
        const native = window.${member};
        return window.replacing(window, "${member}", ${replacement}, () => window.client.getIntegrations().then(({ length }) => length));
      })()`);
      assert.equal(outcome, stage.known.answers.integrations.length);
    });
  }

  test("where setTimeout calls back at once: as if no time were left", async () => {
    const outcome = await evaluate(() => {
      let call;
      return window
        .replacing(
          window,
          "setTimeout",
          (run) => void run(),
          () => ((call = window.client.getIntegrations()), call.catch(() => {})),
        )
        .then(() => window.refused(call));
    });
    assert.equal(outcome.code, "timeout");
    assert.equal(
      await evaluate(async () => (await window.client.getIntegrations()).length),
      stage.known.answers.integrations.length,
    );
  });

  test("where Math.random throws and the console is gone", async () => {
    await stage.fail({ path: "*/sdk/credentials", times: 1, action: { kind: "answer", status: 503 } });
    const [codes, silent] = await evaluate(() =>
      window.replacing(Math, "random", window.fail, () =>
        window.replacing(window, "console", undefined, async () => [
          await window.client.getCredentials({ maxRetries: 1 }).then(
            () => "ok",
            ({ code }) => code,
          ),
          await window.client.enableWorkflow("unknown").catch(({ code }) => code),
        ]),
      ),
    );
    assert.deepEqual([codes, silent], ["ok", "not_found"]);
  });

  test("where all built-in prototypes are frozen", async () => {
    // A page of its own, frozen before the module is loaded.
    const page = await stage.page.context().newPage();
    await page.goto(stage.page.url());
    const outcomes = await page.evaluate(
      async ({ apiUrl, projectId, token, workflow }) => {
        const paragon = await import("/paragon-wasm/index.js");
        for (const { prototype } of [
          Object,
          Array,
          Error,
          TypeError,
          Function,
          Promise,
          Map,
          Response,
          Headers,
          AbortController,
          AbortSignal,
        ])
          Object.freeze(prototype);
        const client = new paragon.ParagonClient({ apiUrl, projectId });
        const states = [];
        client.subscribe("onSessionChange", ({ state }) => states.push(state));
        await client.authenticate(undefined, () => token);
        const { meta } = await client.setUserMetadata({ plan: { name: "pro" } });
        const echo = await client.request("slack", "_echo", {
          method: "POST",
          body: { a: 1 },
          headers: { "x-own": "1" },
        });
        await client.workflow(workflow, { body: { order: 7 } });
        const error = await client.event("", {}).catch((error) => error);
        return {
          states,
          plan: meta.plan,
          echo: echo.body,
          error: [paragon.isParagonError(error), error.name, error.code, error.details.path],
        };
      },
      { apiUrl: stage.sandbox.url, projectId: LANTERN, token: stage.known.tokens.ada, workflow: stage.known.running },
    );
    assert.deepEqual(outcomes, {
      states: ["signedIn"],
      plan: { name: "pro" },
      echo: { a: 1 },
      error: [true, "ParagonError", "invalid_argument", "name"],
    });
  });
});
