// Deno.

import { row } from "./support/row.mjs";
import { runsOnServers } from "./support/server-rows.mjs";

const deno = await row("deno");
const { application } = deno;

// No permission is asked for: importing needs none, and calls need that of the network.
const RIGHTS = {
  "flow.mjs": ["--allow-net=127.0.0.1"],
  "answers.mjs": ["--allow-net=127.0.0.1"],
  "flow.cjs": ["--allow-net=127.0.0.1", "--allow-read"],
  "compat.mjs": ["--allow-net=127.0.0.1"],
  "compat.cjs": ["--allow-net=127.0.0.1", "--allow-read"],
  "slim.mjs": ["--allow-net=127.0.0.1", "--allow-read"],
  "quiet.cjs": ["--allow-read"],
  "both.mjs": ["--allow-read"],
};
runsOnServers(deno, "Deno", (script, ...options) =>
  application.run("deno", "run", "--no-prompt", ...(RIGHTS[script] ?? []), `server/${script}`, ...options),
);
