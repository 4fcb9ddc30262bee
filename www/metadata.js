// The metadata editor: a row for each key. Only what was changed is sent, since the service keeps
// the keys that a call does not name. For that reason a stored key cannot be removed either.

import { isParagonError } from "paragon-wasm";
import { announce, button, fill, h, newId, whileBusy } from "./dom.js";
import { icon } from "./icons.js";
import { codeLine, errorNotice, messageOf } from "./notice.js";
import { parseValue, sameValue, typeName, valueText } from "./values.js";

/** The keys that Paragon's dashboard shows; other spellings are keys like any other. */
const SHOWN_IN_DASHBOARD = ["Name", "Email"];

/**
 * @param {(metadata: object) => Promise<object>} save gives the user as stored
 * @param {(user: object) => void} onSaved
 */
export function createMetadataEditor(save, onSaved) {
  /** @type {Row[]} */
  let rows = [];
  const list = h("ul", { class: "meta-rows" });
  const empty = h("div", { class: "empty-box" }, h("p", {}, "No metadata is stored with this user yet."));
  const offers = h("div", { class: "actions" });
  const problem = h("div");
  const note = h("p", { class: "hint meta-note" });
  const submit = button("Save changes", { look: "primary", type: "submit" });
  const discard = button("Discard", { on: { click: onDiscard } });
  let stored = {};

  const changed = () => rows.filter((row) => row.isChanged());

  function refresh() {
    empty.hidden = rows.length > 0;
    const count = changed().length;
    submit.hidden = discard.hidden = count === 0;
    note.textContent = count === 0 ? "" : count === 1 ? "1 change, not saved" : `${count} changes, not saved`;
    const missing = SHOWN_IN_DASHBOARD.filter((key) => !rows.some((row) => row.key === key));
    const focused = document.activeElement?.dataset.key;
    fill(
      offers,
      missing.map((key) =>
        button(`Add ${key}`, {
          look: "small",
          key: `add ${key}`,
          icon: icon("plus"),
          on: { click: () => add(key) },
        }),
      ),
      button("Add a key", { look: "small", key: "add", icon: icon("plus"), on: { click: () => add("") } }),
    );
    if (focused?.startsWith("add")) offers.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  function add(key) {
    const row = createRow({ key, isStored: false, onInput: refresh, onRemove: remove });
    rows.push(row);
    list.append(row.element);
    refresh();
    row.focus();
  }

  function remove(row) {
    const position = rows.indexOf(row);
    rows.splice(position, 1);
    row.element.remove();
    refresh();
    (rows[position] ?? rows.at(-1))?.focus();
    if (rows.length === 0) offers.querySelector("button").focus();
  }

  /** Shows what is stored; what the user has typed and not saved stays. */
  function show(meta, { discarding = false } = {}) {
    stored = meta ?? {};
    fill(problem);
    const kept = new Map(discarding ? [] : changed().map((row) => [row.key, row]));
    rows = Object.entries(stored).map(([key, value]) => {
      const edited = kept.get(key);
      kept.delete(key);
      if (edited?.isStored) {
        edited.rebase(value);
        return edited;
      }
      return createRow({ key, value, isStored: true, onInput: refresh, onRemove: remove });
    });
    rows.push(...[...kept.values()].filter((row) => !row.isStored));
    fill(
      list,
      rows.map((row) => row.element),
    );
    refresh();
  }

  function onDiscard() {
    show(stored, { discarding: true });
    // This button is hidden now.
    offers.querySelector("button").focus();
  }

  /** Faults that the form can see by itself. */
  function firstFault() {
    for (const row of rows) row.say(undefined);
    for (const [position, row] of rows.entries()) {
      if (row.key === "") return [row, "Give the key a name, or remove the row."];
      if (rows.findIndex(({ key }) => key === row.key) !== position)
        return [row, `There is a key “${row.key}” already.`];
    }
    return undefined;
  }

  async function onSubmit() {
    fill(problem);
    const fault = firstFault();
    if (fault) {
      const [row, words] = fault;
      row.say(words);
      row.focus();
      return;
    }
    const sent = new Map(changed().map((row) => [row, row.value]));
    // `fromEntries` takes every key for a member, `__proto__` too.
    const metadata = Object.fromEntries([...sent].map(([row, value]) => [row.key, value]));
    try {
      const user = await save(metadata);
      for (const [row, value] of sent) row.rebase(value);
      rows = rows.filter((row) => !sent.has(row) || row.isStored);
      onSaved(user);
      announce("The metadata is saved.");
      note.textContent = "Saved";
      offers.querySelector("button").focus();
    } catch (error) {
      const row = rowOf(error, [...sent.keys()]);
      if (row) {
        row.say([messageOf(error), " ", codeLine(error)]);
        row.focus();
      } else {
        fill(problem, errorNotice(error, { title: "Nothing was saved" }));
      }
    }
  }

  const element = h(
    "section",
    { class: "panel metadata", "aria-label": "Metadata" },
    h(
      "p",
      { class: "hint" },
      "Values keep their types: ",
      h("code", {}, "12"),
      " is a number, ",
      h("code", {}, '"12"'),
      " is text. Paragon’s dashboard shows ",
      h("code", {}, "Name"),
      " and ",
      h("code", {}, "Email"),
      ". A stored key can be changed, not removed.",
    ),
    h(
      "form",
      {
        novalidate: true,
        on: {
          submit(event) {
            event.preventDefault();
            whileBusy(submit, onSubmit);
          },
        },
      },
      empty,
      list,
      problem,
      h("div", { class: "meta-foot" }, offers, h("div", { class: "actions" }, note, discard, submit)),
    ),
  );
  return { element, show };
}

/** The row that an error is about: `details.path` begins with `metadata.` and the key. */
function rowOf(error, rows) {
  if (!isParagonError(error) || error.code !== "invalid_metadata") return undefined;
  const path = error.details?.path ?? "";
  const inside = ({ key }) => {
    const start = `metadata.${key}`;
    return path.startsWith(start) && ["", ".", "["].includes(path.charAt(start.length));
  };
  // Keys may hold dots themselves: the longest that fits is meant.
  return rows.filter(inside).sort((a, b) => b.key.length - a.key.length)[0];
}

function createRow({ key, value: first, isStored, onInput, onRemove }) {
  const ids = { key: newId("key"), value: newId("value"), error: newId("error") };
  let stored = first;
  let begun = isStored ? valueText(first) : "";
  const keyInput = isStored
    ? undefined
    : h("input", { id: ids.key, "aria-label": "Key", autocomplete: "off", spellcheck: "false" });
  if (keyInput) keyInput.value = key;
  const input = h("textarea", {
    id: ids.value,
    rows: "1",
    spellcheck: "false",
    "aria-describedby": ids.error,
  });
  input.value = begun;
  const type = h("span", { class: "meta-type" });
  const errorLine = h("p", { class: "field-error", id: ids.error, role: "alert" });
  const keyHint = h("p", { class: "hint" });

  const row = {
    isStored,
    get key() {
      return keyInput === undefined ? key : keyInput.value.trim();
    },
    get value() {
      // The text as it came means the value as it came: numbers keep what JSON cannot say.
      return isStored && input.value === begun ? stored : parseValue(input.value);
    },
    isChanged: () => !row.isStored || (input.value !== begun && !sameValue(row.value, stored)),
    rebase(value) {
      stored = value;
      if (!row.isChanged()) input.value = valueText(value);
      begun = valueText(value);
      row.update();
    },
    say(words) {
      input.toggleAttribute("aria-invalid", false);
      if (words !== undefined) input.setAttribute("aria-invalid", "true");
      fill(errorLine, words ?? []);
    },
    focus() {
      (keyInput !== undefined && row.key === "" ? keyInput : input).focus();
    },
    update() {
      type.textContent = typeName(row.value);
      element.classList.toggle("is-changed", row.isChanged());
      const meant = SHOWN_IN_DASHBOARD.find((name) => name !== row.key && name.toLowerCase() === row.key.toLowerCase());
      keyHint.textContent = meant === undefined ? "" : `The dashboard shows “${meant}”, not “${row.key}”.`;
      if (keyInput) input.setAttribute("aria-label", `Value of ${row.key || "the new key"}`);
    },
  };
  const onEdit = () => {
    row.say(undefined);
    row.update();
    onInput();
  };
  input.addEventListener("input", onEdit);
  keyInput?.addEventListener("input", onEdit);
  const removal =
    keyInput &&
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "Remove this new key",
        on: { click: () => onRemove(row) },
      },
      icon("cross"),
    );
  const element = h(
    "li",
    { class: "meta-row" },
    h("div", { class: "meta-key" }, keyInput ?? h("label", { for: ids.value }, key), keyHint),
    h("div", { class: "meta-value" }, input, errorLine),
    h("div", { class: "meta-end" }, type, removal),
  );
  row.element = element;
  row.update();
  return row;
}
