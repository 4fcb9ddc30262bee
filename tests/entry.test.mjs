// The hand-written JavaScript of the default entry only forwards: it is short, and it contains nothing of
// Paragon's API. The exports behind it have few parameters.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";

const ROOT = new URL("../", import.meta.url);
const read = (path) => readFile(new URL(path, ROOT), "utf8");

const FILES = ["client.js", "errors.js", "index.js", "load.js"];
const sources = await Promise.all(FILES.map((file) => read(`pkg-template/${file}`)));

/** The lines of code in Prettier's layout: without comments, and without lines that are one name of a list. */
const codeOf = (source) =>
  source.split("\n").filter((line) => !/^\s*($|\/\/|\/\*|\*)/.test(line) && !/^\s*"?\w+"?,$/.test(line));

/** Things that Rust decides, each with an example that the pattern finds. */
const DECISIONS = {
  path: [/["'`]\/|\/(sdk|projects|connect|proxy|credentials|workflows)\b/, 'send("GET", "/sdk/me")'],
  host: [/https?:|useparagon\.com/, '"https://api.useparagon.com"'],
  header: [/authorization|bearer|content-type|\bheaders?\b/i, "headers.Authorization"],
  status: [/(?<!=)\b[2-5]\d\d\b|\bstatus\b/, "response.status === 401"],
  claim: [/\b(exp|iat|claims?|atob|decode\w*)\b/i, "claims.exp * 1000"],
  retry: [/\b(retr\w+|backoff|attempts?|setTimeout)\b/i, "setTimeout(retry, 1000)"],
  request: [/\b(fetch|Request|Response|AbortController)\b/, "await fetch(url)"],
  answer: [/\bJSON\b/, "JSON.parse(text)"],
};

test("the default entry has at most 300 lines of code by hand", (t) => {
  const lines = sources.flatMap(codeOf).length;
  t.diagnostic(`${lines} lines`);
  assert.ok(lines > 100 && lines <= 300, `${lines} lines`);
});

test("the default entry has at most 5 kB by hand", (t) => {
  const { length } = brotliCompressSync(sources.join("\n"));
  t.diagnostic(`${length} bytes`);
  assert.ok(length <= 5_000, `${length} bytes`);
});

for (const [what, [pattern, example]] of Object.entries(DECISIONS))
  test(`the default entry contains no ${what}`, () => {
    assert.match(example, pattern);
    for (const [index, source] of sources.entries())
      for (const line of codeOf(source)) assert.doesNotMatch(line, pattern, FILES[index]);
  });

test("each export of the module has at most four parameters", async () => {
  const { default: glue } = await import(new URL("pkg/paragon_wasm_glue.js", ROOT).href);
  const exports = glue(WebAssembly);
  const prototype = exports.ParagonClient.prototype;
  const methods = Object.entries(Object.getOwnPropertyDescriptors(prototype)).map(([name, { value }]) => [name, value]);
  const functions = [...Object.entries(exports), ...methods].filter(([, value]) => typeof value === "function");
  const names = functions.map(([name]) => name);
  for (const name of ["getUser", "request", "ParagonClient", "send"]) assert.ok(names.includes(name), name);
  for (const [name, { length }] of functions) assert.ok(length <= 4, `${name} has ${length} parameters`);
});

test("no function is excepted from clippy's limit of parameters", async () => {
  let files = 0;
  for (const folder of ["src", "sandbox/src", "tests", "xtask/src"])
    for (const file of await readdir(new URL(folder, ROOT), { recursive: true })) {
      if (!file.endsWith(".rs")) continue;
      files += 1;
      assert.doesNotMatch(await read(`${folder}/${file}`), /too_many_arguments/, file);
    }
  assert.ok(files > 50, `${files} files`);
});
