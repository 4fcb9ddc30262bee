// Pages for bundlers that write scripts only.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** @param {string} folder @param {string} head what loads the application */
export const writePage = (folder, head, name = "index.html") =>
  writeFile(
    join(folder, name),
    `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Application</title><link rel="icon" href="data:,">${head}</head>
  <body><output></output></body>
</html>
`,
  );
