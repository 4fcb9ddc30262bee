// One install is on at a time: a new one takes the place of the one before.

import { Install } from "./install.js";
import { failure } from "./module.js";
import { InstallSession } from "./session.js";

/** The windows that are open for an install. */
const open = new Set();
const closeAll = () => open.forEach(close);

/** Has a window close with this page, which it would outlive. */
export function keep(popup) {
  if (!popup) return popup;
  if (!open.size) window.addEventListener("pagehide", closeAll);
  open.add(popup);
  return popup;
}

export function close(popup) {
  if (!popup) return;
  if (open.delete(popup) && !open.size) window.removeEventListener("pagehide", closeAll);
  popup.close?.();
}

export const blocked = (cause) =>
  failure(
    "popup_blocked",
    globalThis.origin === "null"
      ? "This page has no origin, to which Paragon's page could send its messages: a frame with `sandbox` needs allow-same-origin beside allow-popups, and a page must not be a file."
      : "The browser opened no popup. Connect in a click, before anything is awaited, or have the user permit popups for this page; a frame with `sandbox` needs allow-popups.",
    { cause },
  );

/** Throws unless `popup` is a window with which an account can be connected. */
export function checkWindow(popup) {
  // Tools that block popups put objects of their own in the place of windows.
  if (globalThis.origin === "null" || typeof popup?.location?.replace !== "function") throw blocked();
}

/** Whether a popup must be opened though it may not be needed: WebKit opens none a second after the click. */
export const opensInClickOnly = () => /^Apple/.test(globalThis.navigator?.vendor);

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
    return keep(popup === undefined ? this.transport.openPopup() : popup);
  }
}
