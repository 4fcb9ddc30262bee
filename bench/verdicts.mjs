// The targets of paragon-wasm, and a check that a report meets them.

import { ratio } from "./statistics.mjs";

export const [HAND, OURS, OFFICIAL] = ["fetch", "paragon-wasm", "official"];

/** Growth that is none: less than one byte for each call of the longest run. */
const FLAT = 100_000;

/**
 * A verdict: `text` says what was found and what the target is; `met` is undefined where there is
 * no target.
 *
 * @typedef {{text: string, met?: boolean}} Verdict
 */

/** @returns {Verdict} */
function times(samples, base, limit, most = true) {
  const { value, low, high } = ratio(samples[OURS].samples, samples[base].samples);
  // Rounded to its target, it would not say on which side it is.
  const shown = value.toFixed(value.toFixed(2) === limit?.toFixed(2) ? 3 : 2);
  const what = `${shown} (${low.toFixed(2)}–${high.toFixed(2)}) × ${base === HAND ? "hand-written" : "official"}`;
  if (limit === undefined) return { text: what };
  return {
    text: `${what}, target ${most ? "≤" : "≥"} ${limit.toFixed(2)}`,
    met: most ? value <= limit : value >= limit,
  };
}

export function coldVerdicts(report, rate) {
  const samples = report.cold[rate];
  // Only with a slow processor does the target say how much faster than the official SDK.
  const slow = rate === "4";
  return [times(samples, HAND, slow ? 1.6 : 1.35), times(samples, OFFICIAL, slow ? 0.5 : undefined)];
}

export const warmVerdicts = (report, integrations, rate) => [
  times(report.warm[integrations][rate], HAND, integrations === "12" && rate === "4" ? 1.2 : 1.1),
];

export const throughputVerdicts = (report, rate) => [
  times(report.throughput[rate], HAND, rate === "4" ? 0.83 : 0.9, false),
];

/** The requests that a scenario may send beyond those of the official SDK, with the sign-in and by itself. */
const MORE = {
  // The type is looked up each time; the official SDK knows the list from the sign-in.
  uninstall: { last: 1 },
  // And the user is asked for, as the list does not tell such an account from one that was never connected.
  "uninstall of an account that must be reconnected": { all: 1, last: 2 },
};

export function requestVerdicts({ [OURS]: ours, [OFFICIAL]: official }, part, scenario) {
  const [own, theirs] = [ours[part], official[part]];
  const more = MORE[scenario]?.[part] ?? 0;
  return [{ text: `${own} to ${theirs}, target: ${more || "no"} more`, met: own <= theirs + more }];
}

export function memoryVerdicts(report) {
  // The first call of all makes the engine compile: growth counts from the second measurement.
  const [, first] = report.memory[OURS];
  const last = report.memory[OURS].at(-1);
  const [heap, pages] = [last.heap - first.heap, last.pages - first.pages];
  return [
    {
      text: `${heap < 0 ? "−" : "+"}${Math.abs(heap / 1000).toFixed(0)} kB and ${pages} wasm pages in ${(last.calls - first.calls).toLocaleString("en")} calls, target: flat`,
      met: heap < FLAT && pages <= 0,
    },
  ];
}
