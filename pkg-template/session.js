// Does what the module says a call needs: sends, waits, asks for tokens, and settles.

import { CLOUD, METHODS, READINGS } from "./arguments.js";
import { invalid, ParagonError } from "./errors.js";
import { broken, live, load } from "./module.js";
import { create, end, release, start, step } from "./paragon_wasm.js";

/** What has happened to a call: see `step` in the module. */
const GO = 0, TOKEN = 1, NO_TOKEN = 2, ANSWER = 3, NO_ANSWER = 4, ENDED = 5, FORGOTTEN = 6;

/** Operations: see `started` in the module. */
export const AUTHENTICATE = 0, GET_USER = 1, UNINSTALL = 2, PROXY = 3, ACCESS = 4, FIND_METADATA = 5;
export const ENABLE = 6, DISABLE = 7, INSTALL = 8, UPDATE_USER = 10, INTEGRATIONS = 11, METADATA = 12;
export const CREDENTIALS = 13, UPDATE_CREDENTIAL = 14, EVENT = 17, TRIGGER = 18;

/** How much of a refusal is read: copying more would block the page. */
const EXCERPT = 65536;

const JSON_TYPE = "application/json";

/** The module keeps its clients until it is told that one is gone. */
const collected = /* @__PURE__ */ new FinalizationRegistry(release);

let calls = 0;

/** What gives calls up whose time is over: see `Session.run`. */
let timer;

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
  /** Where the tokens of the session that is on come from, if they can be renewed. */
  #provider;
  /** The `GET /sdk/me` that calls of `getUser` share, and the renewal that calls wait for. */
  #user;
  #renewal;
  /** How the last `getUser` was sent, and until when the next may be sent like it: see `run`. */
  #ask;
  /** The user as sign-in found him, and when that was, if nothing was changed since. */
  #found;
  #foundMs;
  /** When the server was last asked for the time. */
  #askedMs;

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

  /** Ends the session that is on when it is the turn of this call: calls wait for the module too. */
  async logout() {
    if (this.isUsed && this.#core === undefined) await load(this.#source);
    this.end();
  }

  /** Where the pages are that a user sees while connecting an account, and for whom they are. */
  access() {
    const { origins, projectId, userId, settings } = this;
    return { url: origins.service, projectId, userId, timeoutMs: settings.timeoutMs };
  }

  /** Starts an operation of the module's: see `started` there. */
  run(operation, given, extra, a = "", b) {
    this.isUsed = true;
    const { signal, timeoutMs = this.settings.timeoutMs, maxRetries = this.settings.maxRetries } = given;
    if (broken) throw broken;
    const ask = operation === GET_USER && !signal && Date.now() < this.#ask?.untilMs && this.#ask;
    if (ask && !this.#user) {
      // Sent before all else, as it is under way meanwhile; but not before what was asked for earlier. The
      // application's own `fetch` may call this client: what that changes wins.
      const sending = (this.#ask = {});
      const sent = ask.send(!live.size);
      if (this.#ask === sending) {
        this.#ask = ask;
        this.#user = sent;
      }
    }
    const flight = this.#ask === ask && this.#user;
    // Who called: what is made in the module, some turns later, has a stack without him.
    const called = new Error();
    return new Promise((resolve, reject) => {
      const number = ++calls;
      const go = () => {
        const { method, readAs, query, selectedCredentialId, selectedConfigurationId, json, raw } = given;
        start(this.#core, number, operation, Date.now(), maxRetries, method, readAs, a, b, query, selectedCredentialId, selectedConfigurationId, json !== undefined || raw !== undefined);
      };
      // The end of the session ends those that have begun: they have a way to go.
      const call = { session: this, resolve, reject, called, operation, timeoutMs, given: Object.assign(given, extra), go: flight && go };
      live.set(number, call);
      if (signal) {
        const abort = () => this.#give(number, "aborted", "The call was aborted by its signal.", { cause: signal.reason });
        if (signal.aborted) return abort();
        signal.addEventListener("abort", abort);
        call.forget = () => signal.removeEventListener("abort", abort);
      }
      // In a page one timer does for all calls that are under way: one for each would be a good part of
      // what a call costs. Elsewhere a client may be shared by requests to a server, and a timer belong
      // to one of them.
      if (globalThis.document) arm((call.dueMs = performance.now() + timeoutMs));
      else call.timer = setTimeout(() => this._late(number, call), timeoutMs);
      const begin = async () => {
        if (this.#core === undefined) {
          await load(this.#source);
          this.#core ??= Session.#create(this);
          // It may have been given up meanwhile.
          if (!live.has(number)) return;
        }
        if (operation === AUTHENTICATE) [this.#provider, this.projectId, this.#askedMs] = [given.provider, a];
        if (operation === UNINSTALL) {
          // An account says which id its integration has. Each once: the next time it may be gone.
          const id = this.#found?.integrations?.[a]?.allCredentials?.shift?.()?.integrationId;
          call.list = id && [{ id, type: a, enabled: true }];
        }
        go();
        call.go = go;
      };
      (flight ? this.#follow(number, call, flight, ask) : begin()).catch((failure) => this.#settle(number, failure));
    });
  }

  _late(number, { timeoutMs }) {
    this.#give(number, "timeout", `Paragon did not answer within ${timeoutMs} ms. Check the connection, or allow more with timeoutMs.`);
  }

  /** Static, so that what the module keeps has no session in its scope: one that is not used any more must go. */
  static #create(session) {
    const weak = new WeakRef(session);
    const host = {};
    for (const name of ["_notice", "_send", "_wait", "_settle", "_fail"]) {
      host[name] = (...args) => weak.deref()?.[name](...args);
    }
    const core = create(host);
    collected.register(session, core, session);
    return core;
  }

  #drop() {
    if (this.#core === undefined) return;
    collected.unregister(this);
    release(this.#core);
    this.#core = undefined;
  }

  /** What is left out is 0 or `NaN` in the module. */
  #step(number, kind, value, status, parsed, retryAfterMs, dateMs, chance) {
    try {
      step(this.#core, number, kind, value, status, parsed, retryAfterMs, dateMs, chance, Date.now());
    } catch (failure) {
      this.#settle(number, failure);
    }
  }

  /** Ends a call: with an error, if there is one. */
  #settle(number, error, value) {
    const call = live.get(number);
    if (!call) return;
    live.delete(number);
    // What is not there costs time too.
    if (call.timer) clearTimeout(call.timer);
    if (call.pause) clearTimeout(call.pause);
    if (!live.size) rest();
    call.forget?.();
    // A `getUser` that comes after a change must not share a request that was sent before it.
    if (call.changes) this.#user = undefined;
    if (call.flight) this.#leave(call, "flight");
    if (call.renewal) this.#leave(call, "renewal");
    if (error) call.reject(withStack(error, call.called));
    else call.resolve(value);
  }

  /** Gives a call up. */
  #give(number, ...error) {
    this.#settle(number, new ParagonError(...error));
    if (this.#core !== undefined) this.#step(number, FORGOTTEN);
  }

  /** Takes a call from what it shares with others; what nobody waits for any more is given up. */
  #leave(call, what) {
    const shared = call[what];
    call[what] = undefined;
    shared.waiting -= 1;
    if (shared.waiting) return;
    shared.abort?.abort();
    if (this.#user === shared) this.#user = undefined;
    if (this.#renewal === shared) this.#renewal = undefined;
  }

  // What the module calls.

  async _send(number, methodIndex, origin, path, authorization, isSelective, untilMs) {
    const call = live.get(number);
    const { selectedCredentialId, selectedConfigurationId, json, raw, headers: own, readAs } = call.given;
    const method = METHODS[methodIndex];
    const { api, proxy, service } = this.origins;
    const proxied = origin === 1;
    if (method !== "GET" && !proxied) {
      call.changes = true;
      this.#user = this.#foundMs = undefined;
    }
    const line = `${method} ${path.split("?")[0]}`;
    call.line = this.settings.debug && line;
    const isUser = call.operation === GET_USER;
    const answer = call.answer ?? this.#told(call, method, path);
    call.answer = undefined;
    let flight = answer ? { waiting: 0, answer } : isUser && this.#user;
    if (!flight) {
      // What the application says of its own data wins.
      const headers = { accept: JSON_TYPE, ...(json !== undefined && { "content-type": JSON_TYPE }), ...own };
      if (isSelective && selectedCredentialId !== undefined) headers["x-paragon-credential"] = selectedCredentialId;
      if (isSelective && selectedConfigurationId !== undefined) headers["x-paragon-configuration-id"] = selectedConfigurationId;
      headers.authorization = authorization;
      const url = [api, proxy, service][origin] + path;
      const body = json ?? raw;
      const send = (atOnce) => {
        const abort = new AbortController();
        // Reading it takes long for what it is. What an integration's API says of the time is nothing to Paragon.
        const asksTime = !proxied && !(performance.now() - this.#askedMs < 60_000);
        // The token must not follow a redirect to another host. No mode for the cache: with any, Chromium
        // asks for permission (CORS) before every single request.
        const init = { method, headers: { ...headers }, body, credentials: "omit", redirect: "error", signal: abort.signal };
        return { waiting: 0, abort, answer: exchange(url, init, readAs, proxied, asksTime, this.settings.debug && line, atOnce) };
      };
      flight = send();
      if (isUser) {
        this.#user = flight;
        this.#ask = { send, untilMs };
      }
    }
    this.#follow(number, call, flight);
  }

  /**
   * Waits for the answer, and tells the module. If it does not know of the call, as that was sent like
   * one before, by `ask`, it hears of it only when the answer is another than usual.
   */
  async #follow(number, call, flight, ask) {
    flight.waiting += 1;
    call.flight = flight;
    const answer = await flight.answer;
    if (!this.#arrived(call, "flight", flight)) return;
    const { kind, isJson, value, status, parsed, retryAfterMs, dateMs, chance } = answer;
    // Calls that share the answer get objects of their own.
    const json = isJson ? parse(value) : undefined;
    if (ask && dateMs === undefined && isUsual(json)) return this.#settle(number, undefined, json);
    // The module takes it for the answer to the token that it has now.
    if (this.#ask === ask && Date.now() < ask?.untilMs) call.answer = answer;
    if (dateMs !== undefined) {
      this.#askedMs = performance.now();
      this.#ask = undefined;
    }
    if (ask) return call.go();
    const known = json !== undefined;
    const signsIn = call.operation === AUTHENTICATE;
    if (signsIn) [this.#foundMs, this.#found] = [performance.now(), json];
    this.#step(number, kind, known ? json : value, status, known || parsed, retryAfterMs, dateMs, chance);
    // What was read at sign-in a `getUser` that follows at once shares: nothing can have happened since.
    if (!signsIn || call.changes || !known) return;
    this.#user = flight;
    setTimeout(() => this.#user === flight && (this.#user = undefined));
  }

  /** What sign-in has answered already of what an uninstall asks: the list of integrations, or the user. */
  #told({ operation, list }, method, path) {
    if (operation !== UNINSTALL || method !== "GET") return;
    const value = path.endsWith("/me") ? performance.now() - this.#foundMs < 60_000 && this.#found : list;
    return value && { kind: ANSWER, status: 200, parsed: true, value };
  }

  async _wait(number, ms) {
    const call = live.get(number);
    if (ms >= 0) {
      if (call.line) debug(`${call.line} again in ${ms} ms`);
      call.pause = setTimeout(() => this.#step(number, GO), ms);
      return;
    }
    const renewal = (this.#renewal ??= { waiting: 0, token: Promise.resolve().then(this.#provider) });
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
    if (!this.#arrived(call, "renewal", renewal)) return;
    // What was sent with the old one is not shared either.
    this.#ask = this.#user = undefined;
    this.#step(number, kind, value);
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
    const call = live.get(number);
    // What sign-in told is no longer true: the server's own list says what is.
    if (code.endsWith("not_found") && call?.list) {
      call.list = undefined;
      return call.go();
    }
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
      this.#user = this.#renewal = this.#found = this.#ask = undefined;
      // One that has not begun does so in the session that follows.
      for (const [number, { go, session }] of live) if (go && session === this) this.#step(number, ENDED);
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

function arm(dueMs) {
  if (timer?.dueMs <= dueMs && timer.by === setTimeout) return;
  disarm();
  const late = () => {
    timer = undefined;
    const nowMs = Math.max(dueMs, performance.now());
    for (const [number, call] of live) {
      if (call.dueMs <= nowMs) call.session._late(number, call);
      else if (call.dueMs) arm(call.dueMs);
    }
  };
  timer = { dueMs, by: setTimeout, id: setTimeout(late, dueMs - performance.now()) };
}

function disarm() {
  // Tests put other timers in place, and the old ones back: what is of the others comes to its end.
  if (timer?.by === setTimeout) clearTimeout(timer.id);
  timer = undefined;
}

/** Leaves the timer to a call that follows at once: setting and clearing one is some 4 % of a call. */
async function rest() {
  for (let turns = 9; turns; turns -= 1) await undefined;
  if (!live.size) disarm();
}

/** Sends and reads to the end. It never fails: what `fetch` throws or rejects with is the value. */
async function exchange(url, init, readAs, proxied, asksTime, line, atOnce) {
  const startedMs = Date.now();
  const answer = { kind: NO_ANSWER, chance: Math.random() };
  try {
    // Chromium's `fetch` takes the longer the more is on the stack: mostly the module is, and much else.
    if (!atOnce) await undefined;
    const response = await fetch(url, init);
    if (asksTime) answer.dateMs = Date.parse(response.headers.get("Date"));
    if (!response.ok) {
      answer.retryAfterMs = retryAfter(response.headers.get("Retry-After"));
      answer.value = (await response.text()).slice(0, EXCERPT);
    } else if (readAs > 2) {
      answer.parsed = true;
      // The last is for the application to read.
      answer.value = readAs === 5 ? response : await response[READINGS[readAs]]();
    } else {
      // What an integration's API sends is JSON only if it says so.
      answer.isJson = readAs === 1 || (!readAs && (!proxied || /\bjson\b/i.test(response.headers.get("Content-Type"))));
      answer.value = await response.text();
    }
    answer.status = response.status;
    answer.kind = ANSWER;
  } catch (cause) {
    answer.value = cause;
    answer.isJson = false;
  }
  if (line) debug(`${line} ${answer.status ?? "no answer"} in ${Date.now() - startedMs} ms`);
  return answer;
}

/** Whether it is a user as documented. The module knows what else may be one. */
function isUsual(json) {
  return json?.authenticated === true && typeof json.userId === "string" && json.integrations?.constructor === Object && json.meta?.constructor === Object;
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
