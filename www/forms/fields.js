// The fields of generated forms, one kind for each type of input.

import { fill, h, newId } from "../dom.js";
import { icon } from "../icons.js";
import { createCombobox } from "./combobox.js";
import { createSelect } from "./select.js";

/**
 * @typedef {object} Control what a field is filled in with
 * @property {HTMLElement} element
 * @property {HTMLElement} input what has the focus, and what its label and messages belong to
 * @property {() => unknown} value `undefined` if there is none
 * @property {(value: unknown) => void} show
 * @property {() => string | undefined} [fault] what is wrong with the value by itself
 * @property {boolean} [isBoolean] it always has a value
 * @property {boolean} [isUnknown] it cannot be filled in here
 */

const KINDS = {
  TEXT_NO_VARS: createText,
  EMAIL: (input, parts) => createText({ inputType: "email", ...input }, parts),
  URL: (input, parts) => createText({ inputType: "url", ...input }, parts),
  NUMBER: (input, parts) => createText({ ...input, inputType: "number" }, parts),
  PASSWORD: (input, parts) => createText({ ...input, inputType: "password" }, parts),
  TEXTAREA_NO_VARS: createTextArea,
  SWITCH: createCheckbox,
  BOOLEAN_INPUT: createCheckbox,
  ENUM: createSelect,
  DYNAMIC_ENUM: createCombobox,
  CUSTOM_DROPDOWN: createCombobox,
};

/** The message for a missing answer, by kind. */
const MISSING = { ENUM: "Choose one.", DYNAMIC_ENUM: "Choose one.", CUSTOM_DROPDOWN: "Choose one." };

/**
 * @param {import("paragon-wasm").ConnectInput} input
 * @param {{value: unknown, load: (wanted: object) => Promise<object>, onInput: () => void}} parts
 */
export function createField(input, { value, load, onInput }) {
  const ids = { input: newId("field"), hint: newId("hint"), error: newId("error") };
  const create = Object.hasOwn(KINDS, input.type) ? KINDS[input.type] : createUnknown;
  const control = create(input, { id: ids.input, load, onInput });
  const { input: target } = control;
  const errorLine = h("p", { class: "field-error", id: ids.error, role: "alert" });
  target.id = ids.input;
  target.setAttribute("aria-describedby", `${ids.error} ${ids.hint}`);
  const isAsked = !control.isBoolean && !control.isUnknown;
  const isRequired = isAsked && input.required !== false;
  if (isRequired) target.setAttribute("aria-required", "true");

  const name = [input.title ?? input.id, isAsked && !isRequired && h("small", {}, " optional")];
  const label = h("label", { class: "label", for: ids.input }, name);
  const hint = h("p", { class: "hint", id: ids.hint }, input.subtitle, help(input));

  let stored;
  /** The same as it came. */
  let given;
  const field = {
    input,
    isSecret: input.type === "PASSWORD" || input.inputType === "password",
    element: h(
      "div",
      { class: control.isBoolean ? "field field-check" : "field", "data-input": input.id },
      control.isBoolean ? h("div", { class: "check-row" }, control.element, label) : [label, control.element],
      errorLine,
      hint,
    ),
    value: control.value,
    isChanged: () => !input.readOnly && !same(control.value(), stored),
    fault() {
      const words = control.fault?.();
      if (words !== undefined || !isRequired || control.value() !== undefined) return words;
      return MISSING[input.type] ?? "Fill this in.";
    },
    say(words) {
      target.removeAttribute("aria-invalid");
      if (words) target.setAttribute("aria-invalid", "true");
      fill(errorLine, words);
    },
    /** Shows a value as the one that is stored. */
    show(value) {
      control.show(value);
      given = value;
      stored = control.value();
    },
    /** Takes another stored value; a value that the user has typed stays. */
    rebase(value) {
      if (same(value, given)) return;
      const typed = control.value();
      field.show(value);
      control.show(typed);
    },
    /** Something that the value depended on has changed. */
    forget: () => control.show(undefined),
    focus: () => target.focus(),
  };
  field.show(value);
  return field;
}

function help({ documentationLink, tooltip }) {
  return [
    tooltip && ` ${tooltip}`,
    /^https?:\/\//.test(documentationLink ?? "") && [
      " ",
      h("a", { href: documentationLink, target: "_blank", rel: "noreferrer" }, "Where to find it"),
    ],
  ];
}

/** Fields that are not filled in count as switched off or empty. */
function same(a, b) {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

const asText = (value) => (value === undefined || value === null ? "" : String(value));

const FAULTS = {
  number: (text) => (Number.isFinite(Number(text)) ? undefined : "Enter a number."),
  email: (text) => (/^[^\s@]+@[^\s@]+$/.test(text) ? undefined : "Enter an e-mail address, such as name@example.com."),
  url: (text) => (URL.canParse?.(text) === false ? "Enter a whole address, such as https://example.com." : undefined),
};

function createText({ inputType = "text", placeholder, prefixLabel, suffixLabel, readOnly }, { onInput }) {
  const isSecret = inputType === "password";
  const isNumber = inputType === "number";
  const input = h("input", {
    // A number field would swallow what is no number, and change its value under the wheel.
    type: isNumber ? "text" : inputType,
    inputmode: isNumber ? "decimal" : undefined,
    placeholder,
    readonly: readOnly,
    autocomplete: "off",
    spellcheck: "false",
    on: { input: onInput },
  });
  const text = () => (isSecret ? input.value : input.value.trim());
  return {
    input,
    element:
      prefixLabel || suffixLabel
        ? h(
            "div",
            { class: "affixed" },
            prefixLabel && h("span", { "aria-hidden": "true" }, prefixLabel),
            input,
            suffixLabel && h("span", { "aria-hidden": "true" }, suffixLabel),
          )
        : input,
    value() {
      if (text() === "") return undefined;
      return isNumber && Number.isFinite(Number(text())) ? Number(text()) : text();
    },
    show: (value) => (input.value = asText(value)),
    fault: () => (text() === "" || !Object.hasOwn(FAULTS, inputType) ? undefined : FAULTS[inputType](text())),
  };
}

function createTextArea({ placeholder, readOnly }, { onInput }) {
  const input = h("textarea", { rows: "3", placeholder, readonly: readOnly, on: { input: onInput } });
  return {
    input,
    element: input,
    value: () => (input.value.trim() === "" ? undefined : input.value),
    show: (value) => (input.value = asText(value)),
  };
}

function createCheckbox({ defaultValue, readOnly }, { onInput }) {
  const input = h("input", { type: "checkbox", class: "check", disabled: readOnly, on: { change: onInput } });
  return {
    input,
    element: input,
    isBoolean: true,
    value: () => input.checked,
    show: (value) => (input.checked = (value ?? defaultValue) === true),
  };
}

/** A type that this page has no field for: it says so, and leaves the value as it is. */
function createUnknown({ type }, { id }) {
  let kept;
  const element = h(
    "p",
    { class: "notice notice-plain", id, tabindex: "-1" },
    icon("alert"),
    h("span", {}, "This page has no field for the type ", h("code", {}, type), ", and leaves its value as it is."),
  );
  return { input: element, element, isUnknown: true, value: () => kept, show: (value) => (kept = value) };
}
