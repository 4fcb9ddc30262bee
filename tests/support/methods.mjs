// The package in a page, and a table of its methods: what each sends and how it reads the answer.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach } from "node:test";
import { fileURLToPath } from "node:url";

import { serve } from "../../www/serve.mjs";
import { launchBrowser, onUncaught, openPage } from "./browser.mjs";
import { startSandbox } from "./sandbox.mjs";

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Two projects of the sandbox: a fault of one leaves the other alone. */
export const LANTERN = "8f2d6f0e-3c1b-4a57-9e64-0d5b7a1c2e39";
export const HARBOR = "2b7e94c1-60d8-4f3a-b5a2-91c7e8d04f6b";

/** Serves the package, as an application's own server would: on another origin than any sandbox. */
export const servePackage = () => serve({ "/paragon-wasm": folder("../../pkg") });

/**
 * A page that has the package as `paragon`; everything that it sends is counted in `sent`.
 *
 * @param {() => void} [first] runs in the page before anything else
 * @returns the page, and in `uncaught` the errors and rejections that nobody handled
 */
export async function openPackage(browser, site, first) {
  const uncaught = [];
  const { page, problems } = await openPage(browser, `${site.address}/paragon-wasm/package.json`, {}, first);
  onUncaught(page, (error) => uncaught.push(String(error.stack ?? error)));
  await page.evaluate(async () => {
    window.sent = [];
    const native = window.fetch;
    window.fetch = (url, init) => {
      const { host, pathname } = new URL(url, location);
      window.sent.push({ host, line: `${init?.method ?? "GET"} ${pathname}` });
      return native(url, init);
    };
    window.paragon = await import("/paragon-wasm/index.js");
  });
  return { page, problems, uncaught };
}

/**
 * What the methods are called with: tokens that last, and ids of the sandbox's own data.
 *
 * @param {Awaited<ReturnType<import("./sandbox.mjs").startSandbox>>} sandbox
 */
export async function people(sandbox) {
  const token = async (projectId, userId) =>
    (await sandbox.token({ projectId, userId, expiresInSeconds: 36_000 })).token;
  const [ada, grace, noor, harborAda, tomas] = await Promise.all([
    token(LANTERN, "ada"),
    token(LANTERN, "grace"),
    token(LANTERN, "noor"),
    token(HARBOR, "ada"),
    token(HARBOR, "tomas"),
  ]);
  const get = async (projectId, path, token) => {
    const response = await fetch(`${sandbox.url}/projects/${projectId}/sdk/${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return response.json();
  };
  const [user, pending, integrations, metadata, credentials, harbor] = await Promise.all([
    get(LANTERN, "me", ada),
    get(HARBOR, "me", tomas),
    get(LANTERN, "integrations", grace),
    get(LANTERN, "metadata", ada),
    get(LANTERN, "credentials", ada),
    get(HARBOR, "integrations", harborAda),
  ]);
  const idOf = (list, type) => list.find((integration) => integration.type === type).id;
  const workflows = Object.entries(user.integrations.salesforce.workflowSettings);
  return {
    tokens: { ada, grace, noor, harborAda, tomas },
    answers: { user, pending, integrations, metadata, credentials },
    credential: credentials[0].id,
    salesforce: idOf(integrations, "salesforce"),
    zendesk: idOf(harbor, "zendesk"),
    intercom: idOf(harbor, "intercom"),
    slack: idOf(integrations, "slack"),
    running: workflows.find(([, { enabled }]) => enabled)[0],
    stopped: workflows.find(([, { enabled }]) => !enabled)[0],
  };
}

/**
 * Every method that sends something.
 *
 * - `steps`: the requests of a call that succeeds, `at` the one that this row of the table is about
 * - `reads`: what the answer to it must be: a `user`, a `list`, an `object`; or `nothing`: JSON
 *   or an empty answer, not looked at further; or `anything`, handed on unless it says that it is JSON
 *   and is none
 * - `finds`: it looks for an element in the list
 * - `once`: it is never sent again by itself
 * - `proxied`: its answer is that of an integration's API
 * - `answer`: what the server says when all is well, where that matters
 * - `again`: the same succeeded before
 *
 * @param {Awaited<ReturnType<typeof people>>} known
 */
export function methods({ tokens, answers, ...ids }) {
  const { ada, grace, harborAda, tomas } = tokens;
  const { user, pending, integrations, metadata, credentials } = answers;
  const row = (name, [call, ...args], steps, reads, more) => {
    const { projectId, token, at } = { projectId: LANTERN, token: ada, at: 0, ...more };
    const whole = (step) => step.replace(" ", ` /projects/${projectId}/sdk/`);
    return { name, call, args, steps: steps.map(whole), reads, ...more, projectId, token, at };
  };
  const uninstall = (type, id, reads, more, ...between) => [
    ["uninstallIntegration", type],
    ["GET integrations", ...between, `DELETE integrations/${id}`],
    reads,
    more,
  ];
  return [
    row("authenticate", ["authenticate", LANTERN, ada], ["GET me"], "user", { answer: user, signsIn: true }),
    row(
      "authenticate with metadata",
      ["authenticate", LANTERN, ada, { metadata: { Plan: "pro" } }],
      ["PATCH me"],
      "user",
      { answer: user, signsIn: true },
    ),
    row("getUser", ["getUser"], ["GET me"], "user", { answer: user }),
    row("getUser again", ["getUser"], ["GET me"], "user", { answer: user, again: true }),
    row("setUserMetadata", ["setUserMetadata", { Plan: "pro" }], ["PATCH me"], "user", { answer: user }),
    row("getIntegrations", ["getIntegrations"], ["GET integrations"], "list", { answer: integrations }),
    row("getIntegrationMetadata", ["getIntegrationMetadata"], ["GET metadata"], "list", { answer: metadata }),
    row("getIntegrationMetadata(type)", ["getIntegrationMetadata", "slack"], ["GET metadata"], "list", {
      answer: metadata,
      finds: true,
    }),
    row(
      "uninstallIntegration: list",
      ...uninstall("salesforce", ids.salesforce, "list", { answer: integrations, finds: true, token: grace }),
    ),
    row(
      "uninstallIntegration: user",
      ...uninstall(
        "intercom",
        ids.intercom,
        "user",
        { answer: pending, at: 1, projectId: HARBOR, token: tomas },
        "GET me",
      ),
    ),
    row(
      "uninstallIntegration: delete",
      ...uninstall("zendesk", ids.zendesk, "nothing", { at: 1, projectId: HARBOR, token: harborAda }),
    ),
    row("getCredentials", ["getCredentials"], ["GET credentials"], "list", { answer: credentials }),
    row(
      "updateCredential",
      ["updateCredential", ids.credential, { accessToken: "new" }],
      [`PATCH credentials/${ids.credential}`],
      "object",
      { answer: credentials[0] },
    ),
    row("enableWorkflow", ["enableWorkflow", ids.stopped], [`POST workflows/${ids.stopped}`], "nothing"),
    row("disableWorkflow", ["disableWorkflow", ids.stopped], [`DELETE workflows/${ids.stopped}`], "nothing"),
    row("event", ["event", "Contact Created", { email: "ada@example.com" }], ["POST events/trigger"], "nothing", {
      once: true,
    }),
    row("workflow", ["workflow", ids.running, { body: { order: 7 } }], [`POST triggers/${ids.running}`], "anything", {
      once: true,
    }),
    row("request GET", ["request", "salesforce", "/contacts"], ["GET proxy/salesforce/contacts"], "anything", {
      proxied: true,
    }),
    row(
      "request POST",
      ["request", "salesforce", "/contacts", { method: "POST", body: { Name: "Ada" } }],
      ["POST proxy/salesforce/contacts"],
      "anything",
      { proxied: true, once: true },
    ),
  ];
}

/**
 * Prepares a test file: a sandbox that starts over for each test, and a page in which `client` is
 * signed in as Ada and `grace` as Grace. An error that nobody handles fails the test.
 *
 * In the page, `connect(token, options)` gives a client that is signed in, and `refused(promise)`
 * what a refused call says.
 */
export function useSignedInPage() {
  let browser, site;
  const stage = {
    /** Runs `run` in the page. */
    evaluate: (run, argument) => stage.page.evaluate(run, argument),
    /** What the sandbox got, but for preflights and `/sdk/me`; the path is what follows `/sdk/`. */
    async received() {
      const { requests } = await stage.sandbox.requests();
      return requests
        .filter(({ method, path }) => method !== "OPTIONS" && !path.endsWith("/me"))
        .map((request) => ({ ...request, path: request.path.split("/sdk/")[1] }));
    },
    /** Has the sandbox fail as `rules` say. */
    async fail(...rules) {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ rules });
      const { status } = await fetch(`${stage.sandbox.url}/_sandbox/faults`, { method: "POST", headers, body });
      assert.equal(status, 200);
    },
  };

  before(async () => {
    [browser, site, stage.sandbox] = await Promise.all([launchBrowser(), servePackage(), startSandbox()]);
    stage.known = await people(stage.sandbox);
  });

  beforeEach(async () => {
    await stage.sandbox.reset();
    Object.assign(stage, await openPackage(browser, site));
    const setup = { apiUrl: stage.sandbox.url, projectId: LANTERN, tokens: stage.known.tokens };
    await stage.evaluate(async ({ apiUrl, projectId, tokens }) => {
      window.setup = { apiUrl, projectId, tokens };
      window.connect = async (token, options) => {
        const client = new window.paragon.ParagonClient({ apiUrl, projectId, maxRetries: 0, ...options });
        await client.authenticate(undefined, token);
        return client;
      };
      window.refused = (promise) =>
        promise.then(
          () => ({ code: "resolved" }),
          ({ code, status, details }) => ({ code, status, path: details?.path }),
        );
      window.client = await window.connect(tokens.ada);
      window.grace = await window.connect(tokens.grace);
      window.sent.length = 0;
    }, setup);
  });

  afterEach(async () => {
    await stage.page.context().close();
    assert.deepEqual(stage.uncaught, []);
  });

  after(async () => {
    await browser?.close();
    await site?.close();
    await stage.sandbox?.stop();
  });

  return stage;
}

/** What `refused` gives for an argument that is refused. */
export const refusal = (path) => ({ code: "invalid_argument", status: undefined, path });
