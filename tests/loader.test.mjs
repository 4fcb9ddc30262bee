// The package's entry: when it loads the module, how often, and what happens when that fails.
// In Node, which is also a place where the package must work.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { startSandbox } from "./support/sandbox.mjs";

const PACKAGE = fileURLToPath(new URL("../pkg/", import.meta.url));
const ENTRY = pathToFileURL(join(PACKAGE, "index.js")).href;

/** Node's own `fetch` compiles a WebAssembly module for its first answer: done and over. */
const WARM = `
const { createServer } = await import("node:http");
await new Promise((resolve) => {
  const server = createServer((_, response) => response.end()).listen(0, async () => {
    await (await fetch("http://127.0.0.1:" + server.address().port)).text();
    server.close(resolve).closeAllConnections();
  });
});`;

/** Runs a script in a Node of its own, and gives what it logs; it has `paragon`, the package. */
async function inNode(script, entry = ENTRY, before = "") {
  const source = `${WARM} ${before}; const paragon = await import(${JSON.stringify(entry)}); ${script}`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", source]);
  return stdout.trim().split("\n");
}

/** What may not happen at import, each said when it happens. */
const WATCHED = `
for (const [on, name] of [[globalThis, "fetch"], [WebAssembly, "instantiate"], [WebAssembly, "compile"],
  [WebAssembly, "Module"]]) {
  on[name] = new Proxy(on[name], {
    apply: (target, self, args) => (console.log(name), Reflect.apply(target, self, args)),
    construct: (target, args) => (console.log(name), Reflect.construct(target, args)),
  });
}`;

test("importing does nothing", async () => {
  assert.deepEqual(await inNode(`console.log("imported")`, ENTRY, WATCHED), ["imported"]);
});

test("nobody is signed in before the first call, which is known without the module", async () => {
  const lines = await inNode(
    `const users = await Promise.all([paragon.getUser(), new paragon.ParagonClient({ projectId: "p" }).getUser()]);
     console.log(JSON.stringify(users));`,
    ENTRY,
    WATCHED,
  );
  assert.deepEqual(lines, [JSON.stringify(Array(2).fill({ authenticated: false }))]);
});

test("the first calls load the module once between them", async () => {
  const lines = await inNode(
    `const other = new paragon.ParagonClient({ timeoutMs: 1000 });
     const calls = [paragon.getIntegrations(), paragon.getCredentials(), other.getIntegrations()];
     const codes = (await Promise.allSettled(calls)).map(({ reason }) => reason.code);
     console.log(JSON.stringify([...codes, await paragon.getUser()]));`,
    ENTRY,
    WATCHED,
  );
  assert.equal(lines.filter((line) => line === "instantiate").length, 1, lines.join());
  assert.ok(!lines.includes("fetch"));
  assert.deepEqual(JSON.parse(lines.at(-1)), [...Array(3).fill("not_authenticated"), { authenticated: false }]);
});

test("what the first call of getUser is given is checked all the same", async () => {
  const [codes] = await inNode(
    `const calls = [paragon.getUser({ timeoutMs: -1 }), new paragon.ParagonClient({ host: "a b" }).getUser()];
     console.log((await Promise.allSettled(calls)).map(({ reason }) => reason?.code).join());`,
  );
  assert.equal(codes, "invalid_argument,invalid_configuration");
});

test("a load that failed says why, and the next call tries again", async () => {
  const [failure, next] = await inNode(
    `const instantiate = WebAssembly.instantiate;
     WebAssembly.instantiate = async () => { throw new WebAssembly.CompileError("refused by CSP"); };
     const error = await paragon.getIntegrations().catch((error) => error);
     console.log(JSON.stringify([error instanceof paragon.ParagonError, error.code, error.message, error.cause.message]));
     WebAssembly.instantiate = instantiate;
     console.log(await paragon.getIntegrations().catch(({ code }) => code));`,
  );
  const [ours, code, message, cause] = JSON.parse(failure);
  assert.deepEqual([ours, code, cause], [true, "load_failed", "refused by CSP"]);
  assert.match(message, /wasm-unsafe-eval/);
  assert.equal(next, "not_authenticated");
});

test("where there is no WebAssembly, the error says what is needed", async () => {
  const [failure] = await inNode(
    `const error = await paragon.getIntegrations().catch((error) => error);
     console.log(JSON.stringify([error.code, error.message]));`,
    ENTRY,
    "delete globalThis.WebAssembly",
  );
  const [code, message] = JSON.parse(failure);
  assert.equal(code, "load_failed");
  assert.match(message, /no WebAssembly here.*Chrome \d+/);
});

describe("errors", () => {
  test("are recognised by their mark, whichever copy of the package made them", async () => {
    const [line] = await inNode(
      `const error = await paragon.setUserMetadata({}).catch((error) => error);
       const copy = await import(${JSON.stringify(`${ENTRY}?copy`)});
       console.log(JSON.stringify([
         error instanceof Error, error instanceof copy.ParagonError, copy.isParagonError(error), error.name, error.code,
         Object.keys(error), paragon.isParagonError(new Error("x")), paragon.isParagonError(null), [] instanceof paragon.ParagonError,
       ]));`,
    );
    assert.deepEqual(JSON.parse(line), [
      true, true, true, "UserNotAuthenticatedError", "not_authenticated", ["code"], false, false, false,
    ]);
  });
});

test("the stack of an error tells who made the call", async () => {
  const lines = await inNode(
    `async function mine() { await paragon.setUserMetadata({ plan() {} }); }
     function theirs() { return paragon.getCredentials(); }
     for (const call of [mine, theirs]) await call().catch((error) => console.log(error.stack));`,
  );
  const [first, second] = lines.join("\n").split(/\n(?=\S)/);
  assert.match(first, /^ParagonError: Cannot be sent.*"metadata\.plan" is a function.*\n[^]* at (async )?mine /);
  assert.match(second, /^UserNotAuthenticatedError: No user is signed in.*\n[^]* at theirs /);
});

test("methods may be taken off their object", async () => {
  const [line] = await inNode(
    `const { getUser } = new paragon.ParagonClient(); console.log(JSON.stringify(await getUser()));`,
  );
  assert.deepEqual(JSON.parse(line), { authenticated: false });
});

describe("against a sandbox", () => {
  let sandbox;
  before(async () => (sandbox = await startSandbox()));
  after(() => sandbox.stop());

  test("everything works in Node too, and the process can end at once", async () => {
    const { projectId, token } = await sandbox.token({ userId: "node-user", expiresInSeconds: 600 });
    const [meta, first, second] = await inNode(
      `await paragon.configureGlobal({ apiUrl: ${JSON.stringify(sandbox.url)} });
       await paragon.authenticate(${JSON.stringify(projectId)}, ${JSON.stringify(token)});
       console.log(JSON.stringify((await paragon.setUserMetadata({ Name: "Node" })).meta));
       const other = new paragon.ParagonClient();
       console.log((await paragon.getUser()).authenticated);
       console.log((await other.getUser()).authenticated);`,
    );
    assert.deepEqual([JSON.parse(meta), first, second], [{ Name: "Node" }, "true", "false"]);
  });
});

describe("a failure inside the module", () => {
  // (module (func (export "start") unreachable))
  const TRAP = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 9, 1, 5, 115, 116, 97, 114, 116, 0, 0, 10, 5, 1, 3, 0, 0, 11];
  let folder;
  before(async () => {
    // The real loader with a module that is made to fail: the real one is not meant to.
    folder = await mkdtemp(join(tmpdir(), "paragon-wasm-trap-"));
    await cp(PACKAGE, folder, { recursive: true });
    await writeFile(join(folder, "paragon_wasm_inline.js"), `export default () => new Uint8Array(${JSON.stringify(TRAP)});`);
    await writeFile(
      join(folder, "paragon_wasm.js"),
      `let wasm, calls = 0;
       export const imports = () => ({});
       export const finish = ({ exports }) => { wasm = exports; };
       export const create = () => 0, release = () => {}, end = () => {}, step = () => {};
       export const start = () => { if (++calls === 2) wasm.start(); };`,
    );
  });
  after(() => rm(folder, { recursive: true }));

  test("rejects the calls that are pending and those that follow", async () => {
    const lines = await inNode(
      `const calls = [paragon.getIntegrations(), paragon.getIntegrations()];
       for (const error of await Promise.all(calls.map((call) => call.catch((error) => error)))) {
         console.log([error.code, paragon.isParagonError(error), error.cause.constructor.name].join());
       }
       console.log(await paragon.getIntegrations().catch((error) => error.code));
       // A rejection that nobody handles would end the process here.
       await new Promise((resolve) => setTimeout(resolve, 10));
       console.log("nothing unhandled");
       process.exit();`,
      pathToFileURL(join(folder, "index.js")).href,
    );
    assert.deepEqual(lines, ["internal,true,RuntimeError", "internal,true,RuntimeError", "internal", "nothing unhandled"]);
  });
});
