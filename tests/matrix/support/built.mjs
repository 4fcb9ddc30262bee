// What a build is made of.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

/**
 * That a built application carries the module once, and in which way; tells how large it is.
 *
 * @param {import("node:test").TestContext} t
 * @param {{application: {path: (...parts: string[]) => string}}} row
 * @param {string} folder what would be put on a server
 * @param {{inlined?: number, files?: number}} expected copies
 */
export async function carriesOneModule(t, { application }, folder, { inlined = 1, files = 0 } = {}) {
  const installed = application.path("node_modules/paragon-wasm");
  const wasm = await readFile(join(installed, "paragon_wasm.wasm"));
  // A piece of the text that no minifier writes in another way.
  const [sample] = (await readFile(join(installed, "paragon_wasm_inline.js"), "latin1")).match(/[^"'`$\\\n]{200}/);

  const found = { inlined: 0, files: 0 };
  let size = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(m?js|wasm)$/.test(entry.name)) continue;
    const content = await readFile(join(entry.parentPath ?? entry.path, entry.name));
    size += brotli(content);
    found.inlined += content.toString("latin1").split(sample).length - 1;
    if (entry.name.endsWith(".wasm")) {
      assert.ok(content.equals(wasm), `${entry.name} is the package's`);
      found.files += 1;
    }
  }
  assert.deepEqual(found, { inlined, files });
  t.diagnostic(`${t.name}: ${size.toLocaleString("en")} bytes of JavaScript and wasm (brotli 11)`);
}

function brotli(content) {
  return brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
}
