// Nuxt on its Node server.

import { rendersOnServers } from "./support/rendered.mjs";

await rendersOnServers("nuxt", {
  build: ["nuxt", "build"],
  server: ".output/server/index.mjs",
  node: "api/node",
  env: { NUXT_TELEMETRY_DISABLED: "1" },
});
