// Functions in parentheses. V8 compiles a function when it is called first: each by itself and on the
// page's own thread, where a cold start waited for some eighty of them. One in parentheses it compiles
// with the script, on another thread while that arrives. Oxc's minifier (Vite's) and esbuild's leave them
// in place; SWC's and Terser's take them away, and nothing is lost. A declaration or a method cannot
// stand in parentheses, so they become constants and fields. An asynchronous arrow V8 compiles late all
// the same.

import { Visitor, parseSync } from "rolldown/utils";

/** The same module, most of whose functions are compiled with it. */
export function eager(source) {
  const { program, errors } = parseSync("module.js", source);
  if (errors.length) throw new Error(errors[0].message);
  const edits = [];
  const replace = (start, end, text) => edits.push({ start, end, text });
  /** Makes an expression of what begins at `start` and is called `name`, if that is not one already. */
  const enclose = (start, { id, async, end, body }, name) => {
    const parameters = id?.end ?? source.indexOf("(", start);
    if (!async) replace(body.start, body.start, "=> ");
    replace(start, parameters, `${name ? `${name} = ` : ""}(${async ? "async function " : ""}`);
    replace(end, end, name ? ");" : ")");
  };

  /** Those that become arrows, and methods, which keep their `this`; of two that are nested the inner comes last. */
  const functions = [];
  const atTop = new Set();
  for (const statement of program.body) {
    const it = statement.declaration ?? statement;
    if (it.type === "FunctionDeclaration") {
      functions.push(it);
      enclose(it.start, it, `const ${it.id.name}`);
    }
    for (const { init } of it.declarations ?? []) atTop.add(init);
  }
  const methods = new Set();
  new Visitor({
    MethodDefinition({ start, kind, static: isStatic, key, value }) {
      methods.add(value);
      if (kind === "method" && !isStatic) enclose(start, value, source.slice(key.start, key.end));
    },
    Property({ method, kind, value }) {
      if (method || kind !== "init") methods.add(value);
    },
    FunctionExpression(it) {
      functions.push(it);
      if (!methods.has(it)) enclose(it.start, it);
    },
    ThisExpression({ start }) {
      const within = functions.findLast((it) => it.start < start && start < it.end);
      if (within && !methods.has(within)) throw new Error(`an arrow has no "this" of its own: ${source.slice(within.start, within.end)}`);
    },
    Identifier({ name }) {
      if (name === "arguments") throw new Error('an arrow has no "arguments"');
    },
    ArrowFunctionExpression(it) {
      // A short one within another function is mostly for what a cold start has not.
      if (it.async || (it.expression && !atTop.has(it))) return;
      replace(it.start, it.start, "(");
      replace(it.end, it.end, ")");
    },
  }).visit(program);

  let changed = source;
  // Of two that end at one place the inner comes first.
  for (const { start, end, text } of edits.reverse().sort((a, b) => b.start - a.start)) {
    changed = changed.slice(0, start) + text + changed.slice(end);
  }
  return changed;
}
