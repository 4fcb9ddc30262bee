// The client that every entry shares. It forwards each call to the method of that name of the module's
// client. Importing this file does nothing: no request, no DOM, no storage, no listener.

import { ParagonError, invalid, isParagonError } from "./errors.js";
import { load, loaded } from "./load.js";

/** The names of the events, as the official SDK has them, and one for the session. */
export const SDK_EVENT = Object.freeze({
  ON_INTEGRATION_INSTALL: "onIntegrationInstall",
  ON_INTEGRATION_UNINSTALL: "onIntegrationUninstall",
  ON_WORKFLOW_CHANGE: "onWorkflowChange",
  ON_SESSION_CHANGE: "onSessionChange",
});

/** The calls of the module. Each returns a promise. */
const CALLS = [
  "configureGlobal",
  "authenticate",
  "logout",
  "getUser",
  "setUserMetadata",
  "getIntegrations",
  "getIntegrationMetadata",
  "uninstallIntegration",
  "getCredentials",
  "updateCredential",
  "enableWorkflow",
  "disableWorkflow",
  "event",
  "workflow",
  "request",
];

/** The functions that connect and configure accounts, which are JavaScript and loaded on demand. */
const ON_DEMAND = [
  "completeInstall",
  "createConfiguration",
  "destroyConfiguration",
  "getAccountTypeOptions",
  "getFieldOptions",
  "getIntegrationAccount",
  "getIntegrationConfig",
  "getPostOptions",
  "getPreOptions",
  "updateConfiguration",
  "updateIntegrationUserSettings",
  "updateWorkflowState",
  "updateWorkflowUserSettings",
];
const INSTALL_FLOW = ["start", "next", "cancel", "setAccountType", "setPreOptions", "setPostOptions"];

/** In the place of options: the client is the module's default one. */
const DEFAULT = Symbol("default");

/** A window for the user's consent; `null` where there can be none, as outside of a click. */
function openPopup() {
  try {
    // Paragon's page cannot send messages to a page without an origin.
    if (globalThis.origin === "null") return null;
    return globalThis.open?.("about:blank", "_blank", "popup,width=500,height=640") ?? null;
  } catch {
    return null;
  }
}

/** A promise of the part that is loaded on demand, for all clients; and how often it could not be loaded. */
let connecting;
let failures = 0;

const loadConnecting = () =>
  (connecting ??= import("./install.js").catch(importAgain).catch((cause) => {
    connecting = undefined;
    throw cause;
  }));

/** Firefox never requests a module again that it could not load. At another address it does. */
async function importAgain(cause) {
  failures += 1;
  // A bundler gives the file another name, and its chunk may load others: there the page has to be reloaded.
  const [, url] = /module: (\S+\/install\.js)/.exec(cause.message) ?? [];
  if (failures === 1 || !url) throw cause;
  const address = `${url}?${failures}`;
  const again = await import(/* webpackIgnore: true */ /* @vite-ignore */ address);
  if (!again.createConnectApi) throw cause;
  return again;
}

/** The class and the default client of an entry; `source` is what `load` takes. */
export function createEntry(source) {
  class ParagonClient extends Client {
    constructor(options) {
      super(source, options);
    }
  }
  return { ParagonClient, paragon: new ParagonClient(DEFAULT) };
}

class Client {
  #source;
  #options;
  /** The module's client, once there is one. */
  #core;
  /** The application's functions that the module calls. It holds them by this only, so they may use this client. */
  #functions = {};
  /** The calls and the listeners, by the name of their event, that wait for the module. */
  #waiting = [];
  #listeners = new Map();
  /** Whether a call was made that may have begun a session. */
  #isUsed = false;
  #connectApi;
  installFlow = {};

  constructor(source, options) {
    this.#source = source;
    try {
      // A copy: what the application does to them afterwards changes nothing.
      this.#options = typeof options === "object" && options !== null ? { ...options } : options;
    } catch {
      this.#options = options; // A getter has thrown. It does so again when the module reads them, which rejects the calls.
    }
    // Functions of the object, not methods of the class: they may be taken off it, and replaced in tests.
    for (const name of CALLS) {
      this[name] = (...args) => {
        try {
          // The call itself is made here: V8 keeps ten frames of a stack, of which some should be the caller's.
          return (loaded ? undefined : this.#callEarly(name, args)) ?? this.#getCore()[name](...args);
        } catch (failure) {
          return Promise.reject(failure);
        }
      };
    }
    for (const name of ON_DEMAND) this[name] = (...args) => this.#onDemand((api) => api[name](...args));
    for (const name of INSTALL_FLOW) {
      this.installFlow[name] = (...args) =>
        this.#onDemand(
          ({ installFlow }, popup) => installFlow[name](args[0], args[1], popup),
          args[1],
          // WebKit opens a popup in the click only.
          name === "start" && /^Apple/.test(globalThis.navigator?.vendor),
        );
    }
  }

  installIntegration = (type, options) =>
    this.#onDemand((api, popup) => api.installIntegration(type, options, popup), options, true);
  connect = this.installIntegration;

  subscribe = (name, listener) => {
    if (loaded) return this.#getCore().subscribe(name, listener);
    const names = Object.values(SDK_EVENT);
    if (!names.includes(name)) throw invalid("name", `must be one of ${names.join(", ")}`);
    if (typeof listener !== "function") throw invalid("listener", "must be a function");
    this.#listeners.set(name, (this.#listeners.get(name) ?? new Set()).add(listener));
    return () => this.unsubscribe(name, listener);
  };

  unsubscribe = (name, listener) =>
    loaded ? this.#getCore().unsubscribe(name, listener) : (this.#listeners.get(name)?.delete(listener) ?? false);

  /** The module's client. The first time it is made, and gets what has waited for it, in order. */
  #getCore() {
    if (this.#core) return this.#core;
    const core = (this.#core =
      this.#options === DEFAULT ? loaded.defaultClient() : new loaded.ParagonClient(this.#options));
    core.keepFunctionsIn(this.#functions);
    this.#listeners.forEach((listeners, name) => listeners.forEach((listener) => core.subscribe(name, listener)));
    this.#listeners.clear();
    for (const { name, args, resolve } of this.#waiting.splice(0))
      resolve(new Promise((settle) => settle(core[name](...args))));
    return core;
  }

  /** A call before the module is loaded: a promise, or `undefined` if the module could be loaded at once. */
  #callEarly(name, args) {
    this.#isUsed ||= name !== "getUser" && name !== "logout";
    if (this.#isUsed) return this.#callLater(name, args);
    // Before the first call no user is signed in. That takes no module, so it holds on servers too where
    // none may be compiled; options are checked by the module if it can be loaded.
    if (name === "logout") return Promise.resolve();
    const nobody = { authenticated: false };
    const hasOptions = args[0] != null || Object.keys(this.#options ?? {}).some((key) => key !== "projectId");
    if (!hasOptions) return Promise.resolve(nobody);
    return this.#callLater(name, args)?.catch((failure) =>
      failure.code === "load_failed" ? nobody : Promise.reject(failure),
    );
  }

  /** Loads the module, and makes the call when it is there; `undefined` if the engine loads it at once. */
  #callLater(name, args) {
    let loading;
    try {
      loading = load(this.#source);
    } catch (failure) {
      return Promise.reject(failure);
    }
    if (loaded) return undefined;
    if (this.#waiting.length === 0) {
      loading
        .then(() => this.#getCore())
        .catch(({ code, message, cause }) => {
          for (const { reject, caller } of this.#waiting.splice(0))
            reject(new ParagonError(code, message, { cause, caller }));
        });
    }
    const caller = new Error();
    return new Promise((resolve, reject) => this.#waiting.push({ name, args, resolve, reject, caller }));
  }

  /** Runs `work` with the functions that are loaded on demand. A popup is opened first: browsers permit one in the click only. */
  #onDemand(work, options, needsPopup) {
    if (this.#connectApi) return work(this.#connectApi);
    const caller = new Error();
    // What a getter throws here it throws again where options are checked.
    const option = (name) => {
      try {
        return options?.[name];
      } catch {
        return undefined;
      }
    };
    const hasListener = typeof option("onError") === "function";
    let popup;
    // A popup outlives its page.
    const close = () => popup?.close();
    const running = (async () => {
      if (needsPopup && option("popup") === undefined) popup = openPopup();
      if (popup) globalThis.addEventListener("pagehide", close);
      return Promise.all([loadConnecting(), load(this.#source)]);
    })().then(
      ([{ createConnectApi }, module]) => {
        if (popup) globalThis.removeEventListener("pagehide", close);
        this.#connectApi ??= createConnectApi({ core: this.#getCore(), module, openPopup });
        return work(this.#connectApi, popup);
      },
      (cause) => {
        if (popup) globalThis.removeEventListener("pagehide", close);
        close();
        const error = isParagonError(cause)
          ? cause
          : new ParagonError(
              "load_failed",
              "The part that connects accounts could not be loaded; see the cause. Try again; if it fails again, reload the page.",
              { cause, caller },
            );
        if (hasListener) options.onError(error, null);
        throw error;
      },
    );
    if (hasListener) running.catch(() => {}); // The listener knows.
    return running;
  }
}
