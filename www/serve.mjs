// A static server for development: the demo page, and whatever folder a test wants to see served.
//
//   node www/serve.mjs [--port N] [--config JSON]
//
// serves www/ with the built package under /paragon-wasm/, as an application's own server would.
// The first line it prints is its address. `/config.json` answers JSON.

import { createServer } from "node:http";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import sirv from "sirv";

/**
 * Serves folders until `close()` is called.
 *
 * @param {Record<string, string>} folders by the path they appear under: `{"/": "dist"}`
 * @param {{port?: number, config?: unknown}} [options] port 0, the default, picks a free one
 * @returns {Promise<{address: string, close: () => Promise<void>}>}
 */
export async function serve(folders, { port = 0, config } = {}) {
  const mounts = Object.entries(folders)
    .map(([path, folder]) => ({
      prefix: path.replace(/\/$/, ""),
      // `dev` reads each file anew and forbids the browser to keep it.
      handler: sirv(folder, { dev: true, etag: false }),
    }))
    .sort((a, b) => b.prefix.length - a.prefix.length);

  const server = createServer((request, response) => {
    const [path] = request.url.split("?");
    if (config !== undefined && path === "/config.json") {
      response.setHeader("content-type", "application/json");
      response.setHeader("cache-control", "no-store");
      response.end(JSON.stringify(config));
      return;
    }
    const { prefix, handler } = mounts.find((mount) => path.startsWith(`${mount.prefix}/`)) ?? {};
    const missing = () => {
      response.writeHead(404, { "content-type": "text/plain" });
      response.end(`nothing at ${path}`);
    };
    if (handler === undefined) {
      missing();
      return;
    }
    request.url = request.url.slice(prefix.length);
    handler(request, response, missing);
  });

  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { port: { type: "string" }, config: { type: "string" } } });
  const here = (path) => fileURLToPath(new URL(path, import.meta.url));
  const { address } = await serve(
    { "/": here("."), "/paragon-wasm": here("../pkg") },
    {
      port: Number(values.port ?? 0),
      config: values.config === undefined ? undefined : JSON.parse(values.config),
    },
  );
  console.log(address);
}
