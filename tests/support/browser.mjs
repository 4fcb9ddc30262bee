// The browser of a test, and pages that remember what went wrong in them.

import { chromium } from "playwright-core";

import { launchFirefox } from "./firefox.mjs";
import { launchWebKit } from "./webkit.mjs";

/** @typedef {"chromium" | "firefox" | "webkit"} Engine */

/**
 * The engine that `PARAGON_ENGINE` names, Chromium without it.
 *
 * @type {Engine}
 */
export const ENGINE = /** @type {Engine} */ (process.env.PARAGON_ENGINE || "chromium");

/** What tests need and automation cannot do in every engine. */
const LACKS = {
  firefox: {
    memory: "Firefox's WebDriver BiDi tells no memory",
    touch: "Playwright has no phones with Firefox",
    colorScheme: "Firefox ESR's WebDriver BiDi has no dark pages",
    layoutShift: "Firefox does not report what moves",
  },
  webkit: {
    memory: "WebKitGTK's WebDriver tells no memory",
    routes: "WebKitGTK's WebDriver cannot take the place of an answer",
    offline: "WebKitGTK's WebDriver cannot take the network away",
    touch: "WebKitGTK's WebDriver has no phones",
    colorScheme: "WebKitGTK's WebDriver has no dark pages",
    clipboard: "WebKitGTK's WebDriver cannot allow the clipboard",
    answers: "WebKitGTK's WebDriver does not show answers",
    layoutShift: "WebKitGTK does not report what moves",
    clock: "the tests' clock is Playwright's",
  },
};

/**
 * The reason why the engine of this run cannot be made to do something, for `skip` of a test; else `false`.
 *
 * @param {string} ability
 */
export function lacks(ability) {
  const reason = LACKS[ENGINE]?.[ability];
  return reason ? `not run: ${reason}` : false;
}

/**
 * Starts the engine of this run. All three give the part of Playwright's interface that the tests use.
 *
 * @param {{ blocksPopups?: boolean }} [options] `blocksPopups`: as for users, only a click opens a window
 */
export function launchBrowser(options = {}) {
  if (ENGINE === "chromium")
    return launchChromium(options.blocksPopups ? { ignoreDefaultArgs: ["--disable-popup-blocking"] } : {});
  if (ENGINE === "firefox") return launchFirefox(options);
  if (ENGINE === "webkit") return launchWebKit(options);
  throw new Error(`PARAGON_ENGINE is ${ENGINE}: it may be chromium, firefox or webkit`);
}

/**
 * Starts the Chromium that `CHROMIUM` names, or Playwright's own idea of where Chrome is: for what is
 * about Chromium alone.
 *
 * @param {import("playwright-core").LaunchOptions} [options]
 */
export function launchChromium(options) {
  const { CHROMIUM: executablePath } = process.env;
  return chromium.launch({
    ...options,
    ...(executablePath ? { executablePath } : { channel: "chrome" }),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** What Firefox reports as uncaught errors though the page has handled them. */
const HANDLED = ["Cross-Origin Request Blocked: ", "Failed to read data from the ReadableStream: "];

/**
 * Has `listener` called with each error and each rejection in a page that nobody handled.
 *
 * @param {import("playwright-core").Page} page
 * @param {(error: Error) => void} listener
 */
export function onUncaught(page, listener) {
  page.on("pageerror", (error) => {
    // Playwright takes what is before the colon for the name.
    const text = `${error.name}: ${error.message}`;
    if (ENGINE !== "firefox" || !HANDLED.some((beginning) => text.startsWith(beginning))) listener(error);
  });
}

/**
 * Opens `url` in a page of its own profile.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 * @param {import("playwright-core").BrowserContextOptions} [options]
 * @param {() => void} [first] runs in the page before anything else
 * @returns the page, and in `problems` what appears in it: uncaught errors, errors on the console,
 *   requests that failed
 */
export async function openPage(browser, url, options, first) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  if (first) await page.addInitScript(first);
  const problems = [];
  onUncaught(page, (error) => problems.push(`uncaught: ${error.stack ?? error}`));
  page.on("console", (message) => {
    if (message.type() === "error") {
      problems.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  page.on("requestfailed", (request) => {
    problems.push(`failed: ${request.method()} ${request.url()} ${request.failure()?.errorText}`);
  });
  await page.goto(url);
  return { page, problems };
}

/** The frame of a page that shows `url`. */
export async function frameAt(page, url) {
  return ENGINE === "webkit" ? page.frameAt(url) : page.frames().find((frame) => frame.url() === url);
}
