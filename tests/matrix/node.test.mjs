// Node: the oldest that the package names, the newest, and the one that runs the tests.

import { existsSync } from "node:fs";

import { row } from "./support/row.mjs";
import { runsOnServers } from "./support/server-rows.mjs";

const node = await row("node");
const { application } = node;

runsOnServers(node, "this Node", (script, ...options) => application.node([`server/${script}`, ...options]));

for (const which of ["oldest", "newest"]) {
  const program = application?.path(`node_modules/node-${which}/bin/node`);
  const there = program && existsSync(program);
  runsOnServers(
    there ? node : { ...node, test: node.notRun("npm has no Node of that version for this system") },
    `the ${which} Node`,
    (script, ...options) => application.node([`server/${script}`, ...options], program),
  );
}
