// The cost of a default entry that carries its module: `cargo xtask pkg && node bench/inlined.mjs`
// prints the table of docs/decisions/0010-wasm-as-text.md. The entry is built as for production, without what is loaded
// on demand, and carries the module in each of the ways.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { brotli, pkg, production } from "../xtask/js/production.mjs";

const wasm = readFileSync(pkg("paragon_wasm.wasm"));
const inBase64 = (bytes) => JSON.stringify(bytes.toString("base64"));
const decoded = (bytes) => `Uint8Array.from(atob(${inBase64(bytes)}), (c) => c.charCodeAt())`;

/** Sources of the module that gives the bytes; and what else goes over the wire. */
const WAYS = {
  "a file beside the JavaScript": [`export default () => fetch(new URL("paragon_wasm.wasm", import.meta.url));`, wasm],
  "characters (what the entry carries)": [readFileSync(pkg("paragon_wasm_inline.js"), "utf8")],
  hexadecimal: [`export default () => Uint8Array.fromHex("${wasm.toString("hex")}");`],
  "base64 of its gzip": [
    `export default () => new Response(new Blob([${decoded(gzipSync(wasm, { level: 9 }))}]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();`,
  ],
  base64: [`export default () => ${decoded(wasm)};`],
};
const COMPRESSIONS = {
  "brotli 11": (content) => brotli(content),
  "brotli 5": (content) => brotli(content, 5),
  "gzip 9": (content) => gzipSync(content, { level: 9 }).length,
};

console.log(`| | ${Object.keys(COMPRESSIONS).join(" | ")} |\n|---|${"---|".repeat(3)}`);
for (const [way, [source, ...files]] of Object.entries(WAYS)) {
  const contents = [await production(pkg("index.js"), { "./paragon_wasm_inline.js": source }), ...files];
  const sizes = Object.values(COMPRESSIONS).map((compress) =>
    contents.reduce((sum, content) => sum + compress(content), 0),
  );
  console.log(`| ${way} | ${sizes.map((size) => size.toLocaleString("en")).join(" | ")} |`);
}
