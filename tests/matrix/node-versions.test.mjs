// The oldest Node that the package names, and the newest.

import { row } from "./support/row.mjs";
import { runsOnServers } from "./support/server-rows.mjs";

const node = await row("node-versions");
const { application } = node;

for (const which of ["oldest", "newest"]) {
  runsOnServers(node, `the ${which} Node`, (script, ...options) => {
    const program = application.path(`node_modules/node-${which}/bin/node`);
    return application.node([`server/${script}`, ...options], program);
  });
}
