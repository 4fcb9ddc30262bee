// workerd, the runtime of Cloudflare's Workers, where a date says which of its features a worker has.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { after, before, describe } from "node:test";

import { row } from "./support/row.mjs";

const workerd = await row("workerd");
const { application, test } = workerd;

/** Before `FinalizationRegistry`, `WeakRef` and `cache`; after; and the newest that this version knows. */
const DATES = ["2024-09-23", "2025-06-01", "2026-11-17"];
const WORKERS = ["default", "slim", "promised", "compat"];
const nameOf = (worker, date) => `${worker} ${date}`;

let server;
/** The addresses of the workers, by name. */
const addresses = {};
before(async () => {
  if (!application) return;
  await writeFile(application.path("config.capnp"), await configuration());
  server = spawn(application.path("node_modules/.bin/workerd"), ["serve", "--control-fd=3", "config.capnp"], {
    cwd: application.folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  await new Promise((resolve, reject) => {
    createInterface({ input: server.stdio[3] }).on("line", (line) => {
      const { event, socket, port } = JSON.parse(line);
      if (event === "listen") addresses[socket] = `http://127.0.0.1:${port}`;
      if (Object.keys(addresses).length === DATES.length * WORKERS.length) resolve();
    });
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`workerd ended with ${code}`)));
    AbortSignal.timeout(60_000).onabort = () => reject(new Error("workerd does not say on which ports it listens"));
  });
});
after(
  () =>
    server &&
    new Promise((resolve) => {
      server.removeAllListeners("exit").once("exit", resolve);
      server.kill();
    }),
);

for (const date of DATES) {
  describe(`workerd as of ${date}`, () => {
    const at = (worker) => addresses[nameOf(worker, date)];

    test("the default entry: importing does nothing, and no user is signed in; a call says that the module was refused", async () => {
      const { imported, code, message } = await (await fetch(at("default"))).json();
      assert.deepEqual([imported, code], [{ authenticated: false }, "load_failed"]);
      assert.match(message, /WebAssembly module was refused/);
    });

    for (const worker of ["slim", "promised", "compat"]) {
      test(`${worker}: every call works`, async () => {
        assert.deepEqual(await workerd.flowAt(`${at(worker)}/flow`), workerd.WORKED);
      });

      test(`${worker}: redirects are not followed, and other answers are as everywhere`, () =>
        workerd.answersAt(async (query) => {
          const response = await fetch(`${at(worker)}/answers?${query}`);
          const text = await response.text();
          assert.equal(response.status, 200, text);
          return JSON.parse(text);
        }));
    }

    test("slim: requests at once, each with a client and retries, do not disturb each other", async () => {
      const query = new URLSearchParams(await workerd.session());
      await (await workerd.sandbox()).fault({ path: "*/sdk/me", times: 20, action: { kind: "answer", status: 503 } });
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, async () => (await fetch(`${at("slim")}/read?${query}`)).json()),
      );
      assert.deepEqual(outcomes, Array(10).fill("ada"));
    });
  });
}

/** Each worker at each date, with every module named: the package's as they are. */
async function configuration() {
  const installed = await readdir(application.path("node_modules/paragon-wasm"));
  const modules = [
    ...installed
      .filter((file) => /\.(js|wasm)$/.test(file) && !file.includes("global"))
      .map((file) => [`paragon-wasm/${file}`, `node_modules/paragon-wasm/${file}`]),
    ...["calls.js", "src/flow.js", "src/answers.js"].map((file) => [file, file]),
  ].map(([name, file]) => `( name = "${name}", ${file.endsWith(".wasm") ? "wasm" : "esModule"} = embed "${file}" ),`);
  const all = DATES.flatMap((date) => WORKERS.map((worker) => ({ date, worker, name: nameOf(worker, date) })));
  const services = all.map(
    ({ date, worker, name }) => `( name = "${name}", worker = (
      compatibilityDate = "${date}",
      modules = [ ( name = "${worker}.js", esModule = embed "${worker}.js" ), ${modules.join("\n")} ],
    ) ),`,
  );
  const sockets = all.map(
    ({ name }) => `( name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}" ),`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [ ( name = "internet", network = ( allow = ["public", "private"] ) ), ${services.join("\n")} ],
  sockets = [ ${sockets.join("\n")} ],
);
`;
}
