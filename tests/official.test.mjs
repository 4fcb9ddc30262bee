// The official SDK against the local Paragon: first that it works there as it is, which shows that
// the stand-in is a good one; then side by side with paragon-wasm, call by call.
//
// Differences are explained in official/. A difference without an explanation fails, and so does an
// explanation without a difference. docs/compared.md is written from the same table:
//
//   UPDATE_COMPARED=1 node --test tests/official.test.mjs

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { addHeaders, assertExplained, code, compare, members } from "./official/difference.mjs";
import { startComparison } from "./official/pages.mjs";
import { readersPage, summary } from "./official/readers.mjs";
import { COMPARED, CONNECTING, DIFFERENT, HEADERS, IMPORT, SETUP } from "./official/table.mjs";

const READERS = new URL("../docs/compared.md", import.meta.url);

let comparison;
before(async () => {
  comparison = await startComparison();
});
after(() => comparison?.close());

test("the official SDK works against the sandbox", async () => {
  const { open, sandbox } = comparison.official;
  await sandbox.reset();
  const session = await sandbox.token();
  const { page, close, console } = await open();
  const call = (method, ...given) =>
    page.evaluate(([method, given]) => window.sdk.paragon[method](...given), [method, given]);
  try {
    await call("authenticate", session.projectId, session.token);
    const user = await call("getUser");
    const stored = await sandbox.user(session);
    assert.deepEqual([user.authenticated, user.userId, user.meta], [true, session.userId, stored.meta]);
    assert.deepEqual(Object.keys(user.integrations), Object.keys(stored.integrations));
    assert.ok(user.integrations.salesforce.enabled);
    assert.ok((await call("getIntegrationMetadata")).length >= 12);

    await call("setUserMetadata", { Plan: "pro" });
    const { meta } = await sandbox.user(session);
    assert.deepEqual(meta, { ...stored.meta, Plan: "pro" });

    const { workflowSettings } = stored.integrations.salesforce;
    const [workflow] = Object.keys(workflowSettings).filter((id) => workflowSettings[id].enabled);
    const enabled = async () => {
      const { salesforce } = (await sandbox.user(session)).integrations;
      return salesforce.workflowSettings[workflow].enabled;
    };
    await call("disableWorkflow", workflow);
    assert.equal(await enabled(), false);
    await call("enableWorkflow", workflow);
    assert.equal(await enabled(), true);

    await call("uninstallIntegration", "slack");
    const { slack, salesforce } = (await sandbox.user(session)).integrations;
    assert.deepEqual([slack.enabled, slack.credentialStatus, slack.workflowSettings], [false, undefined, {}]);
    assert.ok(salesforce.enabled, "the other integrations stay");
    assert.equal((await call("getUser")).integrations.slack.enabled, false);
    assert.deepEqual(console, []);
  } finally {
    await close();
  }
});

/** The observations, in the order of the table. */
const found = { import: undefined, methods: [], headers: new Map() };

describe("import", () => {
  test("what it does to the page", async () => {
    const sides = {};
    for (const sdk of ["official", "ours"]) {
      const { page, elsewhere, close } = await comparison[sdk].open();
      sides[sdk] = { ...(await page.evaluate(() => window.sdk.atImport)), elsewhere };
      await close();
    }
    const aspects = Object.keys(sides.official);
    const facts = aspects.map((aspect) => {
      const [official, ours] = [sides.official, sides.ours].map((side) => side[aspect].map(code).join(", ") || "none");
      return { aspect, official, ours, same: official === ours };
    });
    found.import = { ...IMPORT, facts };
    assertExplained(facts, IMPORT.why);
  });
});

test("every function that both have is compared", async () => {
  const [official, ours] = await Promise.all(
    [comparison.official, comparison.ours].map(async ({ open }) => {
      const { page, close } = await open();
      const names = await page.evaluate(() => Object.keys(window.sdk.paragon));
      await close();
      return names;
    }),
  );
  const shared = official.filter((name) => ours.includes(name));
  const others = [...SETUP, ...CONNECTING, ...DIFFERENT];
  assert.deepEqual(
    shared.filter((name) => !(name in COMPARED) && !others.includes(name)),
    [],
  );
  assert.deepEqual(
    others.filter((name) => !shared.includes(name)),
    [],
  );
  const connecting = await readFile(new URL("connecting-official.test.mjs", import.meta.url), "utf8");
  assert.deepEqual(
    CONNECTING.filter((name) => !connecting.includes(`.${name}`)),
    [],
    "are compared there",
  );
  // The official SDK has `logout` elsewhere than its other functions.
  assert.deepEqual(
    Object.keys(COMPARED).filter((name) => !shared.includes(name)),
    ["logout"],
  );
});

for (const [method, scenarios] of Object.entries(COMPARED)) {
  describe(method, () => {
    const entry = { method, scenarios: [] };
    found.methods.push(entry);
    for (const scenario of scenarios) {
      test(scenario.scenario, () => sideBySide(scenario, entry));
    }
  });
}

async function sideBySide(scenario, entry) {
  const [official, ours] = await Promise.all(
    [comparison.official, comparison.ours].map(({ observe }) => observe(scenario)),
  );
  const facts = compare(official, ours);
  entry.scenarios.push({ ...scenario, facts, totals: [official.total, ours.total] });
  addHeaders(found.headers, official, ours);

  for (const { before, after, ids } of [official, ours]) {
    scenario.effect?.(before, after, ids);
  }
  const [theirs, own] = [official, ours].map(({ value }) => members(value, scenario.documented ?? []));
  assert.deepEqual(own, theirs, "the documented members");
  const outside = JSON.stringify([ours.value, ours.error, ours.stored, ours.console]);
  assert.ok(!outside.includes("{token}"), "the token stays inside");
  assert.deepEqual(ours.elsewhere, [], "nothing is sent to other hosts");
  const most = official.total + (scenario.more ?? 0);
  assert.ok(
    ours.total <= most,
    `${ours.total} requests with the sign-in, where the official SDK sends ${official.total}`,
  );
  assertExplained(facts, scenario.why);
}

describe("all together", () => {
  test("headers differ as explained", () => {
    const topics = new Set([...found.headers.values()].map(({ topic }) => topic));
    assert.deepEqual([...topics].sort(), Object.keys(HEADERS).sort());
  });

  test("docs/compared.md is up to date", async () => {
    const page = readersPage(found, HEADERS);
    if (process.env.UPDATE_COMPARED) {
      await writeFile(READERS, page);
    }
    const current = await readFile(READERS, "utf8").catch(() => "");
    assert.equal(page, current, "run it with UPDATE_COMPARED=1");
    console.log(summary(found));
  });
});
