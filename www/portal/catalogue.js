// The catalogue: all integrations, to search in and to choose from.

import { announce, button, fill, h, keepingFocus, newId } from "../dom.js";
import { badge, emblem } from "../emblem.js";
import { icon } from "../icons.js";
import { addresses, amendAddress } from "../router.js";
import { titleOf } from "./accounts.js";

/** The integrations that are shown. */
const FILTERS = {
  all: { label: "All", has: () => true },
  connected: { label: "Connected", has: ({ accounts }) => accounts.length > 0 },
  attention: { label: "Needs attention", has: ({ needsAttention }) => needsAttention },
  available: { label: "Not connected", has: ({ accounts }) => accounts.length === 0 },
};

/** @param {import("./store.js").Store} store */
export function createCatalogue(store) {
  let shown = { search: "", show: "all" };
  const search = h("input", {
    type: "search",
    placeholder: "Search integrations",
    "aria-label": "Search integrations",
    autocomplete: "off",
    spellcheck: "false",
    on: { input: () => onChange({ search: search.value }) },
  });
  const filters = h("nav", { class: "filters", "aria-label": "Filter" });
  const results = h("div", { class: "results" });
  const element = h(
    "div",
    { class: "catalogue" },
    h("div", { class: "finder" }, h("div", { class: "search" }, icon("search"), search), filters),
    results,
  );

  /** Typing changes the address, too, so that it can be passed on and come back to. */
  function onChange(change) {
    shown = { ...shown, ...change };
    amendAddress(addresses.catalogue({ search: shown.search, show: shown.show === "all" ? "" : shown.show }));
    update();
    announce(foundWords(found().length));
  }

  const matches = ({ name, type, description }) => {
    const words = shown.search.toLowerCase().split(/\s+/);
    const text = `${name} ${type} ${description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const matching = () => store.entries.filter(matches);
  const found = () => matching().filter(FILTERS[shown.show].has);

  function update() {
    if (store.user === undefined) {
      fill(
        filters,
        Object.keys(FILTERS).map((key) => filterLink(key)),
      );
      fill(results, store.error ? undefined : skeletonCards());
      return;
    }
    keepingFocus(filters, () => {
      const all = matching();
      fill(
        filters,
        Object.keys(FILTERS).map((key) => filterLink(key, all.filter(FILTERS[key].has).length)),
      );
    });
    keepingFocus(results, () => fill(results, renderResults(found(), store.entries.length)));
  }

  function filterLink(key, count) {
    const href = addresses.catalogue({ search: shown.search, show: key === "all" ? "" : key });
    const label = FILTERS[key].label;
    return h(
      "a",
      { class: "filter", href, "aria-current": key === shown.show ? "true" : undefined, "data-key": `filter ${key}` },
      label,
      " ",
      h("span", { class: "count" }, count === undefined ? "–" : String(count)),
    );
  }

  function renderResults(entries, total) {
    if (entries.length === 0) return empty(total);
    const connected = entries.filter(FILTERS.connected.has).sort((a, b) => rank(a) - rank(b));
    const available = entries.filter(FILTERS.available.has);
    const isWhole = shown.show === "all" && shown.search === "";
    return [
      connected.length > 0 && group("Connected", connected),
      connected.length === 0 && isWhole && nothingYet(),
      available.length > 0 && group("Available", available),
    ];
  }

  function empty(total) {
    if (total === 0) return emptyBox("This project has no integrations", "What it offers appears here.");
    if (shown.search !== "") {
      const clear = () => {
        search.value = "";
        onChange({ search: "" });
        search.focus();
      };
      return emptyBox(
        `Nothing matches “${shown.search}”`,
        shown.show === "all" ? "Try another word." : `Try another word, or look beyond “${FILTERS[shown.show].label}”.`,
        button("Clear the search", { look: "small", on: { click: clear } }),
      );
    }
    const words = {
      connected: ["Nothing is connected yet", "Choose an integration under “Not connected” to begin."],
      attention: ["Everything works", "An account that has to be connected again appears here."],
      available: ["Everything is connected", "The project offers nothing else."],
    };
    return emptyBox(...words[shown.show]);
  }

  return {
    element,
    title: "Integrations",
    update,
    /** Shows what the address asks for. */
    show(parameters) {
      const show = parameters.get("show");
      shown = { search: parameters.get("search") ?? "", show: Object.hasOwn(FILTERS, show ?? "") ? show : "all" };
      if (search.value !== shown.search) search.value = shown.search;
      update();
    },
    /** Goes to the card of an integration, if it is there. Gives whether it is. */
    focusOn(type) {
      const link = results.querySelector(`[data-key="${CSS.escape(`integration ${type}`)}"]`);
      link?.focus({ preventScroll: true });
      return Boolean(link);
    },
    foundWords: () => foundWords(found().length),
  };
}

const foundWords = (count) => (count === 1 ? "1 integration" : `${count} integrations`);

const rank = ({ needsAttention }) => (needsAttention ? 0 : 1);

/** One sentence about all of them. */
export function summarize(entries) {
  const connected = entries.filter(({ accounts }) => accounts.length > 0).length;
  const attention = entries.filter(({ needsAttention }) => needsAttention).length;
  const words = `${connected} of ${entries.length} connected`;
  return attention === 0 ? words : `${words}, ${attention} ${attention === 1 ? "needs" : "need"} attention`;
}

function group(title, entries) {
  const id = newId("group");
  return h(
    "section",
    { class: "group", "aria-labelledby": id },
    h("h2", { id }, title, " ", h("span", { class: "count" }, String(entries.length))),
    h("ul", { class: "cards" }, entries.map(card)),
  );
}

function card(entry) {
  const { type, name, description, accounts, state } = entry;
  const worst = accounts.length > 1 && entry.needsAttention && !state.prompt;
  return h(
    "li",
    { class: "card", "data-integration": type },
    emblem(entry),
    h(
      "div",
      { class: "card-text" },
      h(
        "div",
        { class: "card-head" },
        h("h3", {}, h("a", { href: addresses.integration(type), "data-key": `integration ${type}` }, name)),
        accounts.length > 0 && badge(worst ? { tone: "bad", words: "Needs attention" } : state),
      ),
      h("p", { class: "card-about" }, description),
      accounts.length > 0 && h("p", { class: "card-account" }, accountWords(accounts)),
    ),
  );
}

const accountWords = (accounts) => (accounts.length === 1 ? titleOf(accounts[0]) : `${accounts.length} accounts`);

const nothingYet = () =>
  emptyBox(
    "Nothing is connected yet",
    "Choose an integration to begin. What is connected appears here, with its state and account.",
  );

export function emptyBox(title, text, action) {
  return h("div", { class: "empty-box" }, h("strong", {}, title), h("p", {}, text), action);
}

/** The placeholders for the cards until the first answer. */
function skeletonCards() {
  return h(
    "div",
    { class: "group" },
    h("p", { class: "visually-hidden" }, "Loading the integrations…"),
    h("div", { class: "skeleton skeleton-line", "aria-hidden": "true" }),
    h(
      "div",
      { class: "cards", "aria-hidden": "true" },
      Array.from({ length: 8 }, () => h("div", { class: "skeleton skeleton-card" })),
    ),
  );
}
