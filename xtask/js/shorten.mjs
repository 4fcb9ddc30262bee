// The JavaScript that wasm-bindgen made, as the package ships it: one file with what the loader uses,
// and short names for what the module imports, as wasm-bindgen's end in hashes, which no compression
// makes smaller, and stand in both files. Of the module's exports those remain that are used.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

import { Reader } from "./wasm-reader.mjs";

const USED = ["create", "release", "end", "start", "step"];

/** Makes `paragon_wasm.js` and `paragon_wasm.wasm` of what is in `pkg`. */
export async function shortened(pkg) {
  const [glue, wasm] = [join(pkg, "paragon_wasm.js"), join(pkg, "paragon_wasm.wasm")];
  // The loader instantiates the module itself, so that it may look after what fails inside.
  const own = "\nexport { __wbg_get_imports as imports, __wbg_finalize_init as finish };\n";
  writeFileSync(glue, readFileSync(glue, "utf8") + own);
  const entry = "\0glue";
  const bundle = await rolldown({
    input: entry,
    platform: "neutral",
    plugins: [
      {
        name: "glue",
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? `export { ${[...USED, "imports", "finish"].join(", ")} } from ${JSON.stringify(glue)};` : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", comments: false });
  await bundle.close();
  let source = output[0].code;

  const { bytes, renamed } = shortNamed(readFileSync(wasm), (name) => source.includes(`wasm.${name}`));
  for (const [old, name] of renamed) {
    const parts = source.split(old);
    if (parts.length !== 2) throw new Error(`the glue names ${old} ${parts.length - 1} times`);
    source = parts.join(name);
  }
  writeFileSync(glue, source);
  writeFileSync(wasm, bytes);
  const snippets = join(pkg, "snippets");
  if (existsSync(snippets)) rmSync(snippets, { recursive: true });
}

/** The module with imports `m.a`, `m.b`, …, and what each was called before; and with the exports wanted. */
function shortNamed(wasm, isWanted) {
  const renamed = new Map();
  const parts = [wasm.subarray(0, 8)];
  for (const { id, start, content, end } of new Reader(wasm).sections()) {
    if (id !== 2 && id !== 7) {
      parts.push(wasm.subarray(start, end));
      continue;
    }
    const count = content.number();
    if (id === 7) {
      const wanted = [];
      for (let index = 0; index < count; index++) {
        const from = content.at;
        const name = content.text();
        content.at += 1;
        content.number();
        if (isWanted(name)) wanted.push(wasm.subarray(from, content.at));
      }
      parts.push(section(id, [...leb(wanted.length), ...Buffer.concat(wanted)]));
      continue;
    }
    const entries = [...leb(count)];
    for (let index = 0; index < count; index++) {
      const [module, name] = [content.text(), content.text()];
      if (wasm[content.at++] !== 0) throw new Error(`the module imports ${name}, which is no function`);
      const type = content.number();
      renamed.set(module, "m");
      renamed.set(name, index.toString(36).replace(/^\d/, (digit) => `_${digit}`));
      const short = Buffer.from(renamed.get(name));
      entries.push(...leb(1), "m".charCodeAt(), ...leb(short.length), ...short, 0, ...leb(type));
    }
    parts.push(section(id, entries));
  }
  return { bytes: Buffer.concat(parts), renamed };
}

const section = (id, content) => Buffer.from([id, ...leb(content.length), ...content]);

function leb(value) {
  const bytes = [];
  do {
    bytes.push((value & 127) | (value > 127 ? 128 : 0));
    value >>>= 7;
  } while (value);
  return bytes;
}
