// A report as a table, for the terminal and for readers of the README.

import {
  HAND,
  OFFICIAL,
  OURS,
  coldVerdicts,
  memoryVerdicts,
  requestVerdicts,
  throughputVerdicts,
  warmVerdicts,
} from "./verdicts.mjs";

const SPEED = { 1: "", 4: ", processor 4 × slower" };
const number = (value, digits) =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Three digits are all that such measurements tell. */
function precise(value) {
  return number(value, value < 1 ? 2 : value < 100 ? 1 : 0);
}

const spread = ({ median, q1, q3 }, unit) => `${precise(median)}${unit} (${precise(q1)}–${precise(q3)})`;
const cells = (samples, unit) => [HAND, OURS, OFFICIAL].map((name) => spread(samples[name], unit));

/**
 * @typedef {{name: string, cells: string[], verdicts: import("./verdicts.mjs").Verdict[]}} Row the
 *   cells: hand-written, paragon-wasm, official
 * @returns {Row[]}
 */
export function rows(report) {
  const { extent } = report.about;
  const rates = Object.keys(SPEED);
  return [
    {
      name: "loaded at the start, in brotli",
      cells: [HAND, OURS, OFFICIAL].map((name) => `${number(report.sizes[name] / 1000, 1)} kB`),
      verdicts: [],
    },
    ...rates.map((rate) => ({
      name: `cold start${SPEED[rate]}`,
      cells: cells(report.cold[rate], " ms"),
      verdicts: coldVerdicts(report, rate),
    })),
    ...["12", "500"].flatMap((integrations) =>
      rates.map((rate) => {
        const [hand, ours, official] = cells(report.warm[integrations][rate], " ms");
        return {
          name: `\`getUser\`, ${integrations} integrations${SPEED[rate]}`,
          cells: [hand, ours, `${official}, from memory`],
          verdicts: warmVerdicts(report, integrations, rate),
        };
      }),
    ),
    ...rates.map((rate) => ({
      name: `${number(extent.throughput, 0)} \`request\` calls at once${SPEED[rate]}`,
      cells: cells(report.throughput[rate], "/s"),
      verdicts: throughputVerdicts(report, rate),
    })),
    ...report.requests.flatMap(({ scenario, calls, ...counts }) => {
      const row = (name, part) => ({
        name: `requests: ${name}`,
        cells: ["–", ...[OURS, OFFICIAL].map((sdk) => String(counts[sdk][part]))],
        verdicts: requestVerdicts(counts, part, scenario),
      });
      return calls === 1
        ? [row(scenario, "all")]
        : [row(`${scenario}, with the sign-in`, "all"), row(`${scenario}, by itself`, "last")];
    }),
    {
      name: `memory after ${extent.memory.map((calls) => number(calls, 0)).join(" / ")} calls`,
      cells: [HAND, OURS, OFFICIAL].map((name) => memoryCell(report.memory[name])),
      verdicts: memoryVerdicts(report),
    },
  ];
}

function memoryCell(states) {
  const heap = `${states.map(({ heap }) => number(heap / 1e6, 2)).join(" / ")} MB`;
  const pages = states.map(({ pages }) => pages);
  return pages.some(Boolean) ? `${heap}, ${pages.join(" / ")} wasm pages` : heap;
}

const mark = ({ met }) => (met === undefined ? "" : met ? " ✓" : " ✗ missed");
const HEAD = ["hand-written", "paragon-wasm", "official SDK"];

/** For the terminal: a block for each row. */
export function plain(report) {
  const blocks = rows(report).map(({ name, cells, verdicts }) => {
    const values = cells.map((cell, index) => `  ${HEAD[index].padEnd(14)}${cell}`);
    return [name.replaceAll("`", ""), ...values, ...verdicts.map((it) => `  → ${it.text}${mark(it)}`)].join("\n");
  });
  const verdicts = rows(report).flatMap((row) => row.verdicts.filter(({ met }) => met !== undefined));
  const missed = verdicts.filter(({ met }) => !met).length;
  return `${blocks.join("\n")}\n\n${verdicts.length - missed} targets met, ${missed} missed`;
}

/** For readers, in Markdown. */
export function markdown(report) {
  const lines = rows(report).map(({ name, cells, verdicts }) => {
    const told = verdicts.map((it) => it.text + mark(it)).join("<br>");
    return `| ${[name, ...cells, told].join(" | ")} |`;
  });
  return [
    "| | hand-written `fetch` | paragon-wasm | official SDK | paragon-wasm against them |",
    "|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}
