// A form made from inputs, as an integration's configuration describes them.

import { isParagonError } from "paragon-wasm";
import { dialogActions } from "../dialog.js";
import { button, fill, h, whileBusy } from "../dom.js";
import { errorNotice } from "../notice.js";
import { createField } from "./fields.js";

/**
 * @param {object} parts
 * @param {import("paragon-wasm").ConnectInput[]} parts.inputs
 * @param {object} [parts.values] what is stored, by the inputs' ids
 * @param {boolean} [parts.withDefaults] whether an input without a value begins with its default
 * @param {(input: object, wanted: object, answers: object) => Promise<object>} parts.load a page of an
 *   input's choices
 * @param {(source: string) => string[] | undefined} [parts.dependencies] which answers the choices
 *   of a source depend on
 * @param {() => void} [parts.onInput]
 */
export function createFields({ inputs, values = {}, withDefaults = false, load, dependencies, onInput }) {
  const shown = inputs.filter(({ hidden }) => !hidden);
  /** The answers to questions that are not shown. */
  const unasked = inputs.filter(({ hidden, defaultValue }) => hidden && defaultValue !== undefined);
  const stored = (input) => values[input.id] ?? (withDefaults ? input.defaultValue : undefined);

  const dependenciesOf = ({ sourceType }) => (sourceType === undefined ? undefined : dependencies?.(sourceType));

  const fields = shown.map((input) => {
    const field = createField(input, {
      value: stored(input),
      async load(wanted) {
        // Some ask at once: the other fields, whose answers may count, are made first.
        await undefined;
        return load(input, wanted, answersFor(input));
      },
      onInput() {
        field.say(undefined);
        for (const other of fields) {
          if (other !== field && dependenciesOf(other.input)?.includes(input.id)) other.forget();
        }
        onInput?.();
      },
    });
    return field;
  });

  /** The answers that an input's choices may depend on: those that are known to count, or all. */
  function answersFor(input) {
    const known = dependenciesOf(input);
    const others = fields.filter(
      (field) => field.input !== input && !field.isSecret && (known === undefined || known.includes(field.input.id)),
    );
    return Object.fromEntries(
      others.map((field) => [field.input.id, field.value()]).filter(([, value]) => value !== undefined),
    );
  }

  return {
    element: h(
      "div",
      { class: "fields-column" },
      fields.map(({ element }) => element),
    ),
    count: fields.length,
    secrets: fields.filter(({ isSecret }) => isSecret).map(({ input }) => input.id),

    /** All answers. What is left empty is not among them. */
    answers() {
      const all = [
        ...(withDefaults ? unasked.map(({ id, defaultValue }) => [id, defaultValue]) : []),
        ...fields.map((field) => [field.input.id, field.value()]),
      ];
      return Object.fromEntries(all.filter(([, value]) => value !== undefined));
    },

    /** The answers that were changed; `undefined` for one that was taken away. */
    changes: () =>
      Object.fromEntries(fields.filter((field) => field.isChanged()).map((field) => [field.input.id, field.value()])),

    /** Says at each field what is wrong with it, and goes to the first. Gives whether all is well. */
    check() {
      const faults = fields.map((field) => [field.input.id, field.fault()]).filter(([, words]) => words);
      return !sayAll(Object.fromEntries(faults));
    },

    /** The same with what the server says, by the inputs' ids. Gives whether it is about a field. */
    say: sayAll,

    /** Shows what is stored. What the user has typed and not saved stays, unless it is discarded. */
    show(stored, { discarding = false } = {}) {
      for (const field of fields) {
        if (discarding || !field.isChanged()) field.show(stored[field.input.id]);
        else field.rebase(stored[field.input.id]);
      }
    },

    focus: () => fields[0]?.focus(),
  };

  function sayAll(faults) {
    for (const field of fields) field.say(faults[field.input.id]);
    const first = fields.find((field) => faults[field.input.id]);
    first?.focus();
    return first !== undefined;
  }
}

/** The messages of an error about single answers, by the inputs' ids. */
export function faultsOf(error) {
  const fields = isParagonError(error) ? error.details?.response?.meta?.fields : undefined;
  if (typeof fields !== "object" || fields === null) return {};
  return Object.fromEntries(Object.entries(fields).map(([id, words]) => [id, sentence(String(words))]));
}

/** `is required` → `Is required.`: the server's words stand alone below their field. */
function sentence(words) {
  const text = words.trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

/**
 * A form that asks once, in a dialog.
 *
 * @param {object} parts those of `createFields`, and
 * @param {unknown} [parts.before] what stands before the fields
 * @param {string} parts.submit what the button says
 * @param {() => void} [parts.back]
 * @param {() => void} parts.cancel
 * @param {string} [parts.cancelWords]
 * @param {(answers: object, secrets: string[]) => Promise<void>} parts.onSubmit
 */
export function createQuestions({ before, submit, back, cancel, cancelWords, onSubmit, ...parts }) {
  const fields = createFields({ ...parts, withDefaults: true });
  const problem = h("div");
  const send = button(submit, { look: "primary", type: "submit" });
  const element = h(
    "form",
    {
      class: "dialog-form",
      novalidate: true,
      on: {
        submit(event) {
          event.preventDefault();
          fill(problem);
          // Not awaited before: what it does may need the click.
          if (fields.check()) whileBusy(send, () => onSubmit(fields.answers(), fields.secrets));
        },
      },
    },
    h("div", { class: "dialog-body" }, before, fields.element, problem),
    dialogActions({ back, cancel, cancelWords, submit: send }),
  );
  return {
    element,
    focus: fields.focus,
    /** Shows why the answers were refused: at the fields, or below them. */
    fail(error, title) {
      if (!fields.say(faultsOf(error))) fill(problem, errorNotice(error, { title }));
    },
  };
}
