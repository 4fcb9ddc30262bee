// Does what the module says a call needs: sends, waits, asks for tokens, and settles.

import { CLOUD, METHODS, READINGS } from "./arguments.js";
import { invalid, ParagonError } from "./errors.js";
import { load, settling } from "./module.js";
import { create, end, release, start, step } from "./paragon_wasm.js";

/** What has happened to a call: see `step` in the module. */
const [GO, TOKEN, NO_TOKEN, ANSWER, NO_ANSWER, ENDED, FORGOTTEN] = [0, 1, 2, 3, 4, 5, 6];

/** Operations: see `started` in the module. */
export const [AUTHENTICATE, GET_USER, UNINSTALL, PROXY, ACCESS, FIND_METADATA, ENABLE, DISABLE, INSTALL] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
export const [UPDATE_USER, INTEGRATIONS, METADATA, CREDENTIALS, UPDATE_CREDENTIAL, EVENT, TRIGGER] = [10, 11, 12, 13, 14, 17, 18];

/** The order is the module's: see `Options` there. */
const OPTIONS = ["maxRetries", "json", "raw", "method", "headers", "readAs", "query", "selectedCredentialId", "selectedConfigurationId"];

/** How much of a refusal is read: copying more would block the page. */
const EXCERPT = 65536;

const JSON_TYPE = "application/json";

/** The module keeps its clients until it is told that one is gone. */
const collected = /* @__PURE__ */ new FinalizationRegistry(release);

let calls = 0;

/** One session, and the calls that are under way in it. */
export class Session {
  origins = CLOUD;
  settings = { timeoutMs: 30_000, maxRetries: 2, debug: false };
  /** Who is signed in, or is about to be. */
  projectId;
  userId;
  /** Whether any call has been made. */
  isUsed = false;
  #source;
  #emit;
  #core;
  #live = new Map();
  /** Where the tokens of the session that is on come from, if they can be renewed. */
  #provider;
  /** The `GET /sdk/me` that calls of `getUser` share, and the renewal that calls wait for. */
  #user;
  #renewal;

  constructor(source, emit) {
    this.#source = source;
    this.#emit = emit;
  }

  /** Ends the session that is on; at once, if there can be one. */
  end(origins) {
    if (this.#core !== undefined) end(this.#core);
    if (!origins) return;
    this.origins = origins;
    this.#drop();
  }

  /** Ends the session that is on when it is the turn of this call. */
  async logout() {
    if (this.isUsed) await load(this.#source);
    this.end();
  }

  /** Where the pages are that a user sees while connecting an account, and for whom they are. */
  access() {
    const { origins, projectId, userId, settings } = this;
    return { url: origins.service, projectId, userId, timeoutMs: settings.timeoutMs };
  }

  /** Starts an operation of the module's: see `started` there. */
  run(operation, a, b, given, extra) {
    this.isUsed = true;
    // Who called: what is made in the module, some turns later, has a stack without him.
    const called = new Error();
    return settling((resolve, reject) => {
      const { signal, provider, timeoutMs = this.settings.timeoutMs, maxRetries = this.settings.maxRetries } = given;
      const number = ++calls;
      const give = (code, message, options) => this.#give(number, new ParagonError(code, message, options));
      const abort = () => give("aborted", "The call was aborted by its signal.", { cause: signal.reason });
      const late = () =>
        give("timeout", `Paragon did not answer within ${timeoutMs} ms. Check the connection, or allow more with timeoutMs.`);
      this.#live.set(number, {
        resolve,
        reject: (failure) => reject(withStack(failure, called)),
        isUser: operation === GET_USER,
        signsIn: operation === AUTHENTICATE,
        timer: setTimeout(late, timeoutMs),
        forget: () => signal?.removeEventListener("abort", abort),
      });
      if (signal?.aborted) return abort();
      signal?.addEventListener("abort", abort);
      const begin = async () => {
        await load(this.#source);
        this.#core ??= this.#create();
        // It may have been given up meanwhile.
        if (!this.#live.has(number)) return;
        if (operation === AUTHENTICATE) [this.#provider, this.projectId] = [provider, a];
        const options = { ...given, maxRetries, ...extra };
        start(this.#core, number, operation, a, b, OPTIONS.map((name) => options[name]), Date.now());
      };
      begin().catch((failure) => this.#settle(number, failure));
    });
  }

  #create() {
    const session = new WeakRef(this);
    const host = {};
    for (const name of ["notice", "send", "wait", "settle", "fail"]) {
      host[name] = (...args) => session.deref()?.[`_${name}`](...args);
    }
    const core = create(host);
    collected.register(this, core, this);
    return core;
  }

  #drop() {
    if (this.#core === undefined) return;
    collected.unregister(this);
    release(this.#core);
    this.#core = undefined;
  }

  #step(number, kind, value, status = 0, parsed = false, retryAfterMs = NaN, dateMs = NaN, chance = 0) {
    try {
      step(this.#core, number, kind, value, status, parsed, retryAfterMs, dateMs, chance, Date.now());
    } catch (failure) {
      this.#settle(number, failure);
    }
  }

  /** Ends a call: with an error, if there is one. */
  #settle(number, error, value) {
    const call = this.#live.get(number);
    if (!call) return;
    this.#live.delete(number);
    clearTimeout(call.timer);
    clearTimeout(call.pause);
    call.forget();
    // A `getUser` that comes after a change must not share a request that was sent before it.
    if (call.changes) this.#user = undefined;
    this.#leave(call, "flight");
    this.#leave(call, "renewal");
    if (error) call.reject(error);
    else call.resolve(value);
  }

  /** Gives a call up. */
  #give(number, error) {
    this.#settle(number, error);
    if (this.#core !== undefined) this.#step(number, FORGOTTEN);
  }

  /** Takes a call from what it shares with others; what nobody waits for any more is given up. */
  #leave(call, what) {
    const shared = call[what];
    if (!shared) return;
    call[what] = undefined;
    shared.waiting -= 1;
    if (shared.waiting) return;
    shared.abort?.abort();
    if (this.#user === shared) this.#user = undefined;
    if (this.#renewal === shared) this.#renewal = undefined;
  }

  // What the module calls.

  async _send(number, methodIndex, origin, path, authorization, given, credentialId, configurationId, body, sendsJson, readAs) {
    const call = this.#live.get(number);
    const method = METHODS[methodIndex];
    const { api, proxy, service } = this.origins;
    const proxied = origin === 1;
    if (method !== "GET" && !proxied) {
      call.changes = true;
      this.#user = undefined;
    }
    call.line = `${method} ${path.split("?")[0]}`;
    let flight = call.isUser ? this.#user : undefined;
    if (!flight) {
      const abort = new AbortController();
      const headers = {
        accept: JSON_TYPE,
        ...(sendsJson && { "content-type": JSON_TYPE }),
        // What the application says of its own data wins.
        ...given,
        ...(credentialId !== undefined && { "x-paragon-credential": credentialId }),
        ...(configurationId !== undefined && { "x-paragon-configuration-id": configurationId }),
        authorization,
      };
      // The token must not follow a redirect to another host. No mode for the cache: with any, Chromium
      // asks for permission (CORS) before every single request.
      const init = { method, headers, body, credentials: "omit", redirect: "error", signal: abort.signal };
      flight = { waiting: 0, abort, chance: Math.random(), answer: exchange([api, proxy, service][origin] + path, init, readAs, proxied, this.settings.debug && call.line) };
      if (call.isUser) this.#user = flight;
    }
    flight.waiting += 1;
    call.flight = flight;
    const { failed, isJson, value, status, parsed, retryAfterMs, dateMs } = await flight.answer;
    if (!this.#arrived(call, "flight", flight)) return;
    if (failed) return this.#step(number, NO_ANSWER, value, 0, false, NaN, NaN, flight.chance);
    // Calls that share the answer get objects of their own.
    const json = isJson ? parse(value) : undefined;
    const known = json !== undefined;
    this.#step(number, ANSWER, known ? json : value, status, known || parsed, retryAfterMs, dateMs, flight.chance);
    // What was read at sign-in a `getUser` that follows at once shares: nothing can have happened since.
    if (!call.signsIn || call.changes || !known) return;
    this.#user = flight;
    setTimeout(() => this.#user === flight && (this.#user = undefined));
  }

  async _wait(number, ms) {
    const call = this.#live.get(number);
    if (ms >= 0) {
      if (this.settings.debug) debug(`${call.line} again in ${ms} ms`);
      call.pause = setTimeout(() => this.#step(number, GO), ms);
      return;
    }
    const renewal = (this.#renewal ??= { waiting: 0, token: new Promise((resolve) => resolve(this.#provider())) });
    renewal.waiting += 1;
    call.renewal = renewal;
    let kind = TOKEN;
    let value;
    try {
      value = await renewal.token;
      if (typeof value !== "string") throw invalid("token", "must be a string, or a promise of one");
    } catch (cause) {
      [kind, value] = [NO_TOKEN, cause];
    }
    if (this.#arrived(call, "renewal", renewal)) this.#step(number, kind, value);
  }

  /** Whether the call still waits for what has come. Whoever comes later does not share it. */
  #arrived(call, what, shared) {
    if (this.#user === shared) this.#user = undefined;
    if (this.#renewal === shared) this.#renewal = undefined;
    const waits = call[what] === shared;
    call[what] = undefined;
    return waits;
  }

  _settle(number, value) {
    this.#settle(number, undefined, value);
  }

  _fail(number, code, message, status, retryAfterMs, key, detail, cause) {
    const details = { ...(retryAfterMs >= 0 && { retryAfterMs }), ...(key && { [key]: detail }) };
    this.#settle(
      number,
      new ParagonError(code, message, {
        status,
        details: key || retryAfterMs >= 0 ? details : undefined,
        ...(cause !== undefined && { cause }),
      }),
    );
  }

  _notice(kind, a, b, c) {
    if (kind === 0) {
      this.#user = this.#renewal = undefined;
      for (const number of [...this.#live.keys()]) this.#step(number, ENDED);
    } else if (kind < 4) {
      this.userId = a;
      this.#emit("onSessionChange", { state: ["signedIn", "signedOut", "expired"][kind - 1], userId: a });
    } else if (kind === 4) {
      this.#emit("onIntegrationUninstall", { integrationId: a, integrationType: b, ...(c && { credentialId: c }) });
    } else {
      this.#emit("onWorkflowChange", { workflowId: a, workflowStateChange: { enabled: c } });
    }
  }
}

/** Sends and reads to the end. It never fails: what `fetch` throws or rejects with is the value. */
async function exchange(url, init, readAs, proxied, line) {
  const startedMs = Date.now();
  let status = 0;
  try {
    const response = await fetch(url, init);
    status = response.status;
    const { headers } = response;
    const answer = { status, dateMs: Date.parse(headers.get("Date")) };
    if (!response.ok) {
      return { ...answer, retryAfterMs: retryAfter(headers.get("Retry-After")), value: (await response.text()).slice(0, EXCERPT) };
    }
    // The application reads it.
    if (readAs === 5) return { ...answer, value: response, parsed: true };
    if (readAs > 2) return { ...answer, value: await response[READINGS[readAs]](), parsed: true };
    // What an integration's API sends is JSON only if it says so.
    const isJson = readAs === 1 || (!readAs && (!proxied || /\bjson\b/i.test(headers.get("Content-Type"))));
    return { ...answer, value: await response.text(), isJson };
  } catch (value) {
    status = 0;
    return { failed: true, value };
  } finally {
    if (line) debug(`${line} ${status || "no answer"} in ${Date.now() - startedMs} ms`);
  }
}

function withStack(failure, { stack }) {
  // V8 begins it with the message.
  const value = `${stack}`.replace(/^Error/, () => failure);
  return Object.defineProperty(failure, "stack", { value, configurable: true, writable: true });
}

const debug = (message) => console.debug(`[paragon-wasm] ${message}`);

/** Seconds or a date, as milliseconds from now. */
const retryAfter = (header) => (header ? Math.max(0, isNaN(header) ? Date.parse(header) - Date.now() : header * 1000) : NaN);

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {}
}
