// Webpack without a configuration file.

import { carriesOneModule } from "./support/built.mjs";
import { writePage } from "./support/page.mjs";
import { row } from "./support/row.mjs";

const webpack = await row("webpack");
const { application, test } = webpack;

test("webpack", async (t) => {
  await application.run("webpack", "build", "--mode", "production");
  await carriesOneModule(t, webpack, application.path("dist"));
  await writePage(application.path("dist"), `<script defer src="main.js"></script>`);
  await webpack.worksBuilt(application.path("dist"));
});

test("webpack, with the module as a file", async (t) => {
  await application.run(
    "webpack",
    "build",
    "--mode",
    "production",
    "--entry",
    "./src/slim.js",
    "--output-path",
    "slim",
  );
  await carriesOneModule(t, webpack, application.path("slim"), { inlined: 0, files: 1 });
  await writePage(application.path("slim"), `<script defer src="main.js"></script>`);
  await webpack.worksBuilt(application.path("slim"));
});

test("webpack, without WebAssembly", async (t) => {
  await application.run(
    "webpack",
    "build",
    "--mode",
    "production",
    "--entry",
    "./src/compat.js",
    "--output-path",
    "compat",
  );
  await carriesOneModule(t, webpack, application.path("compat"), { inlined: 0, files: 0 });
  await writePage(application.path("compat"), `<script defer src="main.js"></script>`);
  await webpack.worksBuilt(application.path("compat"));
});

test("webpack in development", async () => {
  await application.run("webpack", "build", "--mode", "development", "--output-path", "development");
  await writePage(application.path("development"), `<script defer src="main.js"></script>`);
  await webpack.worksBuilt(application.path("development"));
});
