// Building elements. Data reaches the page as text nodes and attributes only, never as markup.

/**
 * An element.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] attributes by name; `on` holds listeners by event,
 *   `style` custom properties. `undefined`, `null` and `false` leave an attribute out
 * @param {...unknown} children nodes and texts; `undefined`, `null` and `false` are left out
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (name === "style") {
      // Through the object model: the page's policy refuses style attributes.
      for (const [property, text] of Object.entries(value)) element.style.setProperty(property, text);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...present(children));
  return element;
}

/** Replaces what is in `parent`. */
export function fill(parent, ...children) {
  parent.replaceChildren(...present(children));
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false);
}

let lastId = 0;

/** An id for elements that refer to each other. */
export const newId = (what) => `${what}-${++lastId}`;

/** A button; `key` names it across renderings, so that focus can return to it. */
export function button(label, { look = "plain", type = "button", key, icon: drawing, ...properties } = {}) {
  return h(
    "button",
    { type, class: `button button-${look}`, "data-key": key, ...properties },
    drawing,
    h("span", {}, label),
  );
}

/**
 * Shows that a button works until `work` settles, and ignores clicks meanwhile. It is not
 * `disabled` then: that would drop the focus.
 */
export async function whileBusy(element, work) {
  if (element.getAttribute("aria-busy") === "true") return;
  element.setAttribute("aria-busy", "true");
  element.setAttribute("aria-disabled", "true");
  try {
    await work();
  } finally {
    element.removeAttribute("aria-busy");
    element.removeAttribute("aria-disabled");
  }
}

/** Renders anew, and gives the focus back to the element that has the focused one's key. */
export function keepingFocus(parent, render) {
  const key = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  render();
  if (key !== undefined) {
    parent.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }
}

/** Says something to screen readers; what it is about is to be seen as well. */
export function announce(text) {
  document.querySelector("#status").textContent = text;
}

/** The time that a reader needs for a short sentence. */
const TOAST_MS = 5_000;

let toastTimer;

/** Says to everybody what has been done, for a while. */
export function toast(text) {
  const place = document.querySelector("#toast");
  clearTimeout(toastTimer);
  fill(place, text);
  toastTimer = setTimeout(() => fill(place), TOAST_MS);
}

/** An address that the page may lead to; `undefined` for scripts and whatever else there is. */
export function webAddress(text) {
  try {
    const url = new URL(text);
    return ["https:", "http:"].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
