// The module as JavaScript, for where WebAssembly is refused: by a page's policy, in Lockdown Mode.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const programs = fileURLToPath(new URL("../../node_modules/binaryen/bin", import.meta.url));
const binaryen = (program, ...options) =>
  execFileSync(process.execPath, [join(programs, program), ...options], { stdio: ["ignore", "inherit", "inherit"] });

/**
 * Writes `file`, a module whose default export is a function that gives the exports of `wasm`.
 *
 * Binaryen's wasm2js knows WebAssembly as it was at first: what came later is lowered.
 */
export function asJavaScript(wasm, file) {
  const folder = mkdtempSync(join(tmpdir(), "paragon-wasm-compat-"));
  try {
    const [lowered, made] = [join(folder, "lowered.wasm"), join(folder, "made.js")];
    const features = ["--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-sign-ext", "--enable-mutable-globals"];
    const lowering = ["--llvm-memory-copy-fill-lowering", "--llvm-nontrapping-fptoint-lowering", "--signext-lowering"];
    binaryen("wasm-opt", wasm, "-o", lowered, ...features, ...lowering, "-Oz");
    binaryen("wasm2js", lowered, "-o", made, "-Oz");
    const source = readFileSync(made, "utf8");
    // Without the instance that wasm2js makes at import.
    const end = source.search(/^var retasmFunc = /m);
    if (end < 0 || !source.includes("function asmFunc(imports)")) throw new Error("wasm2js generates something else now");
    writeFileSync(file, `${source.slice(0, end).replace(/^import .*$/gm, "")}\nexport default asmFunc;\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
