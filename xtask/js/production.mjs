// What a production build makes of the package, and what that weighs.

import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { rolldown } from "rolldown";

/** A file of `pkg/`. */
export const pkg = (file) => fileURLToPath(new URL(`../../pkg/${file}`, import.meta.url));

/** Bytes, compressed with brotli. */
export const brotli = (content, quality = 11) =>
  brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }).length;

/**
 * Bundled and minified, without what connects accounts, which is loaded on demand.
 *
 * @param {string} input the file to begin with, or one of `sources`
 * @param {Record<string, string>} [sources] what stands for modules, by what they are imported as
 */
export async function production(input, sources = {}) {
  const bundle = await rolldown({
    input,
    platform: "browser",
    external: /install\.js$/,
    plugins: [
      {
        name: "sources",
        resolveId: (id) => (id in sources ? `\0${id}` : null),
        load: (id) => sources[id.slice(1)] ?? null,
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  await bundle.close();
  return Buffer.from(output[0].code);
}
