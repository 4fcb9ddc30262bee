// The page's own icons, drawn on a grid of 16.

const DRAWINGS = {
  alert: ["M8 2.2 14.4 13.4H1.6Z", "M8 6.4v3.4", "M8 11.6v.1"],
  arrow: ["M3.5 8h9", "M9 4.5 12.5 8 9 11.5"],
  chevron: ["M6 3.5 10.5 8 6 12.5"],
  back: ["M12.5 8h-9", "M7 4.5 3.5 8 7 11.5"],
  bell: ["M4 11.5V7.3a4 4 0 0 1 8 0v4.2Z", "M2.6 11.5h10.8", "M7 13.8h2"],
  check: ["M3.2 8.6 6.4 11.8 12.8 4.6"],
  copy: ["M5.5 5.5h8v8h-8Z", "M10.5 5.5v-3h-8v8h3"],
  cross: ["M4 4l8 8", "M12 4l-8 8"],
  dots: ["M4 8h.01", "M8 8h.01", "M12 8h.01"],
  outside: ["M6.5 3.5h-3v9h9v-3", "M9.5 3h3.5v3.5", "M13 3 7.5 8.5"],
  plus: ["M8 3.5v9", "M3.5 8h9"],
  refresh: ["M13.2 8a5.2 5.2 0 1 1-1.6-3.8", "M13.4 2.2v3h-3"],
  search: ["M7 2.6a4.4 4.4 0 1 0 0 8.8a4.4 4.4 0 0 0 0-8.8Z", "M10.3 10.3 13.6 13.6"],
  window: ["M2.5 3.5h11v9h-11Z", "M2.5 6.3h11"],
};

/** A drawing; it says nothing to screen readers, so it stands beside words. */
export function icon(name) {
  const svg = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const drawing = svg("svg", {
    viewBox: "0 0 16 16",
    class: "icon",
    "aria-hidden": "true",
    focusable: "false",
  });
  drawing.append(...DRAWINGS[name].map((d) => svg("path", { d })));
  return drawing;
}
