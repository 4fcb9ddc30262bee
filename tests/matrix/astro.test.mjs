// Astro on its Node server.

import { rendersOnServers } from "./support/rendered.mjs";

await rendersOnServers("astro", {
  build: ["astro", "build"],
  server: "dist/server/entry.mjs",
  node: "node",
  env: { ASTRO_TELEMETRY_DISABLED: "1" },
});
