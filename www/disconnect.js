// The dialog that asks before an account is disconnected.

import { createDialog, dialogActions } from "./dialog.js";
import { button, fill, h, newId, whileBusy } from "./dom.js";
import { emblem } from "./emblem.js";
import { errorNotice } from "./notice.js";
import { enabledWorkflows, titleOf } from "./portal/accounts.js";

/**
 * Asks, and disconnects if that is what the user wants.
 *
 * @param {object} what
 * @param {object} what.integration
 * @param {import("./portal/accounts.js").Account} what.account
 * @param {boolean} what.isLast whether it is the only one
 * @param {AbortSignal} what.signal closes the dialog
 * @param {(signal: AbortSignal) => Promise<void>} disconnect
 * @returns {Promise<"disconnected" | "kept" | "unknown">} unknown: the user stopped waiting
 */
export async function confirmDisconnect({ integration, account, isLast, signal }, disconnect) {
  const { name } = integration;
  const text = newId("text");
  const problem = h("div");
  const confirm = button("Disconnect", { look: "danger", on: { click: () => whileBusy(confirm, onConfirm) } });
  const dialog = createDialog({
    title: `Disconnect ${name}?`,
    picture: emblem(integration, "small"),
    describedBy: text,
    content: [
      h(
        "div",
        { class: "dialog-body" },
        h(
          "div",
          { id: text, class: "dialog-text" },
          h("p", {}, isLast ? "What happens:" : "This removes one account and leaves the others. What happens:"),
          h(
            "ul",
            {},
            consequences(name, account, isLast).map((line) => h("li", {}, line)),
          ),
        ),
        problem,
      ),
      dialogActions({ cancel: () => dialog.close(), submit: confirm }),
    ],
  });
  let outcome = "kept";
  let waiting;

  async function onConfirm() {
    fill(problem);
    waiting = new AbortController();
    try {
      await disconnect(waiting.signal);
      outcome = "disconnected";
      waiting = undefined;
      dialog.close();
    } catch (error) {
      fill(problem, errorNotice(error, { title: "Disconnecting failed" }));
    } finally {
      waiting = undefined;
    }
  }

  signal.addEventListener("abort", dialog.close);
  await dialog.open();
  signal.removeEventListener("abort", dialog.close);
  if (waiting) {
    outcome = "unknown";
    waiting.abort(new Error("The dialog was closed."));
  }
  return outcome;
}

function consequences(name, account, isLast) {
  const workflows = enabledWorkflows(account);
  return [
    `The account ${titleOf(account)} is removed for this user.`,
    workflows === 0
      ? "No workflow is on, so none stops."
      : workflows === 1
        ? "1 workflow that is on will stop."
        : `${workflows} workflows that are on will stop.`,
    "The settings saved for it are cleared.",
    isLast ? `Nothing is deleted at ${name}. The user can connect again.` : `Nothing is deleted at ${name}.`,
  ];
}
