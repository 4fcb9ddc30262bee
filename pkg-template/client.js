// The client that every entry shares: reads arguments, and passes calls on. Importing this file does
// nothing: no request, no DOM, no storage, no listener.

import { body, common, configuration, headers, json, metadata, method, options, query, readAs, string } from "./arguments.js";
import { invalid, ParagonError } from "./errors.js";
import * as at from "./session.js";

export { isParagonError, ParagonError } from "./errors.js";
export { load } from "./module.js";

/** The names of the events, as the official SDK has them, and one for the session. */
export const SDK_EVENT = Object.freeze({
  ON_INTEGRATION_INSTALL: "onIntegrationInstall",
  ON_INTEGRATION_UNINSTALL: "onIntegrationUninstall",
  ON_WORKFLOW_CHANGE: "onWorkflowChange",
  ON_SESSION_CHANGE: "onSessionChange",
});
const EVENTS = /* @__PURE__ */ new Set(/* @__PURE__ */ Object.values(SDK_EVENT));

/** A window for the user's consent; `null` where the browser opens none, but in a click. */
export const openPopup = () => globalThis.open?.("about:blank", "_blank", "popup,width=500,height=640") ?? null;

/** What connects and configures accounts, which is loaded on demand. */
const ON_DEMAND = [
  "completeInstall", "createConfiguration", "destroyConfiguration", "getAccountTypeOptions", "getFieldOptions",
  "getIntegrationAccount", "getIntegrationConfig", "getPostOptions", "getPreOptions", "updateConfiguration",
  "updateIntegrationUserSettings", "updateWorkflowState", "updateWorkflowUserSettings",
];
const FLOW = ["start", "next", "cancel", "setAccountType", "setPreOptions", "setPostOptions"];

/** The client, to which each entry adds where the module comes from. */
export class Client {
  #session;
  #projectId;
  /** Why no call can be made. */
  #refused;
  #listeners = new Map();
  #surface;

  constructor(source, given) {
    this.#session = new at.Session(source, this.#emit);
    const { projectId, ...rest } = given ?? {};
    this.#projectId = projectId;
    try {
      this.#configure(rest);
    } catch (failure) {
      this.#refused = failure;
    }
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

  // Arrow functions, so that a method may be taken off its object, as the exports below are; and
  // asynchronous, so that what is wrong with an argument rejects the promise.
  configureGlobal = async (given) => this.#configure(given);

  authenticate = async (projectId = this.#projectId, token, given) => {
    // Also when something is refused: one user's data must not show as another's.
    this.#session.end();
    const provider = typeof token === "function" ? token : undefined;
    const call = { ...common(given), provider };
    const update = given?.metadata == null ? undefined : metadata(given.metadata);
    await this.#run(at.AUTHENTICATE, call, { json: update }, textOf(projectId), provider ? undefined : textOf(token));
  };

  logout = async () => this.#session.logout();

  // Before the first call of another kind nobody is signed in: that takes no module, so it holds on
  // servers too where none may be compiled.
  getUser = async (given) => {
    const call = common(given);
    return this.#session.isUsed || this.#refused ? this.#run(at.GET_USER, call) : { authenticated: false };
  };

  setUserMetadata = async (meta, given) =>
    this.#run(at.UPDATE_USER, common(given), { json: metadata(meta) });

  getIntegrations = async (given) => this.#run(at.INTEGRATIONS, common(given));

  getIntegrationMetadata = async (type, given) =>
    type === undefined
      ? this.#run(at.METADATA, common(given))
      : this.#run(at.FIND_METADATA, common(given), undefined, string(type, "type"));

  uninstallIntegration = async (type, given) => {
    await this.#run(at.UNINSTALL, common(given), { selectedConfigurationId: undefined }, string(type, "type"));
  };

  getCredentials = async (given) => this.#run(at.CREDENTIALS, common(given));

  updateCredential = async (id, fields, given) => {
    string(id, "credentialId");
    const tokens = {};
    for (const name of ["accessToken", "refreshToken"]) {
      if (options(fields)[name] != null) tokens[name] = string(fields[name], name);
    }
    if (!Object.keys(tokens).length) throw invalid("fields", "must have an accessToken, a refreshToken or both");
    return this.#run(at.UPDATE_CREDENTIAL, common(given), { json: JSON.stringify(tokens) }, id);
  };

  enableWorkflow = (id, given) => this.#switch(id, true, given);
  disableWorkflow = (id, given) => this.#switch(id, false, given);

  event = async (name, payload, given) => {
    if (!string(name, "name")) throw invalid("name", "must not be empty");
    const text = json(payload, "payload");
    if (text[0] !== "{") throw invalid("payload", "must be an object");
    await this.#run(at.EVENT, common(given), { json: `{"name":${JSON.stringify(name)},"payload":${text}}` });
  };

  workflow = async (id, given) => {
    string(id, "workflowId");
    const call = common(given);
    const sent = { json: "{}", ...body(options(given)) };
    let own = headers(options(given));
    // A workflow takes JSON: a string is taken for JSON text.
    if (typeof sent.raw === "string") own = { "content-type": "application/json", ...own };
    if ("raw" in sent) delete sent.json;
    return nothingIfEmpty(await this.#run(at.TRIGGER, call, { ...sent, headers: own, query: query(options(given)) }, id));
  };

  request = async (type, path, given) => {
    const [call, o] = [common(given), options(given)];
    const extra = { method: method(o), ...body(o), headers: headers(o), readAs: readAs(o) };
    const answer = await this.#run(at.PROXY, call, extra, string(type, "type"), string(path, "path"));
    return o.responseType === "text" ? answer : nothingIfEmpty(answer);
  };

  subscribe = (name, listener) => {
    if (!EVENTS.has(name)) throw invalid("name", `must be one of ${[...EVENTS].join(", ")}`);
    if (typeof listener !== "function") throw invalid("listener", "must be a function");
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  };

  unsubscribe = (name, listener) => this.#listeners.get(name)?.delete(listener) ?? false;

  #emit = (name, event) => {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      // Each by itself: one that throws hurts no other.
      queueMicrotask(() => {
        try {
          listener(event);
        } catch (failure) {
          console.error("[paragon-wasm] a listener failed:", failure);
        }
      });
    }
  };

  #configure(given) {
    const { origins, timeoutMs, maxRetries, debug } = configuration(given);
    const { settings } = this.#session;
    settings.timeoutMs = timeoutMs ?? settings.timeoutMs;
    settings.maxRetries = maxRetries ?? settings.maxRetries;
    settings.debug = debug ?? settings.debug;
    if (origins && origins.api !== this.#session.origins.api) this.#session.end(origins);
  }

  async #switch(id, enabled, given) {
    await this.#run(enabled ? at.ENABLE : at.DISABLE, common(given), undefined, string(id, "workflowId"));
  }

  #run(...asked) {
    if (this.#refused) throw this.#refused;
    return this.#session.run(...asked);
  }

  /** What the part that is loaded on demand may do. */
  #door = {
    getUser: this.getUser,
    getIntegrations: this.getIntegrations,
    switchWorkflow: (id, enabled, given) => this.#switch(id, enabled, given),
    send: async (name, path, sent, given) => {
      const extra = { method: method({ method: name }), ...(sent !== undefined && { json: json(sent, "body") }) };
      return (await this.#run(at.INSTALL, common(given), extra, path)) ?? undefined;
    },
    access: async (given) => {
      const token = await this.#run(at.ACCESS, common(given));
      return { ...this.#session.access(), token };
    },
  };

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
        call: (name, ...args) => this.#door[name](...args),
        emit: this.#emit,
        subscribe: this.subscribe,
      });
    })().then(
      () => run(this.#surface, popup),
      (cause) => {
        popup?.close();
        const error = new ParagonError("load_failed", "What connects accounts could not be loaded; see the cause.", { cause });
        if (isTold) options.onError(error, null);
        throw error;
      },
    );
    if (isTold) running.catch(() => {}); // It is told.
    return running;
  }
}

/** An empty answer is none. */
const nothingIfEmpty = (value) => (value === "" ? undefined : value);

/** What is no text is as good as none: the module says what is missing. */
const textOf = (value) => (typeof value === "string" ? value : "");
