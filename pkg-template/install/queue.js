// One install is on at a time: a new one takes the place of the one before.

import { Install } from "./install.js";
import { failure } from "./module.js";
import { InstallSession } from "./session.js";

export const close = (popup) => popup?.close();

export const blocked = () =>
  failure(
    "popup_blocked",
    "The browser blocked the popup. Connect in a click, before anything is awaited, or have the user permit popups for this page.",
  );

export class InstallQueue {
  #current;

  constructor(transport, catalogue) {
    this.transport = transport;
    this.catalogue = catalogue;
  }

  begin(options, onEnd) {
    this.#current?.end(failure("superseded", "A later install took the place of this one."));
    this.#current = new Install(this.transport, options, onEnd);
    return this.#current;
  }

  /**
   * The session of an install as far as it is known without a request, for decisions that have to be
   * made in the click; `undefined` if nothing is known.
   */
  guess(type, options) {
    const integration = this.catalogue.guess(type);
    if (!integration) return undefined;
    const session = new InstallSession({ ...options });
    try {
      session.learn(integration, this.catalogue.user);
    } catch {
      // The install reports it, once the server has confirmed it.
    }
    return session;
  }

  /** The window for the provider: the application's, once, or a new one; `null` if the browser refused. */
  popupOf(options) {
    const { popup } = options;
    options.popup = undefined;
    return popup === undefined ? this.transport.openPopup() : popup;
  }
}
