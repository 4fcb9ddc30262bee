// The demo page, driven as its visitors do: against a local Paragon, in a real browser that blocks
// the popups nobody asked for.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before } from "node:test";
import { fileURLToPath } from "node:url";

import { serve } from "../../www/serve.mjs";
import { launchBrowser, openPage } from "./browser.mjs";
import { startSandbox } from "./sandbox.mjs";

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));
const AXE = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));

/** The project that signed-in users are of, unless said otherwise. */
export const LANTERN = "8f2d6f0e-3c1b-4a57-9e64-0d5b7a1c2e39";
export const HARBOR = "2b7e94c1-60d8-4f3a-b5a2-91c7e8d04f6b";

/** Prepares a test file: a sandbox and the demo beside it, and a new page for each test. */
export function useDemo() {
  let site, browser, axe;
  let opened = [];

  const demo = {
    /** The demo, signed out, at a view's address. */
    async open({ at = "", ...options } = {}) {
      const { page, problems } = await openPage(browser, `${site.address}/${at}`, options);
      opened.push(page);
      page.setDefaultTimeout(20_000);
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      return { page, problems };
    },

    /** The same, signed in. `problems` holds what was seen on the console and on the network. */
    async openAs(userId, options) {
      const { page, problems } = await demo.open(options);
      await demo.signIn(page, userId);
      return { page, problems };
    },

    async signIn(page, userId, projectId = LANTERN) {
      await page.locator(`.user[data-user="${userId}"][data-project="${projectId}"]`).click();
      await page.locator(".view, .detail").first().waitFor();
      await loaded(page);
    },

    /** One integration, of a user who is signed in at it. */
    openIntegration: (userId, type, options) => demo.openAs(userId, { at: `#/integrations/${type}`, ...options }),

    /** A user as the server has them. */
    async user(userId, projectId = LANTERN) {
      return demo.sandbox.user(await demo.sandbox.token({ userId, projectId }));
    },

    /** What the server has of a user's integration. */
    integration: async (userId, type, projectId) => (await demo.user(userId, projectId)).integrations[type],

    /** Requests to the Users API so far: `POST credentials`. */
    async received() {
      const { requests } = await demo.sandbox.requests();
      return requests
        .filter(({ method, path }) => method !== "OPTIONS" && path.includes("/sdk/"))
        .map(({ method, path }) => `${method} ${path.replace(/.*\/sdk\//, "")}`);
    },

    /** Has the sandbox fail as the rules say. */
    async fail(...rules) {
      const body = JSON.stringify({ rules });
      const headers = { "content-type": "application/json" };
      const { status } = await fetch(`${demo.sandbox.url}/_sandbox/faults`, { method: "POST", headers, body });
      assert.equal(status, 200);
    },

    /** axe finds nothing in the page as it is. */
    async assertAccessible(page, what) {
      if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
      const findings = await page.evaluate(async () => {
        const { violations } = await window.axe.run();
        return violations.flatMap(({ id, nodes }) =>
          nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
        );
      });
      assert.deepEqual(findings, [], what);
    },
  };

  before(async () => {
    demo.sandbox = await startSandbox([], { quiet: true });
    site = await serve(
      { "/": folder("../../www"), "/paragon-wasm": process.env.PARAGON_WASM_PKG ?? folder("../../pkg") },
      { config: { sandbox: demo.sandbox.url } },
    );
    demo.address = site.address;
    browser = await launchBrowser({ blocksPopups: true });
    axe = await readFile(AXE, "utf8");
  });

  afterEach(async () => {
    await Promise.all(opened.map((page) => page.context().close()));
    opened = [];
    await demo.sandbox.reset();
  });

  after(async () => {
    await browser?.close();
    await site?.close();
    await demo.sandbox?.stop();
  });

  return demo;
}

/** Nothing is being loaded any more. */
export const loaded = (page) => page.waitForFunction(() => document.querySelector("main .skeleton") === null);

export const dialogOf = (page) => page.getByRole("dialog");
export const cardOf = (page, type) => page.locator(`.card[data-integration="${type}"]`);
export const logEntry = (page, text) => page.locator(".log-entry", { hasText: text }).first();
export const toast = (page, text) => page.locator("#toast", { hasText: text });

/** The button that connects, on the page of an integration. */
export const connectButton = (page) => page.locator(".detail-action");

/** Has `act` lead to another address, and waits until the page shows it, which it does after an event. */
export async function follow(page, act) {
  const change = await page.evaluateHandle(() => {
    const change = { isOver: false };
    addEventListener("hashchange", () => (change.isOver = true), { once: true });
    return change;
  });
  await act();
  await page.waitForFunction(({ isOver }) => isOver, change);
  await loaded(page);
}

/** Goes to a view by its address, as a link would. */
export async function goTo(page, hash) {
  const isThere = await page.evaluate((hash) => location.hash === hash, hash);
  if (!isThere) await follow(page, () => page.evaluate((hash) => (location.hash = hash), hash));
}

/** The window that `act` opens. */
export async function popupOf(page, act) {
  const [popup] = await Promise.all([page.context().waitForEvent("page"), act()]);
  return popup;
}

/** Has `act` open the provider's page, and presses a button there. */
export async function atProvider(page, act, button = "Allow") {
  const popup = await popupOf(page, act);
  await popup.getByRole("button", { name: button }).click();
  return popup;
}

export const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

/** Waits until an element has the focus; it may be another one of the same name by then. */
export async function focused(page, locator) {
  const until = Date.now() + 20_000;
  while (!(await isFocused(locator))) {
    if (Date.now() > until) {
      const instead = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120));
      assert.fail(`${locator} does not get the focus; that is at ${instead}`);
    }
    await page.waitForTimeout(50);
  }
}

/** Presses Tab until `target` has the focus. */
export async function tabTo(page, target, key = "Tab") {
  for (let presses = 0; presses < 120; presses += 1) {
    if (await isFocused(target)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${key} never comes to ${target}`);
}

const signatureOf = (token) => token.split(".")[2];

/** The token is in nothing that the page holds or has asked for. */
export async function assertTokenNowhere(page, token) {
  const places = await page.evaluate(() => ({
    page: document.documentElement.outerHTML,
    fields: [...document.querySelectorAll("input, textarea")].map(({ value }) => value).join("\n"),
    localStorage: JSON.stringify({ ...localStorage }),
    sessionStorage: JSON.stringify({ ...sessionStorage }),
    cookies: document.cookie,
    address: location.href,
    history: JSON.stringify(history.state),
    requested: performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .join("\n"),
  }));
  // The payload alone would already tell who the user is.
  for (const secret of [signatureOf(token), token.split(".")[1]]) {
    for (const [place, text] of Object.entries(places)) {
      assert.equal((text ?? "").includes(secret), false, `the token is in: ${place}`);
    }
  }
  assert.deepEqual([places.localStorage, places.sessionStorage, places.cookies], ["{}", "{}", ""]);
}
