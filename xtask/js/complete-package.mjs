// Completes pkg/: the manifest's version, the module that carries the wasm, the builds for those
// who cannot import, and a table of sizes.
// Usage: node complete-package.mjs <pkg> <version> <license> <repository>

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { bundle } from "./bundles.mjs";
import { eager } from "./eager.mjs";
import { quiet } from "./glue.mjs";
import { inlined } from "./inline.mjs";
import { brotli } from "./production.mjs";
import { shortened } from "./shorten.mjs";

const [pkg, version, license, repository] = process.argv.slice(2);

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

const glueFile = join(pkg, "paragon_wasm.js");
writeFileSync(glueFile, quiet(readFileSync(glueFile, "utf8")));
await shortened(pkg);
const wasm = readFileSync(join(pkg, "paragon_wasm.wasm"));
writeFileSync(join(pkg, "paragon_wasm_inline.js"), inlined(wasm));

/** The default entry. */
const DEFAULT = ["index.js", "client.js", "session.js", "arguments.js", "module.js", "errors.js", "paragon_wasm.js", "paragon_wasm_inline.js"];

for (const name of [...DEFAULT, "slim.js"]) {
  const file = join(pkg, name);
  writeFileSync(file, eager(readFileSync(file, "utf8"), name));
}
await bundle(pkg);

// What an application sends to its users. The first is the default entry's, before its bundler
// makes it smaller.
const OTHERS = readdirSync(pkg).filter((name) => /\.(c?js|wasm)$/.test(name));
for (const names of [DEFAULT, ...OTHERS.map((name) => [name])]) {
  const content = Buffer.concat(names.map((name) => readFileSync(join(pkg, name))));
  const row = [content.length, brotli(content)].map((n) => n.toLocaleString("en").padStart(8));
  const title = names === DEFAULT ? "the default entry" : names[0];
  console.log(`${title.padEnd(28)}${row[0]} bytes ${row[1]} brotli`);
}
