// Next.js 14, which keeps answers on the server, and runs middleware in the edge runtime.

import assert from "node:assert/strict";

import { row } from "./support/row.mjs";
import { startServer } from "./support/server.mjs";

const next14 = await row("next14");
const { application, test } = next14;

const start = (...options) =>
  startServer(
    process.execPath,
    [application.path("node_modules/next/dist/bin/next"), ...options, "--port", "0", "--hostname", "127.0.0.1"],
    { cwd: application.folder, env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: undefined } },
  );

test("next 14: every call works on the server, in the edge runtime and in middleware; users are as they are now", async () => {
  await application.run("next", "build");
  const server = await start("start");
  try {
    for (const path of ["node", "edge", "middleware"]) {
      assert.deepEqual(await next14.flowAt(`${server.address}/${path}`), next14.WORKED, path);
    }
    await next14.isRenderedAnew(`${server.address}/`);
  } catch (failure) {
    failure.message += `\n${server.output()}`;
    throw failure;
  } finally {
    await server.stop();
  }
});
