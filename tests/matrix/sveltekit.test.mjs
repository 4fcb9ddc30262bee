// SvelteKit on its Node server.

import { rendersOnServers } from "./support/rendered.mjs";

await rendersOnServers("sveltekit", { build: ["vite", "build"], server: "build/index.js", node: "node" });
