// Failures to connect an account, in words, with the way on.

import { isParagonError } from "paragon-wasm";
import { dialogActions } from "../dialog.js";
import { button, h } from "../dom.js";
import { codeLine, errorNotice } from "../notice.js";
import { icon } from "../icons.js";

/** The usual failures in the user's words; all others are shown as they are. */
const PROBLEMS = {
  popup_blocked: {
    title: () => "The browser blocked the window",
    text: (name) =>
      `${name} asks for your consent in a window of its own. Allow this page to open windows, then try again.`,
  },
  cancelled: {
    title: () => "The window was closed",
    text: () => "Nothing was connected. Open it again when you are ready.",
  },
  oauth_denied: {
    title: (name) => `${name} did not give access`,
    text: (name, error) => [reasonOf(error), "You can try again, or with another account."].filter(Boolean).join(" "),
  },
  oauth_timeout: {
    title: () => "It took too long",
    text: (name) => `${name} was not heard of in time, so its window was closed. Nothing was connected.`,
  },
};

/** The provider's own words, where it gave some. */
function reasonOf({ details }) {
  const said = details?.response;
  const words = typeof said === "string" ? said : (said?.error_description ?? said?.message);
  return typeof words === "string" && words !== "" ? `It says: “${words}”` : undefined;
}

/**
 * @param {unknown} error
 * @param {{name: string, retry: () => void, back?: () => void, close: () => void}} parts
 */
export function problemStage(error, { name, retry, back, close }) {
  const known = isParagonError(error) && Object.hasOwn(PROBLEMS, error.code) ? PROBLEMS[error.code] : undefined;
  const again = button("Try again", { look: "primary", on: { click: retry } });
  const element = h(
    "div",
    { class: "dialog-form" },
    h(
      "div",
      { class: "dialog-body" },
      known
        ? h(
            "div",
            { class: "notice notice-warn", role: "alert" },
            icon("alert"),
            h(
              "div",
              { class: "notice-text" },
              h("strong", {}, known.title(name)),
              h("p", {}, known.text(name, error)),
              h("p", { class: "code-line" }, codeLine(error)),
            ),
          )
        : errorNotice(error, { title: `${name} could not be connected` }),
    ),
    dialogActions({ back, cancel: close, cancelWords: "Close", submit: again }),
  );
  return { element, focus: () => again.focus() };
}
