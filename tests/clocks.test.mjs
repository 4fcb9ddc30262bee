// The clocks of test tools: sinon's and Jest's with what they replace by default, and node:test's.
// Switched on, used and switched off, they leave every call working.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { rolldown } from "rolldown";

import { LANTERN, useSignedInPage } from "./support/methods.mjs";
import { startSandbox } from "./support/sandbox.mjs";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const FAKE_TIMERS = path("../node_modules/@sinonjs/fake-timers/src/fake-timers-src.js");

/** The way to switch each on: `FakeTimers.install()` as sinon does it, or as Jest 30's `useFakeTimers()`. */
const INSTALL = {
  sinon: `FakeTimers.install()`,
  jest: `FakeTimers.withGlobal(globalThis).install({
    now: Date.now(), loopLimit: 100_000, shouldAdvanceTime: false, shouldClearNativeTimers: true, toFake: Object.keys(FakeTimers.timers),
  })`,
};

describe("in Chromium", () => {
  const stage = useSignedInPage();
  let source;

  before(async () => {
    const build = await rolldown({
      input: FAKE_TIMERS,
      platform: "browser",
      external: ["util", "timers", "timers/promises"],
    });
    const globals = { util: "undefined", timers: "undefined", "timers/promises": "undefined" };
    const { output } = await build.generate({ format: "iife", name: "FakeTimers", globals });
    source = output[0].code;
    await build.close();
  });

  beforeEach(async () => {
    await stage.page.addScriptTag({ content: source });
    await stage.evaluate(() => {
      window.codeOf = (promise) =>
        promise.then(
          () => "ok",
          ({ code }) => code,
        );
      const native = window.fetch.bind(window);
      // Nothing answers a request for metadata; the first one for credentials is refused.
      let asked = 0;
      window.connectSlow = (token) =>
        window.connect(token, {
          fetch: (url, init) => {
            if (url.endsWith("/metadata")) return new Promise(() => {});
            if (url.endsWith("/credentials") && (asked += 1) === 1)
              return Promise.resolve(new Response("", { status: 503 }));
            return native(url, init);
          },
        });
    });
  });

  for (const [name, install] of Object.entries(INSTALL)) {
    test(`${name}'s, used as intended`, async () => {
      const outcomes = await stage.evaluate(`(async () => {
        const { ada } = window.setup.tokens;
        const client = await window.connectSlow(ada);
        const earlier = window.codeOf(client.getIntegrationMetadata(undefined, { timeoutMs: 2_000 }));
        const clock = ${install};
        const { setTimeout } = window;
        const outcomes = {};
        outcomes.isFake = setTimeout.clock === clock;
        outcomes.answered = await Promise.all([client.getUser(), client.getIntegrations(), client.event("x", {})].map(window.codeOf));
        outcomes.signedIn = [await window.codeOf(client.authenticate(undefined, async () => ada)), await window.codeOf(client.authenticate(undefined, ada))];
        const slow = window.codeOf(client.getIntegrationMetadata(undefined, { timeoutMs: 5_000 }));
        clock.tick(4_999);
        outcomes.tooEarly = await Promise.race([slow, client.getUser().then(() => "pending")]);
        clock.tick(1);
        outcomes.timeout = await slow;
        let isOver = false;
        const again = window.codeOf(client.getCredentials({ maxRetries: 1 })).finally(() => (isOver = true));
        while (!isOver) await clock.tickAsync(50);
        outcomes.again = await again;
        const pending = window.codeOf(client.getIntegrations());
        clock.uninstall();
        outcomes.pending = await pending;
        outcomes.after = await Promise.all([client.getUser(), client.getIntegrations(), client.getCredentials(), client.event("x", {})].map(window.codeOf));
        outcomes.timeoutAfter = await window.codeOf(client.getIntegrationMetadata(undefined, { timeoutMs: 50 }));
        outcomes.earlier = await earlier;
        return outcomes;
      })()`);
      assert.deepEqual(outcomes, {
        isFake: true,
        answered: ["ok", "ok", "ok"],
        signedIn: ["ok", "ok"],
        tooEarly: "pending",
        timeout: "timeout",
        again: "ok",
        pending: "ok",
        after: ["ok", "ok", "ok", "ok"],
        timeoutAfter: "timeout",
        // Ended by the sign-in.
        earlier: "superseded",
      });
    });

    test(`${name}'s, switched off with calls pending: those that are not answered still time out`, async () => {
      const outcomes = await stage.evaluate(`(async () => {
        const client = await window.connectSlow(window.setup.tokens.ada);
        const slow = (timeoutMs) => window.codeOf(client.getIntegrationMetadata(undefined, { timeoutMs }));
        const earlier = slow(100);
        const clock = ${install};
        const lost = [slow(10), slow(20), slow(30)];
        clock.tick(15);
        clock.uninstall();
        const later = slow(40);
        return Promise.all([earlier, ...lost, later, window.codeOf(client.getUser())]);
      })()`);
      assert.deepEqual(outcomes, ["timeout", "timeout", "timeout", "timeout", "timeout", "ok"]);
    });

    test(`${name}'s, switched on before the module is loaded`, async () => {
      const page = await stage.page.context().newPage();
      await page.goto(stage.page.url());
      await page.addScriptTag({ content: source });
      const setup = { apiUrl: stage.sandbox.url, projectId: LANTERN, token: stage.known.tokens.ada };
      const outcomes = await page.evaluate(`(async ({ apiUrl, projectId, token }) => {
        const codeOf = (promise) => promise.then(() => "ok", ({ code }) => code);
        const clock = ${install};
        const paragon = await import("/paragon-wasm/index.js");
        await paragon.configureGlobal({ apiUrl });
        const outcomes = [await codeOf(paragon.authenticate(projectId, token)), await codeOf(paragon.getUser())];
        clock.uninstall();
        return [...outcomes, await codeOf(paragon.getCredentials()), await codeOf(paragon.getUser())];
      })(${JSON.stringify(setup)})`);
      assert.deepEqual(outcomes, ["ok", "ok", "ok", "ok"]);
    });
  }
});

/** Runs in a Node of its own: `FakeTimers`, a client that is signed in, and one whose requests are never answered. */
const NODE_SETUP = `
  import assert from "node:assert/strict";
  import { mock } from "node:test";
  import FakeTimers from ${JSON.stringify(pathToFileURL(FAKE_TIMERS))};
  import { ParagonClient } from ${JSON.stringify(pathToFileURL(path("../pkg/index.js")))};
  const { setTimeout: realSetTimeout } = globalThis;
  const [apiUrl, projectId, token] = process.argv.slice(1);
  const codeOf = (promise) => promise.then(() => "ok", ({ code }) => code);
  const client = new ParagonClient({ apiUrl, projectId, maxRetries: 0 });
  await client.authenticate(undefined, token);
  await client.getUser();
  const slow = new ParagonClient({ apiUrl, projectId, fetch: (url, init) => (url.endsWith("/me") ? fetch(url, init) : new Promise(() => {})) });
  await slow.authenticate(undefined, token);
  /** The codes of calls, while others time out: what is lost with a clock ends with the next timer. */
  const settled = async (calls) => {
    let isOver = false;
    const all = Promise.all(calls).finally(() => (isOver = true));
    while (!isOver) await slow.getCredentials({ timeoutMs: 5 }).catch(({ code }) => assert.equal(code, "timeout"));
    return all;
  };
  /** A while in which Node gets its answers. */
  const turn = () => new Promise((resolve) => realSetTimeout(resolve, 5));
  const report = (outcomes) => { console.log(JSON.stringify(outcomes)); process.exit(); };`;

describe("in Node", () => {
  let sandbox, session;
  before(async () => {
    sandbox = await startSandbox([], { quiet: true });
    const { projectId, token } = await sandbox.token({ userId: "ada", expiresInSeconds: 36_000 });
    session = [sandbox.url, projectId, token];
  });
  after(() => sandbox?.stop());

  async function inNode(script) {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "--eval", NODE_SETUP + script, ...session],
      { timeout: 60_000 },
    );
    return JSON.parse(stdout);
  }

  const CLOCKS = {
    ...Object.fromEntries(
      Object.entries(INSTALL).map(([name, install]) => [
        name,
        { on: `const clock = ${install};`, tick: (ms) => `clock.tick(${ms});`, off: "clock.uninstall();" },
      ]),
    ),
    "node:test": {
      on: `mock.timers.enable({ apis: ["setInterval", "setTimeout", "setImmediate", "Date"] });`,
      tick: (ms) => `mock.timers.tick(${ms});`,
      off: "mock.timers.reset();",
    },
  };

  for (const [name, { on, tick, off }] of Object.entries(CLOCKS)) {
    test(`${name}'s: calls time out when it is set on`, async () => {
      const outcomes = await inNode(`
        ${on}
        const calls = [1_000, 5_000].map((timeoutMs) => codeOf(slow.getIntegrations({ timeoutMs })));
        const first = [];
        calls.forEach((call, index) => call.then((code) => first.push(code + index)));
        ${tick(1_000)}
        await calls[0];
        const early = [...first];
        ${tick(4_000)}
        const all = await Promise.all(calls);
        ${off}
        report([early, all, await codeOf(client.getUser()), await codeOf(client.getCredentials()), await codeOf(slow.getIntegrations({ timeoutMs: 20 }))]);`);
      assert.deepEqual(outcomes, [["timeout0"], ["timeout", "timeout"], "ok", "ok", "timeout"]);
    });

    test(`${name}'s: calls made under it are answered while it runs, or time out`, async () => {
      const outcomes = await inNode(`
        const earlier = codeOf(client.getCredentials({ timeoutMs: 2_000 }));
        ${on}
        let open = 3;
        const calls = ["getUser", "getIntegrations", "getCredentials"].map((call) => codeOf(client[call]({ timeoutMs: 1_000 })).finally(() => (open -= 1)));
        while (open > 0) {
          ${tick(20)}
          await turn();
        }
        const under = await Promise.all(calls);
        ${off}
        const later = [await codeOf(client.getUser()), await codeOf(client.getCredentials()), await codeOf(client.event("x", {}))];
        report([[...under, ...(await settled([earlier]))], later]);`);
      const [under, later] = outcomes;
      assert.deepEqual(
        under.filter((code) => code !== "ok" && code !== "timeout"),
        [],
      );
      assert.deepEqual(later, ["ok", "ok", "ok"]);
    });

    test(`${name}'s: switched off with calls pending, they are answered or time out`, async () => {
      const outcomes = await inNode(`
        const earlier = codeOf(client.getCredentials({ timeoutMs: 500 }));
        ${on}
        const calls = [codeOf(client.getIntegrations({ timeoutMs: 100 })), codeOf(slow.getIntegrations({ timeoutMs: 100 }))];
        ${tick(50)}
        ${off}
        const later = await codeOf(client.getCredentials());
        report([await settled([earlier, ...calls]), later, await codeOf(client.getUser())]);`);
      const [[earlier, answered, slow], ...later] = outcomes;
      for (const code of [earlier, answered]) assert.ok(code === "ok" || code === "timeout", code);
      assert.deepEqual([slow, ...later], ["timeout", "ok", "ok"]);
    });
  }
});
