// Completes pkg/: the manifest's version, the modules that carry the wasm and its glue, the builds for
// those who cannot import, and a table of sizes.
// Usage: node complete-package.mjs <pkg> <wasm-pack's output> <version> <license> <repository>

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { bundle } from "./bundles.mjs";
import { asFunction } from "./glue.mjs";
import { inlined } from "./inline.mjs";
import { brotli } from "./production.mjs";

const [pkg, generated, version, license, repository] = process.argv.slice(2);

const manifestFile = join(pkg, "package.json");
const manifest = {
  ...JSON.parse(readFileSync(manifestFile, "utf8")),
  version,
  license,
  repository: { type: "git", url: `git+${repository}.git` },
  homepage: `${repository}#readme`,
  bugs: `${repository}/issues`,
};
writeFileSync(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);

writeFileSync(join(pkg, "paragon_wasm_glue.js"), await asFunction(join(generated, "paragon_wasm.js")));
writeFileSync(join(pkg, "paragon_wasm_inline.js"), inlined(readFileSync(join(pkg, "paragon_wasm.wasm"))));
await bundle(pkg);

for (const name of readdirSync(pkg).filter((it) => /\.(c?js|wasm)$/.test(it))) {
  const content = readFileSync(join(pkg, name));
  const row = [content.length, brotli(content)].map((n) => n.toLocaleString("en").padStart(8));
  console.log(`${name.padEnd(28)}${row[0]} bytes ${row[1]} brotli`);
}
