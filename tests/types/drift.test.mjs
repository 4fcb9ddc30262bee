// The types are written by hand. Here they are compared with what there is at run time: the
// loader's exports, its class, and what session.js calls of the module.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = new URL("../../", import.meta.url);
const TYPES = fileURLToPath(new URL("pkg-template/index.d.ts", ROOT));
const LOADER = fileURLToPath(new URL("pkg-template/client.js", ROOT));
const SESSION = new URL("pkg-template/session.js", ROOT);
const ENTRY = new URL("pkg/index.js", ROOT).href;
const ON_DEMAND = new URL("pkg/install.js", ROOT).href;
const GENERATED = fileURLToPath(new URL("pkg/paragon_wasm.d.ts", ROOT));

let loader;

before(async () => {
  loader = await import(ENTRY);
});

/** A declaration file, with what it exports by name. */
function declared(file) {
  const program = ts.createProgram([file], { strict: true, target: ts.ScriptTarget.ES2022, types: [] });
  const checker = program.getTypeChecker();
  const exports = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));
  return { checker, exports: new Map(exports.map((symbol) => [symbol.name, symbol])) };
}

/** The members of an exported class: name and type. */
function members({ checker, exports }, name) {
  const type = checker.getDeclaredTypeOfSymbol(exports.get(name));
  const all = checker.getPropertiesOfType(type).filter((member) => !member.name.startsWith("__@"));
  return new Map(all.map((member) => [member.name, checker.getTypeOfSymbol(member)]));
}

const sorted = (names) => [...names].sort();

test("the types declare what the loader exports, and nothing else", () => {
  const { exports } = declared(TYPES);
  const values = [...exports.values()].filter((symbol) => symbol.flags & ts.SymbolFlags.Value);
  assert.deepEqual(sorted(values.map((symbol) => symbol.name)), sorted(Object.keys(loader)));
  assert.ok(values.length > 20, "the list is not empty by accident");
});

test("the declared class has the methods of the class", () => {
  const methods = members(declared(TYPES), "ParagonClient");
  assert.deepEqual(sorted(methods.keys()), sorted(Object.keys(loader.paragon)));
  for (const name of methods.keys()) {
    assert.equal(typeof loader.paragon[name], name === "installFlow" ? "object" : "function", name);
    assert.equal(loader[name], loader.paragon[name], `${name} is exported too`);
  }
});

test("the declared install flow has the methods of the install flow", () => {
  const methods = members(declared(TYPES), "InstallFlow");
  assert.deepEqual(sorted(methods.keys()), sorted(Object.keys(loader.installFlow)));
  for (const name of methods.keys()) assert.equal(typeof loader.installFlow[name], "function", name);
});

test("what is loaded on demand has what the loader expects of it", async () => {
  const { surface } = await import(ON_DEMAND);
  const functions = surface({});
  for (const name of Object.keys(loader.installFlow)) assert.equal(typeof functions.installFlow[name], "function", name);
  const { installFlow, ...others } = functions;
  assert.ok(installFlow);
  for (const name of Object.keys(others)) {
    assert.equal(typeof others[name], "function", name);
    assert.equal(typeof loader[name], "function", `the loader has no ${name}`);
  }
  const source = await readFile(LOADER, "utf8");
  const wanted = [...source.match(/const ON_DEMAND = \[([^\]]*)\]/)[1].matchAll(/"(\w+)"/g)].map(([, name]) => name);
  assert.ok(wanted.length > 10);
  assert.deepEqual(sorted(Object.keys(others)), sorted([...wanted, "installIntegration", "connect"]));
});

test("the codes of connecting accounts are the same in types, documentation and at run time", async () => {
  const { NAMES } = await import(ON_DEMAND);
  const codes = Object.keys(NAMES);
  const { checker, exports } = declared(TYPES);
  const union = checker.getDeclaredTypeOfSymbol(exports.get("InstallErrorCode"));
  assert.deepEqual(sorted(union.types.map(({ value }) => value)), sorted(codes));
  const rows = (text) => [...text.matchAll(/^[ *]*\| `(\w+)` \|/gm)].map(([, code]) => code);
  const types = await readFile(fileURLToPath(new URL("pkg-template/install.d.ts", ROOT)), "utf8");
  assert.deepEqual(rows(types), codes);
  const errors = await readFile(fileURLToPath(new URL("docs/errors.md", ROOT)), "utf8");
  const [, own] = errors.split("## Connecting accounts");
  assert.deepEqual(rows(own), codes);
  for (const [code, name] of Object.entries(NAMES)) {
    assert.ok(own.includes(`| \`${code}\` | ${name === "ParagonError" ? "" : `\`${name}\` `}|`), `${code} is named ${name}`);
  }
});

test("every function that is declared has an example", () => {
  const { checker, exports } = declared(TYPES);
  const functions = [...exports.values()].filter((symbol) => symbol.flags & ts.SymbolFlags.Function);
  assert.ok(functions.length > 15);
  for (const symbol of functions) {
    const tags = symbol.getJsDocTags(checker).map((tag) => tag.name);
    assert.ok(symbol.getDocumentationComment(checker).length && tags.includes("example"), symbol.name);
  }
});

test("the names of the events are the same in types and at run time", () => {
  const { checker, exports } = declared(TYPES);
  const constants = checker.getTypeOfSymbol(exports.get("SDK_EVENT")).getProperties();
  const names = constants.map((name) => [name.name, checker.getTypeOfSymbol(name).value]);
  assert.deepEqual(Object.fromEntries(names), { ...loader.SDK_EVENT });
  const events = checker.getDeclaredTypeOfSymbol(exports.get("ParagonEvents")).getProperties();
  assert.deepEqual(sorted(events.map((event) => event.name)), sorted(Object.values(loader.SDK_EVENT)));
});

test("the module has every function that the session calls, with as many arguments", async () => {
  const { checker, exports } = declared(GENERATED);
  const source = await readFile(SESSION, "utf8");
  const imported = source.match(/import \{([^}]*)\} from "\.\/paragon_wasm\.js"/)[1].split(",").map((name) => name.trim());
  assert.ok(imported.length > 4, "the list is not empty by accident");
  const tree = ts.createSourceFile("session.js", source, ts.ScriptTarget.ES2022);
  const called = new Set();
  const visit = (node) => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && imported.includes(node.expression.text)) {
      const name = node.expression.text;
      const [signature] = checker.getTypeOfSymbol(exports.get(name)).getCallSignatures();
      assert.equal(node.arguments.length, signature.parameters.length, node.getText(tree));
      called.add(name);
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(tree, visit);
  assert.deepEqual(sorted(called), sorted(imported));
});
