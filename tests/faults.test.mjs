// Every method × every fault, in a real browser, on a page of another origin than the server: what
// each call comes to, that it comes in time, what was sent for it, and that the client works on.
//
// The faults and the rules for what is expected are in support/faults.mjs.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";

import { ENGINE, launchBrowser } from "./support/browser.mjs";
import { MAX_RETRIES, SOMETHING, codeOf, expected, faults } from "./support/faults.mjs";
import { methods, openPackage, people, servePackage } from "./support/methods.mjs";
import { startSandbox } from "./support/sandbox.mjs";

/** Sandboxes that are used side by side. */
const LANES = 3;
/** Far more than any fault takes that is no silence. */
const PATIENCE_MS = 15_000;
/** The limit of calls that get no answer; long enough for the request to be on its way by then. */
const SILENCE_MS = 2_000;
/** How much later than its limit a promise may settle on a machine that is busy. */
const LATE_MS = 3_000;

let browser, site, known, opened;
const elsewhere = { met: [] };
const lanes = [];
const free = [];
const outcomes = new Map();
const FAULTS = faults(
  () => Object.values(known.tokens),
  () => elsewhere.url,
);

before(async () => {
  browser = await launchBrowser();
  site = await servePackage();
  for (let lane = 0; lane < LANES; lane += 1) lanes.push(await startSandbox());
  free.push(...lanes);
  known = await people(lanes[0]);
  elsewhere.server = createServer(({ method, url }, response) => {
    elsewhere.met.push(`${method} ${url}`);
    response
      .writeHead(200, {
        "access-control-allow-origin": "*",
        "access-control-allow-headers": "*",
        "content-type": "application/json",
      })
      .end("{}");
  });
  await new Promise((resolve) => elsewhere.server.listen(0, "127.0.0.1", resolve));
  elsewhere.url = `http://127.0.0.1:${elsewhere.server.address().port}/`;
  opened = await openPackage(browser, site);
  await opened.page.evaluate(installCells, { maxRetries: MAX_RETRIES, lateMs: LATE_MS });
});

after(async () => {
  await browser?.close();
  await site?.close();
  elsewhere.server?.close();
  await Promise.all(lanes.map((lane) => lane.stop()));
  print();
});

/** Runs in the page: what the cells of the table do there. */
function installCells({ maxRetries, lateMs }) {
  const clients = new Map();

  /** Every string that an error holds, wherever it is. */
  function strings(value, seen = new Set()) {
    if (typeof value !== "object" || value === null) return [String(value)];
    if (seen.has(value)) return [];
    seen.add(value);
    return Reflect.ownKeys(value).flatMap((key) => [String(key), ...strings(value[key], seen)]);
  }

  function told(error, token) {
    const { code, name, status, details } = error;
    const texts = [String(error), error.stack, JSON.stringify(error), ...strings(error)];
    return {
      code: window.paragon.isParagonError(error) ? code : `not of ours: ${error}`,
      errorName: name,
      status,
      details: JSON.parse(JSON.stringify(details ?? null)),
      leaks: texts.some((text) => text.includes(token)),
    };
  }

  /** What a promise comes to, and when; `pending` when it does not. */
  async function settled(promise, limitMs, token) {
    const started = performance.now();
    let timer;
    const never = new Promise((resolve) => (timer = setTimeout(resolve, limitMs + lateMs, { code: "pending" })));
    const outcome = await Promise.race([
      promise.then(
        () => ({ code: "ok" }),
        (error) => told(error, token),
      ),
      never,
    ]);
    clearTimeout(timer);
    return { ...outcome, tookMs: performance.now() - started };
  }

  window.cells = {
    /** A client with a session for each. */
    prepare: (cells, limitMs) =>
      Promise.all(
        cells.map(async ({ host, projectId, token, signsIn, again, call, args }) => {
          const client = new window.paragon.ParagonClient({ apiUrl: `http://${host}`, projectId, maxRetries });
          clients.set(host, client);
          if (!signsIn) await client.authenticate(undefined, token);
          if (again) await client[call](...args);
          await client.configureGlobal({ timeoutMs: limitMs });
        }),
      ),
    /** The calls at once, and what they sent. */
    run: (cells, limitMs) =>
      Promise.all(
        cells.map(async ({ host, token, call, args }) => {
          const before = window.sent.length;
          const outcome = await settled(clients.get(host)[call](...args), limitMs, token);
          const sent = window.sent.slice(before).filter((request) => request.host === host);
          return { ...outcome, sent: sent.map(({ line }) => line) };
        }),
      ),
    /** Whether the session is on, and whether the same call succeeds, signed in again if need be. */
    goOn: (cells, limitMs) =>
      Promise.all(
        cells.map(async ({ host, call, args, projectId, token }) => {
          const client = clients.get(host);
          await client.configureGlobal({ timeoutMs: limitMs });
          const { authenticated } = await client.getUser();
          if (!authenticated) await client.authenticate(projectId, token);
          const { code } = await settled(client[call](...args), limitMs);
          clients.delete(host);
          return { signedIn: authenticated, again: code };
        }),
      ),
  };
}

async function desk(lane, method, path, body) {
  const response = await fetch(`${lane.url}/_sandbox/${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  assert.equal(response.status, 200, `${method} ${path}: ${await response.clone().text()}`);
  return response.json();
}

/** Methods that can be tried at once: a fault that happens once must not be used up by another. */
function batches(fault) {
  const groups = [];
  for (const method of methods(known)) {
    const fitting = groups.find(
      (group) =>
        group.length < (fault.together ?? Infinity) &&
        !(fault.times && group.some((other) => other.steps[other.at] === method.steps[method.at])),
    );
    if (fitting) fitting.push(method);
    else groups.push([method]);
  }
  return groups;
}

function rulesOf(fault, batch) {
  const rules = new Map();
  for (const method of batch) {
    const [verb, path] = method.steps[method.at].split(" ");
    const { delayMs, cors, times } = fault;
    rules.set(`${verb} ${path}`, { method: verb, path, delayMs, cors, times, action: fault.action(method) });
  }
  return { rules: [...rules.values()] };
}

let hosts = 0;

async function meet(fault, batch, lane) {
  // A host name of its own for each: connections are not shared, and the log tells whose it is.
  const { port } = new URL(lane.url);
  const cells = batch.map(({ name, projectId, token, signsIn, again, call, args }) => {
    const host = `cell-${(hosts += 1)}.localhost:${port}`;
    return { name, host, projectId, token, signsIn, again, call, args };
  });
  const limitMs = fault.silent ? SILENCE_MS : PATIENCE_MS;
  const inPage = (what, limit) =>
    opened.page.evaluate(([what, cells, limit]) => window.cells[what](cells, limit), [what, cells, limit]);

  await desk(lane, "POST", "reset");
  await inPage("prepare", limitMs);
  await desk(lane, "DELETE", "requests");
  await desk(lane, "POST", "faults", rulesOf(fault, batch));
  const met = await inPage("run", limitMs);
  const { requests } = await lane.requests();
  await desk(lane, "POST", "reset");
  const then = await inPage("goOn", PATIENCE_MS);
  return cells.map(({ host, name }, index) => {
    const arrived = requests
      .filter(({ method, headers }) => method !== "OPTIONS" && headers.host === host)
      .map(({ method, path }) => `${method} ${path}`);
    return { name, limitMs, arrived, ...met[index], ...then[index] };
  });
}

describe("every method meets", { concurrency: LANES }, () => {
  for (const fault of FAULTS) {
    test(fault.name, async () => {
      const lane = free.pop();
      try {
        for (const batch of batches(fault)) {
          const results = await meet(fault, batch, lane);
          const byName = Object.fromEntries(results.map((result) => [result.name, result]));
          outcomes.set(fault.name, { ...outcomes.get(fault.name), ...byName });
        }
      } finally {
        free.push(lane);
      }
      const wrong = methods(known).flatMap((method) => check(method, fault, outcomes.get(fault.name)[method.name]));
      assert.deepEqual(wrong, []);
    });
  }
});

test("nothing was sent to where redirects led", () => assert.deepEqual(elsewhere.met, []));

test("no error went uncaught, and no rejection unhandled", () => assert.deepEqual(opened.uncaught, []));

test("the prototype of all objects is as it was", async () => {
  assert.equal(await opened.page.evaluate(() => ({}).polluted), undefined);
});

/** What is not as the rules want it, in words. */
function check(method, fault, result) {
  const wanted = expected(method, fault);
  if (ENGINE === "firefox" && fault.cut && /^DELETE .*\/integrations\//.test(method.steps[method.at])) {
    // Firefox takes the cut body of a 404 for whole. The first DELETE has succeeded, and so has the call.
    Object.assign(wanted, { code: "ok", name: undefined });
  }
  const wrong = [];
  const compare = (what, is, shall) => {
    if (JSON.stringify(is) !== JSON.stringify(shall)) {
      wrong.push(`${method.name}: ${what} is ${JSON.stringify(is)}, not ${JSON.stringify(shall)}`);
    }
  };
  compare("the outcome", result.code, wanted.code);
  compare("the status", result.status, wanted.status);
  compare("the error's name", result.errorName, wanted.name);
  compare("what was sent", result.sent, wanted.sent);
  compare("whether a token is in the error", result.leaks ?? false, false);
  compare("whether the session is on", result.signedIn, wanted.signedIn);
  compare("the call once the fault is gone", result.again, "ok");
  if (result.tookMs > result.limitMs + LATE_MS) wrong.push(`${method.name}: took ${result.tookMs} ms`);
  if (fault.resent || (ENGINE === "firefox" && fault.cut)) {
    // Engines send a request again that got no answer: Chromium and WebKitGTK if it was on a connection
    // that they had kept open, Firefox a GET up to ten times.
    const target = method.steps[method.at];
    const times = result.arrived.filter((line) => line === target).length;
    const each = ENGINE === "firefox" && target.startsWith("GET ") ? 10 : 2;
    if (times < wanted.tries || times > each * wanted.tries) wrong.push(`${method.name}: arrived ${times} times`);
  } else {
    compare("what arrived", result.arrived, wanted.sent);
  }
  if (result.code === codeOf(fault.status ?? 200) && fault.status) {
    const { response, retryAfterMs } = result.details ?? {};
    if (fault.response !== SOMETHING) compare("the server's answer", response ?? null, fault.response);
    else if (response === undefined) wrong.push(`${method.name}: the server's answer is lost`);
    const [least, most] = fault.retryAfterMs ?? [];
    if (least === undefined) compare("retryAfterMs", retryAfterMs, undefined);
    else if (!(retryAfterMs >= least && retryAfterMs <= most))
      wrong.push(`${method.name}: retryAfterMs is ${retryAfterMs}`);
  }
  return wrong;
}

function print() {
  const columns = methods(known);
  const names = { network: "netw", timeout: "time", invalid_response: "inval", integration_not_found: "none" };
  const short = ({ code = "-", status, sent = [] } = {}) =>
    `${names[code] ?? status ?? code}${sent.length > 1 ? `·${sent.length}` : ""}`;
  const lines = FAULTS.map(({ name }) =>
    [name.padEnd(42), ...columns.map((method) => short(outcomes.get(name)?.[method.name]).padEnd(7))].join(" "),
  );
  const legend = columns.map(({ name }, index) => `${index + 1} ${name}`).join(", ");
  console.log(
    [
      `\nOutcome of each call, or its status, and how many requests it sent if more than one:`,
      legend,
      `${"".padEnd(42)} ${columns.map((_, index) => String(index + 1).padEnd(7)).join(" ")}`,
      ...lines,
      `${lines.length} faults × ${columns.length} methods`,
    ].join("\n"),
  );
}
