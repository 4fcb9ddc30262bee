// The package's entry: when it loads the module, how often, and what happens when that fails.
// In Node, which is also a place where the package must work.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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

/** The effects that import must not have; each is reported when it happens. */
const WATCHED = `
for (const [on, name] of [[globalThis, "fetch"], [WebAssembly, "instantiate"], [WebAssembly, "compile"],
  [WebAssembly, "Module"], [WebAssembly, "Instance"]]) {
  on[name] = new Proxy(on[name], {
    apply: (target, self, args) => (console.log(name), Reflect.apply(target, self, args)),
    construct: (target, args) => (console.log(name), Reflect.construct(target, args)),
  });
}`;

test("importing does nothing", async () => {
  assert.deepEqual(await inNode(`console.log("imported")`, ENTRY, WATCHED), ["imported"]);
});

test("no user is signed in before the first call, which is known without the module", async () => {
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
  assert.deepEqual(lines.slice(0, -1), ["Module", "Instance"]);
  assert.deepEqual(JSON.parse(lines.at(-1)), [...Array(3).fill("not_authenticated"), { authenticated: false }]);
});

/** An engine that compiles asynchronously only, as older Chromes do on a page's main thread. */
const ASYNCHRONOUS = `
for (const name of ["Module", "Instance"]) {
  WebAssembly[name] = new Proxy(WebAssembly[name], {
    construct: () => { throw new RangeError("WebAssembly." + name + " is disallowed on the main thread."); },
  });
}`;

describe("the arguments of the first calls are read", () => {
  const calls = `
    const metadata = { Name() {} };
    const first = paragon.setUserMetadata(metadata).catch(({ code }) => code);
    delete metadata.Name;
    console.log(await first);`;

  test("when they are made, where the engine compiles at once", async () => {
    assert.deepEqual(await inNode(calls), ["invalid_metadata"]);
  });

  test("when the module is loaded, where it does not", async () => {
    assert.deepEqual(await inNode(calls, ENTRY, ASYNCHRONOUS), ["not_authenticated"]);
  });
});

test("where the engine compiles asynchronously, the first calls wait, and are made in order", async () => {
  const lines = await inNode(
    `const client = new paragon.ParagonClient();
     await Promise.all(["getIntegrations", "logout", "getUser", "getCredentials"].map(async (name) => {
       const outcome = await client[name]().catch(({ code }) => code);
       console.log(name, JSON.stringify(outcome));
     }));`,
    ENTRY,
    ASYNCHRONOUS,
  );
  assert.deepEqual(lines, [
    'getIntegrations "not_authenticated"',
    "logout undefined",
    'getUser {"authenticated":false}',
    'getCredentials "not_authenticated"',
  ]);
});

test("each of several first calls has an error of its own when the module cannot be loaded, which names its caller", async () => {
  const lines = await inNode(
    `WebAssembly.instantiate = async () => { throw new WebAssembly.CompileError("refused by CSP"); };
     function one() { return paragon.getIntegrations(); }
     function two() { return paragon.getCredentials(); }
     const errors = await Promise.all([one(), two()].map((call) => call.catch((error) => error)));
     console.log(errors[0] !== errors[1], errors.map(({ code }) => code).join());
     for (const { stack } of errors) console.log(/^ParagonError: The WebAssembly module was refused/.test(stack), / at (one|two) /.exec(stack)[1]);`,
    ENTRY,
    ASYNCHRONOUS,
  );
  assert.deepEqual(lines, ["true load_failed,load_failed", "true one", "true two"]);
});

describe("a subscription before the first call", () => {
  test("loads nothing, is checked, and can be ended", async () => {
    const lines = await inNode(
      `const listener = () => {};
       const stop = paragon.subscribe("onSessionChange", listener);
       console.log(stop(), stop(), paragon.unsubscribe("onSessionChange", listener));
       for (const args of [["other", listener], ["onSessionChange"], [Symbol("name"), listener]]) {
         try { paragon.subscribe(...args); } catch (error) { console.log(error.code, error.details.path, error instanceof paragon.ParagonError); }
       }`,
      ENTRY,
      WATCHED,
    );
    assert.deepEqual(lines, [
      "true false false",
      "invalid_argument name true",
      "invalid_argument listener true",
      "invalid_argument name true",
    ]);
  });

  test("is handed to the module, once, and can be ended afterwards", async () => {
    const lines = await inNode(
      `const listener = () => {}, other = () => {};
       const stops = [listener, listener, other].map((it) => paragon.subscribe("onSessionChange", it));
       await paragon.getIntegrations().catch(() => {});
       console.log(stops[0](), stops[1](), paragon.unsubscribe("onSessionChange", other), stops[2]());`,
    );
    assert.deepEqual(lines, ["true false true false"]);
  });
});

test("a client's options are copied when it is made", async () => {
  const lines = await inNode(
    `const options = { timeoutMs: 1000 };
     const client = new paragon.ParagonClient(options);
     options.timeoutMs = -1;
     console.log(await client.getIntegrations().catch(({ code }) => code));
     const throwing = new paragon.ParagonClient({ get timeoutMs() { throw new Error("mine"); } });
     console.log(await throwing.getIntegrations().catch(({ code }) => code));
     console.log(await new paragon.ParagonClient("p").getIntegrations().catch(({ code }) => code));`,
  );
  assert.deepEqual(lines, ["not_authenticated", "invalid_argument", "invalid_argument"]);
});

test("each call is one call of an export of the module, and has that name", async () => {
  const [line] = await inNode(
    `const calls = {
       configureGlobal: [{}], authenticate: ["p", "no token"], getUser: [], setUserMetadata: [{}], getIntegrations: [],
       getIntegrationMetadata: ["slack"], uninstallIntegration: ["slack"], getCredentials: [], updateCredential: ["id", { accessToken: "a" }],
       enableWorkflow: ["id"], disableWorkflow: ["id"], event: ["name", {}], workflow: ["id"], request: ["slack", "path"], logout: [],
       subscribe: ["onSessionChange", () => {}], unsubscribe: ["onSessionChange", () => {}],
     };
     const client = new paragon.ParagonClient();
     await client.configureGlobal({});
     const counted = {};
     for (const [name, args] of Object.entries(calls)) {
       called.length = 0;
       try { await client[name](...args); } catch {}
       counted[name] = called.filter((name) => !/^(__|wasm_bindgen_)/.test(name)).join();
     }
     console.log(JSON.stringify(counted));`,
    ENTRY,
    `globalThis.called = [];
     WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
       construct(target, args) {
         const counted = ([name, value]) => [name, typeof value === "function" ? (...args) => (called.push(name), value(...args)) : value];
         return { exports: Object.fromEntries(Object.entries(Reflect.construct(target, args).exports).map(counted)) };
       },
     });`,
  );
  const counted = JSON.parse(line);
  assert.equal(Object.keys(counted).length, 17);
  for (const [name, called] of Object.entries(counted)) assert.equal(called, `paragonclient_${name}`);
});

test("what the first call of getUser is given is checked all the same", async () => {
  const [codes] = await inNode(
    `const calls = [paragon.getUser({ timeoutMs: -1 }), new paragon.ParagonClient({ host: "a b" }).getUser()];
     console.log((await Promise.allSettled(calls)).map(({ reason }) => reason?.code).join());`,
  );
  assert.equal(codes, "invalid_argument,invalid_configuration");
});

test("where no module can be loaded, no user is signed in until a call was made that could sign in", async () => {
  const lines = await inNode(
    `const client = new paragon.ParagonClient({ host: "paragon.example.com" });
     const outcomes = [await client.getUser(), await client.getUser({ timeoutMs: 10 }), await client.getIntegrations().catch(({ code }) => code)];
     console.log(JSON.stringify([...outcomes, await client.getUser().catch(({ code }) => code)]));`,
    ENTRY,
    "delete globalThis.WebAssembly",
  );
  const nobody = { authenticated: false };
  assert.deepEqual(JSON.parse(lines), [nobody, nobody, "load_failed", "load_failed"]);
});

test("a load that failed says why, and the next call tries again", async () => {
  const [failure, next] = await inNode(
    `const instantiate = WebAssembly.instantiate;
     WebAssembly.instantiate = async () => { throw new WebAssembly.CompileError("refused by CSP"); };
     const error = await paragon.getIntegrations().catch((error) => error);
     console.log(JSON.stringify([error instanceof paragon.ParagonError, error.code, error.message, error.cause.message]));
     WebAssembly.instantiate = instantiate;
     console.log(await paragon.getIntegrations().catch(({ code }) => code));`,
    ENTRY,
    ASYNCHRONOUS,
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
      true,
      true,
      true,
      "UserNotAuthenticatedError",
      "not_authenticated",
      ["code"],
      false,
      false,
      false,
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
  // (module (func (export "call") unreachable) (func (export "wasm_bindgen__call") unreachable))
  const TRAP = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 3, 2, 0, 0, 7, 29, 2, 4, 99, 97, 108, 108, 0, 0, 18, 119, 97,
    115, 109, 95, 98, 105, 110, 100, 103, 101, 110, 95, 95, 99, 97, 108, 108, 0, 1, 10, 9, 2, 3, 0, 0, 11, 3, 0, 0, 11,
  ];
  let folder;
  before(async () => {
    // The real loader with a module that is made to fail: the real one is not meant to.
    folder = await mkdtemp(join(tmpdir(), "paragon-wasm-trap-"));
    await cp(PACKAGE, folder, { recursive: true });
    await writeFile(
      join(folder, "paragon_wasm_inline.js"),
      `export default () => new Uint8Array(${JSON.stringify(TRAP)});`,
    );
    await writeFile(
      join(folder, "paragon_wasm_glue.js"),
      `export default (WebAssembly) => {
         let wasm;
         const pending = {};
         const wait = () => new Promise((_, reject) => (pending[Object.keys(pending).length] = reject));
         const client = {
           keepFunctionsIn() {},
           getIntegrations: wait,
           getCredentials: () => wasm.call(),
           logout: () => { setTimeout(() => wasm.wasm_bindgen__call()); return wait(); },
         };
         return {
           initSync({ module }) { wasm = new WebAssembly.Instance(new WebAssembly.Module(module), {}).exports; },
           pendingCalls: () => pending,
           defaultClient: () => client,
         };
       };`,
    );
  });
  after(() => rm(folder, { recursive: true }));

  const report = `
    const report = async (call) => {
      const error = await call.catch((error) => error);
      console.log([error.code, paragon.isParagonError(error), error.cause.constructor.name].join());
    };
    // A rejection that nobody handles would end the process meanwhile.
    const end = () => setTimeout(() => (console.log("nothing unhandled"), process.exit()), 10);`;
  const failed = "internal,true,RuntimeError";

  test("rejects the calls that are pending and those that follow", async () => {
    const lines = await inNode(
      `${report} const pending = report(paragon.getIntegrations());
       await report(paragon.getCredentials()); await pending; await report(paragon.getCredentials()); end();`,
      pathToFileURL(join(folder, "index.js")).href,
    );
    assert.deepEqual(lines, [failed, failed, failed, "nothing unhandled"]);
  });

  test("is told from a callback's by the name of the export, in the real module too", async () => {
    const wasm = await WebAssembly.compile(await readFile(join(PACKAGE, "paragon_wasm.wasm")));
    const names = WebAssembly.Module.exports(wasm)
      .filter(({ kind }) => kind === "function")
      .map(({ name }) => name);
    const [line] = await inNode(
      `await paragon.getIntegrations().catch(() => {});
       const { loaded } = await import(${JSON.stringify(new URL("load.js", ENTRY).href)});
       console.log(JSON.stringify(Object.keys(loaded)));`,
    );
    const ours = (name) => name.startsWith("paragonclient_") || JSON.parse(line).includes(name);
    const others = names.filter((name) => !name.startsWith("__") && !ours(name));
    assert.ok(others.length > 0 && others.every((name) => name.startsWith("wasm_bindgen_")), others.join());
  });

  test("in a callback does so too, and leaves no exception", async () => {
    const lines = await inNode(
      `${report} await Promise.all([paragon.getIntegrations(), paragon.logout()].map(report)); await report(paragon.getCredentials()); end();`,
      pathToFileURL(join(folder, "index.js")).href,
    );
    assert.deepEqual(lines, [failed, failed, failed, "nothing unhandled"]);
  });
});
