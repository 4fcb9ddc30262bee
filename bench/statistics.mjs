// Statistics of repeated measurements.

/** The value below which this part of the samples lies. */
export function quantile(samples, part) {
  const sorted = [...samples].sort((a, b) => a - b);
  const position = (sorted.length - 1) * part;
  const [low, high] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  return low + (high - low) * (position % 1);
}

export const median = (samples) => quantile(samples, 0.5);

/** Median and spread: the middle half of the samples lies from `q1` to `q3`. */
export const summary = (samples) => ({
  median: rounded(median(samples)),
  q1: rounded(quantile(samples, 0.25)),
  q3: rounded(quantile(samples, 0.75)),
  samples: samples.map(rounded),
});

/**
 * The ratio of the other to `base`: the median of what it is in each round, and from
 * where to where that would lie in 95 of 100 repetitions. The samples of a round belong together:
 * what slowed the machine down slowed all of them, and is gone from their ratio.
 */
export function ratio(samples, base) {
  const ratios = samples.map((value, round) => value / base[round]);
  const chance = numbers(1);
  const repeated = Array.from({ length: 2000 }, () =>
    median(ratios.map(() => ratios[Math.floor(chance() * ratios.length)])),
  );
  return {
    value: rounded(median(ratios)),
    low: rounded(quantile(repeated, 0.025)),
    high: rounded(quantile(repeated, 0.975)),
  };
}

const rounded = (value) => Math.round(value * 1000) / 1000;

/** The same numbers from 0 to 1 each time (mulberry32), so that a report always reads the same. */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
