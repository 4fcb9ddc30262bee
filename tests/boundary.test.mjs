// Between JavaScript and the module: each call enters it once, any value in any parameter ends in a
// promise that settles, and what is refused leaves nothing in its memory.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { launchChromium } from "./support/browser.mjs";
import { methods, openPackage, people, servePackage } from "./support/methods.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { installValues } from "./support/values.mjs";

/** The number of arguments of each call; the last are its options. */
const PARAMETERS = {
  configureGlobal: 1,
  authenticate: 3,
  logout: 0,
  getUser: 1,
  setUserMetadata: 2,
  getIntegrations: 1,
  getIntegrationMetadata: 2,
  uninstallIntegration: 2,
  getCredentials: 1,
  updateCredential: 3,
  enableWorkflow: 2,
  disableWorkflow: 2,
  event: 3,
  workflow: 2,
  request: 3,
};
/** Refused values and getters that throw: they take 12 s on two slow cores. A million took 76 s and left no more. */
const REFUSED = 200_000;
/** Until then memory is allowed to find its size. */
const WARM_UP = 10_000;
/** Far less than one byte for each of them that is kept. */
const HEAP_NOISE = 150_000;

let browser, site, sandbox, known, page, uncaught;

before(async () => {
  [browser, site, sandbox] = await Promise.all([launchChromium(), servePackage(), startSandbox()]);
  known = await people(sandbox);
});

beforeEach(async () => {
  await sandbox.reset();
  ({ page, uncaught } = await openPackage(browser, site, watch));
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

/** Runs in the page before anything else: `entered` gets the name of each export that is called. */
function watch() {
  window.entered = [];
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (module, imports) {
    const { exports } = new Instance(module, imports);
    window.memory = exports.memory;
    // What promises and timers call, and the tools of the glue, are no calls.
    const counted = ([name, value]) => {
      if (typeof value !== "function" || /^(__|wasm_bindgen_)/.test(name)) return [name, value];
      return [name, (...args) => (window.entered.push(name), value(...args))];
    };
    return { exports: Object.fromEntries(Object.entries(exports).map(counted)) };
  };
}

test("each call enters the module once, by the export that has its name", async () => {
  const rows = [
    { call: "configureGlobal", args: [{ maxRetries: 0 }] },
    { call: "logout", args: [] },
    ...methods(known).map(({ call, args, projectId, token }) => ({ call, args, projectId, token })),
  ];
  assert.deepEqual(
    Object.keys(PARAMETERS).filter((name) => !rows.some(({ call }) => call === name)),
    [],
  );
  const outcomes = await page.evaluate(
    async ({ rows, apiUrl, ada }) => {
      const outcomes = [];
      const { paragon } = window;
      for (const client of [new paragon.ParagonClient({ apiUrl, projectId: "p" }), paragon]) {
        await client.configureGlobal({ apiUrl });
        const listener = () => {};
        for (const { call, args, projectId, token } of [
          ...rows,
          { call: "subscribe", args: ["onSessionChange", listener] },
          { call: "unsubscribe", args: ["onSessionChange", listener] },
        ]) {
          await client.authenticate(projectId ?? rows[2].projectId, token ?? ada);
          window.entered.length = 0;
          const code = await Promise.resolve(client[call](...args)).then(
            () => "ok",
            (error) => error.code,
          );
          outcomes.push({ call, code, entered: [...window.entered] });
        }
      }
      return outcomes;
    },
    { rows, apiUrl: sandbox.url, ada: known.tokens.ada },
  );
  for (const { call, code, entered } of outcomes) {
    assert.deepEqual(entered, [`paragonclient_${call}`], `${call}: ${code}`);
  }
  assert.equal(outcomes.length, 2 * (rows.length + 2));
  // Of what was uninstalled by the first client the second finds nothing.
  const failed = outcomes.filter(({ code }) => code !== "ok").map(({ call }) => call);
  assert.deepEqual(
    failed.filter((call) => call !== "uninstallIntegration"),
    [],
  );
});

/** Runs in the page: clients whose requests are answered at once, signed in. */
function installClients({ token, answers }) {
  const json = (text) => new Response(text, { headers: { "content-type": "application/json" } });
  const answer = async (url, { method }) => {
    const [, path] = url.split("/sdk/");
    if (path.startsWith("credentials/")) return json(answers.credential);
    return json(method === "DELETE" ? "" : (answers[path] ?? '{"output":{}}'));
  };
  window.signIn = async () => {
    const client = new window.paragon.ParagonClient({
      projectId: "p",
      apiUrl: "https://paragon.example.com",
      maxRetries: 0,
      fetch: answer,
    });
    await client.authenticate(undefined, token);
    return client;
  };
  /** The code with which each promise rejects, or what else became of it. */
  window.outcomeOf = async (start) => {
    let timer;
    const never = new Promise((resolve) => (timer = setTimeout(resolve, 20_000, "never settles")));
    const settled = async () => {
      let promise;
      try {
        promise = start();
      } catch (error) {
        return `throws ${error}`;
      }
      if (!(promise instanceof Promise)) return `returns ${typeof promise}`;
      return promise.then(
        () => "ok",
        (error) => (window.paragon.isParagonError(error) ? error.code : `rejects with ${error}`),
      );
    };
    const outcome = await Promise.race([settled(), never]);
    clearTimeout(timer);
    return outcome;
  };
}

describe("any value", () => {
  let codes;
  before(async () => {
    const table = await readFile(new URL("../docs/errors.md", import.meta.url), "utf8");
    codes = new Set([...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code));
    assert.ok(codes.has("invalid_argument") && codes.delete("internal"));
  });

  beforeEach(async () => {
    const { user, integrations, metadata, credentials } = known.answers;
    const answers = { me: user, integrations, metadata, credentials, credential: credentials[0] };
    const texts = Object.fromEntries(Object.entries(answers).map(([name, value]) => [name, JSON.stringify(value)]));
    await page.evaluate(installClients, { token: known.tokens.ada, answers: texts });
    await page.evaluate(installValues);
  });

  /** Each call of the table with arguments of the right kind. */
  const calls = () => {
    const rows = methods(known).filter(
      ({ name, call }) => name === call || name.startsWith("uninstall") || name === "request POST",
    );
    const right = Object.fromEntries(rows.map(({ call, args }) => [call, args]));
    return Object.entries(PARAMETERS).map(([call, count]) => {
      const args = right[call] ?? [];
      return { call, args: Array.from({ length: count }, (_, index) => args[index]) };
    });
  };

  /** Makes each call with each value at each place, and gives what became of the promises. */
  const outcomes = async (context, places) => {
    const outcomes = await page.evaluate(async (places) => {
      const outcomes = [];
      for (const { call, args, at, member } of places) {
        await Promise.all(
          Object.keys(window.values()).map(async (what) => {
            const client = await window.signIn();
            const value = window.values()[what];
            const given = [...args];
            given[at] = member === undefined ? value : { ...args[at], [member]: value };
            const outcome = await window.outcomeOf(() => client[call](...given));
            outcomes.push({ call, at, member, what, outcome });
          }),
        );
      }
      return outcomes;
    }, places);
    const tally = {};
    for (const { outcome } of outcomes) tally[outcome] = (tally[outcome] ?? 0) + 1;
    context.diagnostic(`${outcomes.length} calls: ${JSON.stringify(tally)}`);
    assert.deepEqual(
      outcomes.filter(({ outcome }) => outcome !== "ok" && !codes.has(outcome)),
      [],
    );
    assert.ok(tally.ok > 100 && tally.invalid_argument > 100, "some are accepted, and some refused");
  };

  test("in any parameter: the promise settles, with a documented code if it rejects", (context) => {
    // What a call does not take is passed to it as well.
    const places = calls().flatMap(({ call, args }) => [...args.keys(), args.length].map((at) => ({ call, args, at })));
    return outcomes(context, places);
  });

  test("in any option: the promise settles, with a documented code if it rejects", (context) => {
    const common = ["signal", "timeoutMs", "maxRetries", "selectedCredentialId", "selectedConfigurationId"];
    const members = {
      configureGlobal: ["host", "apiUrl", "timeoutMs", "maxRetries", "logLevel", "fetch"],
      logout: [],
      authenticate: [...common, "metadata"],
      workflow: [...common, "body", "headers", "query"],
      request: [...common, "method", "body", "headers", "responseType"],
    };
    const places = calls().flatMap(({ call, args }) =>
      (members[call] ?? common).map((member) => ({ call, args, at: args.length - 1, member })),
    );
    return outcomes(context, places);
  });

  test("in the options of a client: its calls settle", async () => {
    const outcomes = await page.evaluate(async () => {
      const outcomes = [];
      for (const member of [undefined, "projectId", "host", "apiUrl", "timeoutMs", "maxRetries", "logLevel", "fetch"]) {
        for (const [what, value] of Object.entries(window.values())) {
          const client = new window.paragon.ParagonClient(member === undefined ? value : { [member]: value });
          outcomes.push({ member, what, outcome: await window.outcomeOf(() => client.getIntegrations()) });
        }
      }
      return outcomes;
    });
    assert.deepEqual(
      outcomes.filter(({ outcome }) => !codes.has(outcome)),
      [],
    );
    assert.deepEqual([...new Set(outcomes.map(({ outcome }) => outcome))].sort(), [
      "invalid_argument",
      "invalid_configuration",
      "not_authenticated",
    ]);
  });

  test("for an event's name or listener: subscribe throws at once, unsubscribe finds nothing", async () => {
    const outcomes = await page.evaluate(async () => {
      const outcomes = [];
      const attempt = (run) => {
        try {
          return run();
        } catch (error) {
          return window.paragon.isParagonError(error) ? error.code : String(error);
        }
      };
      for (const client of [await window.signIn(), window.paragon, new window.paragon.ParagonClient()]) {
        for (const [what, value] of Object.entries(window.values())) {
          const name = attempt(() => client.subscribe(value, () => {}));
          const listener = attempt(() => client.subscribe("onSessionChange", value));
          const [noName, noListener] = [
            attempt(() => client.unsubscribe(value, () => {})),
            attempt(() => client.unsubscribe("onSessionChange", value)),
          ];
          outcomes.push({
            what,
            isFunction: typeof value === "function",
            name,
            listener: typeof listener === "function" ? "subscribed" : listener,
            noName,
            noListener,
          });
        }
      }
      return outcomes;
    });
    const wanted = ({ what, isFunction }) => {
      const listener = isFunction ? "subscribed" : "invalid_argument";
      return { what, isFunction, name: "invalid_argument", listener, noName: false, noListener: isFunction };
    };
    assert.deepEqual(outcomes, outcomes.map(wanted));
    assert.ok(outcomes.some(({ isFunction }) => isFunction));
  });

  test(`${REFUSED} times refused leaves the module as it was, with no page more`, async (context) => {
    const debug = await page.context().newCDPSession(page);
    const measure = async () => {
      await debug.send("HeapProfiler.collectGarbage");
      const { usedSize } = await debug.send("Runtime.getHeapUsage");
      return { memory: await page.evaluate(() => window.memory.buffer.byteLength), heap: usedSize };
    };
    const refuse = (count) =>
      page.evaluate(async (count) => {
        const client = (window.refusing ??= await window.signIn());
        const mine = () => {
          throw new Error("mine");
        };
        const throwing = (name) => Object.defineProperty({}, name, { get: mine, enumerable: true });
        const refused = [
          () => client.getUser(7),
          () => client.getUser(throwing("timeoutMs")),
          () => client.getIntegrations({ signal: throwing("aborted") }),
          () => client.setUserMetadata(throwing("plan")),
          () => client.setUserMetadata({ list: [1, { deep: throwing("a") }] }),
          () => client.setUserMetadata({ n: NaN }),
          () => client.event("", {}),
          () => client.event("x", { toJSON: mine }),
          () => client.workflow("a/b"),
          () => client.workflow("x", { query: { a: Symbol("mine") } }),
          () => client.request("slack", "x", { method: "PUSH" }),
          () => client.request("slack", "x", { headers: { "a b": "c" } }),
          () => client.updateCredential("id", throwing("accessToken")),
          () => client.configureGlobal(throwing("host")),
          () => client.configureGlobal({ apiUrl: "ftp://x" }),
        ];
        const codes = new Set();
        for (let made = 0; made < count;) {
          const calls = Array.from({ length: 1_000 }, () => refused[(made += 1) % refused.length]());
          for (const { reason } of await Promise.allSettled(calls)) codes.add(reason.code);
          window.entered.length = 0;
        }
        return [...codes].sort();
      }, count);
    await refuse(WARM_UP);
    const first = await measure();
    const started = performance.now();
    assert.deepEqual(await refuse(REFUSED - WARM_UP), [
      "invalid_argument",
      "invalid_configuration",
      "invalid_metadata",
    ]);
    const took = Math.round((performance.now() - started) / 1_000);
    const last = await measure();
    context.diagnostic(JSON.stringify({ first, last, took }));
    assert.equal(last.memory, first.memory, "the module's memory");
    assert.ok(last.heap - first.heap < HEAP_NOISE, `the JavaScript heap grew by ${last.heap - first.heap} bytes`);
    const found = await page.evaluate(() => window.refusing.getIntegrations().then(({ length }) => length));
    assert.equal(found, known.answers.integrations.length);
  });
});
