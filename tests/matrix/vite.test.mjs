// Vite: its build, and its development server, which moves the modules that it finds.

import { pathToFileURL } from "node:url";

import { carriesOneModule } from "./support/built.mjs";
import { writePage } from "./support/page.mjs";
import { row } from "./support/row.mjs";

const vite = await row("vite");
const { application, test } = vite;

test("vite build", async (t) => {
  await application.run("vite", "build");
  await carriesOneModule(t, vite, application.path("dist"));
  await vite.worksBuilt(application.path("dist"));
});

test("vite build, with the module as a file", async (t) => {
  await application.node([
    "--input-type=module",
    "--eval",
    `
    import { build } from "vite";
    await build({ logLevel: "error", build: { outDir: "slim", rolldownOptions: { input: "slim.html" } } });`,
  ]);
  await carriesOneModule(t, vite, application.path("slim"), { inlined: 0, files: 1 });
  await vite.worksBuilt(application.path("slim"), "/slim.html");
});

test("vite build, without WebAssembly", async (t) => {
  await writePage(application.folder, `<script type="module" src="./src/compat.js"></script>`, "compat.html");
  await application.node([
    "--input-type=module",
    "--eval",
    `
    import { build } from "vite";
    await build({ logLevel: "error", build: { outDir: "compat", rolldownOptions: { input: "compat.html" } } });`,
  ]);
  await carriesOneModule(t, vite, application.path("compat"), { inlined: 0, files: 0 });
  await vite.worksBuilt(application.path("compat"), "/compat.html");
});

test("vite's development server", async () => {
  const { createServer } = await import(pathToFileURL(application.path("node_modules/vite/dist/node/index.js")).href);
  const server = await createServer({
    root: application.folder,
    configFile: false,
    logLevel: "error",
    server: { host: "127.0.0.1", port: 0 },
  });
  try {
    await server.listen();
    const address = `http://127.0.0.1:${server.httpServer.address().port}`;
    await vite.works(`${address}/`);
    await vite.works(`${address}/slim.html`);
  } finally {
    await server.close();
  }
});
