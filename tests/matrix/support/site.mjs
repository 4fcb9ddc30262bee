// A web server whose answers carry the headers that a test wants.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sirv from "sirv";

/**
 * Serves a folder until `close()`.
 *
 * @param {string} folder
 * @param {{headers?: Record<string, string>, pages?: Record<string, string | {headers: object, body: string}>}} [what]
 *   `pages` are answers by path, of HTML or JavaScript, before those of the folder
 */
export async function site(folder, { headers = {}, pages = {} } = {}) {
  const files = sirv(folder, { dev: true, etag: false, dotfiles: true });
  const server = createServer(async (request, response) => {
    const [path] = request.url.split("?");
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (path === "/flow.classic.js") {
      // The flow for scripts that cannot import it.
      const source = await readFile(join(folder, "src/flow.js"), "utf8");
      response.setHeader("content-type", "text/javascript");
      response.end(source.replaceAll("export ", ""));
      return;
    }
    const page = pages[path];
    if (page === undefined) {
      files(request, response, () => response.writeHead(404).end());
      return;
    }
    response.setHeader("content-type", path.endsWith(".js") ? "text/javascript" : "text/html");
    for (const [name, value] of Object.entries(page.headers ?? {})) response.setHeader(name, value);
    response.end(page.body ?? page);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
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
