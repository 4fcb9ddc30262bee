// The official SDK and paragon-wasm, each in a page of its own against the same local Paragon, and
// what can be seen of a call there: what is sent, what comes back, what has changed.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

import { serve } from "../../www/serve.mjs";
import { launchChromium } from "../support/browser.mjs";
import { startSandbox } from "../support/sandbox.mjs";

const PACKAGES = {
  "@useparagon/connect": createRequire(import.meta.url).resolve("@useparagon/connect"),
  "paragon-wasm": fileURLToPath(new URL("../../pkg/index.js", import.meta.url)),
};

/** Notes what the module does to the page while it is imported. */
const WATCH = `
  const listeners = [];
  const add = window.addEventListener;
  window.addEventListener = function (name, ...rest) {
    listeners.push(name);
    return add.call(this, name, ...rest);
  };
  window.imported = () => ({
    listeners: [...listeners],
    elements: [...document.body.children]
      .filter(({ localName }) => localName !== "script")
      .map(({ localName, id }) => localName + "#" + id),
    stored: Object.keys(localStorage),
  });`;

const page = (script) => `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><link rel="icon" href="data:,"><title>Comparison</title></head>
  <body><script>${WATCH}</script><script type="module">${script}</script></body>
</html>`;

/** Both give the page an `sdk` with the same members, so that the same calls can be made of them. */
const PAGES = {
  "official.html": page(`
    import { connectSingleton, paragon } from "@useparagon/connect";
    const atImport = window.imported();
    const configure = (sandbox) => {
      const names = ["API_TRIGGER_KIT", "CDN", "DASHBOARD", "HERMES", "PASSPORT", "WORKER_PROXY", "ZEUS"];
      const hosts = Object.fromEntries(names.map((name) => [name + "_PUBLIC_URL", sandbox]));
      paragon.configureGlobal(
        { host: location.hostname },
        // The portal's frame gets an empty page: nothing here goes through it.
        { ...hosts, PASSPORT_PRODUCTION_URL: sandbox, CONNECT_PUBLIC_URL: location.origin },
      );
    };
    // Signing out is not on its \`paragon\`.
    const logout = () => connectSingleton.logout();
    window.sdk = { paragon, logout, configure, atImport };`),
  "ours.html": page(`
    import { paragon } from "paragon-wasm";
    const atImport = window.imported();
    const configure = (sandbox) => paragon.configureGlobal({ apiUrl: sandbox });
    window.sdk = { paragon, logout: paragon.logout, configure, atImport };`),
  "ui.html": "<!doctype html><title>In place of the portal</title>",
};

/**
 * Starts what a comparison needs; `close()` ends it.
 *
 * @returns for `official` and `ours`: its own sandbox; `open()`, which opens a page with the SDK;
 *   `observe(scenario)`, which runs a scenario
 */
export async function startComparison() {
  const closing = [];
  const close = async () => {
    for (const end of closing.reverse()) {
      await end();
    }
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), "paragon-wasm-official-"));
    closing.push(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
    await bundle(folder);
    const server = await serve({ "/": join(folder, "dist") });
    closing.push(() => server.close());
    const browser = await launchChromium();
    closing.push(() => browser.close());
    const sides = {};
    for (const sdk of ["official", "ours"]) {
      const sandbox = await startSandbox();
      closing.push(() => sandbox.stop());
      const open = () => openSdk(browser, sandbox, `${server.address}/${sdk}.html`);
      sides[sdk] = { sandbox, open, observe: (scenario) => observe(sandbox, open, scenario) };
    }
    return { ...sides, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function bundle(folder) {
  for (const [path, content] of Object.entries(PAGES)) {
    await writeFile(join(folder, path), content);
  }
  await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    resolve: { alias: PACKAGES },
    build: {
      rollupOptions: { input: Object.keys(PAGES).map((path) => join(folder, path)) },
      chunkSizeWarningLimit: 1000,
    },
  });
}

/**
 * Opens a page with one of the SDKs, which is directed to the sandbox.
 *
 * @returns the page; `elsewhere`, the requests to other machines; `console`, warnings and errors on
 *   the console; `quiet()`, which waits until nothing is in flight to the sandbox
 */
async function openSdk(browser, sandbox, url) {
  // Nothing may leave this machine, or depend on whether it could: there is no such proxy. Requests
  // are not intercepted, because the browser would then send no preflights.
  const context = await browser.newContext({
    proxy: { server: "http://127.0.0.1:9", bypass: "127.0.0.1" },
  });
  const page = await context.newPage();
  const [elsewhere, console] = [[], []];
  const flying = new Set();
  page.on("request", (request) => {
    const { hostname } = new URL(request.url());
    if (request.url().startsWith(sandbox.url)) {
      flying.add(request);
    } else if (hostname !== "127.0.0.1" && hostname !== "") {
      elsewhere.push(`${request.method()} ${request.url()}`);
    }
  });
  page.on("requestfinished", (request) => flying.delete(request));
  page.on("requestfailed", (request) => flying.delete(request));
  page.on("pageerror", (error) => console.push(`uncaught ${error}`));
  page.on("console", (message) => {
    // Chromium's own remarks on failed requests are not the SDKs'.
    const remark = message.text().startsWith("Failed to load resource");
    if (["warning", "error"].includes(message.type()) && !remark) {
      // The first line: a stack may follow.
      console.push(`${message.type()}: ${message.text().split("\n", 1)}`);
    }
  });
  await page.goto(url);
  await page.waitForFunction(() => "sdk" in window);
  await page.evaluate((sandbox) => window.sdk.configure(sandbox), sandbox.url);
  const quiet = async () => {
    const deadline = Date.now() + 10_000;
    do {
      if (Date.now() > deadline) {
        throw new Error(`no answer to ${[...flying].map((request) => request.url()).join()}`);
      }
      // What a call or an answer leaves to do starts in the page's next turns.
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    } while (flying.size > 0);
  };
  return { page, elsewhere, console, quiet, close: () => context.close() };
}

/** Runs a scenario against a fresh state, and gives what was seen of the call and of its effects. */
async function observe(sandbox, open, scenario) {
  await sandbox.reset();
  const { userId = "ada", claims } = scenario;
  const signedIn = await sandbox.token({ userId });
  const before = await state(sandbox, signedIn);
  const ids = await identifiers(sandbox, signedIn);
  // Some scenarios sign in themselves, with a token that may be a bad one.
  const session = claims === undefined ? signedIn : await sandbox.token({ userId, ...claims });
  await sandbox.reset();

  const opened = await open();
  try {
    const { page, quiet } = opened;
    if (scenario.signIn !== false) {
      const { projectId, token } = session;
      await page.evaluate(
        ([projectId, token]) => window.sdk.paragon.authenticate(projectId, token),
        [projectId, token],
      );
      await quiet();
    }
    const { requests: sent } = await sandbox.requests();
    opened.console.length = 0;
    const seen = await page.evaluate(callAndWatch, [String(scenario.run), { ...signedIn, ...session, ids }]);
    await quiet();
    const { requests } = await sandbox.requests();
    const clear = (text) => named(text, ids).replaceAll(sandbox.url, "{sandbox}").replaceAll(session.token, "{token}");
    return {
      ...seen,
      ...("value" in seen && { value: reviewed(seen.value, clear) }),
      ...("error" in seen && { error: reviewed(seen.error, clear) }),
      requests: requests
        .slice(sent.length)
        .filter(isCall)
        .map((request) => readable(request, ids)),
      total: requests.filter(isCall).length,
      preflights: requests.length - requests.filter(isCall).length,
      console: opened.console.map(clear),
      elsewhere: opened.elsewhere,
      ids,
      before,
      after: await state(sandbox, signedIn),
    };
  } finally {
    await opened.close();
  }
}

/** In the page: makes the call, and says how it answered and with what. */
async function callAndWatch([run, given]) {
  const call = new Function(`return (${run})`)();
  // As JSON, so that the token is seen wherever it is; it is another each time.
  const json = (value) => JSON.stringify(value)?.replaceAll(given.token, "{token}");
  const copy = (value) => (json(value) === undefined ? undefined : JSON.parse(json(value)));
  const stored = () => Object.fromEntries(Object.keys(localStorage).map((key) => [key, json(localStorage[key])]));
  const failed = ({ name, message, code, status }) => copy({ name, message, code, status });
  const seen = { answers: "throws at once", storedBefore: stored() };
  try {
    const returned = call({ ...window.sdk, ...given });
    seen.answers = returned instanceof Promise ? "a promise" : "at once";
    const value = await returned;
    seen.value = copy(value);
  } catch (error) {
    seen.error = failed(error ?? {});
  }
  seen.stored = stored();
  return seen;
}

/** A value with its texts as they are to be read. */
const reviewed = (value, clear) => (value === undefined ? undefined : JSON.parse(clear(JSON.stringify(value))));

/** The user as the API itself returns them, without the moments at which things changed. */
async function state(sandbox, session) {
  const user = await sandbox.user(session);
  return JSON.parse(JSON.stringify(user, (key, value) => (/^date[A-Z]/.test(key) ? undefined : value)));
}

/** Ids by the names that people know, for scenarios; `kinds` the other way, for readers. */
async function identifiers(sandbox, session) {
  const { projectId, token } = session;
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${sandbox.url}/projects/${projectId}/sdk/integrations`, { headers });
  const integrations = await answer.json();
  const workflows = integrations.flatMap((it) => it.workflows);
  const user = await sandbox.user(session);
  const credentials = Object.values(user.integrations).flatMap((it) => it.allCredentials ?? []);
  const kinds = {
    integrationId: integrations,
    workflowId: workflows,
    credentialId: credentials,
    configurationId: credentials.flatMap((it) => it.configurations),
  };
  return {
    project: projectId,
    workflow: Object.fromEntries(workflows.map(({ description, id }) => [description, id])),
    credential: Object.fromEntries(credentials.map(({ providerId, id }) => [providerId, id])),
    kinds: Object.entries(kinds).flatMap(([kind, all]) => all.map(({ id }) => [id, `{${kind}}`])),
  };
}

const isCall = ({ method }) => method !== "OPTIONS";

/** Headers that an SDK decides about. */
const DECIDED = /^(accept|authorization|content-type|x-paragon-.*)$/;

function readable({ method, path, query, headers, body }, ids) {
  const kept = Object.entries(headers).filter(([name]) => DECIDED.test(name));
  const sent = body === null ? "" : named(JSON.stringify(body), ids);
  return {
    line: named([method, path + (query && `?${query}`)].join(" "), ids),
    headers: Object.fromEntries(kept.map(([name, value]) => [name, named(value, ids)])),
    // The boundary of a form is another each time.
    body: sent.replace(/-+WebKitFormBoundary\w+(-+)?/g, "(boundary)"),
  };
}

/** Text with ids replaced by what they are. */
function named(text, { project, kinds }) {
  const withoutProject = text.replaceAll(`/projects/${project}`, "");
  return kinds
    .reduce((clear, [id, kind]) => clear.replaceAll(id, kind), withoutProject)
    .replace(/multipart\/form-data; boundary=.*/, "multipart/form-data");
}
