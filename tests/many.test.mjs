// Ten thousand calls at once, in a page and in Node: each gets its own answer and is sent once. The engine has a
// bounded number of requests at a time; the calls that wait can be aborted.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launchBrowser } from "./support/browser.mjs";
import { LANTERN, openPackage, servePackage } from "./support/methods.mjs";

const CALLS = 10_000;
/** The number of calls that are under way at once, as docs/reference.md tells it. */
const AT_ONCE = 128;

/** A token that lasts for some hours. Nobody verifies it here. */
const seconds = Math.floor(Date.now() / 1000);
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const TOKEN = [part({ alg: "RS256" }), part({ sub: "ada", iat: seconds, exp: seconds + 36_000 }), "x"].join(".");

let api, browser, site;
/** How often each address was asked for, and how many answers were outstanding at most. */
const asked = new Map();
let outstanding = 0;
let most = 0;

/** A server that repeats the query. It takes its time, so that the requests pile up. */
before(async () => {
  const server = createServer((request, response) => {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "*, authorization");
    response.setHeader("access-control-max-age", "600");
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    outstanding += 1;
    most = Math.max(most, outstanding);
    const { pathname, search } = new URL(request.url, "http://localhost");
    asked.set(search, (asked.get(search) ?? 0) + 1);
    const isUser = pathname.endsWith("/sdk/me");
    const body = isUser ? { authenticated: true, userId: "ada", integrations: {}, meta: {} } : { output: search };
    setTimeout(() => {
      outstanding -= 1;
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    }, 1);
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  api = { server, url: `http://localhost:${server.address().port}` };
  [browser, site] = await Promise.all([launchBrowser(), servePackage()]);
});

after(async () => {
  await browser?.close();
  await site?.close();
  api?.server.closeAllConnections();
  api?.server.close();
});

/** Runs in the page or in Node: `count` calls, of which every `abortEvery`th is aborted while it waits. */
async function callMany({ paragon, url, token, project, count, abortEvery }) {
  const client = new paragon.ParagonClient({ apiUrl: url, projectId: project });
  await client.authenticate(undefined, token);
  const stop = new AbortController();
  // Node warns of a leak from the eleventh listener on.
  const { setMaxListeners } = (await globalThis.process?.getBuiltinModule?.("node:events")) ?? {};
  setMaxListeners?.(0, stop.signal);
  const calls = Array.from({ length: count }, (_, index) => {
    const options = index % abortEvery === abortEvery - 1 ? { signal: stop.signal } : {};
    return client.request("slack", `/x?${index}`, options).then(
      (answer) => (answer === `?${index}` ? "answered" : "another's answer"),
      ({ code }) => code,
    );
  });
  stop.abort();
  const outcomes = {};
  for (const outcome of await Promise.all(calls)) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return outcomes;
}

const given = { token: TOKEN, project: LANTERN, count: CALLS, abortEvery: 10 };

function check(outcomes) {
  assert.deepEqual(outcomes, { answered: CALLS * 0.9, aborted: CALLS * 0.1 });
  assert.ok(most <= AT_ONCE, `${most} answers were outstanding`);
  const sent = [...asked].filter(([search]) => search !== "");
  assert.ok(
    sent.every(([, times]) => times === 1),
    "each was sent once",
  );
  // Those that were aborted while they waited were not sent.
  const aborted = sent.filter(([search]) => Number(search.slice(1)) % 10 === 9).length;
  assert.ok(aborted <= AT_ONCE / 10 + 1, `${aborted} aborted calls were sent`);
  assert.equal(sent.length - aborted, CALLS * 0.9);
  asked.clear();
}

test("in a page", async () => {
  const { page, uncaught } = await openPackage(browser, site);
  const outcomes = await page.evaluate(
    ([source, given]) => (0, eval)(source)({ ...given, paragon: window.paragon }),
    [`(${callMany})`, { ...given, url: api.url }],
  );
  check(outcomes);
  assert.deepEqual(uncaught, []);
});

test("in Node", async () => {
  const paragon = await import(fileURLToPath(new URL("../pkg/index.js", import.meta.url)));
  check(await callMany({ ...given, url: api.url, paragon }));
});
