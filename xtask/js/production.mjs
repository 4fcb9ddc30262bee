// Production builds of the package, and their sizes.

import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { rolldown } from "rolldown";

/** A file of `pkg/`. */
export const pkg = (file) => fileURLToPath(new URL(`../../pkg/${file}`, import.meta.url));

/** The size in bytes when compressed with brotli. */
export const brotli = (content, quality = 11) =>
  brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }).length;

/**
 * Bundles and minifies, without what connects accounts, which is loaded on demand.
 *
 * @param {string} input the file to begin with, or one of `sources`
 * @param {Record<string, string>} [sources] the sources of modules, by what they are imported as
 * @param {{alone?: boolean}} [how] `alone` leaves out what the input imports
 */
export async function production(input, sources = {}, { alone = false } = {}) {
  const bundle = await rolldown({
    input,
    platform: "browser",
    external: (id) => (alone ? id !== input : /install\.js$/.test(id)),
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
