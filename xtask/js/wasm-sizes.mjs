// How large the sections and functions of a WebAssembly module are.

import { Reader } from "./wasm-reader.mjs";

const SECTIONS = ["custom", "types", "imports", "functions", "tables", "memory", "globals", "exports", "start", "elements", "code", "data", "dataCount"];

/** @returns {Record<string, number>} bytes of each section */
export function sectionSizes(wasm) {
  const sizes = {};
  for (const { id, length } of new Reader(wasm).sections()) {
    sizes[SECTIONS[id]] = (sizes[SECTIONS[id]] ?? 0) + length;
  }
  return sizes;
}

/** @returns {Record<string, number>} bytes of each function of a module with names; those of one name in sum */
export function functionSizes(wasm) {
  let imported = 0;
  const bodies = [];
  const names = new Map();
  for (const { id, content, end } of new Reader(wasm).sections()) {
    if (id === 2) imported = importedFunctions(content);
    if (id === 10) {
      for (let count = content.number(); count > 0; count -= 1) {
        const size = content.number();
        bodies.push(size);
        content.at += size;
      }
    }
    if (id === 0 && content.text() === "name") readNames(content, end, names);
  }
  const sizes = {};
  for (const [index, size] of bodies.entries()) {
    const name = plain(names.get(imported + index) ?? "?");
    sizes[name] = (sizes[name] ?? 0) + size;
  }
  return Object.fromEntries(Object.entries(sizes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function importedFunctions(content) {
  let functions = 0;
  for (let count = content.number(); count > 0; count -= 1) {
    content.text();
    content.text();
    if (content.bytes[content.at++] !== 0) throw new Error("the module imports something that is no function");
    content.number();
    functions += 1;
  }
  return functions;
}

function readNames(content, end, names) {
  while (content.at < end) {
    const kind = content.bytes[content.at++];
    const length = content.number();
    const next = content.at + length;
    // 1 is for functions.
    if (kind === 1) {
      for (let count = content.number(); count > 0; count -= 1) names.set(content.number(), content.text());
    }
    content.at = next;
  }
}

/** Without what differs from one build to the next. */
const plain = (name) => name.replace(/\[[0-9a-f]{16}\]/g, "").replace(/::h[0-9a-f]{16}$/, "").replace(/\b(__wbg_\w+)_[0-9a-f]{16}\b/g, "$1");
