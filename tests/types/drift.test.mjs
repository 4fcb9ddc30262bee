// The types are written by hand. Here they are compared with what there is at run time: the
// loader's exports, its class, and the module's own class, which the loader calls.

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";

const ROOT = new URL("../../", import.meta.url);
const TYPES = fileURLToPath(new URL("pkg-template/index.d.ts", ROOT));
const LOADER = fileURLToPath(new URL("pkg-template/client.js", ROOT));
const ENTRY = fileURLToPath(new URL("pkg-template/index.js", ROOT));
const GENERATED = fileURLToPath(new URL("pkg/paragon_wasm.d.ts", ROOT));

let loader;
let folder;

before(async () => {
  // The loader alone, as importing it must do nothing: what it loads later is not there.
  folder = await mkdtemp(join(tmpdir(), "paragon-loader-"));
  await cp(ENTRY, join(folder, "index.mjs"));
  await cp(LOADER, join(folder, "client.js"));
  await writeFile(join(folder, "package.json"), `{ "type": "module" }`);
  await writeFile(join(folder, "paragon_wasm.js"), "export class ParagonClient {} export const onPanic = 0; export default 0;");
  await writeFile(join(folder, "paragon_wasm_inline.js"), `export default "";`);
  loader = await import(pathToFileURL(join(folder, "index.mjs")).href);
});
after(() => rm(folder, { recursive: true, force: true }));

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
    assert.equal(typeof loader.paragon[name], "function", name);
    assert.equal(typeof loader[name], "function", `${name} is exported too`);
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

test("the module has every method that the loader calls, with as many arguments", async () => {
  const core = members(declared(GENERATED), "ParagonClient");
  const source = await readFile(LOADER, "utf8");
  const calls = [...source.matchAll(/this\.#call\("(\w+)"((?:, [^,()]+)*)\)|\bcore\.(\w+)\(([^()]*)\)/g)];
  assert.ok(calls.length > 14, `found ${calls.length} calls`);
  for (const [text, called, passed, direct] of calls) {
    const method = core.get(called ?? direct);
    assert.ok(method, `${text}: the module has no such method`);
    const [signature] = method.getCallSignatures();
    const given = direct ? 1 : passed.split(",").length - 1;
    assert.equal(signature.parameters.length, given, text);
  }
});
