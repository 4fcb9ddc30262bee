// The emblem of an integration: its icon, or its first letter on the brand's colour.

import { h } from "./dom.js";

/**
 * @param {{name: string, brandColor?: string, icon?: string}} integration
 * @param {"" | "small" | "large"} [size]
 */
export function emblem({ name, brandColor, icon }, size = "") {
  const sized = size === "" ? "emblem" : `emblem emblem-${size}`;
  const letter = h(
    "span",
    { class: `${sized} emblem-letter${isLight(brandColor) ? " emblem-light" : ""}`, "aria-hidden": "true" },
    [...name][0].toUpperCase(),
  );
  if (brandColor !== undefined) letter.style.setProperty("--brand", brandColor);
  if (icon === undefined) return letter;
  const picture = h("img", { class: sized, src: icon, alt: "", width: "40", height: "40" });
  picture.addEventListener("error", () => picture.replaceWith(letter), { once: true });
  return picture;
}

/** True if dark letters are easier to read on the colour than white ones. */
function isLight(color) {
  if (color === undefined) return false;
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  // The luminance at which the contrasts to white and to black are equal.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179;
}

/** A state in words, on a ground of its colour. */
export function badge({ tone, words }) {
  return h("span", { class: `badge badge-${tone}` }, words);
}
