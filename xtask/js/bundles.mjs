// The builds for those who cannot import: CommonJS, and a classic script.

import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

import { asJavaScript } from "./compat.mjs";

/**
 * Adds to pkg/ the files that are made from its modules.
 *
 * @param {string} pkg
 */
export async function bundle(pkg) {
  await onDemand(pkg);
  await build({
    cwd: pkg,
    input: ["index.js", "slim.js"],
    output: {
      dir: pkg,
      format: "cjs",
      exports: "named",
      entryFileNames: "[name].cjs",
      // The entries share the client, and with it the module's state.
      chunkFileNames: "[name].cjs",
      minify: true,
    },
  });
  await build({
    cwd: pkg,
    input: "global.js",
    plugins: [external("./index.js", "./index.cjs")],
    output: { file: join(pkg, "global.cjs"), format: "cjs" },
  });
  await compat(pkg);
  for (const types of ["index", "slim", "global", "compat", "install", "types", "paragon_wasm.wasm"]) {
    commonJsTypes(pkg, types);
  }

  await build({
    cwd: pkg,
    input: "global.js",
    output: {
      file: join(pkg, "paragon.global.js"),
      format: "iife",
      codeSplitting: false,
      minify: true,
    },
  });
}

/** The part that is loaded on demand is one file, so that a click waits for one request. */
async function onDemand(pkg) {
  const folder = join(pkg, "install");
  await build({
    cwd: pkg,
    input: join(folder, "index.js"),
    plugins: [external("../errors.js", "./errors.js")],
    output: { file: join(pkg, "install.js"), format: "esm", codeSplitting: false, comments: false },
  });
  rmSync(folder, { recursive: true });
}

/** The default entry with JavaScript in the place of the wasm, in one file. */
async function compat(pkg) {
  const sources = {
    // A function of the imports that returns the exports, where the other entries have bytes.
    "./paragon_wasm_inline.js": `${asJavaScript(join(pkg, "paragon_wasm.wasm"))}\nexport default () => asmFunc;\n`,
  };
  for (const [format, extension] of [
    ["esm", "js"],
    ["cjs", "cjs"],
  ]) {
    await build({
      cwd: pkg,
      input: "index.js",
      plugins: [
        external("./install.js", `./install.${extension}`),
        {
          name: "compat",
          resolveId: (source) => (source in sources ? `\0${source}` : null),
          load: (id) => sources[id.slice(1)] ?? null,
        },
      ],
      output: { file: join(pkg, `compat.${extension}`), format, exports: "named", minify: true },
    });
  }
}

/** Leaves an import as it is, but for its name. */
const external = (name, id) => ({ name, resolveId: (source) => (source === name ? { id, external: true } : null) });

async function build({ output, ...input }) {
  const bundle = await rolldown({
    ...input,
    platform: "neutral",
    onLog(level, log, print) {
      if (level === "warn") {
        throw new Error(log.message);
      }
      print(level, log);
    },
  });
  await bundle.write(output);
  await bundle.close();
}

/** The same declarations; in a package of modules only their name says that they are CommonJS. */
function commonJsTypes(pkg, entry) {
  const types = join(pkg, `${entry}.d.ts`);
  const copy = join(pkg, `${entry}.d.cts`);
  copyFileSync(types, copy);
  writeFileSync(
    copy,
    readFileSync(copy, "utf8").replaceAll(/from "\.\/(index|install|slim|types)\.js"/g, 'from "./$1.cjs"'),
  );
}
