// A field whose choices are searched and paged at the server: a combobox with a list box, after the
// pattern of the ARIA Authoring Practices.

import { fill, h, newId } from "../dom.js";
import { icon } from "../icons.js";
import { messageOf } from "../notice.js";
import { flat } from "./choices.js";
import { same } from "./select.js";

/** The pause in typing after which the text is searched for. */
const PAUSE_MS = 250;

/** The number of pages of choices that are searched for the label of a stored value. */
const PAGES = 5;

/** @returns {import("./fields.js").Control} */
export function createCombobox({ title, placeholder, readOnly, required }, { load, onInput }) {
  const listId = newId("list");
  const input = h("input", {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
    placeholder: placeholder ?? "Search…",
    readonly: readOnly,
    autocomplete: "off",
    spellcheck: "false",
  });
  const list = h("ul", { role: "listbox", id: listId, "aria-label": title });
  const note = h("p", { class: "hint", role: "status" });
  const more = h(
    "button",
    { type: "button", class: "link", tabindex: "-1", on: { click: () => nextPage() } },
    "Show more",
  );
  const foot = h("div", { class: "combo-foot" }, note, more);
  // On top of everything: a dialog would cut it off.
  const popup = h("div", { class: "combo-popup", popover: "manual" }, list, foot);
  popup.hidden = true;
  const clear = h(
    "button",
    { type: "button", class: "icon-button combo-clear", "aria-label": `Clear ${title}`, on: { click: onClear } },
    icon("cross"),
  );
  const element = h("div", { class: "combo" }, input, clear, icon("chevron"), popup);

  /** `{label, value}` of what is chosen. */
  let chosen;
  let choices = [];
  let active = -1;
  let cursor;
  /** The number of the latest search: answers to earlier ones come too late. */
  let turn = 0;
  let isSearching = false;
  let pause;
  let nextPage;

  const isOpen = () => !popup.hidden;

  function expand() {
    if (isOpen()) return;
    popup.hidden = false;
    popup.showPopover?.();
    place();
    input.setAttribute("aria-expanded", "true");
    for (const name of ["scroll", "resize"]) addEventListener(name, place, true);
  }

  function open() {
    if (isOpen() || readOnly) return;
    expand();
    // What is typed next takes the place of what is chosen.
    input.select();
    search("");
  }

  function close() {
    clearTimeout(pause);
    turn += 1;
    if (!isOpen()) return;
    popup.hidePopover?.();
    popup.hidden = true;
    input.setAttribute("aria-expanded", "false");
    for (const name of ["scroll", "resize"]) removeEventListener(name, place, true);
    activate(-1);
    input.value = chosen?.label ?? "";
  }

  /** Below the field; above it where there is more room. */
  function place() {
    if (!input.isConnected) {
      close();
      return;
    }
    const { left, top, bottom, width } = input.getBoundingClientRect();
    const below = innerHeight - bottom;
    const isAbove = below < 240 && top > below;
    Object.assign(popup.style, {
      left: `${left}px`,
      width: `${width}px`,
      top: isAbove ? "auto" : `${bottom + 4}px`,
      bottom: isAbove ? `${innerHeight - top + 4}px` : "auto",
      maxHeight: `${Math.max(120, Math.min(320, (isAbove ? top : below) - 12))}px`,
    });
  }

  function search(text) {
    choices = [];
    cursor = undefined;
    activate(-1);
    render();
    return page(text.trim());
  }

  async function page(text) {
    const own = (turn += 1);
    isSearching = true;
    nextPage = () => page(text);
    say("Loading…");
    more.hidden = true;
    try {
      const answer = await load({ search: text, cursor });
      if (own !== turn) return;
      choices.push(...flat(answer));
      cursor = answer.nextPageCursor;
      render();
      if (choices.length > 0) say(count());
      else say(text === "" ? "There is nothing to choose." : `Nothing matches “${text}”.`);
    } catch (error) {
      if (own !== turn) return;
      const retry = h(
        "button",
        { type: "button", class: "link", tabindex: "-1", on: { click: () => page(text) } },
        "Try again",
      );
      say(`The choices could not be loaded: ${messageOf(error)} `, retry);
    } finally {
      if (own === turn) isSearching = false;
    }
  }

  function count() {
    if (cursor !== null) return `The first ${choices.length}`;
    return choices.length === 1 ? "1 choice" : `${choices.length} choices`;
  }

  const say = (...words) => fill(note, words);

  function render() {
    fill(
      list,
      choices.map((choice, position) =>
        h(
          "li",
          {
            role: "option",
            id: `${listId}-${position}`,
            "aria-selected": String(chosen !== undefined && same(choice.value, chosen.value)),
            class: position === active ? "is-active" : undefined,
            on: { click: () => choose(choice) },
          },
          h("span", {}, choice.label),
          icon("check"),
        ),
      ),
    );
    // A list box without options would be none.
    list.hidden = choices.length === 0;
    more.hidden = cursor === null || cursor === undefined;
  }

  function activate(position) {
    list.children[active]?.classList.remove("is-active");
    active = position;
    const option = list.children[active];
    option?.classList.add("is-active");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function choose(choice) {
    chosen = choice;
    close();
    update();
    onInput();
  }

  function onClear() {
    chosen = undefined;
    close();
    update();
    input.focus();
    onInput();
  }

  function update() {
    input.value = chosen?.label ?? "";
    clear.hidden = chosen === undefined || required !== false || readOnly === true;
  }

  async function onDown() {
    if (!isOpen()) {
      open();
    } else if (active + 1 < choices.length) {
      activate(active + 1);
    } else if (cursor && !isSearching) {
      const before = choices.length;
      await nextPage();
      if (choices.length > before) activate(before);
    }
  }

  const KEYS = {
    ArrowDown: onDown,
    ArrowUp: () => (isOpen() ? activate(Math.max(0, active - 1)) : open()),
    Enter() {
      if (!isOpen()) return false;
      if (choices[active]) choose(choices[active]);
      return true;
    },
    Escape() {
      if (!isOpen()) return false;
      close();
      return true;
    },
  };

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !Object.hasOwn(KEYS, event.key)) return;
    // What is done with here is not the dialog's or the form's.
    if (KEYS[event.key]() !== false) event.preventDefault();
  });
  input.addEventListener("click", open);
  input.addEventListener("input", () => {
    expand();
    clearTimeout(pause);
    pause = setTimeout(() => search(input.value), PAUSE_MS);
  });
  input.addEventListener("blur", close);
  // The field keeps the focus, and so stays open.
  popup.addEventListener("mousedown", (event) => event.preventDefault());

  /** Only the value is stored: its label is looked up in the choices. */
  async function learnLabel() {
    const wanted = chosen;
    let at;
    for (let page = 0; page < PAGES && at !== null; page += 1) {
      const answer = await load({ cursor: at }).catch(() => ({ data: [], nextPageCursor: null }));
      if (chosen !== wanted) return;
      const found = flat(answer).find(({ value }) => same(value, wanted.value));
      if (found !== undefined) {
        chosen = found;
        if (!isOpen()) update();
        return;
      }
      at = answer.nextPageCursor ?? null;
    }
  }

  update();
  return {
    input,
    element,
    value: () => chosen?.value,
    show(value) {
      if (same(value, chosen?.value)) return;
      chosen = value === undefined || value === null ? undefined : { label: String(value), value };
      if (!isOpen()) update();
      if (chosen !== undefined) learnLabel();
    },
  };
}
