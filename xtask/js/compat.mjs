// The module as JavaScript, for where WebAssembly is refused: by a page's policy, in Lockdown Mode.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const programs = fileURLToPath(new URL("../../node_modules/binaryen/bin", import.meta.url));
const binaryen = (program, ...options) =>
  execFileSync(process.execPath, [join(programs, program), ...options], { stdio: ["ignore", "inherit", "inherit"] });

/**
 * The source of `asmFunc`, a function of the imports of `wasm` that returns its exports.
 *
 * Binaryen's wasm2js knows WebAssembly as it was at first: what came later is lowered.
 *
 * @param {string} wasm a file without reference types
 */
export function asJavaScript(wasm) {
  const folder = mkdtempSync(join(tmpdir(), "paragon-wasm-compat-"));
  try {
    const [lowered, made] = [join(folder, "lowered.wasm"), join(folder, "made.js")];
    const features = [
      "--enable-bulk-memory",
      "--enable-nontrapping-float-to-int",
      "--enable-sign-ext",
      "--enable-mutable-globals",
    ];
    const lowering = ["--llvm-memory-copy-fill-lowering", "--llvm-nontrapping-fptoint-lowering", "--signext-lowering"];
    binaryen("wasm-opt", wasm, "-o", lowered, ...features, ...lowering, "-Oz");
    binaryen("wasm2js", lowered, "-o", made, "-Oz");
    const source = readFileSync(made, "utf8");
    // Without the instance that wasm2js makes at import.
    const end = source.search(/^var retasmFunc = /m);
    if (end < 0 || !source.includes("function asmFunc(imports)"))
      throw new Error("wasm2js generates something else now");
    return withMemory(source.slice(0, end)).replace(/^import .*$/gm, "");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** All the memory there is, in pages of 64 kB: 16 MB, of which systems provide what is written to. */
const PAGES = 256;

/**
 * The same with memory that stays in its place. wasm2js makes new arrays when memory grows, and there
 * are minifiers (SWC's, which Rspack and Next.js use) that read the name of an array before a call
 * that changes it: what is then written is lost.
 */
function withMemory(source) {
  const SIZE = /var buffer = new ArrayBuffer\((\d+)\);/;
  const GROW = /function __wasm_memory_size\(\) \{[^]*?^ function __wasm_memory_grow\(pagesToAdd\) \{\n[^]*?\n \}$/m;
  const [bytes, grow] = [SIZE.exec(source)?.[1], GROW.exec(source)?.[0]];
  if (!bytes || !grow?.includes("new Float64Array")) throw new Error("wasm2js generates something else now");
  return source.replace(SIZE, `var buffer = new ArrayBuffer(${PAGES << 16});\nvar pages = ${bytes >> 16};`).replace(
    GROW,
    `function __wasm_memory_size() {
  return pages;
 }

 function __wasm_memory_grow(pagesToAdd) {
  var oldPages = pages;
  if (pagesToAdd < 0 || pagesToAdd > ${PAGES} - pages) return -1;
  pages = pages + pagesToAdd | 0;
  return oldPages;
 }`,
  );
}
