// workerd, the runtime of Cloudflare's Workers.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { after, before } from "node:test";

import { row } from "./support/row.mjs";

const workerd = await row("workerd");
const { application, test } = workerd;

let server, answer;
before(async () => {
  if (!application) return;
  // Every module is named: the package's as they are.
  const installed = application.path("node_modules/paragon-wasm");
  const files = await readdir(installed, { recursive: true });
  const modules = files
    .filter((file) => /(^|\/)[^/]+\.(js|wasm)$/.test(file) && !file.includes("global"))
    .map((file) => {
      const kind = file.endsWith(".wasm") ? "wasm" : "esModule";
      return `( name = "paragon-wasm/${file}", ${kind} = embed "node_modules/paragon-wasm/${file}" ),`;
    });
  const config = await readFile(application.path("config.capnp"), "utf8");
  await writeFile(
    application.path("config.capnp"),
    config.replace("MODULES", () => modules.join("\n")),
  );

  server = spawn(application.path("node_modules/.bin/workerd"), ["serve", "--control-fd=3", "config.capnp"], {
    cwd: application.folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const port = await new Promise((resolve, reject) => {
    createInterface({ input: server.stdio[3] }).on("line", (line) => {
      const { event, port } = JSON.parse(line);
      if (event === "listen") resolve(port);
    });
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`workerd ended with ${code}`)));
    AbortSignal.timeout(60_000).onabort = () => reject(new Error("workerd does not say on which port it listens"));
  });
  // Once: from then on the module is there, for all entries.
  answer = await (await fetch(`http://127.0.0.1:${port}`)).json();
});
after(
  () =>
    server &&
    new Promise((resolve) => {
      server.removeAllListeners("exit").once("exit", resolve);
      server.kill();
    }),
);

test("workerd: importing does nothing, and nobody is signed in", () => {
  assert.deepEqual(answer.imported, { authenticated: false });
});

test("workerd: a call that needs the module says that it was refused", () => {
  assert.equal(answer.code, "load_failed");
  assert.match(answer.message, /WebAssembly module was refused/);
});

test("workerd: slim runs the module that the worker imports", () => {
  assert.deepEqual(answer.slim, ["invalid_metadata", { authenticated: false }]);
});
