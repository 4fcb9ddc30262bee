// The tables of the guide to migrating, against what both packages are: their types, and what there
// is at run time. Nothing is left out, nothing is claimed that is not there.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";

import { ROOT } from "./support/blocks.mjs";

const guide = await readFile(join(ROOT, "docs/guides/migrating.md"), "utf8");
const OFFICIAL = join(ROOT, "node_modules/@useparagon/connect/dist/src/index.d.ts");
const OURS = join(ROOT, "pkg/index.d.ts");

/** The rows of a table, each as the text of its cells. */
function table(heading) {
  const [, section] = guide.split(`\n## ${heading}\n`);
  const [rows] = section.match(/(?:^\|.*\n)+/m);
  return rows
    .trim()
    .split("\n")
    .slice(2)
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const named = (cell) => cell.match(/`([^`]+)`/)?.[1];

/** The exports of a declaration file, with the checker of their types. */
function declared(file) {
  const program = ts.createProgram([file], {
    strict: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    types: [],
  });
  const checker = program.getTypeChecker();
  const exports = new Map(
    checker
      .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
      .map((symbol) => [symbol.name, symbol]),
  );
  const isPublic = ({ name, valueDeclaration }) =>
    !name.startsWith("__@") &&
    !(valueDeclaration && ts.getCombinedModifierFlags(valueDeclaration) & ts.ModifierFlags.Private);
  const membersOf = (symbol) =>
    new Map(
      checker
        .getPropertiesOfType(checker.getTypeOfSymbol(symbol))
        .filter(isPublic)
        .map((it) => [it.name, it]),
    );
  /** True if calling it returns a promise; `undefined` if it cannot be called. */
  const givesPromise = (symbol) => {
    const signatures = checker.getTypeOfSymbol(symbol).getCallSignatures();
    return signatures.length
      ? signatures.every((it) => checker.typeToString(it.getReturnType()).startsWith("Promise<"))
      : undefined;
  };
  return { exports, membersOf, givesPromise };
}

const official = declared(OFFICIAL);
const ours = declared(OURS);
const theirMembers = official.membersOf(official.exports.get("paragon"));
const ourMembers = ours.membersOf(ours.exports.get("paragon"));
const theirModule = createRequire(import.meta.url)("@useparagon/connect");

const methods = table("Method by method");

test("every member of the official SDK has one row", () => {
  const rows = methods.map(([name]) => named(name));
  assert.deepEqual([...rows].sort(), [...theirMembers.keys()].sort());
  // What there is at run time is what its types say.
  assert.deepEqual(Object.keys(theirModule.paragon).sort(), [...theirMembers.keys()].sort());
});

test("what is said to be here is here, and nothing else", () => {
  for (const [cell, here] of methods) {
    const name = named(cell);
    if (here === "not there") {
      assert.ok(!ourMembers.has(name), `${name} is there`);
    } else {
      const counterpart = here === "same" ? name : named(here);
      assert.ok(ourMembers.has(counterpart), `there is no ${counterpart}`);
      assert.equal(here === "same", ourMembers.has(name), name);
    }
  }
});

/** Methods that give a promise here, and there at once. */
const awaited = [...theirMembers]
  .filter(
    ([name, symbol]) =>
      ourMembers.has(name) && ours.givesPromise(ourMembers.get(name)) && official.givesPromise(symbol) === false,
  )
  .map(([name]) => name);

test("what gives a promise only here says so", () => {
  assert.ok(awaited.length > 5);
  for (const [cell, , difference] of methods) {
    assert.equal(
      /\ba promise\b/i.test(difference.replace("give a promise of the next stage", "")),
      awaited.includes(named(cell)),
      named(cell),
    );
  }
});

test("the list of what has to be awaited is complete", () => {
  const [, list] = guide.match(/These are they: ([\s\S]*?`)\.\n/);
  const names = [...list.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  // `connect` gives one there, too, though its type says otherwise.
  const expected = [...awaited.filter((name) => name !== "connect"), "installFlow.next"];
  assert.deepEqual(names.sort(), expected.sort());
  const next = (side) =>
    side.givesPromise(side.membersOf(side.membersOf(side.exports.get("paragon")).get("installFlow")).get("next"));
  assert.deepEqual([next(official), next(ours)], [false, true]);
});

test("members of the install flow that are not there are named", () => {
  const flow = (side, members) => [...side.membersOf(members.get("installFlow")).keys()];
  const [, , difference] = methods.find(([name]) => named(name) === "installFlow");
  const [, missing] = difference.split("Not: ");
  const here = flow(ours, ourMembers);
  assert.deepEqual(
    [...missing.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort(),
    flow(official, theirMembers)
      .filter((name) => !here.includes(name))
      .sort(),
  );
});

test("what is only here is listed", () => {
  const [, paragraph] = guide.match(/\*\*Only here:\*\* ([\s\S]*?)\n\n/);
  const listed = [...paragraph.matchAll(/`(\w+)`/g)]
    .map(([, name]) => name)
    .filter((name) => name !== "connectSingleton");
  const values = [...ours.exports.values()].filter(({ flags }) => flags & ts.SymbolFlags.Value).map(({ name }) => name);
  const known = new Set([...theirMembers.keys(), ...official.exports.keys(), "ParagonError"]);
  assert.deepEqual(listed.sort(), values.filter((name) => !known.has(name)).sort());
  assert.equal(typeof theirModule.connectSingleton.logout, "function");
});

test("events", () => {
  const rows = table("Events").map(([there, here]) => [named(there), here]);
  assert.deepEqual(
    rows
      .map(([name]) => name)
      .filter(Boolean)
      .sort(),
    Object.values(theirModule.SDK_EVENT).sort(),
  );
  const { exports, membersOf } = ours;
  const names = [...membersOf(exports.get("SDK_EVENT")).values()].map(({ name }) => name);
  const here = names.map((name) => name.toLowerCase().replaceAll("_", ""));
  for (const [name, cell] of rows) {
    const counterpart = (name ?? named(cell)).toLowerCase();
    assert.equal(here.includes(counterpart), cell !== "not there", cell);
  }
  assert.equal(rows.filter(([, cell]) => cell !== "not there").length, here.length);
});

test("errors", async () => {
  const rows = table("Errors").map(([there, here]) => [named(there), here]);
  const theirs = Object.keys(theirModule).filter((name) => /Error$/.test(name) && /^[A-Z]/.test(name));
  assert.deepEqual(rows.map(([name]) => name).sort(), theirs.sort());
  const errors = await readFile(join(ROOT, "docs/errors.md"), "utf8");
  for (const [name, here] of rows) {
    if (here.startsWith("same"))
      assert.match(errors, new RegExp(`^\\| \`${named(here)}\` \\| \`${name}\` \\|`, "m"), name);
    else assert.ok(!errors.includes(`| \`${name}\` |`), `${name} is there`);
  }
});

test("options of installIntegration that are not there are named", () => {
  const [, , difference] = methods.find(([name]) => named(name) === "installIntegration");
  const [, missing] = difference.split("Not: ");
  /** The members of the second parameter. */
  const options = (file, name) => {
    const program = ts.createProgram([file], {
      strict: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      types: [],
    });
    const checker = program.getTypeChecker();
    const exports = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));
    const paragon = checker.getTypeOfSymbol(exports.find((symbol) => symbol.name === "paragon"));
    const [signature] = checker.getTypeOfSymbol(paragon.getProperty(name)).getCallSignatures();
    return checker
      .getNonNullableType(checker.getTypeOfSymbol(signature.parameters[1]))
      .getProperties()
      .map((property) => property.name);
  };
  const here = options(OURS, "installIntegration");
  assert.deepEqual(
    [...missing.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort(),
    options(OFFICIAL, "installIntegration")
      .filter((name) => !here.includes(name))
      .sort(),
  );
});
