// A report's cold starts as bars, once for a light and once for a dark page.

import { HAND, OFFICIAL, OURS } from "./verdicts.mjs";

const COLOURS = {
  light: { text: "#1f2328", quiet: "#59636e", bar: "#8c959f", ours: "#0969da" },
  dark: { text: "#f0f6fc", quiet: "#9198a1", bar: "#656c76", ours: "#4493f8" },
};
const NAMES = { [HAND]: "hand-written fetch", [OURS]: "paragon-wasm", [OFFICIAL]: "official SDK" };
const GROUPS = { 1: "Cold start", 4: "Cold start, processor 4 × slower" };
const [WIDTH, LABELS, BARS] = [720, 150, 470];
const [LINE, GROUP_HEAD, GAP] = [26, 30, 14];

/** @returns {Record<"light" | "dark", string>} two SVG files */
export function pictures(report) {
  return { light: picture(report, COLOURS.light), dark: picture(report, COLOURS.dark) };
}

function picture(report, colours) {
  const longest = Math.max(...Object.values(report.cold).flatMap((it) => Object.values(it).map(({ q3 }) => q3)));
  const scale = (ms) => (ms / longest) * BARS;
  const parts = [];
  let y = 0;
  for (const [rate, title] of Object.entries(GROUPS)) {
    parts.push(`<text x="0" y="${y + 18}" fill="${colours.text}" font-weight="600">${title}</text>`);
    y += GROUP_HEAD;
    for (const [name, label] of Object.entries(NAMES)) {
      const { median, q1, q3 } = report.cold[rate][name];
      const fill = name === OURS ? colours.ours : colours.bar;
      const [middle, end] = [y + 9, LABELS + scale(q3) + 8];
      parts.push(
        `<text x="${LABELS - 10}" y="${y + 13}" text-anchor="end" fill="${colours.text}">${label}</text>`,
        `<rect x="${LABELS}" y="${y}" width="${scale(median).toFixed(1)}" height="18" rx="2" fill="${fill}"/>`,
        // The middle half of the measurements.
        `<path d="M${(LABELS + scale(q1)).toFixed(1)} ${middle}H${(LABELS + scale(q3)).toFixed(1)}" stroke="${colours.quiet}" stroke-width="2"/>`,
        `<text x="${end.toFixed(1)}" y="${y + 13}" fill="${colours.quiet}">${median.toFixed(0)} ms</text>`,
      );
      y += LINE;
    }
    y += GAP;
  }
  const told = Object.entries(GROUPS)
    .map(
      ([rate, title]) =>
        `${title}: ${Object.entries(NAMES)
          .map(([name, label]) => `${label} ${report.cold[rate][name].median.toFixed(0)} ms`)
          .join(", ")}.`,
    )
    .join(" ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="${told}" font-family="system-ui, -apple-system, 'Segoe UI', sans-serif" font-size="13">
${parts.join("\n")}
</svg>
`;
}
