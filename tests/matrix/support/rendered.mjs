// Frameworks that render pages on a server, built and then started.

import assert from "node:assert/strict";

import { freePorts } from "../../guides/support/ports.mjs";
import { row } from "./row.mjs";
import { startServer } from "./server.mjs";

/**
 * @param {string} name of a folder in apps/, whose page shows the name of the user that its server asked for, and
 *   runs the flow in the browser; at `node` the server runs it
 * @param {{build: string[], server: string, node: string, env?: Record<string, string>}} how the command that
 *   builds it, the script that serves it, and the path of the server's own flow
 */
export async function rendersOnServers(name, { build, server: script, node, env }) {
  const app = await row(name);
  const { application, test } = app;

  test(`${name}: every call works on the server and in the browser; users are as they are now`, async () => {
    await application.runWith(env, ...build);
    const [port] = await freePorts(1);
    const server = await startServer(process.execPath, [script], {
      cwd: application.folder,
      env: { ...process.env, HOST: "127.0.0.1", PORT: String(port), NODE_ENV: "production", ...env },
    });
    try {
      assert.deepEqual(await app.flowAt(`${server.address}/${node}`), app.WORKED);
      await app.isRenderedAnew(`${server.address}/`);
      await app.works(`${server.address}/`);
    } catch (failure) {
      failure.message += `\n${server.output()}`;
      throw failure;
    } finally {
      await server.stop();
    }
  });
}
