// The part of the WebKitGTK driver that runs in the page. Each function here is sent there as its text.

/** A value as JSON can hold it, without losing what it cannot: `undefined`, NaN, dates. */
export function toJson(value) {
  if (value === undefined) return { t: "undefined" };
  if (typeof value === "number" && !(Number.isFinite(value) && !Object.is(value, -0)))
    return { t: "number", v: Object.is(value, -0) ? "-0" : String(value) };
  if (typeof value === "bigint") return { t: "bigint", v: String(value) };
  if (typeof value === "function" || typeof value === "symbol") return { t: "undefined" };
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return { t: "date", v: value.getTime() };
  if (value instanceof Error) return { t: "error", v: [value.name, value.message, value.stack] };
  if (Array.isArray(value)) return { t: "array", v: value.map((item) => toJson(item)) };
  if (typeof value.toJSON === "function") {
    const { kept } = value.toJSON();
    if (kept !== undefined) return { t: "kept", v: kept };
  }
  return { t: "object", v: Object.entries(value).map(([key, item]) => [key, toJson(item)]) };
}

/** What `toJson` was given. `kept` reads what is kept in the page. */
export function toValue(json, kept) {
  if (typeof json !== "object" || json === null) return json;
  const { t, v } = json;
  if (t === "array") return v.map((item) => toValue(item, kept));
  if (t === "object") return Object.fromEntries(v.map(([key, item]) => [key, toValue(item, kept)]));
  if (t === "number") return Number(v);
  if (t === "bigint") return BigInt(v);
  if (t === "date") return new Date(v);
  if (t === "error") return Object.assign(new Error(v[1]), { name: v[0], stack: v[2] });
  if (t === "kept") return kept(v);
  return undefined;
}

/** Runs scripts, keeps their results until they are asked for, and finds elements. */
export function inPage(toJson, toValue) {
  const results = new Map();
  const values = new Map();
  const events = [];
  let last = 0;

  const read = (json) => toValue(json, (id) => values.get(id));
  const failed = (error) => ({
    error: { message: String(error?.message ?? error), stack: `${error?.name}: ${error?.message}\n${error?.stack}` },
  });
  const succeeded = (value) => ({ value: toJson(value), url: location.href });

  const calls = {
    report: () => ({ url: location.href }),
    evaluate(argument, run) {
      try {
        const value = run(read(argument));
        if (typeof value?.then !== "function") return succeeded(value);
        const id = (last += 1);
        value.then(
          (value) => results.set(id, succeeded(value)),
          (error) => results.set(id, failed(error)),
        );
        results.set(id, { pending: id });
        return { pending: id };
      } catch (error) {
        return failed(error);
      }
    },
    result(id) {
      const result = results.get(id) ?? { lost: true };
      if (!result.pending) results.delete(id);
      return result;
    },
    keep(argument, run) {
      values.set((last += 1), run(read(argument)));
      return { kept: last };
    },
    /** From now on, errors that nobody handles and what is said on the console are noted. */
    watch() {
      if (events.isWatched) return {};
      events.isWatched = true;
      const error = ({ message, error }) =>
        events.push(["pageerror", { message, stack: `${error?.name ?? ""}: ${message}\n${error?.stack ?? ""}` }]);
      addEventListener("error", error);
      addEventListener("unhandledrejection", ({ reason }) =>
        error({ message: String(reason?.message ?? reason), error: reason }),
      );
      for (const type of ["error", "warn", "log"]) {
        const say = console[type];
        console[type] = (...words) => {
          events.push(["console", { type: type === "warn" ? "warning" : type, text: words.map(String).join(" ") }]);
          return say.apply(console, words);
        };
      }
      return {};
    },
  };

  const normal = (text) => text.replace(/\s+/g, " ").trim();
  const matches = (text, wanted, exact) => {
    const given = normal(text);
    if (typeof wanted === "object") return new RegExp(wanted.source, wanted.flags).test(given);
    return exact ? given === normal(wanted) : given.toLowerCase().includes(normal(wanted).toLowerCase());
  };

  const isVisible = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0 && element.checkVisibility({ visibilityProperty: true });
  };
  const isHidden = (element) =>
    !element.checkVisibility({ visibilityProperty: true }) || element.closest("[aria-hidden=true]") !== null;

  const INPUTS = { checkbox: "checkbox", radio: "radio", number: "spinbutton", search: "searchbox", range: "slider" };
  const BUTTONS = ["button", "submit", "reset", "image"];
  const ROLES = {
    BUTTON: "button",
    SUMMARY: "summary",
    DIALOG: "dialog",
    NAV: "navigation",
    MAIN: "main",
    TEXTAREA: "textbox",
    OPTION: "option",
    FIELDSET: "group",
    DETAILS: "group",
    UL: "list",
    OL: "list",
    LI: "listitem",
    TABLE: "table",
    OUTPUT: "status",
    IMG: "img",
  };
  const roleOf = (element) => {
    const given = element.getAttribute("role");
    if (given) return given;
    const { tagName } = element;
    if (/^H[1-6]$/.test(tagName)) return "heading";
    if (tagName === "A") return element.hasAttribute("href") ? "link" : undefined;
    if (tagName === "SELECT") return element.multiple || element.size > 1 ? "listbox" : "combobox";
    if (tagName !== "INPUT") return ROLES[tagName];
    if (BUTTONS.includes(element.type)) return "button";
    if (element.hasAttribute("list")) return "combobox";
    return INPUTS[element.type] ?? (["text", "email", "tel", "url"].includes(element.type) ? "textbox" : undefined);
  };

  const labelsOf = (element) => {
    const by = element.getAttribute("aria-labelledby");
    if (by)
      return [
        by
          .split(/\s+/)
          .map((id) => textOf(document.getElementById(id)))
          .join(" "),
      ];
    const label = element.getAttribute("aria-label");
    if (label) return [label];
    return [...(element.labels ?? [])].map((label) => label.textContent);
  };
  /** Text as it is read: without what is hidden from that. */
  const textOf = (node) => {
    if (!node) return "";
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches("[aria-hidden=true], script, style")) return "";
    if (node.tagName === "IMG") return node.alt;
    if (!node.checkVisibility()) return "";
    const label = node.getAttribute("aria-label");
    if (label) return label;
    const inner = [...node.childNodes].map(textOf).join("");
    return getComputedStyle(node).display.startsWith("inline") ? inner : ` ${inner} `;
  };
  const NAMED_BY_CONTENT = ["button", "link", "heading", "option", "radio", "checkbox", "switch", "tab", "listitem"];
  const nameOf = (element) => {
    const labels = labelsOf(element);
    if (labels.length > 0) return labels.join(" ");
    if (element.tagName === "FIELDSET") return textOf(element.querySelector("legend"));
    if (element.tagName === "INPUT")
      return BUTTONS.includes(element.type) ? element.value : (element.placeholder ?? "");
    if (element.tagName === "IMG") return element.alt;
    return NAMED_BY_CONTENT.includes(roleOf(element)) ? textOf(element) : (element.title ?? "");
  };

  const contentOf = (element) =>
    element.tagName === "INPUT" && BUTTONS.includes(element.type) ? element.value : element.textContent;
  const isText = (element) => !["SCRIPT", "STYLE", "NOSCRIPT", "HEAD", "TITLE"].includes(element.tagName);

  const kinds = {
    css: (roots, { selector }) => roots.flatMap((root) => [...root.querySelectorAll(selector)]),
    role: (roots, { role, name, exact, level }) =>
      kinds
        .css(roots, { selector: "*" })
        .filter(
          (element) =>
            roleOf(element) === role &&
            !isHidden(element) &&
            (level === undefined || element.tagName === `H${level}` || element.ariaLevel === String(level)) &&
            (name === undefined || matches(nameOf(element), name, exact)),
        ),
    label: (roots, { text, exact }) =>
      kinds
        .css(roots, { selector: "*" })
        .filter((element) => labelsOf(element).some((one) => matches(one, text, exact))),
    /** The innermost elements that contain it. */
    text: (roots, { text, exact }) => {
      const containing = kinds
        .css(roots, { selector: "*" })
        .filter((element) => isText(element) && matches(contentOf(element), text, exact));
      return containing.filter((element) => !containing.some((other) => other !== element && element.contains(other)));
    },
    nth: (found, { index }) => found.slice(index, index === -1 ? undefined : index + 1),
    filter: (found) => found,
  };

  const find = (steps, root = document) =>
    steps.reduce(
      (found, step) => {
        const next = [...new Set(kinds[step.kind](found, step))].filter(
          (element) =>
            (step.hasText == null || matches(element.textContent, step.hasText)) &&
            (step.has == null || find(step.has, element).length > 0),
        );
        if (step.kind === "nth") return next;
        return next.sort((one, other) =>
          one === other ? 0 : one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
        );
      },
      [root],
    );

  return {
    find,
    isVisible,
    call: (what, given, run) => ({ ...calls[what](given, run), events: events.splice(0) }),
  };
}
