// Completes pkg/: the manifest's version, the module that carries the wasm, and a table of sizes.
// Usage: node complete-package.mjs <pkg> <wasm.gz> <version> <license> <repository>

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const [pkg, compressed, version, license, repository] = process.argv.slice(2);

const manifestFile = join(pkg, "package.json");
const manifest = {
  ...JSON.parse(readFileSync(manifestFile, "utf8")),
  version,
  license,
  repository: { type: "git", url: `git+${repository}.git` },
};
writeFileSync(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);

// Compressed before it becomes text: base64 hides from the transfer's compression what gzip finds
// in the wasm. Measured on the wire: +9 % over a separate file, against +32 % for plain base64.
const inlined = readFileSync(compressed).toString("base64");
writeFileSync(join(pkg, "paragon_wasm_inline.js"), `export default "${inlined}";\n`);

const sizes = readdirSync(pkg)
  .filter((name) => /\.(js|wasm)$/.test(name))
  .map((name) => [name, readFileSync(join(pkg, name))]);
// What an application that imports the package sends to its users: every module, no wasm file.
const modules = sizes.filter(([name]) => name.endsWith(".js")).map(([, content]) => content);
for (const [name, content] of [...sizes, ["all modules, one transfer", Buffer.concat(modules)]]) {
  const row = [content.length, brotli(content)].map((n) => n.toLocaleString("en").padStart(8));
  console.log(`${name.padEnd(28)}${row[0]} bytes ${row[1]} brotli`);
}

function brotli(content) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  return brotliCompressSync(content, { params }).length;
}
