// Chromium, and pages that remember what went wrong in them.

import { chromium } from "playwright-core";

/**
 * Starts the Chromium that `CHROMIUM` names, or Playwright's own idea of where Chrome is.
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
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.stack ?? error}`));
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
