// A page in which accounts are connected: clicks that are clicks, popups that are blocked without
// one, and an account of every listener and timer.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach } from "node:test";

import { launchBrowser } from "./browser.mjs";
import { LANTERN, openPackage, servePackage } from "./methods.mjs";
import { startSandbox } from "./sandbox.mjs";

/** Long enough for anything that is to happen at once on a machine that is busy. */
export const SOON_MS = 20_000;

/** Runs in the page before everything else: whatever is begun is noted until it is ended. */
export function keepAccount() {
  const open = new Map();
  let id = 0;
  const note = (what) => (open.set((id += 1), what), id);
  const started = { listeners: 0, timers: 0 };

  const listeners = [];
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (name, listener, ...rest) {
    started.listeners += 1;
    listeners.push({ target: this, name, listener, id: note(`listener for ${name}`) });
    return addEventListener.call(this, name, listener, ...rest);
  };
  EventTarget.prototype.removeEventListener = function (name, listener, ...rest) {
    const found = listeners.findIndex((one) => one.target === this && one.name === name && one.listener === listener);
    if (found >= 0) open.delete(listeners.splice(found, 1)[0].id);
    return removeEventListener.call(this, name, listener, ...rest);
  };

  const timers = new Map();
  const noting = (begin, once) =>
    function (run, ms, ...args) {
      started.timers += 1;
      const entry = note(`timer of ${ms} ms`);
      const over = () => open.delete(entry);
      const timer = begin.call(window, (...given) => (once && over(), run(...given)), ms, ...args);
      timers.set(timer, over);
      return timer;
    };
  const clearing = (clear) => (timer) => (timers.get(timer)?.(), clear.call(window, timer));
  window.setTimeout = noting(window.setTimeout, true);
  window.setInterval = noting(window.setInterval, false);
  window.clearTimeout = clearing(window.clearTimeout);
  window.clearInterval = clearing(window.clearInterval);

  window.account = { open: () => [...open.values()], started, forget: () => open.clear() };
}

/**
 * Prepares a test file: `stage.sandbox`, and for each test a page of its own in which `client` is
 * signed in as Noor, who has connected nothing, or as who `stage.user` says. Afterwards no listener
 * and no timer may be left, and no error unhandled.
 */
export function useInstallPage() {
  let browser, site;
  const stage = {
    /** Runs `run` in the page. */
    evaluate: (run, ...argument) => stage.page.evaluate(run, ...argument),

    /**
     * Has `run` called in a click. It must give a promise; `outcome()` is what that comes to, and
     * `settled()` whether it has.
     */
    async click(run, argument) {
      const id = (stage.clicks += 1);
      await stage.page.evaluate(
        ([id, source, argument]) => {
          const run = (0, eval)(`(${source})`);
          document.querySelector("button")?.remove();
          const button = document.body.appendChild(document.createElement("button"));
          button.textContent = "Connect";
          button.onclick = () => {
            const entry = (window.outcomes[id] = {});
            entry.promise = Promise.resolve(run(argument)).then(
              (value) => (entry.settled = { value }),
              (error) => (entry.settled = { error: window.told(error) }),
            );
          };
        },
        [id, String(run), argument],
      );
      await stage.page.locator("button").click();
      return {
        outcome: () =>
          within(
            SOON_MS,
            stage.page.evaluate((id) => window.outcomes[id].promise, id),
            "the promise does not settle",
          ),
        settled: () => stage.page.evaluate((id) => window.outcomes[id].settled, id),
      };
    },

    /** The same, and the popup that it opens. */
    async clickForPopup(run, argument) {
      const opening = stage.popup();
      const clicked = await stage.click(run, argument);
      return { ...clicked, popup: await opening };
    },

    /** The next window that opens. */
    popup: () => stage.page.context().waitForEvent("page", { timeout: SOON_MS }),

    /** How many windows there are beside the page. */
    windows: () => stage.page.context().pages().length - 1,

    /** Presses a button of the provider's page. */
    press: async (popup, name) => popup.getByRole("button", { name }).click(),

    /** The install events so far. */
    events: () => stage.page.evaluate(() => window.events),

    /** The user as the server has them. */
    user: () => stage.sandbox.user(stage.session),

    /** Requests to the Users API as `METHOD path`, but for preflights. */
    async received(pattern = /./) {
      const { requests } = await stage.sandbox.requests();
      return requests
        .filter(({ method, path }) => method !== "OPTIONS" && pattern.test(path))
        .map((request) => ({ ...request, line: `${request.method} ${request.path.replace(/.*\/sdk\//, "")}` }));
    },

    /** Has the sandbox fail as the rules say. */
    async fail(...rules) {
      const body = JSON.stringify({ rules });
      const headers = { "content-type": "application/json" };
      const { status } = await fetch(`${stage.sandbox.url}/_sandbox/faults`, { method: "POST", headers, body });
      assert.equal(status, 200);
    },

    async heal() {
      assert.equal((await fetch(`${stage.sandbox.url}/_sandbox/faults`, { method: "DELETE" })).status, 200);
    },

    /**
     * After an install that was given up, whose popup may be severed: it asks on, and
     * has nothing else left than that takes. That ends with the session, which ends here.
     */
    async endFollowing() {
      const asking = ["listener for focus", "timer of 15000 ms"];
      const isAsking = (open) => asking.every((it) => open.includes(it)) && open.length <= asking.length + 1;
      await eventually(() => stage.page.evaluate(() => window.account.open()), isAsking, "it does not ask on");
      await stage.page.evaluate(() => window.client.logout());
    },

    /** Waits until nothing is left of what was begun; says what is, if that does not happen. */
    async quiet() {
      let left;
      const until = Date.now() + SOON_MS;
      do {
        left = await stage.page.evaluate(() => window.account.open());
        if (left.length === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      } while (Date.now() < until);
      assert.deepEqual(left, [], "listeners and timers that are left");
    },

    clicks: 0,
  };

  before(async () => {
    [browser, site, stage.sandbox] = await Promise.all([
      launchBrowser({ blocksPopups: true }),
      servePackage(),
      startSandbox(),
    ]);
    stage.site = site;
    stage.browser = browser;
    stage.provider = (await stage.sandbox.provider()).origin;
  });

  /** Opens the page, signed in. */
  stage.open = async (userId = "noor", projectId = LANTERN) => {
    await stage.page?.context().close();
    await stage.sandbox.reset();
    stage.session = await stage.sandbox.token({ projectId, userId, expiresInSeconds: 3_600 });
    Object.assign(stage, await openPackage(browser, site, keepAccount));
    await stage.evaluate(
      async ({ apiUrl, projectId, token }) => {
        document.title = "Application";
        window.outcomes = {};
        window.events = [];
        window.token = token;
        window.told = (error) => {
          const texts = [String(error), error?.stack, JSON.stringify(error), JSON.stringify(error?.cause)];
          const leaks = texts.some((text) => text?.includes(token));
          const { code, name, status, message, details } = error ?? {};
          const isOurs = window.paragon.isParagonError(error);
          return {
            code: isOurs ? code : `not of ours: ${error}`,
            name,
            status,
            message,
            details,
            ...(leaks && { leaks }),
          };
        };
        window.configuration = { apiUrl, projectId, maxRetries: 0 };
        window.client = new window.paragon.ParagonClient(window.configuration);
        window.client.subscribe("onIntegrationInstall", (event) => window.events.push(event));
        await window.client.authenticate(undefined, token);
        // What was begun before is not what is counted.
        window.account.forget();
      },
      { apiUrl: stage.sandbox.url, projectId, token: stage.session.token },
    );
  };
  beforeEach(() => stage.open());

  afterEach(async () => {
    await stage.quiet();
    assert.deepEqual(stage.uncaught, []);
    assert.ok(
      await stage.evaluate(
        () =>
          !document.documentElement.outerHTML.includes(window.token) &&
          !JSON.stringify({ ...localStorage, ...sessionStorage }).includes(window.token),
      ),
      "the token stays inside",
    );
    await stage.page.context().close();
    stage.page = undefined;
  });

  after(async () => {
    await browser?.close();
    await site?.close();
    await stage.sandbox?.stop();
  });

  return stage;
}

/** What `promise` gives in time. */
export async function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`${what} within ${ms} ms`)), ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until `read` gives something that `is` accepts. */
export async function eventually(read, is = Boolean, what = "what is waited for does not happen") {
  const until = Date.now() + SOON_MS;
  for (;;) {
    const value = await read();
    if (is(value)) return value;
    if (Date.now() > until) throw new Error(`${what}: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
