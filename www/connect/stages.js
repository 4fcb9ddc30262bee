// The stages of connecting an account that are no generated forms.

import { dialogActions } from "../dialog.js";
import { button, fill, h, newId, whileBusy, webAddress } from "../dom.js";
import { icon } from "../icons.js";
import { markdown } from "../markdown.js";

/** The choice of the kind of account. */
export function accountTypeStage({ options }, { choose, cancel }) {
  const group = newId("account-type");
  const send = button("Continue", { look: "primary", type: "submit" });
  const choices = options.map(({ id, accountDescription }, position) => {
    const input = h("input", { type: "radio", name: group, value: id });
    input.checked = position === 0;
    const words = capitalised(accountDescription ?? id);
    return h("label", { class: "segment" }, input, h("strong", {}, words));
  });
  const form = h(
    "form",
    {
      class: "dialog-form",
      on: {
        submit(event) {
          event.preventDefault();
          const chosen = form.querySelector("input:checked");
          whileBusy(send, () => choose(chosen.value));
        },
      },
    },
    h(
      "div",
      { class: "dialog-body", role: "radiogroup", "aria-labelledby": `${group}-title` },
      h("p", { class: "label", id: `${group}-title` }, "Which kind of account?"),
      h("div", { class: "choices" }, choices),
    ),
    dialogActions({ cancel, submit: send }),
  );
  return { element: form, focus: () => form.querySelector("input:checked").focus() };
}

/** The step that somebody else has to do first. */
export function instructionStage({ content, ctas, finish }, { back, cancel }) {
  const prose = markdown(content);
  prose.tabIndex = -1;
  const go = button(finish.label, { look: "primary", on: { click: () => finish.onClick() } });
  const element = h(
    "div",
    { class: "dialog-form" },
    h("div", { class: "dialog-body" }, prose, h("div", { class: "actions" }, ctas.map(callToAction))),
    dialogActions({ back, cancel, submit: go }),
  );
  return { element, focus: () => prose.focus() };
}

function callToAction({ type, label, href, copyText }) {
  if (type === "link") {
    const address = webAddress(href);
    if (address === undefined) return null;
    return h(
      "a",
      { class: "button button-plain", href: address, target: "_blank", rel: "noreferrer" },
      icon("outside"),
      h("span", {}, label),
    );
  }
  const copy = button(label, { icon: icon("copy"), on: { click: onCopy } });
  async function onCopy() {
    const words = copy.querySelector("span");
    try {
      await navigator.clipboard.writeText(copyText);
      fill(words, "Copied");
    } catch {
      fill(words, "Not allowed");
    }
  }
  return copy;
}

/** The user is at the provider, in a window of its own; or is about to be. */
export function waitingStage({ name, isOpening = false, back, cancel }) {
  const words = h(
    "div",
    { class: "waiting", tabindex: "-1", role: "status", autofocus: true },
    h("span", { class: "spinner", "aria-hidden": "true" }),
    h("strong", {}, isOpening ? "One moment…" : `Waiting for ${name}`),
    !isOpening &&
      h("p", { class: "hint" }, "A window has opened. Allow the access there, and this page goes on by itself."),
  );
  const element = h(
    "div",
    { class: "dialog-form" },
    h("div", { class: "dialog-body" }, words),
    cancel && dialogActions({ back, cancel }),
  );
  return { element, focus: () => words.focus() };
}

const capitalised = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
