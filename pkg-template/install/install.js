// One install, from its beginning to its one end: what it sends, and what can end it from outside.

import { ofCall } from "./arguments.js";
import { failure } from "./module.js";
import { Scope } from "./scope.js";

/** The time limit of a request whose answer nobody waits for. */
const SEND_OFF_MS = 10_000;

export class Install {
  scope = new Scope();
  #transport;
  #options;
  #onEnd;
  #abort = new AbortController();
  /** How many requests are under way. */
  #flying = 0;
  #fail;
  #failed = new Promise((_, reject) => (this.#fail = reject));
  /** A promise of the end of what goes on after a failure, and how to end that. */
  following;
  unfollow = () => {};

  /** @param onEnd called with the error when the install is ended from outside */
  constructor(transport, options, onEnd) {
    this.#transport = transport;
    this.#options = ofCall(options);
    this.#onEnd = onEnd;
    this.#failed.catch(() => {}); // Nobody may be waiting.
    this.scope.add(() => this.#abort.abort());
    const { signal } = options;
    if (signal) {
      const abort = () =>
        this.end(failure("aborted", "The install was aborted by its signal.", { cause: signal.reason }));
      if (signal.aborted) abort();
      else this.scope.listen(signal, "abort", abort);
    }
    this.scope.add(transport.subscribe("onSessionChange", Install.#sessionListener(new WeakRef(this))));
  }

  /**
   * The module keeps the listener. It is made here, in a function without `this`, and has a weak reference, so
   * that an install that was left alone at a form does not keep its client from being collected.
   */
  static #sessionListener(weak) {
    return ({ state }) => weak.deref()?.#onSessionChange(state);
  }

  #onSessionChange(state) {
    // A refused request of this install explains more, and is about to reject.
    if (state === "signedIn" || (state === "expired" && this.#flying)) return;
    this.end(failure("superseded", "The session in which the install was begun has ended."));
  }

  get ended() {
    return this.scope.ended;
  }

  /** Ends it: everything that is under way is rejected with `error`. The first end counts. */
  end(error) {
    if (this.ended) return;
    this.#fail(error);
    this.scope.end();
    this.#onEnd?.(error);
  }

  /** Ends it without an error: it is done, or has failed by itself. */
  finish() {
    this.scope.end();
  }

  /** Has `run` go on after the install has failed, until it is done, another begins or this one is ended. */
  follow(run) {
    const scope = new Scope();
    this.scope.add(() => scope.end());
    this.unfollow = () => scope.end();
    this.following = run(scope).then(() => {
      scope.end();
      this.following = undefined;
    });
  }

  /** Settles as `promise` does, unless the install ends before. */
  race(promise) {
    return Promise.race([this.#failed, promise]);
  }

  send(method, path, body, options) {
    return this.call("send", method, path, body, options);
  }

  /** A call of the module's client, whose last argument are its options. */
  async call(name, ...args) {
    const options = { ...this.#options, ...args.pop(), signal: this.#abort.signal };
    this.#flying += 1;
    try {
      return await this.race(this.#transport.call(name, ...args, options));
    } finally {
      this.#flying -= 1;
    }
  }

  /** Sends a request whose answer nobody waits for, and that goes on when the install ends. */
  sendOff(method, path) {
    if (this.ended) return;
    this.#transport.call("send", method, path, undefined, { maxRetries: 0, timeoutMs: SEND_OFF_MS }).catch(() => {});
  }

  emit(name, event) {
    this.#transport.emit(name, event);
  }

  redact(text) {
    return this.#transport.redact(text);
  }
}

/** Calls a function of the application's; one that throws changes nothing. */
export function notify(listener, ...args) {
  try {
    listener?.(...args);
  } catch (error) {
    console.error("[paragon-wasm] a callback failed:", error);
  }
}

/** The application's `onError`, also when other options cannot be used. */
export function errorListener(options) {
  try {
    return typeof options?.onError === "function" ? options.onError : undefined;
  } catch {
    return undefined;
  }
}
