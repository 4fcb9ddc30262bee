// Rollup, which looks into node_modules with its own plugin only.

import { carriesOneModule } from "./support/built.mjs";
import { writePage } from "./support/page.mjs";
import { row } from "./support/row.mjs";

const rollup = await row("rollup");
const { application, test } = rollup;

for (const [format, script] of [
  ["es", `type="module"`],
  ["iife", "defer"],
]) {
  test(`rollup, ${format}`, async (t) => {
    const file = `${format}/main.js`;
    await application.run(
      "rollup",
      "src/index.js",
      "--plugin",
      "node-resolve",
      "--plugin",
      "terser",
      "--format",
      format,
      "--inlineDynamicImports",
      "--failAfterWarnings",
      "--file",
      file,
    );
    await carriesOneModule(t, rollup, application.path(format));
    await writePage(application.path(format), `<script ${script} src="main.js"></script>`);
    await rollup.worksBuilt(application.path(format));
  });
}
