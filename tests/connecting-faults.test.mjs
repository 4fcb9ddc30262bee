// Every step of an install × every fault, in a real browser with real popups: what the install comes
// to, that it comes in time, that its popup closes, that nothing of it is left in the page, that no
// event is told of what did not happen, and that the client works on.
//
// The faults and what the documentation says of them are in support/faults.mjs.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";

import { launchBrowser } from "./support/browser.mjs";
import { codeOf, faults } from "./support/faults.mjs";
import { keepAccount } from "./support/installs.mjs";
import { LANTERN, openPackage, servePackage } from "./support/methods.mjs";
import { startSandbox } from "./support/sandbox.mjs";

/** Sandboxes that are used side by side, each with its own browser window. */
const LANES = 3;
/** The limit of a request: long enough for it to be answered on a machine that is busy. */
const TIMEOUT_MS = 3_000;
/** No install takes longer: the longest waits are for a popup, and for an answer that was lost. */
const PATIENCE_MS = 30_000;

const tokens = [];
let browser, site;
const elsewhere = { met: [] };
const free = [];
const closing = [];

before(async () => {
  browser = await launchBrowser();
  site = await servePackage();
  closing.push(
    () => browser.close(),
    () => site.close(),
  );
  elsewhere.server = createServer(({ url }, response) => {
    elsewhere.met.push(url);
    response.writeHead(200, { "access-control-allow-origin": "*", "content-type": "application/json" }).end("{}");
  });
  await new Promise((resolve) => elsewhere.server.listen(0, "127.0.0.1", resolve));
  elsewhere.url = `http://127.0.0.1:${elsewhere.server.address().port}/`;
  for (let lane = 0; lane < LANES; lane += 1) {
    const sandbox = await startSandbox();
    closing.push(() => sandbox.stop());
    const { page, uncaught } = await openPackage(browser, site, keepAccount);
    await page.evaluate(inPage);
    free.push({ sandbox, page, uncaught });
  }
});
after(async () => {
  for (const close of closing.reverse()) await close();
  elsewhere.server?.close();
});

/** In the page: an install with a session of its own, and what came of it. */
function inPage() {
  window.install = async ({ apiUrl, projectId, token, timeoutMs, type, options, patienceMs, isAway }) => {
    const events = [];
    const client = new window.paragon.ParagonClient({ apiUrl, projectId, maxRetries: 1 });
    client.subscribe("onIntegrationInstall", ({ credentialId }) => events.push(credentialId));
    await client.authenticate(undefined, token);
    const { hasFocus } = Document.prototype;
    // As for a user who is in the popup.
    document.hasFocus = isAway ? () => false : hasFocus;
    window.account.forget();

    const started = performance.now();
    let timer;
    const never = new Promise((resolve) => (timer = setTimeout(resolve, patienceMs, { code: "pending" })));
    const told = (error) => {
      const texts = [String(error), error.stack, JSON.stringify(error), JSON.stringify(error.cause)];
      const code = window.paragon.isParagonError(error) ? error.code : `not of ours: ${error}`;
      return { code, status: error.status, leaks: texts.some((text) => text?.includes(token)) };
    };
    const running = client.installIntegration(type, { timeoutMs, ...options });
    const outcome = await Promise.race([
      running.then(({ credentialId }) => ({ code: "ok", credentialId }), told),
      never,
    ]);
    clearTimeout(timer);
    const tookMs = performance.now() - started;
    document.hasFocus = hasFocus;
    window.goOn = async () => {
      const { authenticated } = await client.getUser();
      if (!authenticated) await client.authenticate(projectId, token);
      const { integrations } = await client.getUser();
      return { authenticated, entry: integrations[type], events };
    };
    return { ...outcome, tookMs };
  };
}

/** Whether the server does what is asked of it, though the answer is lost. */
const isDone = ({ kind, when }) => kind === "truncate" || (["drop", "hang"].includes(kind) && when === "afterHeaders");

/** What a request comes to that is hit by a fault; `once` if it is not sent again. */
function outcomeOf(fault, { once, body }) {
  const { status, broken, silent, times, asksForTooMuch } = fault;
  const isTransient = broken || status === 429 || [502, 503, 504].includes(status);
  if (times === 1 && isTransient && !once && !asksForTooMuch) return "ok";
  if (status !== undefined) return codeOf(status);
  if (broken) return "network";
  if (silent) return "timeout";
  return fault.body ? body(fault) : "ok";
}

const ANSWER = { id: "faulted", status: "VALID" };
/** A credential is an object with an id; what else is in it does not matter. */
const credential = (fault) => {
  const { kind, text } = fault.body({ reads: "object", answer: ANSWER });
  return kind === "object" && text && JSON.parse(text).id === ANSWER.id ? "ok" : "invalid_response";
};
const LIST = { reads: "list", answer: [{ id: "i", type: "another" }] };
const object = (outcome) => ({ reads: "object", answer: ANSWER, outcome });

/**
 * The requests of an install, and what it comes to when one of them is hit.
 *
 * `rule` is what the fault hits; `install` what is installed, and how the provider decides.
 */
const OAUTH = { type: "slack", decision: { decision: "allow" } };
const SEVERED = { ...OAUTH, decision: { decision: "allow", severOpener: true }, isAway: true };
const KEY = { type: "klaviyo", options: { preOptions: { apiKey: "pk_1" } } };
const SETUP = {
  type: "jira",
  decision: { decision: "allow" },
  options: { postOptions: { edition: "software", project: "PRJ-7", pollMinutes: 15 } },
};
const STEPS = [
  {
    name: "the list of integrations",
    rule: { method: "GET", path: "*/sdk/integrations" },
    install: OAUTH,
    ...LIST,
    outcome: (fault) =>
      outcomeOf(fault, {
        body: (it) => (it.body(LIST).kind === "array" ? "integration_not_found" : "invalid_response"),
      }),
  },
  {
    name: "the provider's address",
    rule: { method: "GET", path: "*/build-oauth" },
    install: OAUTH,
    ...object((fault) => outcomeOf(fault, { body: () => "invalid_response" })),
  },
  {
    name: "the account",
    rule: { method: "POST", path: "*/sdk/credentials" },
    install: OAUTH,
    ...object((fault, action) => {
      // It is looked for, as it must not be made twice.
      if ((fault.broken || fault.silent) && isDone(action)) return "ok";
      return outcomeOf(fault, { once: true, body: credential });
    }),
  },
  {
    name: "whether there is an account",
    rule: { method: "GET", path: "*/session-id/*" },
    install: SEVERED,
    times: 2,
    // It is asked again, unless the session is of no use any more.
    ...object((fault) => (fault.status === 401 ? "unauthorized" : "ok")),
  },
  {
    name: "which account it is",
    rule: { method: "GET", path: "*/sdk/credentials/*" },
    install: SEVERED,
    ...object((fault) => outcomeOf(fault, { body: credential })),
  },
  {
    name: "that it may be forgotten",
    rule: { method: "DELETE", path: "*/session-id/*" },
    install: OAUTH,
    isLast: true,
    ...object(() => "ok"),
  },
  {
    name: "an account of a key",
    rule: { method: "POST", path: "*/sdk/credentials" },
    install: KEY,
    ...object((fault) => outcomeOf(fault, { once: true, body: credential })),
  },
  {
    name: "the setup of an account",
    rule: { method: "POST", path: "*/complete-setup" },
    install: SETUP,
    ...object((fault) => outcomeOf(fault, { once: true, body: credential })),
  },
];

const FAULTS = faults(
  () => tokens,
  () => elsewhere.url,
).filter(({ name }) => name !== "50 MB");

let people = 0;

/** One install by somebody new, during which a step is hit. */
async function meet({ sandbox, page }, step, rule) {
  await sandbox.reset();
  const { token } = await sandbox.token({ userId: `person-${(people += 1)}`, expiresInSeconds: 3_600 });
  tokens.splice(0, tokens.length, token);
  const { type, options, decision, isAway } = step.install;
  if (decision) await sandbox.decide(decision);
  const desk = (method, body) =>
    fetch(`${sandbox.url}/_sandbox/faults`, {
      method,
      headers: { "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
  const result = await desk("POST", { rules: [rule(token)] });
  assert.equal(result.status, 200, await result.text());
  const given = {
    apiUrl: sandbox.url,
    projectId: LANTERN,
    token,
    timeoutMs: TIMEOUT_MS,
    type,
    options,
    patienceMs: PATIENCE_MS,
    isAway,
  };
  const outcome = await page.evaluate((given) => window.install(given), given);
  await desk("DELETE");
  return { ...outcome, ...(await left(page)), ...(await page.evaluate(() => window.goOn())) };
}

/** What is left of an install once it is over, if it stays. */
async function left(page) {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    // A popup that was cut off is out of the application's reach, and closes by itself.
    const windows = page.context().pages().length - 1;
    const open = await page.evaluate(() => window.account.open());
    if ((windows === 0 && open.length === 0) || Date.now() > until) return { windows, open };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What is not as it shall be, in words. */
function check(
  { name, isLast },
  wanted,
  { code, status, leaks, tookMs, windows, open, authenticated, entry, events, credentialId },
  fault,
) {
  const wrong = [];
  const compare = (what, is, shall) => {
    if (JSON.stringify(is) !== JSON.stringify(shall))
      wrong.push(`${name}: ${what} is ${JSON.stringify(is)}, not ${JSON.stringify(shall)}`);
  };
  compare("the outcome", code, wanted);
  if (wanted === codeOf(fault?.status ?? 0)) compare("the status", status, fault.status);
  compare("whether a token is in the error", leaks ?? false, false);
  compare("how many popups are left", windows, 0);
  compare("what is left in the page", open, []);
  compare("the events", events, wanted === "ok" ? [credentialId] : []);
  // What is refused when all is done is refused all the same.
  if (!isLast || fault.status !== 401) compare("whether the session is on", authenticated, wanted !== "unauthorized");
  if (wanted === "ok" && credentialId !== ANSWER.id)
    compare("the account at the server", entry?.credentialId, credentialId);
  if (tookMs > PATIENCE_MS) wrong.push(`${name}: took ${tookMs} ms`);
  return wrong;
}

async function onALane(run) {
  const lane = free.pop();
  try {
    return await run(lane);
  } finally {
    free.push(lane);
  }
}

describe("an install meets", { concurrency: LANES }, () => {
  for (const fault of FAULTS) {
    test(fault.name, () =>
      onALane(async (lane) => {
        const wrong = [];
        for (const step of STEPS) {
          let action;
          const result = await meet(lane, step, () => {
            action = fault.action({ reads: step.reads, answer: step.answer });
            const { delayMs, cors, times = step.times } = fault;
            return { ...step.rule, delayMs, cors, times, action };
          });
          const wanted = step.outcome(fault, action);
          wrong.push(...check(step, wanted, result, fault));
        }
        assert.deepEqual(wrong, []);
      }),
    );
  }
});

/** Pages that the popup shows: a page that fails cannot say so. */
const PAGES = {
  "Paragon's first page": ["*/oauth-nonce", "timeout"],
  "the provider's page": ["/provider/*", "oauth_timeout"],
  "Paragon's last page": ["/oauth", "oauth_timeout"],
};
const BROKEN = {
  500: { kind: "answer", status: 500, headers: { "content-type": "text/html" }, body: "<h1>500</h1>" },
  "another page": {
    kind: "answer",
    status: 200,
    headers: { "content-type": "text/html" },
    body: "<h1>Something else</h1>",
  },
  "a redirect in circles": { kind: "redirect", location: "?again" },
  "drop before headers": { kind: "drop", when: "beforeHeaders" },
  "drop after headers": { kind: "drop", when: "afterHeaders" },
  truncate: { kind: "truncate", bytes: 20 },
  "hang before headers": { kind: "hang", when: "beforeHeaders" },
  "hang in the body": { kind: "hang", when: "afterHeaders" },
};

describe("the popup meets", { concurrency: LANES }, () => {
  for (const [name, action] of Object.entries(BROKEN)) {
    test(name, () =>
      onALane(async (lane) => {
        const wrong = [];
        for (const [page, [path, wanted]] of Object.entries(PAGES)) {
          const step = { install: { ...OAUTH, options: { oauthTimeout: 6_000 } } };
          const result = await meet(lane, step, () => ({ method: "GET", path, action }));
          // The provider's answer is a redirect, in whose body nothing can break.
          const isWhole = page === "the provider's page" && isDone(action);
          wrong.push(...check({ name: page }, isWhole ? "ok" : wanted, result));
        }
        assert.deepEqual(wrong, []);
      }),
    );
  }
});

test("nothing was sent to where redirects led", () => assert.deepEqual(elsewhere.met, []));

test("no error went uncaught, and no rejection unhandled", () => {
  assert.deepEqual(
    free.flatMap(({ uncaught }) => uncaught),
    [],
  );
});
