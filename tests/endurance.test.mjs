// Ten thousand calls, many of them failing, timed out or aborted, leave nothing behind: no wasm
// memory, no JavaScript heap, no timer, and no listener on a signal that outlives them.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { ENGINE, lacks, launchBrowser } from "./support/browser.mjs";
import { LANTERN, methods, openPackage, people, servePackage } from "./support/methods.mjs";
import { startSandbox } from "./support/sandbox.mjs";

/** Calls that are under way at the same time; one more client is made and dropped for each round. */
const ROUND = 200;
/** Until then, memory is allowed to find its size. */
const WARM_UP = 15;
const ROUNDS = ENGINE === "chromium" ? 50 : 15;
/** The limit of a call whose answer is there at once, unless it never comes. */
const TIMEOUT_MS = ENGINE === "chromium" ? 40 : 200;
/** Less than what one forgotten object for each call would take. */
const HEAP_NOISE = 400_000;
/** Wasm memory never shrinks: its size is that of the busiest moment, which is not always the same. */
const MEMORY_NOISE = 2 * 65_536;

let browser, site, sandbox, known;
/** How many bytes the heap was larger after each test. */
const growth = [];

before(async () => {
  [browser, site, sandbox] = await Promise.all([launchBrowser(), servePackage(), startSandbox()]);
  known = await people(sandbox);
});

after(async () => {
  await browser?.close();
  await site?.close();
  await sandbox?.stop();
});

/** A page that counts what calls could leave behind, and makes rounds of them. */
async function openWatched() {
  const { page, uncaught } = await openPackage(browser, site);
  const rows = methods(known)
    .filter(({ signsIn }) => !signsIn)
    .map(({ call, args }) => ({ call, args }));
  await page.evaluate(watch, { rows, apiUrl: sandbox.url, projectId: LANTERN, token: known.tokens.ada });
  const left = () => page.evaluate(() => window.left());
  if (lacks("memory")) return { page, uncaught, measure: left };
  const debug = await page.context().newCDPSession(page);
  return {
    page,
    uncaught,
    async measure() {
      await debug.send("HeapProfiler.collectGarbage");
      const { usedSize } = await debug.send("Runtime.getHeapUsage");
      return { ...(await left()), heap: usedSize };
    },
  };
}

/** Runs in the page, before the module is loaded. */
function watch({ rows, apiUrl, projectId, token }) {
  const OPTIONS_AT = {
    setUserMetadata: 1,
    getIntegrationMetadata: 1,
    uninstallIntegration: 1,
    updateCredential: 2,
    enableWorkflow: 1,
    disableWorkflow: 1,
    event: 2,
    workflow: 1,
    request: 2,
  };

  let module;
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, args) {
      const made = Reflect.construct(target, args);
      module = made.exports;
      return made;
    },
  });

  const timers = new Set();
  const { setTimeout, clearTimeout } = window;
  window.setTimeout = (run, ms, ...args) => {
    const timer = setTimeout(() => (timers.delete(timer), run(...args)), ms);
    timers.add(timer);
    return timer;
  };
  window.clearTimeout = (timer) => (timers.delete(timer), clearTimeout(timer));

  const lasting = new AbortController().signal;
  let listeners = 0;
  let added = 0;
  lasting.addEventListener = (...args) => (
    (listeners += 1),
    (added += 1),
    AbortSignal.prototype.addEventListener.apply(lasting, args)
  );
  lasting.removeEventListener = (...args) => (
    (listeners -= 1),
    AbortSignal.prototype.removeEventListener.apply(lasting, args)
  );

  window.left = () => {
    return { listeners, added, timers: timers.size, memory: module.memory.buffer.byteLength };
  };

  let calls = 0;

  /** One more client, and calls of all methods at once: what they come to, and how many. */
  window.round = async (count, timeoutMs) => {
    const client = new window.paragon.ParagonClient({ apiUrl, projectId, maxRetries: 0 });
    const stop = client.subscribe("onWorkflowChange", () => {});
    // A sign-in meets the same faults as any other call.
    const signIn = () => client.authenticate(undefined, () => token, { timeoutMs, signal: lasting });
    let refusals = 0;
    for (let refused = true; refused;) {
      refused = await signIn().then(
        () => undefined,
        (error) => error,
      );
      if (refused && (refusals += 1) > 50) throw refused;
    }
    const tally = {};
    const outcomes = Array.from({ length: count }, async () => {
      const number = (calls += 1);
      const { call, args } = rows[number % rows.length];
      const at = OPTIONS_AT[call] ?? 0;
      const own = new AbortController();
      const options = {
        ...args[at],
        timeoutMs,
        signal: number % 5 ? lasting : own.signal,
        maxRetries: number % 7 ? 0 : 1,
      };
      if (number % 15 === 0) own.abort();
      const promise = client[call](...Array.from({ length: at }, (_, index) => args[index]), options);
      if (number % 15 === 5) setTimeout(() => own.abort("enough"), number % 3);
      const code = await promise.then(
        () => "ok",
        (error) => error.code ?? String(error),
      );
      tally[code] = (tally[code] ?? 0) + 1;
    });
    await Promise.all(outcomes);
    stop();
    await client.logout();
    window.sent.length = 0;
    return tally;
  };
}

/** Runs in the page: replaces `fetch` by one that answers at once, well or otherwise. */
function answerAtOnce(answers) {
  const FATES = [
    "ok",
    "ok",
    "ok",
    "500",
    "ok",
    "ok",
    "404",
    "ok",
    "html",
    "ok",
    "ok",
    "reject",
    "ok",
    "hang",
    "ok",
    "429",
    "ok",
    "ok",
    "cut",
    "ok",
    "401",
    "ok",
    "ok",
  ];
  let requests = 0;
  const json = (text, status = 200) => new Response(text, { status, headers: { "content-type": "application/json" } });
  const fates = {
    ok: ({ method, url }) => {
      const [, path] = url.split("/sdk/");
      if (path.startsWith("me")) return json(answers.user);
      if (path.startsWith("credentials/")) return json(answers.credential);
      if (method === "GET") return json(answers[path] ?? '{"output":{"ok":true}}');
      return new Response("");
    },
    html: () => new Response("<!doctype html><p>Hello"),
    reject: () => Promise.reject(new TypeError("Failed to fetch")),
    hang: ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    cut: () => new Response(new ReadableStream({ pull: (stream) => stream.error(new TypeError("cut")) })),
  };
  window.fetch = async (url, init) => {
    const fate = FATES[(requests += 1) % FATES.length];
    return fates[fate] ? fates[fate]({ ...init, url }) : json(`{"message":"It is ${fate}."}`, Number(fate));
  };
}

/** Makes rounds in a page, and gives what they came to. */
async function run({ page, measure }, rounds, count, timeoutMs) {
  const tally = {};
  for (let round = 0; round < rounds; round += 1) {
    const codes = await page.evaluate(([count, timeoutMs]) => window.round(count, timeoutMs), [count, timeoutMs]);
    for (const [code, times] of Object.entries(codes)) tally[code] = (tally[code] ?? 0) + times;
    // Clients that were dropped go with the garbage.
    if (round % 5 === 4) await measure();
  }
  return tally;
}

/** Measures until there is no growth against `first`; what is collected last comes a little later. */
async function settled({ measure }, first) {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const last = await measure();
    if (!(last.heap - first.heap >= HEAP_NOISE) || Date.now() > deadline) return last;
  }
}

function assertNothingLeft(first, last) {
  assert.equal(last.listeners, 0, "listeners on the lasting signal");
  assert.equal(last.timers, 0, "timers that still run");
  assert.ok(last.memory - first.memory <= MEMORY_NOISE, `the wasm memory grew by ${last.memory - first.memory} bytes`);
  growth.push(last.heap - first.heap);
}

test(`${ROUND * ROUNDS} calls leave nothing behind`, async (context) => {
  const watched = await openWatched();
  const { user, integrations, metadata, credentials } = known.answers;
  const answers = { user, integrations, metadata, credentials, credential: credentials[0] };
  await watched.page.evaluate(
    answerAtOnce,
    Object.fromEntries(Object.entries(answers).map(([name, value]) => [name, JSON.stringify(value)])),
  );
  await run(watched, WARM_UP, ROUND, TIMEOUT_MS);
  const first = await watched.measure();
  const tally = await run(watched, ROUNDS, ROUND, TIMEOUT_MS);
  const last = await settled(watched, first);
  context.diagnostic(JSON.stringify({ first, last, tally }));

  const calls = Object.values(tally).reduce((sum, times) => sum + times, 0);
  assert.equal(calls, ROUND * ROUNDS);
  const met = ["ok", "server_error", "not_found", "rate_limited", "invalid_response", "network", "timeout", "aborted"];
  assert.deepEqual(
    met.filter((code) => !(tally[code] >= calls / 100)),
    [],
    JSON.stringify(tally),
  );
  assert.equal(tally.internal, undefined);
  assert.ok(last.added > calls / 2, `${last.added} listeners were added`);
  assertNothingLeft(first, last);
  assert.deepEqual(watched.uncaught, []);
});

test("and neither do some hundred that reach a server", async (context) => {
  const watched = await openWatched();
  await fetch(`${sandbox.url}/_sandbox/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      rules: [
        { path: "*/sdk/events/trigger", action: { kind: "truncate" } },
        { path: "*/sdk/metadata", action: { kind: "hang" } },
        { path: "*/sdk/credentials", action: { kind: "answer", status: 503 } },
      ],
    }),
  });
  await run(watched, 5, 64, 1_000);
  const first = await watched.measure();
  const tally = await run(watched, 8, 64, 1_000);
  const last = await settled(watched, first);
  context.diagnostic(JSON.stringify({ first, last, tally }));
  const met = ["ok", "server_error", "network", "timeout", "aborted"];
  assert.deepEqual(
    met.filter((code) => !(tally[code] >= 10)),
    [],
    JSON.stringify(tally),
  );
  assertNothingLeft(first, last);
  assert.deepEqual(watched.uncaught, []);
});

test("nor does the JavaScript heap grow", { skip: lacks("memory") }, () => {
  assert.equal(growth.length, 2);
  for (const bytes of growth) assert.ok(bytes < HEAP_NOISE, `it grew by ${bytes} bytes`);
});

for (const entry of ENGINE === "chromium" ? ["index.js", "index.cjs", "compat.js"] : []) {
  test(`clients of ${entry} that are not used any more are collected`, () => {
    const file = fileURLToPath(new URL(`../pkg/${entry}`, import.meta.url));
    const program = `
      const { ParagonClient } = await import(${JSON.stringify(file)});
      const used = async () => {
        // Functions that use their own client do not keep it.
        const client = new ParagonClient({ fetch: () => client.getUser() });
        client.subscribe("onSessionChange", () => client.getUser());
        await client.getIntegrations().catch(({ code }) => code === "not_authenticated" || process.exit(1));
        client.subscribe("onWorkflowChange", () => client.getUser());
        await client.authenticate("p", () => client && "no token").catch(({ code }) => code === "invalid_token" || process.exit(1));
        return new WeakRef(client);
      };
      const clients = await Promise.all(Array.from({ length: 20 }, used));
      let left;
      for (let turn = 0; turn < 50 && left !== 0; turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        gc();
        left = clients.filter((it) => it.deref()).length;
      }
      console.log(left);`;
    const options = { encoding: "utf8", timeout: 60_000 };
    assert.equal(
      execFileSync(process.execPath, ["--expose-gc", "--input-type=module", "--eval", program], options),
      "0\n",
    );
  });
}
