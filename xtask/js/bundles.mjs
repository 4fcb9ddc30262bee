// The builds for those who cannot import: CommonJS, and a classic script.

import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

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
      // Both entries share the client, and with it the module's state.
      chunkFileNames: "[name].cjs",
      minify: true,
    },
  });
  for (const types of ["index", "slim", "install"]) {
    commonJsTypes(pkg, types);
  }

  const entry = "\0global";
  await build({
    cwd: pkg,
    input: entry,
    plugins: [
      {
        name: "global",
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? GLOBAL.replace("PKG", () => JSON.stringify(join(pkg, "index.js"))) : null),
      },
    ],
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
    plugins: [{ name: "client", resolveId: (id) => (id === "../client.js" ? { id: "./client.js", external: true } : null) }],
    output: { file: join(pkg, "install.js"), format: "esm", codeSplitting: false, comments: false },
  });
  rmSync(folder, { recursive: true });
}

/** The script sets one name. */
const GLOBAL = `
import { ParagonClient, ParagonError, SDK_EVENT, isParagonError, paragon } from PKG;
globalThis.paragon = Object.assign(paragon, { ParagonClient, ParagonError, SDK_EVENT, isParagonError });
`;

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
  writeFileSync(copy, readFileSync(copy, "utf8").replaceAll(/from "\.\/(index|install)\.js"/g, 'from "./$1.cjs"'));
}
