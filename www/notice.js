// An error as it is shown everywhere: its message in full, its code small.

import { isParagonError } from "paragon-wasm";
import { button, h } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @param {unknown} error
 * @param {{title?: string, retry?: (event: Event) => void}} [options]
 */
export function errorNotice(error, { title, retry } = {}) {
  return h(
    "div",
    { class: "notice notice-error", role: "alert" },
    icon("alert"),
    h(
      "div",
      { class: "notice-text" },
      title && h("strong", {}, title),
      h("p", {}, messageOf(error)),
      isParagonError(error) && h("p", { class: "code-line" }, codeLine(error)),
    ),
    retry && button("Try again", { look: "small", key: "retry", on: { click: retry } }),
  );
}

export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

export function codeLine(error) {
  const status = error.status === undefined ? "" : ` · HTTP ${error.status}`;
  return h("code", {}, `${error.code}${status}`);
}

/** True if the error means that no user is signed in any more. */
export function endsSession(error) {
  if (!isParagonError(error)) return false;
  // An integration that refuses an account answers 401, too.
  if (error.code === "unauthorized") return error.details?.response?.meta?.isIntegrationError !== true;
  return ["not_authenticated", "token_expired"].includes(error.code);
}
