// Next.js with its App Router: pages that are rendered on a server and go on in the browser.

import assert from "node:assert/strict";
import { cp } from "node:fs/promises";

import { carriesOneModule } from "./built.mjs";
import { row } from "./row.mjs";
import { startServer } from "./server.mjs";

const NOBODY = { authenticated: false };

/**
 * @param {string} bundler a flag of `next`
 * @param {{edge?: boolean}} [what] whether there is a route for the edge runtime: built by webpack,
 *   Next's own example of one fails
 */
export async function next(bundler, { edge = false } = {}) {
  const app = await row("next");
  const { application, test } = app;

  async function serves(...options) {
    const server = await startServer(
      process.execPath,
      [application.path("node_modules/next/dist/bin/next"), ...options, "--port", "0", "--hostname", "127.0.0.1"],
      { cwd: application.folder, env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: undefined } },
    );
    try {
      const rendered = await text(`${server.address}/`);
      const [, user] = rendered.match(/<pre>(.*?)<\/pre>/) ?? assert.fail(rendered);
      assert.deepEqual(JSON.parse(user.replaceAll("&quot;", `"`)), NOBODY);
      if (edge) {
        assert.deepEqual(await app.flowAt(`${server.address}/edge`), { nobody: NOBODY, outcome: app.WORKED });
      }
      await app.works(`${server.address}/`);
      assert.deepEqual(await app.flowAt(`${server.address}/node`), app.WORKED);
      await app.isRenderedAnew(`${server.address}/cached`);
    } catch (failure) {
      failure.message += `\n${server.output()}`;
      throw failure;
    } finally {
      await server.stop();
    }
  }

  test(`next build ${bundler}`, async (t) => {
    if (edge) {
      await cp(application.path("edge"), application.path("app/edge"), { recursive: true });
    }
    await application.run("next", "build", bundler);
    await carriesOneModule(t, app, application.path(".next/static"));
    await serves("start");
  });

  test(`next dev ${bundler}`, () => serves("dev", bundler));
}

async function text(address) {
  const response = await fetch(address);
  const content = await response.text();
  assert.equal(response.status, 200, content);
  return content;
}
