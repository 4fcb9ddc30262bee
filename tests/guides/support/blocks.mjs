// The code in the documentation, and what its fences say of it:
//
//   ```js file=examples/…          is that file; `part` after it: stands in that file
//   ```js given="declare …;"       compiles after these declarations
//   ```js name=node.test.mjs       is found by a test under that name
//   ```yaml workflow               is a GitHub workflow

import { readFile, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const FENCE = /^(`{3,})(\w*) *(.*)\n([\s\S]*?)^\1$/gm;

/** The pages whose code is looked at. */
export async function pages() {
  const guides = (await readdir(`${ROOT}docs/guides`)).map((name) => `docs/guides/${name}`);
  const docs = (await readdir(`${ROOT}docs`)).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);
  return ["README.md", "pkg-template/README.md", "sandbox/README.md", ...docs, ...guides].sort();
}

/**
 * The blocks of a page.
 *
 * @returns {Promise<{page: string, line: number, language: string, text: string, file?: string,
 *   part: boolean, given: string, name?: string, workflow: boolean}[]>}
 */
export async function blocksOf(page) {
  const source = await readFile(ROOT + page, "utf8");
  return [...source.matchAll(FENCE)].map(({ 2: language, 3: info, 4: text, index }) => ({
    page,
    line: source.slice(0, index).split("\n").length,
    language,
    text,
    file: info.match(/\bfile=(\S+)/)?.[1],
    part: /\bpart$/.test(info),
    given: info.match(/\bgiven="([^"]*)"/)?.[1] ?? "",
    name: info.match(/\bname=(\S+)/)?.[1],
    workflow: info === "workflow",
  }));
}

export async function allBlocks() {
  return (await Promise.all((await pages()).map(blocksOf))).flat();
}

/** The two sides of a diff. */
export function sides({ text }) {
  const side = (mark) =>
    text
      .split("\n")
      .filter((line) => line[0] === mark || line[0] === " " || line === "")
      .map((line) => line.slice(1))
      .join("\n");
  return { before: side("-"), after: side("+") };
}

/** A page with its files as they are now. */
export async function refreshed(page) {
  const source = await readFile(ROOT + page, "utf8");
  const files = new Map();
  for (const { file, part } of await blocksOf(page)) {
    if (file && !part) files.set(file, await readFile(ROOT + file, "utf8"));
  }
  return source.replace(FENCE, (block, fence, language, info) => {
    const file = info.match(/\bfile=(\S+)$/)?.[1];
    return file ? `${fence}${language} ${info}\n${files.get(file)}${fence}` : block;
  });
}
