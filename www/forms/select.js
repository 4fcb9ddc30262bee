// A field with a short list of choices: its own, or those of a source, as a native select.

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { messageOf } from "../notice.js";
import { flat } from "./choices.js";

/** A list that is longer is not one for a select. */
const PAGES = 10;

/** @returns {import("./fields.js").Control} */
export function createSelect({ values, sourceType, required, readOnly, placeholder }, { load, onInput }) {
  const input = h("select", { disabled: readOnly, on: { change: onChange } });
  const problem = h("p", { class: "field-error" });
  let choices = Array.isArray(values) ? values : sourceType === undefined ? [] : undefined;
  let chosen;
  let hasFailed = false;

  function render() {
    const isKnown = choices?.some(({ value }) => same(value, chosen));
    const more = chosen === undefined || isKnown ? [] : [{ label: String(chosen), value: chosen }];
    const options = [...(choices ?? []), ...more].map(({ label, value }, position) => {
      const option = h("option", { value: String(position) }, label);
      option.selected = same(value, chosen);
      return option;
    });
    const isLoading = choices === undefined && !hasFailed;
    const empty = h("option", { value: "" }, isLoading ? "Loading…" : (placeholder ?? nothing(required)));
    empty.selected = chosen === undefined;
    fill(input, empty, options);
    input.setAttribute("aria-busy", String(isLoading));
  }

  function onChange() {
    chosen = input.value === "" ? undefined : choices?.[Number(input.value)]?.value;
    onInput();
  }

  async function learn() {
    hasFailed = false;
    fill(problem);
    render();
    const all = [];
    try {
      let cursor;
      for (let page = 0; page < PAGES; page += 1) {
        const answer = await load({ cursor });
        all.push(...flat(answer));
        cursor = answer.nextPageCursor;
        if (cursor === null) break;
      }
      choices = all;
    } catch (error) {
      const retry = h("button", { type: "button", class: "link", on: { click: learn } }, "Try again");
      hasFailed = true;
      fill(problem, `The choices could not be loaded: ${messageOf(error)} `, retry);
    }
    render();
  }

  if (choices === undefined) learn();
  else render();
  return {
    input,
    element: h("div", {}, withChevron(input), problem),
    value: () => chosen,
    show(value) {
      chosen = value ?? undefined;
      render();
    },
  };
}

/** A select that looks like the other fields. */
export const withChevron = (select) => h("div", { class: "select" }, select, icon("chevron"));

const nothing = (required) => (required === false ? "None" : "Choose…");

export function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}
