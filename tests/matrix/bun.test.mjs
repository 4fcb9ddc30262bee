// Bun.

import { row } from "./support/row.mjs";
import { runsOnServers } from "./support/server-rows.mjs";

const bun = await row("bun");
const { application } = bun;

runsOnServers(bun, "Bun", (script, ...options) => application.run("bun", `server/${script}`, ...options));
