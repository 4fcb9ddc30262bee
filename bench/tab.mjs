// A tab with a profile of its own, spoken to past Playwright. Playwright's pages watch every
// request, which takes about as long as the calls that are measured and would hide how they differ.
// For the same reason nothing enables `Runtime`: the engine would then take down the whole stack at
// each `fetch`, which no user's does, and the deeper the caller the longer that takes.

/** Nothing here takes nearly as long, unless it never ends. */
const LIMIT_MS = 15 * 60_000;

/**
 * Opens an empty tab; `close()` forgets it with its cache.
 *
 * @param {import("playwright-core").Browser} browser
 */
export async function openTab(browser) {
  const debug = await browser.newBrowserCDPSession();
  // Nothing may leave this machine, or depend on whether it could: there is no such proxy.
  const { browserContextId } = await debug.send("Target.createBrowserContext", {
    proxyServer: "http://127.0.0.1:9",
    proxyBypassList: "127.0.0.1",
  });
  const { targetId } = await debug.send("Target.createTarget", { url: "about:blank", browserContextId });
  const { sessionId } = await debug.send("Target.attachToTarget", { targetId, flatten: false });

  const answers = new Map();
  const listeners = new Map();
  debug.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, method, params, result, error } = JSON.parse(message);
    if (id === undefined) {
      listeners.get(method)?.(params);
      return;
    }
    const { resolve, reject } = answers.get(id);
    answers.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  });

  let sent = 0;
  const send = (method, params = {}) => {
    const id = (sent += 1);
    const answer = new Promise((resolve, reject) => answers.set(id, { resolve, reject }));
    debug
      .send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method, params }) })
      .catch((error) => answers.get(id)?.reject(error));
    return within(LIMIT_MS, method, answer);
  };
  /** The next event of this name. */
  const next = (event) => within(LIMIT_MS, event, new Promise((resolve) => listeners.set(event, resolve)));

  await send("Page.enable");
  await send("Page.addScriptToEvaluateOnNewDocument", {
    source: "window.reported = new Promise((resolve) => { window.report = resolve; });",
  });

  const tab = {
    send,

    /** Goes to a page and waits until it has loaded. */
    async load(url) {
      const loaded = next("Page.loadEventFired");
      await send("Page.navigate", { url });
      await loaded;
    },

    /** Goes to a page and waits until it calls `report`. */
    async open(url) {
      const shown = next("Page.frameNavigated");
      await send("Page.navigate", { url });
      await shown;
      const report = await tab.evaluate(() => window.reported);
      if (report !== "ready") throw new Error(`${new URL(url).pathname} ${report}`);
    },

    /** The result of a function that runs in the page. */
    async evaluate(run, ...given) {
      const expression = `(${run})(...${JSON.stringify(given)})`;
      const { result, exceptionDetails } = await send("Runtime.evaluate", {
        expression,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails) {
        throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      }
      return result.value;
    },

    /** Makes the page's processor this many times slower. */
    throttle: (rate) => send("Emulation.setCPUThrottlingRate", { rate }),

    async close() {
      await debug.send("Target.disposeBrowserContext", { browserContextId });
      await debug.detach();
    },
  };
  return tab;
}

function within(ms, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing came of it in ${ms / 60_000} minutes`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
