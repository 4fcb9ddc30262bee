// One install is on at a time: a new one takes the place of the one before.

import { openPopup } from "../client.js";
import { failure } from "./errors.js";
import { Install } from "./install.js";
import { Steps } from "./steps.js";

export const close = (popup) => popup?.close();

export const blocked = () =>
  failure("popup_blocked", "The browser blocked the popup. Connect in a click, before anything is awaited, or have the user permit popups for this page.");

export class Turns {
  #current;

  constructor(door, catalogue) {
    this.door = door;
    this.catalogue = catalogue;
  }

  begin(options, onEnd) {
    this.#current?.end(failure("superseded", "A later install took the place of this one."));
    this.#current = new Install(this.door, options, onEnd);
    return this.#current;
  }

  /**
   * The steps of an install as far as they can be known without asking anybody: for what has to be
   * decided in the click. `undefined` if nothing is known.
   */
  guess(type, options) {
    const integration = this.catalogue.guess(type);
    if (!integration) return undefined;
    const steps = new Steps({ ...options });
    try {
      steps.learn(integration, this.catalogue.user);
    } catch {
      // Said when it is known for certain.
    }
    return steps;
  }
}

/** The window for the provider: the application's, once, or a new one; `null` if the browser refused. */
export function popupOf(options) {
  const { popup } = options;
  options.popup = undefined;
  return popup === undefined ? openPopup() : popup;
}
