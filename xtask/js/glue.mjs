// wasm-bindgen's glue as one function. As a module it makes text coders and registries when it is
// imported, and it takes the global `WebAssembly`. The function makes them when it is called, and takes
// the loader's `WebAssembly`, through which the loader sees a trap of the module. The text stays as generated.

import { dirname } from "node:path";
import { rolldown } from "rolldown";

/**
 * The source of a module whose default export is the glue as a function of `WebAssembly`, which returns
 * what the glue exports.
 *
 * @param {string} file the glue of wasm-bindgen's target `web`
 */
export async function asFunction(file) {
  // The bundler names the file in a comment, by where it is from `cwd`.
  const bundle = await rolldown({
    input: file,
    cwd: dirname(file),
    platform: "neutral",
    // The loader passes bytes or a module, never an address or an answer: what the glue does with those is left out.
    transform: { define: { Request: "undefined", Response: "undefined", URL: "undefined" } },
  });
  const { output } = await bundle.generate({ format: "iife", name: "glue", exports: "named", comments: false });
  await bundle.close();
  return `export default function (WebAssembly) {\n${output[0].code}return glue;\n}\n`;
}
