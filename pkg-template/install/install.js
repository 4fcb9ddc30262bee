// One install, from its beginning to its one end: what it sends, and what can end it from outside.

import { failure, isParagonError } from "./errors.js";
import { ofCall } from "./arguments.js";
import { Scope } from "./scope.js";

/** How long something may take that nobody waits for. */
const SEND_OFF_MS = 10_000;

export class Install {
  scope = new Scope();
  #door;
  #options;
  #onEnd;
  #abort = new AbortController();
  #flying = 0;
  #fail;
  #failed = new Promise((_, reject) => (this.#fail = reject));

  /** @param onEnd is told of an end that comes from outside */
  constructor(door, options, onEnd) {
    this.#door = door;
    this.#options = ofCall(options);
    this.#onEnd = onEnd;
    this.#failed.catch(() => {}); // Nobody may be waiting.
    this.scope.add(() => this.#abort.abort());
    const { signal } = options;
    if (signal) {
      const abort = () => this.end(failure("aborted", "The install was aborted by its signal.", { cause: signal.reason }));
      if (signal.aborted) abort();
      else this.scope.listen(signal, "abort", abort);
    }
    this.scope.add(
      door.subscribe("onSessionChange", ({ state }) => {
        // A request of ours that was refused tells more, and is about to.
        if (state === "signedIn" || (state === "expired" && this.#flying)) return;
        this.end(failure("superseded", "The session in which the install was begun has ended."));
      }),
    );
  }

  get ended() {
    return this.scope.ended;
  }

  /** Ends it: all that is under way is rejected with `error`. The first end counts. */
  end(error) {
    if (this.ended) return;
    this.#fail(error);
    this.scope.end();
    this.#onEnd?.(error);
  }

  /** It is done, or has failed by itself. */
  finish() {
    this.scope.end();
  }

  /** What `promise` comes to, unless the install ends before. */
  race(promise) {
    return Promise.race([this.#failed, promise]);
  }

  /** Sends something, as a call of the client's. */
  send(method, path, body, options) {
    return this.call("send", method, path, body, options);
  }

  async call(method, ...args) {
    const options = { ...this.#options, ...args.pop(), signal: this.#abort.signal };
    this.#flying += 1;
    try {
      return await this.race(this.#door.call(method, ...args, options));
    } finally {
      this.#flying -= 1;
    }
  }

  /** Sends something that nobody waits for, not even the end of this. */
  sendOff(method, path) {
    if (!this.ended) this.#door.call("send", method, path, undefined, { maxRetries: 0, timeoutMs: SEND_OFF_MS }).catch(() => {});
  }

  emit(name, event) {
    this.#door.emit(name, event);
  }
}

/** Calls the application's function; one that throws changes nothing. */
export function tell(listener, ...args) {
  try {
    listener?.(...args);
  } catch (error) {
    console.error("[paragon-wasm] a callback failed:", error);
  }
}

/** Every failure is an error of ours. */
export const asFailure = (cause) =>
  isParagonError(cause) ? cause : failure("internal", `paragon-wasm has failed inside: ${cause}`, { cause });
