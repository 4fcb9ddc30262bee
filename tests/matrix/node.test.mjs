// The Node that runs the tests.

import { row } from "./support/row.mjs";
import { runsOnServers } from "./support/server-rows.mjs";

const node = await row("node");
const { application } = node;

runsOnServers(node, "Node", (script, ...options) => application.node([`server/${script}`, ...options]));
