// What a signed-in user sees: integrations and metadata.

import { isParagonError } from "paragon-wasm";
import { announce, button, fill, h, keepingFocus, whileBusy } from "./dom.js";
import { renderIntegrations, skeletonCards, summarize } from "./cards.js";
import { confirmDisconnect } from "./disconnect.js";
import { icon } from "./icons.js";
import { createMetadataEditor } from "./metadata.js";
import { endsSession, errorNotice } from "./notice.js";

/**
 * @param {object} wiring
 * @param {object} wiring.sdk the package's functions
 * @param {(user: object) => void} wiring.onUser called with the user whenever he is known anew
 * @param {(error: unknown) => void} wiring.onEnded called when the server ends the session
 */
export function createPortal({ sdk, onUser, onEnded }) {
  const summary = h("p", { class: "lead" }, "Loading…");
  const problem = h("div");
  const integrations = h("div", { class: "integrations" });
  const refreshButton = button("Refresh", { icon: icon("refresh"), on: { click: refresh } });
  const editor = createMetadataEditor(
    (metadata) => ending(sdk.setUserMetadata(metadata)),
    (user) => show(user),
  );
  editor.element.hidden = true;
  let isLoaded = false;
  let metadata = [];

  function show(user) {
    isLoaded = true;
    const wasRetried = problem.contains(document.activeElement);
    fill(problem);
    if (wasRetried) refreshButton.focus();
    keepingFocus(integrations, () => fill(integrations, renderIntegrations(user, { metadata, onDisconnect })));
    summary.textContent = summarize(user);
    editor.element.hidden = false;
    editor.show(user.meta);
    onUser(user);
  }

  async function load() {
    if (!isLoaded) fill(integrations, skeletonCards());
    integrations.setAttribute("aria-busy", "true");
    try {
      const [user] = await Promise.all([ending(sdk.getUser()), learnLooks()]);
      if (!user.authenticated) throw new Error("Nobody is signed in any more. Sign in again.");
      show(user);
      return true;
    } catch (error) {
      if (isOver(error)) return false;
      summary.textContent = isLoaded ? summary.textContent : "The integrations could not be loaded.";
      if (!isLoaded) fill(integrations);
      keepingFocus(problem, () =>
        fill(
          problem,
          errorNotice(error, {
            title: isLoaded ? "Refreshing failed; this is what was last known" : undefined,
            retry: refresh,
          }),
        ),
      );
      return false;
    } finally {
      integrations.removeAttribute("aria-busy");
    }
  }

  /** Names, colours and icons are a nicety: without them the cards show the types. */
  async function learnLooks() {
    if (metadata.length === 0) metadata = await sdk.getIntegrationMetadata().catch(() => []);
  }

  function refresh() {
    return whileBusy(refreshButton, async () => {
      if (await load()) announce(`Up to date: ${summary.textContent}`);
    });
  }

  async function onDisconnect(what) {
    const { type, name, account, last } = what;
    const { outcome, error } = await confirmDisconnect(what, (signal) =>
      sdk.uninstallIntegration(type, last ? { signal } : { signal, selectedCredentialId: account.id }),
    );
    if (outcome === "ended") onEnded(error);
    if (outcome === "ended" || outcome === "kept") return;
    const isCurrent = await load();
    if (outcome === "disconnected") announce(`${name} is disconnected.`);
    // The button that had the focus is gone with its account.
    if (isCurrent) integrations.querySelector(`[data-key="${CSS.escape(`integration ${type}`)}"]`)?.focus();
  }

  /** Passes the call's outcome on, and tells the page when it was the end of the session. */
  async function ending(call) {
    try {
      return await call;
    } catch (error) {
      if (endsSession(error)) onEnded(error);
      throw error;
    }
  }

  const element = h(
    "div",
    { class: "portal" },
    h(
      "header",
      { class: "page-head" },
      h("div", {}, h("h1", { tabindex: "-1" }, "Integrations"), summary),
      refreshButton,
    ),
    problem,
    integrations,
    editor.element,
  );
  return { element, load };
}

/** Errors that need no words here: the page has moved on, or is about to. */
function isOver(error) {
  return endsSession(error) || (isParagonError(error) && error.code === "superseded");
}
