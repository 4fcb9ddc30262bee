// A native dialog: it keeps the focus inside, closes on Escape, and gives the focus back.

import { button, h, newId } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @param {object} parts
 * @param {unknown} parts.title
 * @param {Node} [parts.picture] beside the title
 * @param {unknown} parts.content
 * @param {string} [parts.describedBy] the id of what is read out with the title
 * @returns {{element: HTMLDialogElement, open: () => Promise<void>, close: () => void}} `open`
 *   resolves once it is closed
 */
export function createDialog({ title, picture, content, describedBy }) {
  const id = newId("title");
  const element = h(
    "dialog",
    { class: "dialog", "aria-labelledby": id, "aria-describedby": describedBy },
    h(
      "div",
      { class: "dialog-head" },
      picture,
      h("h2", { id }, title),
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": "Close", on: { click: () => element.close() } },
        icon("cross"),
      ),
    ),
    content,
  );
  return {
    element,
    open: () =>
      new Promise((resolve) => {
        element.addEventListener("close", () => {
          element.remove();
          resolve();
        });
        document.body.append(element);
        element.showModal();
      }),
    close: () => element.close(),
  };
}

/**
 * The buttons at the foot of a dialog: back on the left, the way on at the right.
 *
 * @param {{back?: () => void, cancel?: () => void, cancelWords?: string, submit?: Node}} parts
 */
export function dialogActions({ back, cancel, cancelWords = "Cancel", submit }) {
  return h(
    "div",
    { class: "actions dialog-actions" },
    back && button("Back", { class: "button button-plain dialog-back", icon: icon("back"), on: { click: back } }),
    cancel && button(cancelWords, { on: { click: cancel } }),
    submit,
  );
}
