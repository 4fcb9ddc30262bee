// Functions in parentheses. V8 compiles a function when it is called first: each by itself and on the
// page's own thread, where a cold start waited for some eighty of them. One in parentheses it compiles
// with the script, on another thread while that arrives. Oxc's minifier (Vite's) and esbuild's leave them
// in place; SWC's and Terser's take them away, and nothing is lost. A declaration or a method cannot
// stand in parentheses, so they become constants and fields. An asynchronous arrow V8 compiles late all
// the same. A method that becomes a field is an arrow, whose instance is in the scope of all functions
// within: those that outlive the instance belong into a static method, which stays one.

import { Visitor, parseSync } from "rolldown/utils";

/** The same module, most of whose functions are compiled with it. What goes wrong is told with its `name`. */
export function eager(source, name = "module.js") {
  const { program, errors } = parseSync(name, source);
  if (errors.length) throw new Error(`${name}: ${errors[0].message}`);
  const edits = [];
  const replace = (start, end, text) => edits.push({ start, end, text });
  const refuse = (what, start, end) => {
    throw new Error(`${name}: ${what} would not be the same in parentheses: ${source.slice(start, end)}`);
  };
  /** Makes an expression of what begins at `start`, with a name if it is `called` something. */
  const enclose = (start, { id, async, generator, end, body }, called) => {
    if (generator || (id && !called)) refuse("a generator or a function that knows its own name", start, end);
    const parameters = id?.end ?? source.indexOf("(", start);
    if (!async) replace(body.start, body.start, "=> ");
    replace(start, parameters, `${called ? `${called} = ` : ""}(${async ? "async function " : ""}`);
    replace(end, end, called ? ");" : ")");
  };

  /** Of two that are nested the inner comes last. Only methods may say `this`, which as fields they keep. */
  const functions = [];
  const atTop = new Set();
  for (const statement of program.body) {
    const it = statement.declaration ?? statement;
    atTop.add(it);
    if (it.type === "FunctionDeclaration") {
      if (statement.type === "ExportDefaultDeclaration") refuse("a default export", it.start, it.end);
      functions.push(it);
      enclose(it.start, it, `const ${it.id.name}`);
    }
    for (const { init } of it.declarations ?? []) atTop.add(init);
  }
  const methods = new Set();
  new Visitor({
    MethodDefinition({ start, end, kind, static: isStatic, computed, key, value }) {
      methods.add(value);
      if (kind !== "method" || isStatic) return;
      if (computed) refuse("a method with a computed name", start, end);
      enclose(start, value, source.slice(key.start, key.end));
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
      if (within && !methods.has(within)) refuse('a function with "this"', within.start, within.end);
    },
    Identifier({ name: identifier, start, end }) {
      if (identifier === "arguments") refuse('a function with "arguments"', start, end);
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
