// What every entry shares: loads the WebAssembly module when it is first needed, and passes the
// calls on. Importing this file does nothing: no request, no DOM, no storage, no listener.

import init, { ParagonClient as Core, onPanic } from "./paragon_wasm.js";

/** Marks our errors for every copy of this package, in every realm. The wasm sets it too. */
const BRAND = Symbol.for("paragon-wasm.error");

export const isParagonError = (value) => typeof value === "object" && value !== null && value[BRAND] === true;

/** Errors made in the wasm are plain `Error`s with the mark, so `instanceof` goes by the mark. */
export class ParagonError extends Error {
  static [Symbol.hasInstance](value) {
    return isParagonError(value);
  }

  constructor(code, message, options) {
    super(message, options);
    this.code = code;
    for (const [key, value] of [["name", "ParagonError"], [BRAND, true]]) {
      Object.defineProperty(this, key, { value, configurable: true, writable: true });
    }
  }
}

/** The module, once it is asked for; shared by concurrent first calls. */
let loading;

/** What rejects a call that is pending, see `failPending`, with its client, which so stays alive. */
const pending = new Map();

/** Set when the module has panicked: its memory cannot be trusted any more. */
let broken;

/**
 * Loads the module, once for all entries.
 *
 * @param source gives a promise of what WebAssembly can instantiate, or throws if it was not told
 */
export function load(source) {
  loading ??= instantiate(source()).catch((cause) => {
    loading = undefined; // The next call tries again.
    throw isParagonError(cause) ? cause : new ParagonError("load_failed", loadFailure(cause), { cause });
  });
  return loading;
}

async function instantiate(module) {
  await init({ module_or_path: await module });
  onPanic(failPending);
}

const ENGINES = "It takes Chrome 96, Firefox 113, Safari 16.4, Node 18 or newer.";

function loadFailure(cause) {
  if (typeof WebAssembly !== "object") {
    return `There is no WebAssembly here: the engine is too old, or has it switched off (Lockdown Mode does). ${ENGINES}`;
  }
  if (/^(Compile|Eval)Error$/.test(cause?.name)) {
    return `The WebAssembly module was refused. If there is a Content-Security-Policy, add 'wasm-unsafe-eval' to its script-src; otherwise the engine is too old. ${ENGINES}`;
  }
  return "The WebAssembly module could not be loaded; see the cause.";
}

/** A panic is a defect of ours, and would leave the calls that are pending without an outcome. */
function failPending(message) {
  broken = `paragon-wasm has failed inside (${message || "no message"}) and cannot go on: reload the page, and please report it.`;
  for (const reject of pending.keys()) {
    reject(new ParagonError("internal", broken));
  }
  pending.clear();
}

/** The names of the events, as the official SDK has them, and one for the session. */
export const SDK_EVENT = Object.freeze({
  ON_INTEGRATION_INSTALL: "onIntegrationInstall",
  ON_INTEGRATION_UNINSTALL: "onIntegrationUninstall",
  ON_WORKFLOW_CHANGE: "onWorkflowChange",
  ON_SESSION_CHANGE: "onSessionChange",
});
const EVENTS = /* @__PURE__ */ new Set(/* @__PURE__ */ Object.values(SDK_EVENT));

const weakly = (value) => (typeof WeakRef === "function" ? new WeakRef(value) : { deref: () => value });

/**
 * What the module calls with an event. The module holds it as long as the client is not collected,
 * so it must not hold the client: listeners often do.
 */
function emitterTo(listeners) {
  const held = weakly(listeners);
  return (name, event) => {
    for (const listener of [...(held.deref()?.get(name) ?? [])]) {
      // Not from inside the module, and each by itself: one that throws hurts no other.
      queueMicrotask(() => {
        try {
          listener(event);
        } catch (failure) {
          console.error("[paragon-wasm] a listener failed:", failure);
        }
      });
    }
  };
}

/** A window for the user's consent; `null` where the browser opens none, but in a click. */
export function openPopup() {
  const [width, height] = [500, 640];
  const at = (start, whole, part) => Math.round(start + (whole - part) / 2);
  const place = `left=${at(globalThis.screenX, globalThis.outerWidth, width)},top=${at(globalThis.screenY, globalThis.outerHeight, height)}`;
  return globalThis.open?.("about:blank", "_blank", `popup,width=${width},height=${height},${place}`) ?? null;
}

/** What connects and configures accounts, which is loaded on demand. */
const ON_DEMAND = [
  "completeInstall", "createConfiguration", "destroyConfiguration", "getAccountTypeOptions", "getFieldOptions",
  "getIntegrationAccount", "getIntegrationConfig", "getPostOptions", "getPreOptions", "updateConfiguration",
  "updateIntegrationUserSettings", "updateWorkflowState", "updateWorkflowUserSettings",
];
const FLOW = ["start", "next", "cancel", "setAccountType", "setPreOptions", "setPostOptions"];

/** The client, to which each entry adds where the module comes from. */
export class Client {
  #source;
  #core;
  #configuration;
  #projectId;
  #listeners = new Map();
  #surface;

  constructor(source, options) {
    this.#source = source;
    const { projectId, ...configuration } = options ?? {};
    this.#projectId = projectId;
    this.#configuration = configuration;
    for (const name of ON_DEMAND) {
      this[name] = (...args) => this.#onDemand((surface) => surface[name](...args));
    }
    for (const name of FLOW) {
      this.installFlow[name] = (...args) => this.#onDemand(({ installFlow }) => installFlow[name](...args), args[1]);
    }
  }

  installFlow = {};
  installIntegration = (type, options) =>
    this.#onDemand((surface, popup) => surface.installIntegration(type, options, popup), options, true);
  connect = this.installIntegration;

  // Arrow functions, so that a method may be taken off its object, as the exports below are.
  configureGlobal = (configuration) => this.#call("configureGlobal", configuration);
  authenticate = (projectId = this.#projectId, token, options) => this.#call("authenticate", projectId, token, options);
  logout = () => this.#call("logout");
  // Before the first call of another kind nobody is signed in: that takes no module, so it holds on servers too
  // where none may be compiled.
  getUser = async (options) =>
    this.#core || options || Object.keys(this.#configuration).length ? this.#call("getUser", options) : { authenticated: false };
  setUserMetadata = (metadata, options) => this.#call("setUserMetadata", metadata, options);
  getIntegrations = (options) => this.#call("getIntegrations", options);
  getIntegrationMetadata = (type, options) => this.#call("getIntegrationMetadata", type, options);
  uninstallIntegration = (type, options) => this.#call("uninstallIntegration", type, options);
  getCredentials = (options) => this.#call("getCredentials", options);
  updateCredential = (id, fields, options) => this.#call("updateCredential", id, fields, options);
  enableWorkflow = (id, options) => this.#call("switchWorkflow", id, true, options);
  disableWorkflow = (id, options) => this.#call("switchWorkflow", id, false, options);
  event = (name, payload, options) => this.#call("event", name, payload, options);
  workflow = (id, options) => this.#call("workflow", id, options);
  request = (type, path, options) => this.#call("request", type, path, options);

  subscribe = (name, listener) => {
    if (!EVENTS.has(name)) {
      // Not every value can be made a string.
      const what = typeof name === "string" ? `"${name}"` : `whose name is of type ${typeof name}`;
      throw new ParagonError("invalid_argument", `There is no event ${what}. There are: ${[...EVENTS].join(", ")}.`);
    }
    if (typeof listener !== "function") {
      throw new ParagonError("invalid_argument", "The listener must be a function.");
    }
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  };

  unsubscribe = (name, listener) => this.#listeners.get(name)?.delete(listener) ?? false;

  /**
   * Runs something of what is loaded on demand. What needs a popup can have it in the click only,
   * and so before that is there.
   */
  #onDemand(run, options, needsPopup) {
    if (this.#surface) {
      return run(this.#surface);
    }
    let popup;
    const isTold = typeof options?.onError === "function";
    const running = (async () => {
      if (needsPopup && options?.popup === undefined) {
        popup = openPopup();
      }
      const { surface } = await import("./install.js");
      this.#surface ??= surface({
        call: (...args) => this.#call(...args),
        emit: emitterTo(this.#listeners),
        subscribe: this.subscribe,
      });
    })().then(
      () => run(this.#surface, popup),
      (cause) => {
        popup?.close();
        const error = new ParagonError("load_failed", "The part of paragon-wasm that connects accounts could not be loaded; see the cause.", { cause });
        if (isTold) options.onError(error, null);
        throw error;
      },
    );
    if (isTold) running.catch(() => {}); // It is told.
    return running;
  }

  /** The session in the module, made by the first call and configured as the constructor was told. */
  #session() {
    this.#core ??= load(this.#source)
      .then(async () => {
        const core = new Core(emitterTo(this.#listeners));
        if (Object.keys(this.#configuration).length) {
          await core.configureGlobal(this.#configuration);
        }
        return core;
      })
      .catch((failure) => {
        this.#core = undefined; // The next call tries again.
        throw failure;
      });
    return this.#core;
  }

  #call(method, ...args) {
    return new Promise((resolve, reject) => {
      if (broken) {
        throw new ParagonError("internal", broken);
      }
      pending.set(reject, this);
      this.#session()
        .then((core) => core[method](...args))
        .catch((cause) => {
          throw isParagonError(cause) ? cause : new ParagonError("internal", `paragon-wasm has failed inside: ${cause}`, { cause });
        })
        .finally(() => pending.delete(reject))
        .then(resolve, reject);
    });
  }
}
