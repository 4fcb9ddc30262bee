// Every call of the package goes through here, so that the log misses none.

/** Dispatches `change` when a call began or ended, with the call as its `detail`. */
export class Calls extends EventTarget {
  /**
   * Runs `work` and keeps what became of it.
   *
   * @param {string} text the call as code, without secrets
   * @param {() => Promise<unknown>} work
   * @param {{shown?: (value: unknown) => unknown, client?: object}} [more] what of the answer is fit
   *   to be shown; and whose call it is
   */
  async record(text, work, { shown = (value) => value, client } = {}) {
    const call = new Call(text, client);
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

  /** Keeps that the package has told of an event. */
  recordEvent(name, value) {
    const call = new Call(name);
    Object.assign(call, { state: "event", value });
    this.#changed(call);
  }

  /**
   * A client whose calls are recorded.
   *
   * @param {import("paragon-wasm").ParagonClient} client
   * @param {string} [name] what it is called in the log; the functions stand alone otherwise
   */
  recording(client, name) {
    const prefix = name === undefined ? "" : `${name}.`;
    const recorder = (target, path, methods) =>
      Object.fromEntries(
        methods.map((method) => {
          const record = (...given) => {
            const text = given.map((value, position) => {
              // A token is shown nowhere, and nothing here keeps it.
              return method === "authenticate" && position === 1 ? "<token>" : literal(value);
            });
            const call = `${prefix}${path}${method}(${text.join(", ")})`;
            return this.record(call, () => target[method](...given), { client });
          };
          return [method, record];
        }),
      );
    return {
      ...recorder(client, "", METHODS),
      installFlow: recorder(client.installFlow, "installFlow.", STEPS),
      subscribe: (...given) => client.subscribe(...given),
    };
  }

  #changed(call) {
    this.dispatchEvent(new CustomEvent("change", { detail: call }));
  }
}

const METHODS = [
  "configureGlobal",
  "authenticate",
  "getUser",
  "getIntegrations",
  "getIntegrationMetadata",
  "getIntegrationConfig",
  "getFieldOptions",
  "setUserMetadata",
  "updateIntegrationUserSettings",
  "updateWorkflowUserSettings",
  "updateWorkflowState",
  "uninstallIntegration",
  "logout",
];

const STEPS = ["start", "next", "setAccountType", "setPreOptions", "setPostOptions", "cancel"];

/** One call: pending, then ok with a value or failed with an error. Or an event, with its value. */
class Call {
  state = "pending";
  value;
  error;
  milliseconds;
  at = new Date();
  #began = performance.now();

  constructor(text, client) {
    this.text = text;
    this.client = client;
  }

  end(outcome) {
    this.milliseconds = performance.now() - this.#began;
    Object.assign(this, outcome);
  }
}

/** The members of objects that are secrets. */
const secretMembers = new WeakMap();

/** The same object; in the log, these of its members are not to be read. */
export function withSecrets(object, members) {
  secretMembers.set(object, new Set(members));
  return object;
}

/** A value as one would write it in code. */
export function literal(value) {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "() => {…}";
  if (value instanceof AbortSignal) return "<AbortSignal>";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const secrets = secretMembers.get(value);
    const members = Object.entries(value).map(([key, member]) => {
      const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
      return `${name}: ${secrets?.has(key) && member !== undefined ? "<secret>" : literal(member)}`;
    });
    return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
  }
  return String(value);
}
