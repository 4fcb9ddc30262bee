// `cargo xtask bench` itself, on a small scale: that it measures all that a report holds. How
// fast anything is, is no matter of a test.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";

import { CONTENDERS } from "../bench/build.mjs";
import { pictures } from "../bench/picture.mjs";
import { pagesOf, published } from "../bench/publish.mjs";
import { QUICK, measure } from "../bench/run.mjs";
import { median, quantile, ratio, summary } from "../bench/statistics.mjs";
import { markdown, plain, rows } from "../bench/table.mjs";
import { withIntegrations } from "../bench/user.mjs";
import { coldVerdicts, memoryVerdicts, requestVerdicts } from "../bench/verdicts.mjs";

describe("statistics", () => {
  test("medians and quartiles", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.equal(quantile([10, 20, 30, 40, 50], 0.25), 20);
    assert.deepEqual(summary([2, 1.00049]), { median: 1.5, q1: 1.25, q3: 1.75, samples: [2, 1] });
  });

  test("a ratio is taken in each round", () => {
    assert.equal(ratio([30, 22, 33], [10, 20, 30]).value, 1.1);
  });

  test("a ratio has an interval, which noise widens and a common slowdown does not", () => {
    const base = [10, 11, 12, 13, 14, 15, 16, 17];
    const alike = ratio(
      base.map((ms) => ms * 2),
      base,
    );
    assert.deepEqual(alike, { value: 2, low: 2, high: 2 });
    const noisy = ratio([20, 35, 18, 40, 22, 30, 19, 45], base);
    assert.ok(noisy.low < noisy.value && noisy.value < noisy.high && noisy.high - noisy.low > 0.3);
  });
});

test("a user gets as many integrations as wanted, and no two are alike", () => {
  const integration = (id, enabled) => ({ enabled, credentialId: `${id}-82ca-5d53-8e12-15ddd8296482` });
  const integrations = {
    slack: integration("a18ed46a", true),
    jira: integration("ffffffff", true),
    box: { enabled: false },
  };
  const user = withIntegrations({ userId: "ada", integrations }, 5);
  assert.equal(user.userId, "ada");
  assert.deepEqual(Object.keys(user.integrations), ["slack", "jira", "slack.1", "jira.1", "slack.2"]);
  const ids = Object.values(user.integrations).map(({ credentialId }) => credentialId);
  assert.equal(new Set(ids).size, 5);
  assert.equal(ids[3], "00000000-82ca-5d53-8e12-15ddd8296482");
});

describe("verdicts", () => {
  const alike = (value) => summary(Array(30).fill(value));
  const cold = (hand, ours, official) => ({
    cold: { 4: { fetch: alike(hand), "paragon-wasm": alike(ours), official: alike(official) } },
  });
  const met = (report) => coldVerdicts(report, "4").map((it) => it.met);

  test("a cold start", () => {
    assert.deepEqual(met(cold(100, 160, 320)), [true, true]);
    assert.deepEqual(met(cold(100, 161, 320)), [false, false]);
    assert.match(
      coldVerdicts(cold(100, 161, 320), "4")[0].text,
      /^1\.61 \(1\.61–1\.61\) × hand-written, target ≤ 1\.60$/,
    );
  });

  test("requests", () => {
    const counts = (own, theirs) => ({ "paragon-wasm": { all: own }, official: { all: theirs } });
    assert.equal(requestVerdicts(counts(2, 2), "all")[0].met, true);
    assert.equal(requestVerdicts(counts(3, 2), "all")[0].met, false);
    const reconnected = "uninstall of an account that must be reconnected";
    assert.equal(requestVerdicts(counts(4, 3), "all", reconnected)[0].met, true);
    assert.equal(requestVerdicts(counts(5, 3), "all", reconnected)[0].met, false);
  });

  test("memory", () => {
    const grown = (heap, pages) => ({
      memory: {
        "paragon-wasm": [
          { calls: 0, heap: 0, pages: 17 },
          { calls: 1_000, heap: 1e6, pages: 18 },
          { calls: 100_000, heap: 1e6 + heap, pages: 18 + pages },
        ],
      },
    });
    const flat = (...growth) => memoryVerdicts(grown(...growth))[0].met;
    assert.deepEqual([flat(-5_000, 0), flat(99_999, 0), flat(100_000, 0), flat(0, 1)], [true, true, false, false]);
  });
});

test("what readers see is what the published report says", async () => {
  for (const [path, content] of Object.entries(await pagesOf(await published()))) {
    assert.equal(await readFile(new URL(`../${path}`, import.meta.url), "utf8"), content, path);
  }
});

test("a whole report can be measured", { timeout: 600_000 }, async () => {
  const report = await measure({ runs: 2, extent: QUICK });

  const everywhere = [report.cold, report.warm[12], report.warm[500], report.throughput];
  for (const measured of everywhere) {
    assert.deepEqual(Object.keys(measured), ["1", "4"]);
    for (const contenders of Object.values(measured)) {
      assert.deepEqual(Object.keys(contenders), CONTENDERS);
      for (const { median, samples } of Object.values(contenders)) {
        assert.equal(samples.length, 2);
        assert.ok(samples.every((it) => it > 0) && median > 0);
      }
    }
  }

  assert.deepEqual(Object.keys(report.sizes), CONTENDERS);
  assert.ok(report.sizes.fetch < report.sizes["paragon-wasm"]);
  for (const name of CONTENDERS) {
    const states = report.memory[name];
    assert.deepEqual(
      states.map(({ calls }) => calls),
      QUICK.memory,
    );
    assert.ok(states.every(({ heap }) => heap > 100_000));
    assert.equal(
      states.every(({ pages }) => pages > 0),
      name === "paragon-wasm",
      `wasm pages of ${name}`,
    );
  }

  // Counted in docs/compared.md too.
  const counts = report.requests.map(({ scenario, official }) => [scenario, official.all, official.last]);
  assert.deepEqual(counts, [
    ["sign-in", 2, 2],
    ["sign-in with metadata", 3, 3],
    ["uninstall", 3, 1],
    ["uninstall of an account that must be reconnected", 3, 1],
  ]);
  for (const { scenario, ...counts } of report.requests) {
    const verdicts = ["all", "last"].flatMap((part) => requestVerdicts(counts, part, scenario));
    assert.ok(counts["paragon-wasm"].last > 0 && verdicts.every((it) => it.met), scenario);
  }

  const table = rows(report);
  assert.ok(table.length >= 14 && table.every(({ cells }) => cells.length === 3));
  for (const { name } of table) {
    assert.ok(markdown(report).includes(`| ${name} | `), name);
  }
  assert.match(plain(report), /\d+ targets met, \d+ missed$/);
  for (const picture of Object.values(pictures(report))) {
    assert.ok(!/NaN|undefined/.test(picture), picture);
    assert.equal(picture.match(/<rect /g).length, 6);
  }
});
