// Every call of the package goes through here, so that the log misses none.

/** Dispatches `change` when a call began or ended, with the call as its `detail`. */
export class Calls extends EventTarget {
  /**
   * Runs `work` and keeps what became of it.
   *
   * @param {string} text the call as code, without secrets
   * @param {() => Promise<unknown>} work
   * @param {(value: unknown) => unknown} [shown] what of the answer is fit to be shown
   */
  async record(text, work, shown = (value) => value) {
    const call = new Call(text);
    this.#changed(call);
    try {
      const value = await work();
      call.end({ state: "ok", value: shown(value) });
      return value;
    } catch (error) {
      call.end({ state: "failed", error });
      throw error;
    } finally {
      this.#changed(call);
    }
  }

  /**
   * A client whose calls are recorded.
   *
   * @param {import("paragon-wasm").ParagonClient} client
   * @param {string} [name] what it is called in the log; the functions stand alone otherwise
   */
  recording(client, name) {
    const recorded = {};
    for (const method of METHODS) {
      recorded[method] = (...given) => {
        const text = given.map((value, position) => {
          // A token is shown nowhere, and nothing here keeps it.
          return method === "authenticate" && position === 1 ? "<token>" : literal(value);
        });
        const call = `${name === undefined ? "" : `${name}.`}${method}(${text.join(", ")})`;
        return this.record(call, () => client[method](...given));
      };
    }
    return recorded;
  }

  #changed(call) {
    this.dispatchEvent(new CustomEvent("change", { detail: call }));
  }
}

const METHODS = [
  "configureGlobal",
  "authenticate",
  "getUser",
  "getIntegrationMetadata",
  "setUserMetadata",
  "uninstallIntegration",
  "logout",
];

/** One call: pending, then ok with a value or failed with an error. */
class Call {
  state = "pending";
  value;
  error;
  milliseconds;
  at = new Date();
  #began = performance.now();

  constructor(text) {
    this.text = text;
  }

  end(outcome) {
    this.milliseconds = performance.now() - this.#began;
    Object.assign(this, outcome);
  }
}

/** A value as one would write it in code. */
export function literal(value) {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "() => {…}";
  if (value instanceof AbortSignal) return "<AbortSignal>";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(
        ([key, member]) =>
          `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${literal(member)}`,
      );
    return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
  }
  return String(value);
}
