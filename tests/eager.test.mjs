// That the package's functions are compiled while its script arrives (`xtask/js/eager.mjs`): they mean
// the same as before, and stand in parentheses in what a bundler makes of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Visitor, parseSync } from "rolldown/utils";

import { eager } from "../xtask/js/eager.mjs";
import { pkg, production } from "../xtask/js/production.mjs";

const imported = (source) => import(`data:text/javascript,${encodeURIComponent(source)}`);

test("functions of every kind do what they did", async () => {
  const source = `
    export function plain(a, { b = 2 } = {}, ...rest) { return [a, b, ...rest]; }
    export async function later(value) { return inner(value); function inner(it) { return it; } }
    export const short = (a) => a + 1, object = { own() { return this.x; }, get x() { return 5; }, fn: function () { return 6; } };
    export default () => (() => { return 7; })();
    export class Counter {
      static #made = 0;
      static made() { return Counter.#made; }
      #count = 0;
      constructor(start) { this.#count = start; Counter.#made += 1; }
      get count() { return this.#count; }
      add(by = 1) { this.#set(this.#count + by); return this; }
      async addLater(by) { return [by].map(function (it) { return it; }).reduce((sum, it) => sum.add(it), this); }
      #set(count) { this.#count = count; }
    }
  `;
  const results = async ({ plain, later, short, object, default: seven, Counter }) => [
    plain(1, undefined, 3), await later(4), short(4), object.own(), object.fn(), seven(),
    (await new Counter(7).add().addLater(2)).count, Counter.made(),
  ];
  const wanted = [[1, 2, 3], 4, 5, 5, 6, 7, 10, 1];
  const changed = eager(source);
  assert.deepEqual([await results(await imported(source)), await results(await imported(changed))], [wanted, wanted]);
  assert.equal(changed.split("\n").length, source.split("\n").length, "each on its line");
});

test("what would not be the same is refused", () => {
  const refused = [
    "export function own() { return this.x; }", "export const own = { made: function () { return [].map(() => this); } };",
    "export function own() { return arguments[0]; }", "export function* each() { yield 1; }", "export class A { *each() { yield 1; } }",
    "export const own = function again(n) { return n && again(n - 1); };", "export default function named() {}",
    "export class A { [Symbol.iterator]() {} }",
  ];
  for (const source of refused) assert.throws(() => eager(source), /would not be the same in parentheses/, source);
  assert.throws(() => eager("export function () {"), /Expected|Unexpected/i);
});

test("in a production build the functions of the default entry stand in parentheses", async () => {
  const source = String(await production(pkg("index.js")));
  const bare = [];
  const methods = new Set();
  let enclosed = 0;
  const count = (it) => {
    if (source[it.start - 1] === "(" && source[it.end] === ")") enclosed += 1;
    else bare.push(source.slice(it.start, it.start + 60));
  };
  new Visitor({
    MethodDefinition(it) {
      methods.add(it.value);
      if (it.kind === "method" && !it.static) bare.push(source.slice(it.start, it.start + 60));
    },
    FunctionDeclaration: count,
    FunctionExpression: (it) => methods.has(it) || count(it),
    ArrowFunctionExpression: (it) => it.async || it.expression || count(it),
  }).visit(parseSync("built.js", source).program);
  assert.deepEqual(bare, []);
  assert.ok(enclosed > 50, `${enclosed}`);
});
