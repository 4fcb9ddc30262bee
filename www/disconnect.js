// The dialog that asks before an account is disconnected.

import { button, fill, h, newId, whileBusy } from "./dom.js";
import { enabledWorkflows } from "./cards.js";
import { endsSession, errorNotice } from "./notice.js";

/**
 * Asks, and disconnects if that is what the user wants. The native dialog keeps the focus inside,
 * closes on Escape and gives the focus back.
 *
 * @param {object} what the integration and account, from its card
 * @param {(signal: AbortSignal) => Promise<void>} disconnect
 * @returns {Promise<{outcome: "disconnected" | "kept" | "unknown" | "ended", error?: unknown}>}
 *   unknown: the user stopped waiting; ended: the server ended the session instead
 */
export function confirmDisconnect({ name, account, entry, last, isDefault }, disconnect) {
  const title = newId("title");
  const text = newId("text");
  const problem = h("div");
  const confirm = button("Disconnect", { look: "danger" });
  const cancel = button("Cancel", { autofocus: true });
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": title, "aria-describedby": text },
    h("h2", { id: title }, `Disconnect ${name}?`),
    h(
      "div",
      { id: text, class: "dialog-text" },
      h("p", {}, last ? "What happens:" : "This removes one account and leaves the others. What happens:"),
      h(
        "ul",
        {},
        consequences(name, account, entry, last, isDefault).map((line) => h("li", {}, line)),
      ),
    ),
    problem,
    h("div", { class: "actions dialog-actions" }, cancel, confirm),
  );

  return new Promise((resolve) => {
    let result = { outcome: "kept" };
    let waiting;
    cancel.addEventListener("click", () => dialog.close());
    confirm.addEventListener("click", () =>
      whileBusy(confirm, async () => {
        fill(problem);
        waiting = new AbortController();
        try {
          await disconnect(waiting.signal);
          result = { outcome: "disconnected" };
          dialog.close();
        } catch (error) {
          if (endsSession(error)) {
            result = { outcome: "ended", error };
            waiting = undefined;
            dialog.close();
          } else if (dialog.open) {
            fill(problem, errorNotice(error, { title: "Disconnecting failed" }));
          }
        } finally {
          waiting = undefined;
        }
      }),
    );
    dialog.addEventListener("close", () => {
      if (waiting) {
        result = { outcome: "unknown" };
        waiting.abort(new Error("The dialog was closed."));
      }
      dialog.remove();
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

function consequences(name, account, entry, last, isDefault) {
  const workflows = isDefault ? enabledWorkflows(entry) : undefined;
  const which =
    workflows === undefined
      ? "Workflows that use it"
      : workflows === 1
        ? "1 workflow that is on"
        : `${workflows} workflows that are on`;
  return [
    account.name === undefined && account.providerId === undefined
      ? `The connection to ${name} is removed for this user.`
      : `The account ${account.name ?? account.providerId} is removed for this user.`,
    workflows === 0 ? "No workflow is on, so none stops." : `${which} will stop.`,
    "The settings saved for it are cleared.",
    last ? `Nothing is deleted at ${name}. The user can connect again.` : `Nothing is deleted at ${name}.`,
  ];
}
