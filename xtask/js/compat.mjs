// The module as JavaScript, for where WebAssembly is refused: by a page's policy, in Lockdown Mode.
// Usage: node compat.mjs <compiled.wasm> <wasm-bindgen> <folder>
//
// Binaryen's wasm2js knows WebAssembly as it was at first: so wasm-bindgen is told that there are no
// reference types, and what came later is lowered.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [compiled, bindgen, folder] = process.argv.slice(2);
const programs = fileURLToPath(new URL("../../node_modules/binaryen/bin", import.meta.url));
const binaryen = (program, ...options) => execFileSync(process.execPath, [join(programs, program), ...options], { stdio: ["ignore", "inherit", "inherit"] });
const file = (name) => join(folder, name);

mkdirSync(folder, { recursive: true });
writeFileSync(file("module.wasm"), withoutFeatures(readFileSync(compiled), ["reference-types", "multivalue"]));
execFileSync(bindgen, ["--target", "web", "--omit-default-module-path", "--no-typescript", "--out-dir", folder, file("module.wasm")], {
  stdio: "inherit",
});
binaryen(
  "wasm-opt", file("module_bg.wasm"), "-o", file("lowered.wasm"),
  "--llvm-memory-copy-fill-lowering", "--llvm-nontrapping-fptoint-lowering", "--signext-lowering", "-Oz",
);
binaryen("wasm2js", file("lowered.wasm"), "-o", file("lowered.js"), "-Oz");

const glue = readFileSync(file("module.js"), "utf8");
const made = readFileSync(file("lowered.js"), "utf8");
writeFileSync(
  file("paragon_wasm_compat.js"),
  [
    // The functions, without the instance that wasm2js makes of them at import.
    between(made, /^import .*\n(?!import )/m, /^var retasmFunc = /m),
    // The glue, up to where it loads a module. What the instance imports beside it is where the
    // slots of its own values end, see `heap`.
    between(glue, /^/, /^async function __wbg_load/m).replace(
      /^import \* as (\w+) from "__wbindgen_externref_xform__"$/m,
      "const $1 = { __wbindgen_externref_statics_end: () => 1028 };",
    ),
    "export default async () => { if (wasm === undefined) __wbg_finalize_init({ exports: asmFunc(__wbg_get_imports()) }); };",
    "",
  ].join("\n"),
);

/** The module, said to be compiled without some features of WebAssembly. */
function withoutFeatures(module, features) {
  for (const feature of features) {
    // In the section `target_features`: a sign, the length, the name.
    const at = module.lastIndexOf(`+${String.fromCharCode(feature.length)}${feature}`);
    if (at < 0) throw new Error(`${compiled} says nothing of ${feature}`);
    module.write("-", at);
  }
  return module;
}

function between(text, from, to) {
  const [start, end] = [text.match(from), text.match(to)];
  if (!start || !end) throw new Error(`wasm-bindgen or wasm2js writes something else now: there is no ${start ? to : from}`);
  return text.slice(start.index + start[0].length, end.index);
}
