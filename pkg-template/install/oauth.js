// The user's consent, in a popup.
//
// The popup opens on Paragon's own page, which says when it is there; it is then sent to the
// provider, who sends it back to Paragon's; that page tells us by a message. Two things can go
// wrong with messages: anybody can send some, so one counts only if it is from this popup and from
// Paragon; and a provider's page can cut the popup off from us, so the server is asked as well.

import { isObject } from "./arguments.js";
import { cancelled, failure, isFinal, isTransient, unexpected } from "./errors.js";
import { asFailure } from "./install.js";
import { Scope } from "./scope.js";

/** How often the popup is looked at. */
const LOOK_MS = 500;
/** How often the server is asked: rarely while the popup is there, and often once it is gone. */
const ASK_MS = { open: 5_000, gone: 1_000 };
/**
 * A popup that is gone was closed, or cut off and goes on out of our sight. Who closed it is back at
 * our page; it takes longer to believe where a page always seems to have the focus.
 */
const BACK_MS = { sure: 2_500, unsure: 5_000 };
/** How long the server may be out of reach before a user who has closed the popup is told so. */
const PATIENCE_MS = 30_000;
/** How long the server is asked what became of an account when its answer was lost. */
const LOST_ANSWER_MS = 10_000;
export const OAUTH_TIMEOUT_MS = 600_000;

/**
 * Who may speak for Paragon. Providers send the user back to the sign-in host, where there is one.
 */
function speakers(url) {
  const { origin } = new URL(url);
  return [origin, origin.replace("https://zeus.", "https://passport.")];
}

/** A name for this attempt that nobody can guess. */
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Takes the popup somewhere else, without a way back: the address of the first page is a secret. */
const lead = (popup, url) => popup.location.replace(url);

/**
 * Has the user agree, and gives the credential that comes of it.
 *
 * @param popup a window that is open
 * @param request `integration`, `endUserSuppliedValues`, `parameters`, `installOptions`, `redirectUrl`
 * @param options `oauthTimeout`, `timeoutMs`
 */
export async function authorise(install, popup, request, options) {
  const attempt = new Attempt(install, popup, request, await install.call("access", {}));
  const scope = new Scope();
  install.scope.add(() => scope.end()); // However it ends.
  try {
    return await install.race(attempt.run(scope, options));
  } finally {
    scope.end();
    attempt.forget();
  }
}

class Attempt {
  /** `arriving` at Paragon's page, `away` at the provider, `saving` what he said. */
  #stage = "arriving";
  #key = newKey();
  #askedAt = 0;
  #asking = false;
  #backSince;
  /** Whether this page has been without the focus: then having it means something. */
  #wasLeft = false;

  constructor(install, popup, request, access) {
    Object.assign(this, { install, popup, request, access });
  }

  run(scope, { oauthTimeout = OAUTH_TIMEOUT_MS, timeoutMs = this.access.timeoutMs }) {
    this.deadline = Date.now() + oauthTimeout;
    return new Promise((resolve, reject) => {
      Object.assign(this, { scope, resolve, reject });
      const arrived = new Promise((loaded) => (this.loaded = loaded));
      scope.listen(window, "message", (event) => this.#hear(event));
      scope.listen(window, "focus", () => this.#look());
      scope.listen(document, "visibilitychange", () => this.#look());
      scope.every(LOOK_MS, () => this.#look());
      scope.pause(oauthTimeout).then(() => this.#look());
      scope.pause(timeoutMs).then(() => {
        if (this.#stage !== "arriving") return;
        reject(failure("timeout", `Paragon's page did not load within ${timeoutMs} ms. Check the connection, or allow more with timeoutMs.`));
      });
      this.#enter();
      Promise.all([this.#address(), arrived]).then(([url]) => this.#leave(url), reject);
    });
  }

  #query(more) {
    const { integration } = this.request;
    return new URLSearchParams({ integrationId: integration.id, originForPostMessage: location.origin, ...more });
  }

  #enter() {
    const { url, projectId, token } = this.access;
    const query = this.#query({ action: this.request.name, userToken: token });
    lead(this.popup, `${url}/projects/${projectId}/sdk/actions/oauth-nonce?${query}`);
  }

  /** Asks where the provider's page is. */
  async #address() {
    const { integration, redirectUrl, ...json } = this.request;
    const { endUserSuppliedValues = {}, parameters = {}, installOptions } = json;
    const query = this.#query({
      action: integration.type,
      endUserSuppliedValues: JSON.stringify(endUserSuppliedValues),
      parameters: JSON.stringify(parameters),
      installOptions: JSON.stringify(installOptions),
      isPreviewMode: "false",
      oauthMetaKeyId: this.#key,
      ...(redirectUrl && { redirectUrl }),
    });
    const answer = await this.install.send("GET", `/v2/projects/${this.access.projectId}/sdk/actions/build-oauth?${query}`);
    if (!/^https?:\/\//i.test(answer?.redirectUrl)) throw unexpected("the address of a provider");
    return answer.redirectUrl;
  }

  #leave(url) {
    if (this.scope.ended) return;
    this.#stage = "away";
    this.#askedAt = Date.now();
    lead(this.popup, url);
  }

  #hear({ source, origin, data }) {
    if (source !== this.popup || !speakers(this.access.url).includes(origin) || !isObject(data)) return;
    if (data.type === "oauth-nonce-loaded") {
      this.loaded();
    } else if (this.#stage === "away" && data.type === "oauth_success_callback") {
      const { integrationId, payload } = isObject(data.credential) ? data.credential : {};
      if (integrationId === this.request.integration.id && isObject(payload)) this.#save(payload);
    } else if (this.#stage === "away" && data.type === "oauth_error_callback") {
      this.reject(this.#denied(data));
    }
  }

  #denied({ error, errorResponse }) {
    // The provider's words; and should the token be in them, not that.
    const clean = (value) => {
      const json = JSON.stringify(value);
      return json && JSON.parse(json.replaceAll(this.access.token, "[redacted]"));
    };
    const response = clean(errorResponse ?? error);
    const reason = [clean(error), response?.error_description, response?.message, response].find((it) => typeof it === "string" && it);
    const message = `The provider did not give access${reason ? `: "${reason}"` : "."}`;
    return failure("oauth_denied", message, response === undefined ? {} : { details: { response } });
  }

  /** Looks at the popup: whether it is there, and whether it has been long enough. */
  #look() {
    const now = Date.now();
    if (!document.hasFocus()) this.#wasLeft = true;
    if (this.#stage === "saving") return;
    if (now >= this.deadline) {
      this.reject(failure("oauth_timeout", "The account was not connected in time. Try again, or allow more with oauthTimeout."));
      return;
    }
    if (!this.popup.closed) {
      if (this.#stage === "away" && now - this.#askedAt >= ASK_MS.open) this.#ask(now);
      return;
    }
    if (this.#stage === "arriving") {
      this.reject(cancelled("The popup was closed, or this page's Cross-Origin-Opener-Policy cut it off: that must be same-origin-allow-popups."));
      return;
    }
    const isBack = document.visibilityState === "visible" && document.hasFocus();
    this.#backSince = isBack ? (this.#backSince ?? now) : undefined;
    if (now - this.#askedAt >= ASK_MS.gone) this.#ask(now);
  }

  /** Asks the server whether there is an account. */
  async #ask(now) {
    if (this.#asking) return;
    this.#asking = true;
    this.#askedAt = now;
    const back = this.#backSince === undefined ? 0 : now - this.#backSince;
    const isLast = back >= (this.#wasLeft ? BACK_MS.sure : BACK_MS.unsure);
    let id, failed;
    try {
      id = await this.#connected();
    } catch (error) {
      failed = error;
    }
    this.#asking = false;
    if (this.#stage !== "away") return;
    if (id) this.#take(id);
    else if (isFinal(failed) || (isTransient(failed) && back >= PATIENCE_MS)) this.reject(failed);
    else if (isLast && !isTransient(failed)) this.reject(cancelled("The popup was closed before the account was connected."));
  }

  /** The id of the credential that has come of it, if one has. */
  async #connected() {
    const path = `actions/session-id/${this.#key}`;
    const answer = await this.install.send("GET", path, undefined, { timeoutMs: 10_000, maxRetries: 0 });
    const id = answer?.connectCredentialId;
    return typeof id === "string" && id ? id : undefined;
  }

  #take(id) {
    this.#stage = "saving";
    this.install.send("GET", `credentials/${encodeURIComponent(id)}`).then(this.resolve, this.reject);
  }

  /** Makes the account of what the provider gave. */
  async #save(payload) {
    this.#stage = "saving";
    const { integration, installOptions } = this.request;
    const body = { integrationId: integration.id, config: {}, payload, installOptions };
    try {
      this.resolve(await this.install.send("POST", "credentials", body));
    } catch (error) {
      const lost = error?.code === "network" || error?.code === "timeout";
      const id = lost && (await this.#survived());
      if (id) this.#take(id);
      else this.reject(asFailure(error));
    }
  }

  /** An answer was lost: whether the account is there all the same. It must not be made twice. */
  async #survived() {
    const until = Date.now() + LOST_ANSWER_MS;
    while (!this.install.ended && Date.now() < until) {
      const id = await this.#connected().catch(() => {});
      if (id) return id;
      await this.scope.pause(ASK_MS.gone);
    }
    return undefined;
  }

  /** The server need not keep it any longer. */
  forget() {
    if (this.#stage !== "arriving") this.install.sendOff("DELETE", `actions/session-id/${this.#key}`);
  }
}
