// The guide to testing: its test in Node runs, and the examples name the versions that are tested.
// Its tests in a browser are those of the portal: portal.test.mjs.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { newApplication } from "../matrix/support/application.mjs";
import { BINARY } from "../support/sandbox.mjs";
import { ROOT, blocksOf } from "./support/blocks.mjs";
import { EXAMPLES, run } from "./support/example.mjs";

const [block] = (await blocksOf("docs/guides/testing.md")).filter(({ name }) => name === "node.test.mjs");

test("the test in Node passes, and can fail", async (t) => {
  const application = await newApplication("pages");
  t.after(application.remove);
  const attempt = async (text) => {
    await writeFile(application.path("node.test.mjs"), text);
    return run(application, { SANDBOX: BINARY }, "", "--test", "--test-reporter=spec", "node.test.mjs");
  };
  assert.match(await attempt(block.text), /^ℹ pass 1$/m);
  const wrong = block.text.replace(`"pk_1"`, `"wrong"`);
  assert.notEqual(wrong, block.text);
  await assert.rejects(attempt(wrong), /the key is not valid/);
});

test("the examples name the versions that are tested", async () => {
  const manifest = async (path) => JSON.parse(await readFile(join(ROOT, path), "utf8"));
  const { devDependencies: tested } = await manifest("package.json");
  for (const tools of ["vite", "next"])
    Object.assign(tested, (await manifest(`tests/matrix/apps/${tools}/package.json`)).dependencies);
  let named = 0;
  for (const example of ["connect-portal", "quick-start/vite", "quick-start/next", "token-endpoint/node"]) {
    const { dependencies, devDependencies } = await manifest(`examples/${example}/package.json`);
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      if (name === "paragon-wasm") {
        assert.equal(join(EXAMPLES, example, version.replace("file:", "")), join(ROOT, "pkg"));
      } else {
        assert.equal(version, tested[name], `${example}: ${name}`);
        named += 1;
      }
    }
  }
  assert.ok(named > 5);
});
