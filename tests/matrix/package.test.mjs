// What is published: the files, what the manifest says of them, and what the linters of packages
// and of their types say.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { pack } from "./support/application.mjs";
import { row } from "./support/row.mjs";

const SHIPPED = [
  "LICENSE-APACHE",
  "LICENSE-MIT",
  "README.md",
  "client.cjs",
  "client.js",
  "compat.cjs",
  "compat.d.cts",
  "compat.d.ts",
  "compat.js",
  "errors.js",
  "global.cjs",
  "global.d.cts",
  "global.d.ts",
  "global.js",
  "index.cjs",
  "index.d.cts",
  "index.d.ts",
  "index.js",
  "install.cjs",
  "install.d.cts",
  "install.d.ts",
  "install.js",
  "load.js",
  "package.json",
  "paragon.global.js",
  "paragon_wasm.wasm",
  "paragon_wasm.wasm.d.cts",
  "paragon_wasm.wasm.d.ts",
  "paragon_wasm_glue.js",
  "paragon_wasm_inline.js",
  "slim.cjs",
  "slim.d.cts",
  "slim.d.ts",
  "slim.js",
  "types.d.cts",
  "types.d.ts",
];

const linted = await row("package");
const { application } = linted;

let folder, packed, manifest;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "paragon-wasm-packed-"));
  packed = await pack(folder);
  manifest = JSON.parse(await readFile(new URL("../../pkg/package.json", import.meta.url), "utf8"));
});
after(() => rm(folder, { recursive: true, force: true }));

test("the tarball holds exactly what it should", () => {
  assert.deepEqual(packed.files, SHIPPED);
});

test("the manifest names the project, and where it was built", () => {
  const { homepage, repository, bugs, license, publishConfig } = manifest;
  const project = repository.url.replace(/^git\+|\.git$/g, "");
  assert.match(project, /^https:\/\//);
  assert.deepEqual([homepage, bugs], [`${project}#readme`, `${project}/issues`]);
  assert.deepEqual([license, publishConfig], ["MIT OR Apache-2.0", { access: "public", provenance: true }]);
});

test("every entry has its types, first, and every file that the manifest names is there", async () => {
  const named = [
    manifest.main,
    manifest.module,
    manifest.types,
    manifest.unpkg,
    manifest.jsdelivr,
    ...manifest.sideEffects,
  ];
  const { "./package.json": self, ...entries } = manifest.exports;
  assert.equal(self, "./package.json");
  for (const [entry, { require: required, ...imported }] of Object.entries(entries)) {
    for (const conditions of [required, imported]) {
      assert.deepEqual(Object.keys(conditions), ["types", "default"], entry);
      named.push(...Object.values(conditions));
    }
  }
  assert.equal(named.filter((file) => !packed.files.includes(file.replace("./", ""))).join(), "");
});

test("what may be left out of a bundle has no effect, and only that", async () => {
  // Whoever imports these for their effect must get it.
  assert.deepEqual(manifest.sideEffects, ["./global.js", "./global.cjs", "./paragon.global.js"]);
  const scripts = packed.files.filter((file) => /\.c?js$/.test(file));
  const effects = [];
  for (const file of scripts) {
    const text = await readFile(new URL(`../../pkg/${file}`, import.meta.url), "utf8");
    if (/globalThis\.paragon ?=/.test(text)) effects.push(`./${file}`);
  }
  assert.deepEqual(effects.sort(), manifest.sideEffects.toSorted());
});

linted.test("publint finds nothing", async () => {
  const said = await application.run("publint", "run", packed.tarball, "--strict");
  assert.match(said, /All good/);
});

linted.test("are-the-types-wrong finds nothing", async () => {
  const said = await application.run("attw", packed.tarball, "--format", "json");
  const { analysis, problems } = JSON.parse(said);
  assert.deepEqual(problems, {});
  assert.deepEqual(Object.keys(analysis.entrypoints), Object.keys(manifest.exports));
});

test("nothing in it tells where it was built", async () => {
  const told = [];
  for (const file of packed.files) {
    const text = await readFile(new URL(`../../pkg/${file}`, import.meta.url), "latin1");
    const at = text.search(/\/(root|home|Users)\/|\.cargo\/registry|node_modules\/\.cache/);
    if (at >= 0) told.push(`${file}: ${text.slice(at, at + 80)}`);
  }
  assert.deepEqual(told, []);
});
