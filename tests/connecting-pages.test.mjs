// The page that connects: in a frame, left while the user is at the provider, with a browser or a tool that
// opens no windows, with a server that fails for a moment.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { useInstallPage } from "./support/installs.mjs";

const stage = useInstallPage();

/** The package on two other origins, for pages of any; `broken` files are answered with 503. */
const server = { broken: undefined, loaded: [] };
before(async () => {
  const types = { js: "text/javascript", html: "text/html" };
  server.http = createServer(async ({ url }, response) => {
    const [path] = url.split("?");
    const type = types[path.split(".").at(-1)];
    const headers = { "access-control-allow-origin": "*", "content-type": type, "cache-control": "no-store" };
    if (server.broken?.test(path)) return response.writeHead(503, headers).end();
    server.loaded.push(url);
    const content = await readFile(fileURLToPath(new URL(`../pkg${path}`, import.meta.url)));
    return response.writeHead(200, headers).end(content);
  });
  await new Promise((resolve) => server.http.listen(0, resolve));
  server.origins = ["127.0.0.1", "localhost"].map((host) => `http://${host}:${server.http.address().port}`);
});
after(() => {
  server.http.close();
  server.http.closeAllConnections();
});

describe("the code that connects cannot be loaded", () => {
  /** In the page: what an install by the package at another origin gives. */
  const connect = async (origin) => {
    window.other ??= await import(`${origin}/index.js`);
    window.others ??= [];
    const client = new window.other.ParagonClient(window.configuration);
    window.others.push(client);
    await client.authenticate(undefined, window.token);
    return client.getIntegrationConfig("slack").then(
      () => "ok",
      ({ code, message }) => `${code}: ${message}`,
    );
  };

  test("for a while: the next call loads it, once", async () => {
    const [origin] = server.origins;
    server.broken = /install\.js$/;
    const failed = await stage.evaluate(connect, origin);
    assert.match(failed, /^load_failed: .*Try again; if it fails again, reload the page/);
    assert.match(await stage.evaluate(connect, origin), /^load_failed/);
    server.broken = undefined;
    server.loaded.length = 0;
    for (let time = 0; time < 3; time += 1) assert.equal(await stage.evaluate(connect, origin), "ok");
    const loaded = server.loaded.filter((url) => url.startsWith("/install.js"));
    assert.equal(loaded.length, 1, loaded.join());
    await stage.evaluate(() => Promise.all(window.others.map((client) => client.logout())));
  });
});
