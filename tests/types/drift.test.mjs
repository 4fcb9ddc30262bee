// The types are written by hand. Here they are compared with the exports at run time: those of the
// package, of the module in it, and of the part that is loaded on demand.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = new URL("../../", import.meta.url);
const TYPES = fileURLToPath(new URL("pkg/index.d.ts", ROOT));
const MODULE_TYPES = fileURLToPath(new URL("pkg/types.d.ts", ROOT));
const CLIENT = fileURLToPath(new URL("pkg/client.js", ROOT));
const pkg = (file) => import(new URL(`pkg/${file}`, ROOT).href);

/** The package, and the exports of the module in it. */
let loader, module;

before(async () => {
  loader = await pkg("index.js");
  const { default: bytes } = await pkg("paragon_wasm_inline.js");
  module = await (await pkg("load.js")).load(bytes);
});

/** A list of names in `client.js`. */
async function names(list) {
  const [, text] = (await readFile(CLIENT, "utf8")).match(new RegExp(`const ${list} = \\[([^\\]]*)\\]`));
  return [...text.matchAll(/"(\w+)"/g)].map(([, name]) => name);
}

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

test("the part that is loaded on demand has the functions that the client forwards to", async () => {
  const { createConnectApi } = await pkg("install.js");
  const { installFlow, ...others } = createConnectApi({ core: module.defaultClient(), module });
  for (const name of Object.keys(loader.installFlow)) assert.equal(typeof installFlow[name], "function", name);
  for (const name of Object.keys(others)) {
    assert.equal(typeof others[name], "function", name);
    assert.equal(typeof loader[name], "function", `the package has no ${name}`);
  }
  const wanted = await names("ON_DEMAND");
  assert.ok(wanted.length > 10);
  assert.deepEqual(sorted(Object.keys(others)), sorted([...wanted, "installIntegration", "connect"]));
});

test("the module has the calls that the client forwards to, as methods and as functions, and its types declare them", async () => {
  const calls = [...(await names("CALLS")), "subscribe", "unsubscribe"];
  assert.equal(calls.length, 17);
  const types = declared(MODULE_TYPES);
  const values = [...types.exports.values()]
    .filter((symbol) => symbol.flags & ts.SymbolFlags.Value)
    .map(({ name }) => name);
  assert.deepEqual(sorted(values), sorted([...calls, "ParagonClient"]));
  assert.deepEqual(sorted(members(types, "ParagonClient").keys()), sorted([...calls, "free"]));
  for (const name of calls) {
    assert.equal(typeof module[name], "function", name);
    assert.equal(typeof module.ParagonClient.prototype[name], "function", name);
  }
});

test("the codes of connecting accounts are the same in types and documentation, and have their names at run time", async () => {
  const { checker, exports } = declared(TYPES);
  const codes = checker.getDeclaredTypeOfSymbol(exports.get("InstallErrorCode")).types.map(({ value }) => value);
  const rows = (text) => [...text.matchAll(/^[ *]*\| `(\w+)` \|/gm)].map(([, code]) => code);
  const types = await readFile(fileURLToPath(new URL("pkg/install.d.ts", ROOT)), "utf8");
  assert.deepEqual(rows(types), sorted(codes));
  const errors = await readFile(fileURLToPath(new URL("docs/errors.md", ROOT)), "utf8");
  const [, own] = errors.split("## Connecting accounts");
  assert.deepEqual(rows(own), sorted(codes));
  for (const code of codes) {
    const error = module.createError(code, "message");
    assert.equal(error.code, code);
    assert.ok(
      own.includes(`| \`${code}\` | ${error.name === "ParagonError" ? "" : `\`${error.name}\` `}|`),
      `${code} is named ${error.name}`,
    );
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
