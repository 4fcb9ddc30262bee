// The builds for those who cannot import: CommonJS, and a classic script.

import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

import { asJavaScript } from "./compat.mjs";

/** Adds to pkg/ what is made from its modules. */
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
  for (const types of ["index", "slim", "global", "compat", "install", "paragon_wasm.wasm"]) {
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

/** What is loaded on demand is one file, so that a click waits for one request. */
async function onDemand(pkg) {
  const folder = join(pkg, "install");
  await build({
    cwd: pkg,
    input: join(folder, "index.js"),
    plugins: [external("../client.js", "./client.js")],
    output: { file: join(pkg, "install.js"), format: "esm", codeSplitting: false, comments: false },
  });
  rmSync(folder, { recursive: true });
}

/** The default entry with JavaScript in the place of the module, in one file. */
async function compat(pkg) {
  const made = join(pkg, "paragon_wasm_compat.js");
  asJavaScript(join(pkg, "paragon_wasm.wasm"), made);
  for (const [format, extension] of [["esm", "js"], ["cjs", "cjs"]]) {
    await build({
      cwd: pkg,
      input: "index.js",
      plugins: [
        external("./install.js", `./install.${extension}`),
        {
          name: "compat",
          resolveId: (source) => (source === "./paragon_wasm_inline.js" ? "\0compat" : null),
          // What the entry takes for the module's bytes is a function: see `instantiate`.
          load: (id) => (id === "\0compat" ? `import made from ${JSON.stringify(made)}; export default () => made;` : null),
        },
      ],
      output: { file: join(pkg, `compat.${extension}`), format, exports: "named", minify: true },
    });
  }
  rmSync(made);
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
  writeFileSync(copy, readFileSync(copy, "utf8").replaceAll(/from "\.\/(index|install|slim)\.js"/g, 'from "./$1.cjs"'));
}
