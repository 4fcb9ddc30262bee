// The measurements. Each gives samples by contender; those of one round are taken one after the
// other, so that whatever else the machine does hits all contenders alike.

import { CONTENDERS } from "./build.mjs";
import { openTab } from "./tab.mjs";
import { withIntegrations } from "./user.mjs";

/** The time that a new tab is left alone: Chromium takes as long to come to rest. */
const REST_MS = 1_000;

/**
 * After so many rounds other tabs take the places of those that are there: each is a process, and one
 * may be a tenth slower than another for as long as it lives, whatever runs in it.
 */
const ROUNDS_PER_TAB = 3;

/** The user that is signed in: twelve real integrations. */
const USER = "grace";

/** One order after the other, so that nobody always comes first or after the same other. */
function order(round) {
  const turn = round % CONTENDERS.length;
  const turned = [...CONTENDERS.slice(turn), ...CONTENDERS.slice(0, turn)];
  return Math.floor(round / CONTENDERS.length) % 2 ? turned.reverse() : turned;
}

/**
 * @param {{browser: object, site: object, sandbox: object, said: (text: string) => void}} stage
 * @param {{runs: number, rates: number[]}} extent
 */
async function rounds({ said }, { runs, rates }, what, sample, prepare) {
  const samples = Object.fromEntries(
    rates.map((rate) => [rate, Object.fromEntries(CONTENDERS.map((name) => [name, []]))]),
  );
  for (let round = 0; round < runs; round += 1) {
    said(`${what}: ${round + 1} of ${runs}`);
    await prepare?.(round);
    for (const rate of rates) {
      for (const name of order(round)) {
        samples[rate][name].push(await sample(name, rate));
      }
    }
  }
  return samples;
}

const address = ({ site, sandbox }, name, session) =>
  `${site.address}/${name}/?${new URLSearchParams({
    api: sandbox.url,
    ...(session && { project: session.projectId, token: session.token }),
  })}`;

/** Has the sandbox answer `GET /sdk/me` with this user, without thinking about it. */
async function answerWith(sandbox, user) {
  const headers = { "content-type": "application/json" };
  const action = { kind: "answer", status: 200, headers, body: JSON.stringify(user) };
  const rules = [{ method: "GET", path: "*/sdk/me", action }];
  const body = JSON.stringify({ rules });
  const { ok, status } = await fetch(`${sandbox.url}/_sandbox/faults`, { method: "POST", headers, body });
  if (!ok) throw new Error(`the sandbox refused the user: ${status}`);
}

const signedIn = (sandbox) => sandbox.token({ userId: USER, expiresInSeconds: 36_000 });

/**
 * From the navigation to the first user, in milliseconds, with nothing in any cache.
 *
 * @returns the `samples`; and in `sizes` how much JavaScript and wasm each loaded, in bytes on the wire
 */
export async function cold(stage, extent) {
  await stage.sandbox.reset();
  const session = await signedIn(stage.sandbox);
  const sizes = {};
  const samples = await rounds(stage, extent, "cold start", async (name, rate) => {
    const tab = await openTab(stage.browser);
    try {
      // A process for the site is there: starting one takes long, and says nothing about a client.
      await tab.load(`${stage.site.address}/blank`);
      // Nor does what the browser still does for the last tab, and for this one.
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      await tab.throttle(rate);
      await tab.open(address(stage, name, session));
      const { coldMs, userId } = await tab.evaluate(() => window.bench);
      if (userId !== USER) throw new Error(`${name} gave another user: ${userId}`);
      sizes[name] = await tab.evaluate(loadedBytes, `/${name}/`);
      return coldMs;
    } finally {
      await tab.close();
    }
  });
  return { samples, sizes };
}

/** In the page. */
function loadedBytes(folder) {
  const loaded = performance
    .getEntriesByType("resource")
    .filter(({ name }) => new URL(name).pathname.startsWith(folder));
  if (loaded.some((it) => it.encodedBodySize >= it.decodedBodySize)) {
    throw new Error("the application was not compressed on its way");
  }
  return loaded.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
}

/**
 * Rounds in signed-in tabs, in which `sample(tab, name, rate)` was taken `warmUps` times before
 * anything counts: compilers have warmed up then.
 */
async function roundsInTabs(stage, extent, what, warmUps, sample) {
  const session = await signedIn(stage.sandbox);
  let tabs = {};
  const close = async () => {
    for (const tab of Object.values(tabs)) await tab.close();
    tabs = {};
  };
  const prepare = async (round) => {
    if (round % ROUNDS_PER_TAB) return;
    await close();
    for (const name of order(round / ROUNDS_PER_TAB)) {
      tabs[name] = await openTab(stage.browser);
      await tabs[name].open(address(stage, name, session));
      for (let time = 0; time < warmUps; time += 1) await sample(tabs[name], name, 1);
    }
  };
  try {
    return await rounds(stage, extent, what, (name, rate) => sample(tabs[name], name, rate), prepare);
  } finally {
    await close();
  }
}

/** The result of a function that runs in the tab while its processor is that many times slower. */
async function atRate(tab, rate, run, ...given) {
  await tab.send("Page.bringToFront");
  await tab.throttle(rate);
  try {
    return await tab.evaluate(run, ...given);
  } finally {
    // Chromium makes a tab slower by keeping a processor busy, also while the tab does nothing.
    await tab.throttle(1);
  }
}

/** A `getUser` after the first, in milliseconds: the mean of `calls`, one after the other. */
export async function warm(stage, extent, integrations, calls) {
  await stage.sandbox.reset();
  const user = await stage.sandbox.user(await signedIn(stage.sandbox));
  await answerWith(stage.sandbox, withIntegrations(user, integrations));
  return roundsInTabs(stage, extent, `getUser, ${integrations} integrations`, 10, async (tab, name, rate) => {
    const { ms, got } = await atRate(tab, rate, getUserOften, calls);
    if (got !== integrations) throw new Error(`${name} gave ${got} integrations`);
    return ms;
  });
}

/** In the page. */
async function getUserOften(calls) {
  const { getUser } = window.bench.client;
  const started = performance.now();
  let user;
  for (let call = 0; call < calls; call += 1) user = await getUser();
  const ms = (performance.now() - started) / calls;
  return { ms, got: Object.keys(user.integrations).length };
}

/** The number of `request` calls that are answered in a second, when `calls` are made at once. */
export async function throughput(stage, extent, calls) {
  await stage.sandbox.reset();
  return roundsInTabs(stage, extent, `${calls} requests at once`, 1, async (tab, name, rate) => {
    return calls / ((await atRate(tab, rate, requestAtOnce, calls)) / 1000);
  });
}

/** In the page. */
async function requestAtOnce(calls) {
  const { request } = window.bench.client;
  const one = (number) => request("salesforce", "records", { method: "POST", body: { number } });
  const started = performance.now();
  const answers = await Promise.all(Array.from({ length: calls }, (_, number) => one(number)));
  const ms = performance.now() - started;
  if (answers.some(({ received }, number) => received.number !== number)) {
    throw new Error("a request was given the answer to another");
  }
  return ms;
}

/**
 * Memory after so many `request` calls in all: JavaScript's, in bytes, once the garbage has been
 * collected, and the module's, in pages of 64 KiB.
 */
export async function memory(stage, counts, atOnce) {
  await stage.sandbox.reset();
  const session = await signedIn(stage.sandbox);
  const left = {};
  for (const name of CONTENDERS) {
    const tab = await openTab(stage.browser);
    try {
      await tab.open(address(stage, name, session));
      left[name] = [];
      let made = 0;
      for (const count of counts) {
        for (; made < count; made += atOnce) {
          stage.said(`memory, ${name}: ${made} of ${counts.at(-1)}`);
          await tab.evaluate(requestAtOnce, atOnce);
        }
        left[name].push({ calls: made, ...(await used(tab)) });
      }
    } finally {
      await tab.close();
    }
  }
  return left;
}

async function used(tab) {
  // The second collects what only the first has made collectable.
  await tab.send("HeapProfiler.collectGarbage");
  await tab.send("HeapProfiler.collectGarbage");
  const { usedSize } = await tab.send("Runtime.getHeapUsage");
  const { result } = await tab.send("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
  const { objects } = await tab.send("Runtime.queryObjects", { prototypeObjectId: result.objectId });
  const { result: pages } = await tab.send("Runtime.callFunctionOn", {
    objectId: objects.objectId,
    functionDeclaration: "function () { return this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) / 65536; }",
    returnByValue: true,
  });
  await tab.send("Runtime.releaseObject", { objectId: objects.objectId });
  return { heap: usedSize, pages: pages.value };
}

/** The calls of each scenario, on a page that has just been opened, and their user. */
const SCENARIOS = [
  { name: "sign-in", calls: [["authenticate"]] },
  { name: "sign-in with metadata", calls: [["authenticate", { metadata: { Plan: "pro" } }]] },
  { name: "uninstall", calls: [["authenticate"], ["uninstallIntegration", "slack"]] },
  {
    name: "uninstall of an account that must be reconnected",
    calls: [["authenticate"], ["uninstallIntegration", "hubspot"]],
  },
];

/**
 * The requests of each SDK in each scenario: those of its last call, and those of all its calls.
 * Preflights, of which each request has at most one, are left out.
 */
export async function requests({ browser, site, sandbox, said }) {
  const counted = [];
  for (const { name: scenario, calls } of SCENARIOS) {
    said(`requests: ${scenario}`);
    const counts = {};
    for (const name of ["paragon-wasm", "official"]) {
      await sandbox.reset();
      const { projectId, token } = await sandbox.token({ userId: "ada" });
      const tab = await openTab(browser);
      try {
        await tab.open(address({ site, sandbox }, name));
        const sent = [0];
        for (const [call, argument] of calls) {
          const given = call === "authenticate" ? [projectId, token, argument] : [argument];
          await tab.evaluate(callAndWait, call, given, sandbox.url);
          const { requests } = await sandbox.requests();
          sent.push(requests.filter(({ method, path }) => method !== "OPTIONS" && path.includes("/sdk/")).length);
        }
        counts[name] = { last: sent.at(-1) - sent.at(-2), all: sent.at(-1) };
      } finally {
        await tab.close();
      }
    }
    counted.push({ scenario, calls: calls.length, ...counts });
  }
  return counted;
}

/** In the page. */
async function callAndWait(call, given, sandbox) {
  await window.bench.client[call](...given);
  // What the call leaves to be sent later has been sent when this comes back.
  await new Promise((resolve) => setTimeout(resolve));
  await fetch(`${sandbox}/_sandbox/users`);
}
