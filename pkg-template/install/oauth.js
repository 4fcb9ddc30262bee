// The user's consent, in a popup.
//
// The popup opens on Paragon's own page, which sends a message when it has loaded. It is then sent to
// the provider, which sends it back to Paragon's page, and that page sends a message with the result.
// Any page can send messages, so one counts only if it is from this popup and from Paragon's origin. A
// provider's page can sever the popup from this page, so the server is polled as well.

import { isObject } from "./arguments.js";
import { asFailure, cancelled, isFinal, isTransient, unexpected } from "./errors.js";
import { failure } from "./module.js";
import { Scope } from "./scope.js";

/** How often the popup is checked. */
const CHECK_MS = 500;
/** How often the server is polled: rarely while the popup is open, often once it seems closed. */
const POLL_MS = { open: 5_000, closed: 1_000 };
/**
 * A popup that seems closed may be severed, and go on. A user who closed it is back at this page: for how
 * long this page must have the focus to be sure of that, and for how long where it never lost the focus.
 * Without the focus: how long it is waited for a user who may be in the popup. (In the middle of three
 * minutes, for which the official SDK asks, and the seconds that a user needs who has an account.)
 */
const BACK_MS = { sure: 2_500, unsure: 5_000, away: 60_000 };
/** How often, and for how long, the server is asked after an install that may have been given up too early. */
const FOLLOW_MS = { every: 15_000, all: 300_000 };
/** How long the server may be out of reach before the install of a user who has closed the popup fails. */
const PATIENCE_MS = 30_000;
/** How long the server is polled for an account when the answer to its request was lost. */
const LOST_ANSWER_MS = 10_000;
export const OAUTH_TIMEOUT_MS = 600_000;

/** Paragon's origins. Providers send the user back to the sign-in host, where there is one. */
function trustedOrigins(url) {
  const { origin } = new URL(url);
  return [origin, origin.replace("https://zeus.", "https://passport.")];
}

/** A name for one attempt that cannot be guessed. */
const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Takes the popup to another page, without a way back: the address of the first page is a secret. */
const navigate = (popup, url) => popup.location.replace(url);

/**
 * Asks the user for their consent, and resolves to the credential.
 *
 * @param popup a window that is open
 * @param request `integration`, `endUserSuppliedValues`, `parameters`, `installOptions`, `redirectUrl`
 * @param options `oauthTimeout`, `timeoutMs`
 * @param connected called with the credential if the account is connected after this has failed
 */
export async function authorise(install, popup, request, options, connected) {
  const attempt = new Attempt(install, popup, request, await install.call("installSession", {}));
  const scope = new Scope();
  install.scope.add(() => scope.end()); // However it ends.
  try {
    return await install.race(attempt.run(scope, options));
  } finally {
    scope.end();
    if (attempt.mayBeSevered && !install.ended) install.follow((scope) => attempt.follow(scope, connected));
    else attempt.forget();
  }
}

/** The focus of this page, as far out as its surroundings are of its origin; and whether there are others. */
const focus = () => {
  let at = window;
  try {
    while (at.parent !== at && at.parent.document) at = at.parent;
  } catch {
    // Of another origin.
  }
  return { hasFocus: at.document.hasFocus(), isSurrounded: at.parent !== at };
};

class Attempt {
  /** `arriving` at Paragon's page, `away` at the provider, `saving` the account. */
  #stage = "arriving";
  #key = newKey();
  #polledAt = 0;
  #polling = false;
  /** Since when this page has had the focus again. */
  #backSince;
  /** Since when this page, in sight, has been without the focus and without its popup. */
  #awaySince;
  /** Whether this page has been without the focus: only then is having it a sign that the user is back. */
  #wasLeft = false;
  /** Whether the attempt was given up because the popup seemed closed. */
  mayBeSevered = false;

  constructor(install, popup, request, session) {
    Object.assign(this, { install, popup, request, session });
  }

  run(scope, { oauthTimeout = OAUTH_TIMEOUT_MS, timeoutMs = this.session.timeoutMs }) {
    this.deadline = Date.now() + oauthTimeout;
    return new Promise((resolve, reject) => {
      Object.assign(this, { scope, resolve, reject });
      const arrived = new Promise((loaded) => (this.loaded = loaded));
      scope.listen(window, "message", (event) => this.#onMessage(event));
      scope.listen(window, "focus", () => this.#checkPopup());
      scope.listen(window, "blur", () => this.#noteVisit());
      scope.listen(document, "visibilitychange", () => this.#checkPopup());
      scope.every(CHECK_MS, () => this.#checkPopup());
      scope.pause(oauthTimeout).then(() => this.#checkPopup());
      scope.pause(timeoutMs).then(() => {
        if (this.#stage !== "arriving") return;
        reject(
          failure(
            "timeout",
            `Paragon's page did not load within ${timeoutMs} ms. Check the connection, or allow more with timeoutMs.`,
          ),
        );
      });
      Promise.all([this.#providerUrl(), arrived, this.#enter()])
        .then(([url]) => this.#leave(url))
        .catch(reject);
    });
  }

  #query(more) {
    const { integration } = this.request;
    return new URLSearchParams({ integrationId: integration.id, originForPostMessage: window.origin, ...more });
  }

  /** Shows Paragon's own page. Its address has the user token in it, and goes nowhere but into the popup. */
  async #enter() {
    const url = await this.install.call("popupUrl", String(this.#query({ action: this.request.name })), {});
    if (!this.scope.ended) navigate(this.popup, url);
  }

  /** The address of the provider's page. */
  async #providerUrl() {
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
    const answer = await this.install.send(
      "GET",
      `/v2/projects/${this.session.projectId}/sdk/actions/build-oauth?${query}`,
    );
    if (!/^https?:\/\//i.test(answer?.redirectUrl)) throw unexpected("the address of a provider");
    return answer.redirectUrl;
  }

  #leave(url) {
    if (this.scope.ended) return;
    this.#stage = "away";
    this.#polledAt = Date.now();
    navigate(this.popup, url);
  }

  #onMessage({ source, origin, data }) {
    if (source !== this.popup || !trustedOrigins(this.session.url).includes(origin) || !isObject(data)) return;
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
    // The provider's words, without the user token, should it be in them.
    const clean = (value) => {
      const json = JSON.stringify(value);
      return json && JSON.parse(this.install.redact(json));
    };
    const response = clean(errorResponse ?? error);
    const reason = [clean(error), response?.error_description, response?.message, response].find(
      (it) => typeof it === "string" && it,
    );
    const message = `The provider did not give access${reason ? `: "${reason}"` : "."}`;
    return failure("oauth_denied", message, response === undefined ? {} : { details: { response } });
  }

  /** Whether the popup is still open, and the time is not over. */
  #checkPopup() {
    const now = Date.now();
    const { hasFocus, isSurrounded } = focus();
    if (!hasFocus) this.#wasLeft = true;
    if (this.#stage === "saving") return;
    if (now >= this.deadline) {
      this.reject(
        failure("oauth_timeout", "The account was not connected in time. Try again, or allow more with oauthTimeout."),
      );
      return;
    }
    if (!this.popup.closed) {
      if (this.#stage === "away" && now - this.#polledAt >= POLL_MS.open) this.#pollServer(now);
      return;
    }
    if (this.#stage === "arriving") {
      this.reject(
        cancelled(
          "The popup was closed, or this page's Cross-Origin-Opener-Policy cut it off: that must be same-origin-allow-popups.",
        ),
      );
      return;
    }
    const isVisible = document.visibilityState === "visible";
    // From a frame the focus may go to the page around it, which is not told from the popup.
    const isBack = isVisible && (hasFocus || (isSurrounded && this.#backSince !== undefined));
    this.#backSince = isBack ? (this.#backSince ?? now) : undefined;
    this.#awaySince = isVisible && !isBack ? (this.#awaySince ?? now) : undefined;
    if (now - this.#polledAt >= POLL_MS.closed) this.#pollServer(now);
  }

  /** A frame loses the focus to the page around it: until now the user was here, without the popup. */
  #noteVisit() {
    if (this.#stage === "away" && this.popup.closed && focus().isSurrounded) this.#backSince ??= Date.now();
    this.#checkPopup();
  }

  /** For how long this attempt would have been given up, in milliseconds; negative, if that is yet to come. */
  #overdue(now) {
    const back = now - (this.#backSince ?? now) - (this.#wasLeft ? BACK_MS.sure : BACK_MS.unsure);
    const away = now - (this.#awaySince ?? now) - BACK_MS.away;
    return Math.max(back, away);
  }

  /** Asks the server whether the account is connected. */
  async #pollServer(now) {
    if (this.#polling) return;
    this.#polling = true;
    this.#polledAt = now;
    const overdue = this.#overdue(now);
    let id, failed;
    try {
      id = await this.#credentialId();
    } catch (error) {
      failed = error;
    }
    this.#polling = false;
    if (this.#stage !== "away") return;
    if (id) this.#take(id);
    else if (isFinal(failed) || (isTransient(failed) && overdue >= PATIENCE_MS)) this.reject(failed);
    else if (overdue >= 0 && !isTransient(failed)) {
      this.mayBeSevered = true;
      this.reject(cancelled("The popup was closed before the account was connected."));
    }
  }

  /** The id of the credential, if the account is connected. */
  async #credentialId() {
    const path = `actions/session-id/${this.#key}`;
    const answer = await this.install.send("GET", path, undefined, { timeoutMs: 10_000, maxRetries: 0 });
    const id = answer?.connectCredentialId;
    return typeof id === "string" && id ? id : undefined;
  }

  #take(id) {
    this.#stage = "saving";
    this.#credential(id).then(this.resolve, this.reject);
  }

  #credential(id) {
    return this.#outwait(() => this.install.send("GET", `credentials/${encodeURIComponent(id)}`));
  }

  /** Connects the account with the provider's answer. */
  async #save(payload) {
    this.#stage = "saving";
    const { integration, installOptions } = this.request;
    const body = { integrationId: integration.id, config: {}, payload, installOptions };
    try {
      this.resolve(await this.#outwait(() => this.install.send("POST", "credentials", body)));
    } catch (error) {
      const lost = error?.code === "network" || error?.code === "timeout";
      const id = lost && (await this.#survived());
      if (id) this.#take(id);
      else this.reject(asFailure(error));
    }
  }

  /** Sends again what was not sent, as there was no user token: the user must not have consented in vain. */
  async #outwait(send) {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await send();
      } catch (error) {
        if (error?.code !== "token_unavailable" || this.install.ended || Date.now() >= until) throw error;
        await this.scope.pause(POLL_MS.closed);
      }
    }
  }

  /** After a lost answer: the id of the credential, if it was made all the same. It must not be made twice. */
  async #survived() {
    const until = Date.now() + LOST_ANSWER_MS;
    while (!this.install.ended && Date.now() < until) {
      const id = await this.#credentialId().catch(() => {});
      if (id) return id;
      await this.scope.pause(POLL_MS.closed);
    }
    return undefined;
  }

  /**
   * Goes on asking, after the attempt was given up: a popup that was severed may connect the account yet. When
   * it has, it closes, and this page gets the focus. Resolves when that is over.
   */
  follow(scope, connected) {
    this.scope = scope;
    return new Promise((over) => {
      const ask = async () => {
        if (this.#polling) return;
        this.#polling = true;
        try {
          const id = await this.#credentialId();
          if (id) over(this.#credential(id).then((credential) => scope.ended || connected(credential)));
        } catch (error) {
          if (isFinal(error)) over();
        }
        this.#polling = false;
      };
      scope.listen(window, "focus", ask);
      scope.every(FOLLOW_MS.every, ask);
      scope.pause(Math.min(FOLLOW_MS.all, this.deadline - Date.now())).then(over);
      scope.add(over);
    })
      .catch(() => {}) // The application knows of no promise that could reject.
      .finally(() => this.forget());
  }

  /** Has the server forget the attempt. */
  forget() {
    if (this.#stage !== "arriving") this.install.sendOff("DELETE", `actions/session-id/${this.#key}`);
  }
}
