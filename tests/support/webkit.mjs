// WebKitGTK, driven by its WebDriver: the part of Playwright's interface that the tests use.
//
// W3C WebDriver has no events and can do one thing at a time. So a script is started, leaves its result
// in the page, and is asked for it; and the list of windows is looked at again and again.

import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

import { inPage, toJson, toValue } from "./webkit-page.mjs";

const TIMEOUT_MS = 30_000;
/** The time between two looks at something that is waited for. */
const LOOK_MS = 20;
/** The time between two looks at which windows there are. */
const WINDOWS_MS = 80;
/** The property of an element in WebDriver's answers. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/**
 * Starts a WebKitGTK on a screen of its own.
 *
 * @param {{ blocksPopups?: boolean }} [options]
 */
export async function launchWebKit(options = {}) {
  const screen = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "2000x1400x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const failed = once(screen, "error").then(([error]) => Promise.reject(error));
  const [display] = await Promise.race([once(screen.stdio[3], "data"), failed]);
  failed.catch(() => {});
  return new WebKitBrowser(screen, String(display).trim(), options);
}

/** The program that shows a page: beside the library, and not on the `PATH`. */
function miniBrowser() {
  if (process.env.MINIBROWSER) return process.env.MINIBROWSER;
  const folders = ["x86_64", "aarch64"].flatMap((cpu) =>
    ["4.1", "4.0"].map((version) => `/usr/lib/${cpu}-linux-gnu/webkit2gtk-${version}`),
  );
  const found = folders.map((folder) => `${folder}/MiniBrowser`).find((file) => existsSync(file));
  if (!found) throw new Error("MiniBrowser of WebKitGTK is not installed: apt-get install webkit2gtk-driver");
  return found;
}

/** Contexts are sessions with a browser of their own; one that was closed is used again. */
class WebKitBrowser {
  #screen;
  #display;
  #options;
  #idle = [];
  #sessions = new Set();
  #contexts = [];

  constructor(screen, display, options) {
    this.#screen = screen;
    this.#display = display;
    this.#options = options;
    // Whatever happens, nothing outlives this process: without a screen all of it ends.
    process.once("exit", () => screen.kill());
  }

  version() {
    return [...this.#sessions][0]?.version;
  }

  async newContext(options = {}) {
    let session = this.#idle.pop();
    if (!session) {
      session = await Session.start(this.#display, this.#options);
      this.#sessions.add(session);
    }
    const context = new Context(session, options, () => this.#idle.push(session));
    this.#contexts.push(context);
    return context;
  }

  async newPage(options) {
    return (await this.newContext(options)).newPage();
  }

  async close() {
    await Promise.all(this.#contexts.map((context) => context.stop()));
    await Promise.all([...this.#sessions].map((session) => session.end()));
    this.#screen.kill();
  }
}

/** A WebDriver with its session: a browser. Commands are sent one after the other. */
class Session {
  #address;
  #driver;
  #path;
  #last = Promise.resolve();
  #current;

  static async start(display, { blocksPopups = false }) {
    const session = new Session();
    const port = await freePort();
    session.#address = `http://127.0.0.1:${port}`;
    session.#driver = spawn("WebKitWebDriver", [`--port=${port}`], {
      env: { ...process.env, DISPLAY: `:${display}`, GDK_BACKEND: "x11", LIBGL_ALWAYS_SOFTWARE: "1" },
      stdio: "ignore",
    });
    process.once("exit", () => session.#driver.kill());
    await until(
      () =>
        session.#ask("GET", "/status").then(
          () => true,
          () => false,
        ),
      "WebKitWebDriver does not answer",
    );
    const args = ["--automation"];
    if (!blocksPopups) args.push("--javascript-can-open-windows-automatically=true");
    const { sessionId, capabilities } = await session.#ask("POST", "/session", {
      capabilities: {
        alwaysMatch: {
          pageLoadStrategy: "none",
          unhandledPromptBehavior: "ignore",
          // With a limit, each script would call the page's own `setTimeout`.
          timeouts: { script: null },
          "webkitgtk:browserOptions": { binary: miniBrowser(), args },
        },
      },
    });
    session.#path = `/session/${sessionId}`;
    session.version = capabilities.browserVersion;
    session.#current = await session.#ask("GET", `${session.#path}/window`);
    return session;
  }

  /** The window that a new context begins with. */
  get current() {
    return this.#current;
  }

  async #ask(method, path, body) {
    const response = await fetch(`${this.#address}${path}`, {
      method,
      body: body && JSON.stringify(body),
      // A command that is never answered is a fault of the driver's, to be told as one.
      signal: AbortSignal.timeout(60_000),
    });
    const { value } = await response.json();
    if (value?.error) throw new WebDriverError(value.error, value.message);
    return value;
  }

  /** Runs `work` when no other command is under way; `ask` sends the commands. */
  exclusively(work) {
    const ask = (method, path, body) => this.#ask(method, `${this.#path}${path}`, body);
    const result = this.#last.then(() => work(ask));
    this.#last = result.catch(() => {});
    return result;
  }

  /** Sends a command to a window. */
  inWindow(handle, work) {
    return this.exclusively(async (ask) => {
      if (this.#current !== handle) {
        this.#current = undefined;
        await ask("POST", "/window", { handle });
        this.#current = handle;
      }
      return work(ask);
    });
  }

  async end() {
    await this.exclusively((ask) => ask("DELETE", "")).catch(() => {});
    this.#driver.kill();
  }
}

class WebDriverError extends Error {
  constructor(kind, message) {
    super(`${kind}: ${message}`);
    this.kind = kind;
  }
}

class Context extends EventEmitter {
  #session;
  #options;
  #giveBack;
  #pages = [];
  #scripts = [];
  #isOver = false;
  #watching;
  #blank;

  constructor(session, options, giveBack) {
    super();
    this.#session = session;
    this.#options = options;
    this.#giveBack = giveBack;
    this.#blank = session.current;
  }

  pages() {
    return [...this.#pages];
  }

  addInitScript(script) {
    this.#scripts.push(script);
  }

  get scripts() {
    return this.#scripts;
  }

  async newPage() {
    for (const given of Object.keys(this.#options)) {
      if (given !== "viewport") throw new Error(`WebKitGTK's WebDriver has no ${given}`);
    }
    const { handle } = await this.#session.exclusively((ask) => ask("POST", "/window/new", { type: "window" }));
    const page = new Page(this, this.#session, handle);
    this.#pages.push(page);
    if (this.#blank) {
      // A window that has shown nothing yet: its history and its name are its own.
      const blank = this.#blank;
      this.#blank = undefined;
      await this.#session.inWindow(blank, (ask) => ask("DELETE", "/window"));
    }
    this.#watching ??= this.#watch();
    if (this.#options.viewport) await page.setViewportSize(this.#options.viewport);
    return page;
  }

  waitForEvent(name, { predicate = () => true, timeout = TIMEOUT_MS } = {}) {
    return waitForEvent(this, name, predicate, timeout);
  }

  /** Sees windows come and go. */
  async #watch() {
    while (!this.#isOver) {
      await this.look().catch(() => {});
      await pause(WINDOWS_MS);
    }
  }

  async look() {
    const handles = await this.#session.exclusively((ask) => ask("GET", "/window/handles"));
    if (this.#isOver) return;
    for (const page of this.pages()) {
      if (!handles.includes(page.handle)) this.gone(page);
    }
    for (const handle of handles) {
      if (handle === this.#blank || this.#pages.some((page) => page.handle === handle)) continue;
      const popup = new Page(this, this.#session, handle);
      popup.isPopup = true;
      this.#pages.push(popup);
      await popup.look();
      this.emit("page", popup);
    }
    for (const page of this.pages()) if (page.isPopup || page.isWatched) await page.look();
  }

  /** A window that there is no more. */
  gone(page) {
    if (!this.#pages.includes(page)) return;
    this.#pages.splice(this.#pages.indexOf(page), 1);
    page.closed();
  }

  /** Looks no more. */
  async stop() {
    this.#isOver = true;
    await this.#watching;
  }

  async close() {
    if (this.#isOver) return;
    const { handle } = await this.#session.exclusively((ask) => ask("POST", "/window/new", { type: "window" }));
    await this.stop();
    const handles = await this.#session.exclusively((ask) => ask("GET", "/window/handles"));
    for (const other of handles) {
      if (other === handle) continue;
      await this.#session
        .inWindow(other, async (ask) => {
          await ask("DELETE", "/cookie");
          await ask("POST", "/execute/sync", { script: "localStorage.clear(); sessionStorage.clear();", args: [] });
        })
        // Where a page has no storage, nothing is left in it.
        .catch(() => {});
      await this.#session.inWindow(other, (ask) => ask("DELETE", "/window")).catch(() => {});
    }
    await this.#session.inWindow(handle, () => {});
    for (const page of this.pages()) this.gone(page);
    this.#giveBack();
  }
}

class Page extends EventEmitter {
  #context;
  #session;
  #scripts = [];
  #url = "about:blank";
  #isClosed = false;
  #timeout = TIMEOUT_MS;

  constructor(context, session, handle) {
    super();
    this.#context = context;
    this.#session = session;
    this.handle = handle;
    this.keyboard = { press: (key) => this.#keys(key) };
  }

  context = () => this.#context;
  isClosed = () => this.#isClosed;
  url = () => this.#url;
  get timeout() {
    return this.#timeout;
  }
  setDefaultTimeout(ms) {
    this.#timeout = ms;
  }
  addInitScript(script) {
    this.#scripts.push(script);
  }
  waitForTimeout = (ms) => pause(ms);
  title = () => this.evaluate(() => document.title);
  content = () => this.evaluate(() => document.documentElement.outerHTML);
  getByRole = (...given) => this.#locator().getByRole(...given);
  getByText = (...given) => this.#locator().getByText(...given);
  getByLabel = (...given) => this.#locator().getByLabel(...given);
  locator = (...given) => this.#locator().locator(...given);
  #locator = () => new Locator(this, []);

  /** Errors and the console are watched from when somebody wants to know. */
  get isWatched() {
    return this.listenerCount("console") > 0;
  }

  waitForEvent(name, { predicate = () => true, timeout = this.#timeout } = {}) {
    return waitForEvent(this, name, predicate, timeout);
  }

  /** Sends a command to this window. */
  async command(work) {
    if (this.#isClosed) throw new Error("The page has been closed");
    try {
      return await this.#session.inWindow(this.handle, work);
    } catch (error) {
      if (error.kind === "no such window") this.#context.gone(this);
      throw error;
    }
  }

  /** Where it is, and what has happened in it. */
  async look() {
    try {
      // WebDriver's own answer is the address that is being loaded, which the page may never come to.
      this.#url = (await this.#run("report", null)).url;
    } catch {
      // It is between two pages.
    }
  }

  /** Has the part in the page do something, which is there after this at the latest. */
  async #run(what, given, { source = null, frame } = {}) {
    return this.command(async (ask) => {
      if (frame) await ask("POST", "/frame", { id: frame });
      try {
        const run = () => ask("POST", "/execute/sync", { script: CALL(source), args: [what, given] });
        let answer = await run();
        if (answer === null) {
          await ask("POST", "/execute/sync", { script: INSTALL, args: [] });
          answer = await run();
        }
        if (answer === null) throw new WebDriverError("no such frame", "the page went away");
        for (const [name, detail] of answer.events) this.#tell(name, detail);
        return answer;
      } finally {
        if (frame) await ask("POST", "/frame", { id: null }).catch(() => {});
      }
    });
  }

  #tell(name, detail) {
    if (name === "pageerror") {
      this.emit("pageerror", Object.assign(new Error(detail.message), { stack: detail.stack }));
    } else {
      this.emit("console", { type: () => detail.type, text: () => detail.text, location: () => ({ url: this.#url }) });
    }
  }

  /** What `run` gives in the page, or in a frame of it. */
  async evaluate(run, argument, frame) {
    const source = typeof run === "function" ? `(${run})` : `() => (0, eval)(${JSON.stringify(String(run))})`;
    let answer = await this.#run("evaluate", toJson(argument), { source, frame });
    for (let wait = 4; answer.pending; wait = Math.min(wait * 1.5, 50)) {
      await pause(wait);
      answer = await this.#run("result", answer.pending, { frame });
    }
    if (answer.lost) throw new Error("The page was left while a script ran in it");
    if (answer.error) throw Object.assign(new Error(answer.error.message), { stack: answer.error.stack });
    this.#url = answer.url ?? this.#url;
    return toValue(answer.value);
  }

  /** The same, kept in the page: for `waitForFunction`. */
  async evaluateHandle(run, argument) {
    const { kept } = await this.#run("keep", toJson(argument), { source: `(${run})` });
    return { toJSON: () => ({ kept }) };
  }

  async waitForFunction(run, argument, { timeout = this.#timeout } = {}) {
    await until(() => this.evaluate(run, argument), `${run} does not become true`, timeout);
  }

  async goto(url, { timeout = this.#timeout } = {}) {
    await this.#leave((ask) => ask("POST", "/url", { url }), timeout);
  }

  async reload() {
    await this.#leave((ask) => ask("POST", "/refresh", {}), this.#timeout);
  }

  async goBack() {
    await this.command((ask) => ask("POST", "/back", {}));
  }

  async goForward() {
    await this.command((ask) => ask("POST", "/forward", {}));
  }

  /** Waits for another document to be there, loaded. */
  async #leave(navigate, timeout) {
    const asks = (script) => this.command((ask) => ask("POST", "/execute/sync", { script, args: [] }));
    await asks(`document["paragon-wasm: left"] = true;`);
    await this.command(navigate);
    // In between there is no page to ask.
    const ifThere = (error) => {
      if (error.kind === "no such window") throw error;
      return false;
    };
    const arrived = `return !document["paragon-wasm: left"] && document.readyState === "complete" && document.scripts.length;`;
    let scripts;
    await until(
      async () => (scripts = await asks(arrived).catch(ifThere)) !== false,
      "the page does not load",
      timeout,
    );
    const before = [...this.#context.scripts, ...this.#scripts];
    if (before.length > 0 && scripts > 0)
      throw new Error("WebKitGTK's WebDriver runs nothing before a page's own scripts");
    for (const script of before) await this.evaluate(script);
    await this.#run("watch", null);
    await this.look();
  }

  async waitForURL(wanted) {
    const is = typeof wanted === "string" ? (url) => url === wanted : (url) => wanted.test(url);
    await until(
      () => this.look().then(() => is(this.#url)),
      () => `the address is ${this.#url}`,
      this.#timeout,
    );
  }

  /** A frame of the page, by its address. */
  async frameAt(url) {
    const [frame] = await this.elements([{ kind: "css", selector: `iframe[src=${JSON.stringify(url)}]` }]);
    return frame && { evaluate: (run, argument) => this.evaluate(run, argument, frame) };
  }

  /** The elements that a locator finds, as WebDriver names them. */
  async elements(steps) {
    return this.command(async (ask) => {
      const find = () => ask("POST", "/execute/sync", { script: FIND, args: [steps] });
      let found = await find();
      if (found === null) {
        await ask("POST", "/execute/sync", { script: INSTALL, args: [] });
        found = await find();
      }
      return found ?? [];
    });
  }

  async setViewportSize({ width, height }) {
    const outer = await this.evaluate(() => [outerWidth - innerWidth, outerHeight - innerHeight]);
    await this.command((ask) => ask("POST", "/window/rect", { width: width + outer[0], height: height + outer[1] }));
    await until(
      () => this.evaluate(([width, height]) => innerWidth === width && innerHeight === height, [width, height]),
      `the window does not become ${width} × ${height}`,
    );
  }

  async bringToFront() {
    await this.command(() => {});
  }

  /** Presses a key, with others held: `Shift+Tab`. */
  async #keys(combination) {
    const keys = combination.split("+").map((name) => KEYS[name] ?? name);
    const down = keys.map((value) => ({ type: "keyDown", value }));
    const up = keys.toReversed().map((value) => ({ type: "keyUp", value }));
    await this.command((ask) =>
      ask("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions: [...down, ...up] }] }),
    );
    this.#context.look().catch(() => {});
  }

  async close() {
    if (this.#isClosed) return;
    await this.command((ask) => ask("DELETE", "/window"));
    this.#context.gone(this);
  }

  closed() {
    this.#isClosed = true;
    this.emit("close", this);
  }
}

/** A way to elements of a page, gone anew each time. */
class Locator {
  #page;
  #steps;

  constructor(page, steps) {
    this.#page = page;
    this.#steps = steps;
  }

  #then(step) {
    return new Locator(this.#page, [...this.#steps, step]);
  }
  locator(selector, { hasText, has } = {}) {
    return this.#then({ kind: "css", selector, hasText: pattern(hasText), has: has?.steps });
  }
  getByRole(role, { name, exact, level } = {}) {
    return this.#then({ kind: "role", role, name: pattern(name), exact, level });
  }
  getByText(text, { exact } = {}) {
    return this.#then({ kind: "text", text: pattern(text), exact });
  }
  getByLabel(text, { exact } = {}) {
    return this.#then({ kind: "label", text: pattern(text), exact });
  }
  filter({ hasText, has } = {}) {
    return this.#then({ kind: "filter", hasText: pattern(hasText), has: has?.steps });
  }
  first = () => this.nth(0);
  last = () => this.nth(-1);
  nth(index) {
    return this.#then({ kind: "nth", index });
  }

  get steps() {
    return this.#steps;
  }
  toString() {
    return JSON.stringify(this.#steps);
  }

  /** What `run` gives for the one element, as soon as that is there. */
  evaluate(run, argument) {
    return this.#withOne((steps) =>
      this.#page.evaluate(FIRST_OF(run), [steps, argument]).then((found) => found && { value: found[0] }),
    );
  }
  count = () => this.#page.elements(this.#steps).then(({ length }) => length);
  allTextContents = () =>
    this.#page.evaluate(
      ALL_OF((element) => element.textContent),
      [this.#steps],
    );
  textContent = () => this.evaluate((element) => element.textContent);
  innerText = () => this.evaluate((element) => element.innerText);
  inputValue = () => this.evaluate((element) => element.value);
  isChecked = () => this.evaluate((element) => element.checked ?? element.ariaChecked === "true");
  getAttribute = (name) => this.evaluate((element, name) => element.getAttribute(name), name);
  isVisible = async () => (await this.#states()).visible > 0;
  isDisabled = () => this.evaluate((element) => element.disabled === true || element.ariaDisabled === "true");
  focus = () => this.evaluate((element) => element.focus());

  #states = () => this.#page.evaluate(STATES, [this.#steps]);

  async waitFor({ state = "visible", timeout = this.#page.timeout } = {}) {
    const is = {
      visible: ({ visible }) => visible > 0,
      hidden: ({ visible }) => visible === 0,
      attached: ({ all }) => all > 0,
      detached: ({ all }) => all === 0,
    }[state];
    await until(() => this.#again(async () => is(await this.#states())), `${this} does not become ${state}`, timeout);
  }

  async click() {
    await this.#act((ask, element) => ask("POST", `/element/${element}/click`, {}));
  }
  async check() {
    if (!(await this.isChecked())) await this.click();
  }
  async press(key) {
    await this.focus();
    await this.#page.keyboard.press(key);
  }
  async pressSequentially(text) {
    await this.focus();
    for (const key of text) await this.#page.keyboard.press(key);
  }
  async fill(value) {
    await this.evaluate((element, value) => {
      element.focus();
      element.select?.();
      document.execCommand(value === "" ? "delete" : "insertText", false, value);
      if (element.value !== value) {
        // Fields for numbers and dates take no text.
        element.value = value;
        element.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }, value);
  }
  async selectOption(wanted) {
    await this.evaluate((element, wanted) => {
      const options = [...element.options];
      const index = wanted.index ?? options.findIndex(({ value, label }) => [value, label].includes(wanted));
      if (!(index in options)) throw new Error(`there is no option ${JSON.stringify(wanted)}`);
      element.selectedIndex = index;
      for (const name of ["input", "change"]) element.dispatchEvent(new Event(name, { bubbles: true }));
    }, wanted);
  }

  /** Acts on the one element once it can be acted on, and sees what opened by it. */
  async #act(act) {
    await this.#withOne(async (steps) => {
      if (!(await this.#page.evaluate(ACTIONABLE, [steps]))) return undefined;
      const [element] = await this.#page.elements(steps);
      if (!element) return undefined;
      await this.#page.command((ask) => act(ask, element[ELEMENT]));
      return {};
    });
    await this.#page
      .context()
      .look()
      .catch(() => {});
  }

  async #withOne(work) {
    let result;
    await until(
      async () => (result = await this.#again(() => work(this.#steps))),
      `there is no ${this}`,
      this.#page.timeout,
    );
    return result.value;
  }

  /** A page that changes meanwhile is looked at again. */
  #again = (work) =>
    work().catch((error) => {
      const { kind, message } = error;
      const passing = [
        "stale element reference",
        "element click intercepted",
        "element not interactable",
        "no such frame",
      ];
      if (passing.includes(kind) || /page was left/.test(message)) return undefined;
      throw error;
    });
}

const pattern = (text) => (text instanceof RegExp ? { source: text.source, flags: text.flags } : text);

const DRIVER = `window[Symbol.for("paragon-wasm tests")]`;
const INSTALL = `${DRIVER} ??= (${inPage})(${toJson}, ${toValue});`;
/** The page's own policy may forbid `eval`: what is to run there is part of the script. */
const CALL = (source) =>
  `const driver = ${DRIVER}; return driver ? driver.call(arguments[0], arguments[1], ${source}) : null;`;
const FIND = `const driver = ${DRIVER}; return driver ? driver.find(arguments[0]) : null;`;

/** Scripts that find elements: functions that are put together here and run in the page. */
const script = (body) =>
  Object.assign(() => {}, {
    toString: () => `async ([steps, argument]) => {
  const { find, isVisible } = ${DRIVER};
  const found = find(steps);
  ${body}
}`,
  });
const STRICT = `if (found.length > 1) throw new Error(found.length + " elements for " + JSON.stringify(steps));`;
const FIRST_OF = (run) => script(`${STRICT} return found.length ? [await (${run})(found[0], argument)] : undefined;`);
const ALL_OF = (run) => script(`return found.map((element) => (${run})(element));`);
const STATES = script(`return { all: found.length, visible: found.filter(isVisible).length };`);
const ACTIONABLE = script(`${STRICT}
  const [element] = found;
  if (!element || !isVisible(element) || element.disabled || element.closest("fieldset:disabled")) return false;
  element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  const place = () => JSON.stringify(element.getBoundingClientRect());
  const before = place();
  await new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); setTimeout(resolve, 100); });
  return place() === before;`);

const KEYS = {
  Tab: "\uE004",
  Enter: "\uE007",
  Shift: "\uE008",
  Control: "\uE009",
  Escape: "\uE00C",
  Space: " ",
  PageUp: "\uE00E",
  PageDown: "\uE00F",
  End: "\uE010",
  Home: "\uE011",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
  Backspace: "\uE003",
  Delete: "\uE017",
};

async function until(is, what, timeout = TIMEOUT_MS) {
  const end = Date.now() + timeout;
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`${typeof what === "function" ? what() : what} in ${timeout} ms`);
    await pause(LOOK_MS);
  }
}

async function waitForEvent(emitter, name, predicate, timeout) {
  let listener, timer;
  try {
    return await new Promise((resolve, reject) => {
      listener = (detail) => predicate(detail) && resolve(detail);
      emitter.on(name, listener);
      timer = setTimeout(() => reject(new Error(`no ${name} in ${timeout} ms`)), timeout);
    });
  } finally {
    clearTimeout(timer);
    emitter.off(name, listener);
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
