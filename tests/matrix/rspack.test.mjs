// Rspack without a configuration file.

import { carriesOneModule } from "./support/built.mjs";
import { writePage } from "./support/page.mjs";
import { row } from "./support/row.mjs";

const rspack = await row("rspack");
const { application, test } = rspack;

test("rspack", async (t) => {
  await application.run("rspack", "build", "--mode", "production");
  await carriesOneModule(t, rspack, application.path("dist"));
  await writePage(application.path("dist"), `<script defer src="main.js"></script>`);
  await rspack.worksBuilt(application.path("dist"));
});

test("rspack, with the module as a file", async (t) => {
  await application.run("rspack", "build", "--mode", "production", "--entry", "./src/slim.js", "--output-path", "slim");
  await carriesOneModule(t, rspack, application.path("slim"), { inlined: 0, files: 1 });
  await writePage(application.path("slim"), `<script defer src="main.js"></script>`);
  await rspack.worksBuilt(application.path("slim"));
});

test("rspack, without WebAssembly", async (t) => {
  await application.run(
    "rspack",
    "build",
    "--mode",
    "production",
    "--entry",
    "./src/compat.js",
    "--output-path",
    "compat",
  );
  await carriesOneModule(t, rspack, application.path("compat"), { inlined: 0, files: 0 });
  await writePage(application.path("compat"), `<script defer src="main.js"></script>`);
  await rspack.worksBuilt(application.path("compat"));
});

test("rspack in development", async () => {
  await application.run("rspack", "build", "--mode", "development", "--output-path", "development");
  await writePage(application.path("development"), `<script defer src="main.js"></script>`);
  await rspack.worksBuilt(application.path("development"));
});
