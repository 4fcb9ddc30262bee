// The applications that are measured: one production build by Vite for each contender, served
// compressed, as a production server does.

import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import sirv from "sirv";
import { build } from "vite";

import { newApplication, pack } from "../tests/support/package.mjs";

/** In the order of the report; the first is what the others are compared with. */
export const CONTENDERS = ["fetch", "paragon-wasm", "official"];

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Builds one application for each contender, outside of this tree.
 *
 * @returns `address` of a server that has them under their names, next to an empty page `/blank`;
 *   `close()`
 */
export async function serveContenders() {
  const packed = await mkdtemp(join(tmpdir(), "paragon-wasm-bench-"));
  let application;
  const clean = async () => {
    await application?.remove();
    await rm(packed, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const { tarball } = await pack(packed);
    application = await newApplication({}, [tarball]);
    for (const folder of ["page", "contenders"]) {
      await cp(here(folder), join(application.folder, folder), { recursive: true });
    }
    const served = join(application.folder, "served");
    for (const name of CONTENDERS) {
      await bundle(application.folder, name, join(served, name));
      await compress(join(served, name));
    }
    // The frame of the official SDK's Connect Portal; and where measuring a navigation begins.
    await writeFile(join(served, "ui.html"), "<!doctype html><title>In place of the portal</title>");
    await writeFile(join(served, "blank.html"), "<!doctype html><title>Blank</title>");
    const server = await serve(served);
    return { ...server, close: () => server.close().then(clean) };
  } catch (error) {
    await clean();
    throw error;
  }
}

function bundle(folder, name, outDir) {
  return build({
    root: join(folder, "page"),
    base: `/${name}/`,
    configFile: false,
    logLevel: "error",
    resolve: {
      alias: {
        contender: join(folder, "contenders", `${name}.js`),
        "@useparagon/connect": createRequire(import.meta.url).resolve("@useparagon/connect"),
      },
    },
    build: { outDir, chunkSizeWarningLimit: 1000 },
  });
}

/** Puts a `.br` beside each file. */
async function compress(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((it) => it.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
    const small = await promisify(brotliCompress)(await readFile(file), { params });
    await writeFile(`${file}.br`, small);
  }
}

async function serve(folder) {
  const handler = sirv(folder, { brotli: true, maxAge: 31_536_000, immutable: true });
  const server = createServer((request, response) => {
    handler(request, response, () => response.writeHead(404).end());
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
