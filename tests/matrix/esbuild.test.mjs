// esbuild, as modules and as one classic script.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { carriesOneModule } from "./support/built.mjs";
import { writePage } from "./support/page.mjs";
import { row } from "./support/row.mjs";

const esbuild = await row("esbuild");
const { application, test } = esbuild;

const build = (entry, ...options) =>
  application.run("esbuild", entry, "--bundle", "--minify", "--log-level=warning", "--entry-names=main", ...options);

test("esbuild, modules", async (t) => {
  await build("src/index.js", "--format=esm", "--splitting", "--outdir=modules");
  await carriesOneModule(t, esbuild, application.path("modules"));
  await writePage(application.path("modules"), `<script type="module" src="main.js"></script>`);
  await esbuild.worksBuilt(application.path("modules"));
});

test("esbuild, a classic script", async (t) => {
  await build("src/index.js", "--outdir=script");
  await carriesOneModule(t, esbuild, application.path("script"));
  await writePage(application.path("script"), `<script defer src="main.js"></script>`);
  await esbuild.worksBuilt(application.path("script"));
});

test("esbuild, with the module as a file", async (t) => {
  await build("src/slim.js", "--format=esm", "--loader:.wasm=file", "--outdir=slim");
  await carriesOneModule(t, esbuild, application.path("slim"), { inlined: 0, files: 1 });
  await writePage(application.path("slim"), `<script type="module" src="main.js"></script>`);
  await esbuild.worksBuilt(application.path("slim"));
});

test("esbuild, without WebAssembly", async (t) => {
  await build("src/compat.js", "--format=esm", "--outdir=compat");
  await carriesOneModule(t, esbuild, application.path("compat"), { inlined: 0, files: 0 });
  await writePage(application.path("compat"), `<script type="module" src="main.js"></script>`);
  await esbuild.worksBuilt(application.path("compat"));
});

test("the syntax is no newer than the engines that errors name", async () => {
  const installed = (file) => application.path("node_modules/paragon-wasm", file);
  const [, ...versions] = (await readFile(installed("load.js"), "utf8")).match(
    /Chrome (\d+), Firefox (\d+), Safari ([\d.]+), Node (\d+) or newer/,
  );
  const engines = ["chrome", "firefox", "safari", "node"].map((engine, index) => engine + versions[index]).join();
  // Of optional chains esbuild knows that Chrome before 91 fails in one case, which eslint forbids in
  // the package: an argument after a spread one.
  const supported = "--supported:optional-chain=true";
  for (const file of ["index.js", "slim.js", "index.cjs", "slim.cjs", "compat.js", "install.js", "paragon.global.js"]) {
    const [there, everywhere] = await Promise.all(
      [engines, "esnext"].map((target) =>
        application.run(
          "esbuild",
          installed(file),
          "--bundle",
          "--platform=node",
          "--format=esm",
          supported,
          `--target=${target}`,
        ),
      ),
    );
    assert.ok(there === everywhere, `${file} needs to be changed for ${engines}`);
  }
});
