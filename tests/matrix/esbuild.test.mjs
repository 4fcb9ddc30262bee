// esbuild, as modules and as one classic script.

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
