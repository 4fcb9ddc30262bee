// Compiles the type tests as applications would: with either compiler, with and without
// `exactOptionalPropertyTypes`, under each way of finding packages, against the package as it is
// published, whose manifest says where its types are.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../../pkg/", import.meta.url));
const MODULES = fileURLToPath(new URL("../../node_modules/", import.meta.url));

const COMPILERS = { "TypeScript 6": "typescript", "TypeScript 7": "typescript-7" };
const RESOLUTIONS = { bundler: "preserve", node16: "node16", nodenext: "nodenext" };

let application;

before(async () => {
  application = await mkdtemp(join(tmpdir(), "paragon-types-"));
  await cp(PACKAGE, join(application, "node_modules/paragon-wasm"), { recursive: true });
  await writeFile(join(application, "package.json"), `{ "type": "module" }`);
  await mkdir(join(application, "src"));
  for (const name of await readdir(HERE)) {
    if (/\.c?ts$/.test(name)) await cp(join(HERE, name), join(application, "src", name));
  }
});
after(() => rm(application, { recursive: true, force: true }));

/** The compiler's complaints about the application; empty if there are none. */
function compile(compiler, options, files) {
  const all = {
    ...options,
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    noUncheckedIndexedAccess: true,
    target: "ES2022",
    lib: ["ES2022", "DOM", "DOM.Iterable"],
    types: [],
  };
  const program = join(MODULES, compiler, "bin/tsc");
  return new Promise((resolve, reject) => {
    const project = join(application, `tsconfig.${Object.values(options).join(".")}.${compiler}.json`);
    writeFile(project, JSON.stringify({ compilerOptions: all, ...files })).then(() => {
      execFile(process.execPath, [program, "--project", project, "--pretty", "false"], (error, stdout, stderr) => {
        if (error && typeof error.code !== "number") return reject(error);
        resolve(stdout + stderr);
      });
    }, reject);
  });
}

for (const [name, compiler] of Object.entries(COMPILERS)) {
  describe(name, () => {
    for (const [moduleResolution, module] of Object.entries(RESOLUTIONS)) {
      for (const exactOptionalPropertyTypes of [true, false]) {
        const how = exactOptionalPropertyTypes ? "exact optional properties" : "not exact";
        test(`${moduleResolution}, ${how}`, async () => {
          const exclude = exactOptionalPropertyTypes ? [] : ["src/exact.ts"];
          const options = { module, moduleResolution, exactOptionalPropertyTypes };
          assert.equal(await compile(compiler, options, { include: ["src"], exclude }), "");
        });
      }
    }

    // That the tests above can fail: nothing is `any` because it was not found.
    test("what must not compile does not", async () => {
      await writeFile(join(application, "wrong.ts"), `import { nothing } from "paragon-wasm"; nothing();`);
      const options = { module: "nodenext", moduleResolution: "nodenext" };
      assert.match(await compile(compiler, options, { files: ["wrong.ts"] }), /TS2305.*nothing/);
    });
  });
}

test("the types of the module alone need no other file, and nothing but the library of the DOM", async () => {
  await cp(join(PACKAGE, "types.d.ts"), join(application, "alone.d.ts"));
  for (const compiler of Object.values(COMPILERS)) {
    const options = { module: "nodenext", moduleResolution: "nodenext", exactOptionalPropertyTypes: true };
    assert.equal(await compile(compiler, options, { files: ["alone.d.ts"] }), "");
  }
});

test("the JavaScript calls nothing that the oldest engines lack", async () => {
  const { default: ts } = await import("typescript");
  const options = {
    allowJs: true,
    checkJs: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  /** The names that TypeScript knows only with a newer library than `lib`. */
  const newer = (file, lib) =>
    ts
      .createProgram([file], { ...options, lib })
      .getSemanticDiagnostics()
      .filter(({ code }) => code === 2550)
      .map(
        ({ file: { fileName }, messageText }) =>
          `${fileName.split("/").at(-1)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
      );
  // Chrome 96, Firefox 90 and Safari 15 have all of ES2021.
  const lib = ["lib.es2021.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"];
  // wasm-bindgen's glue asks whether there is a `Symbol.dispose`.
  const isAskedFor = (finding) => finding.includes("'dispose' does not exist on type 'SymbolConstructor'");
  for (const entry of ["index.js", "slim.js", "install.js", "compat.js"]) {
    const file = join(application, "node_modules/paragon-wasm", entry);
    assert.deepEqual(
      newer(file, lib).filter((finding) => !isAskedFor(finding)),
      [],
    );
  }
  // That it can fail.
  const wrong = join(application, "newer.js");
  await writeFile(wrong, `export default (o) => Object.hasOwn(o, "a") && "text".at(0);`);
  assert.match(newer(wrong, lib).join(), /hasOwn.*at/);
});
