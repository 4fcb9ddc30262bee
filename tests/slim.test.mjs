// The entry without the module: where `init` takes it from, and what calls do meanwhile.
// In Node, which has the streams, addresses and modules that pages have.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const pkg = (file) => new URL(`../pkg/${file}`, import.meta.url);
const WASM = fileURLToPath(pkg("paragon_wasm.wasm"));

/** The answers of the server below, and the number of requests for each. */
let server, address;
const asked = {};

before(async () => {
  const wasm = await readFile(WASM);
  const answers = {
    "/module": () => [200, "application/wasm", wasm],
    "/untyped": () => [200, "application/octet-stream", wasm],
    "/charset": () => [200, "application/wasm; charset=utf-8", wasm],
    "/page": () => [200, "text/html", "<!doctype html><title>No such page</title>"],
    "/missing": () => [404, "text/plain", "nothing"],
    "/cut": () => [200, "application/wasm", wasm.subarray(0, 5000)],
    "/later": () => (asked["/later"] > 1 ? [200, "application/wasm", wasm] : [503, "text/plain", "later"]),
    "/never": () => undefined,
  };
  server = createServer((request, response) => {
    asked[request.url] = (asked[request.url] ?? 0) + 1;
    const answer = answers[request.url]();
    if (answer) response.writeHead(answer[0], { "content-type": answer[1] }).end(answer[2]);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

/** Runs a script in a Node of its own, which has the package as `slim`; gives what it logs. */
async function inNode(script, before = "") {
  const source = `
    import { readFile } from "node:fs/promises";
    const wasm = await readFile(${JSON.stringify(WASM)});
    const address = ${JSON.stringify(address)};
    const outcome = (promise) => promise.then((value) => JSON.stringify(value) ?? "nothing", (error) => error.code + ": " + error.message);
    // A call that the module has to judge.
    const judged = (entry) => outcome(entry.getIntegrations()).then((text) => text.replace(/^not_authenticated: No user.*/, "judged"));
    ${before};
    const slim = await import(${JSON.stringify(pkg("slim.js").href)});
    ${script}`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", source], {
    timeout: 20_000,
  });
  return stdout.trim().split("\n");
}

for (const source of ["module", "Promise.resolve(module)"]) {
  test(`init(${source}) where no timer may be set, as at the top of a Worker`, async () => {
    const script = `
      const module = await WebAssembly.compile(wasm);
      const { setTimeout } = globalThis;
      globalThis.setTimeout = () => { throw new Error("not here"); };
      const ready = slim.init(${source});
      globalThis.setTimeout = setTimeout;
      console.log(await outcome(ready), await judged(slim));`;
    assert.deepEqual(await inNode(script), ["nothing judged"]);
  });
}

describe("init takes", () => {
  const sources = {
    "an address": "address + '/module'",
    "a URL": "new URL(address + '/module')",
    "a request": "new Request(address + '/module')",
    "an answer": "await fetch(address + '/module')",
    "the promise of an answer": "fetch(address + '/module')",
    "the promise of an address": "Promise.resolve(address + '/module')",
    "an answer of another type": "address + '/untyped'",
    "an answer whose type has a parameter": "address + '/charset'",
    "that answer itself": "await fetch(address + '/charset')",
    "a buffer": "wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength)",
    "a part of a buffer": "wasm",
    "a view of another kind": "new DataView(wasm.buffer, wasm.byteOffset, wasm.byteLength)",
    "a module": "await WebAssembly.compile(wasm)",
  };
  for (const [name, source] of Object.entries(sources)) {
    test(name, async () => {
      assert.deepEqual(await inNode(`console.log(await outcome(slim.init(${source})), await judged(slim));`), [
        "nothing judged",
      ]);
    });
  }
});

/** What libraries put in the place of `fetch`: answers of a class of their own. */
const PONYFILL = `
  const native = fetch;
  class Answer {
    #answer;
    bodyUsed = false;
    constructor(answer) { this.#answer = answer; }
    get ok() { return this.#answer.ok; }
    get status() { return this.#answer.status; }
    get url() { return this.#answer.url; }
    get headers() { return this.#answer.headers; }
    arrayBuffer() { this.bodyUsed = true; return this.#answer.arrayBuffer(); }
  }
  globalThis.fetch = async (address) => new Answer(await native(String(address?.url ?? address)));`;
const CLASSES = {
  "by one of a library": PONYFILL,
  "by one of a library, and `Response` with it": `${PONYFILL} globalThis.Response = Answer;`,
  "and the classes of addresses with it": `${PONYFILL}
    const href = address + "/module";
    const given = { url: { href, toString: () => href }, request: { url: href, method: "GET", arrayBuffer() {} } };
    globalThis.Response = Answer; globalThis.Request = class {};`,
  "not at all, but `Response` is": "globalThis.Response = class {};",
};
describe("init loads where `fetch` is replaced", () => {
  for (const [name, before] of Object.entries(CLASSES)) {
    test(name, async () => {
      const sources = ["address + '/module'", "address + '/charset'", "fetch(address + '/module')"];
      if (before.includes("given")) sources.push("given.url", "given.request");
      for (const source of sources) {
        const lines = await inNode(`console.log(await outcome(slim.init(${source})), await judged(slim));`, before);
        assert.deepEqual(lines, ["nothing judged"], source);
      }
      const [missing] = await inNode(`console.log(await outcome(slim.init(address + "/missing")));`, before);
      assert.match(missing, /^load_failed: .*\/missing answered 404/);
      const [cut] = await inNode(`console.log(await outcome(slim.init(address + "/cut")));`, before);
      assert.match(cut, /^load_failed: The WebAssembly module was refused/);
    });
  }
});

describe("init refuses", () => {
  const sources = {
    "what is not there": ["address + '/missing'", /^load_failed: .*\/missing answered 404/],
    "a page": ["address + '/page'", /^load_failed: .*\/page is no WebAssembly module/],
    "half a module": ["address + '/cut'", /^load_failed: The WebAssembly module was refused/],
    "a server that is not there": ["'http://127.0.0.1:1/'", /^load_failed: .*could not be loaded; see the cause/],
    "what is no address": ["'paragon_wasm.wasm'", /^load_failed: .*could not be loaded; see the cause/],
    "other bytes": ["new Uint8Array(8)", /^load_failed: What `init` was given is no WebAssembly module/],
    "an object": ["{}", /^load_failed: What `init` was given is no WebAssembly module/],
    nothing: ["", /^load_failed: What `init` was given is no WebAssembly module/],
    "a promise that rejects": ["Promise.reject(new Error('no'))", /^load_failed: .*could not be loaded; see the cause/],
  };
  for (const [name, [source, expected]] of Object.entries(sources)) {
    test(name, async () => {
      const [failure, user, call, then] = await inNode(
        `for (const what of [() => slim.init(${source}), slim.getUser, slim.getIntegrations, slim.getUser]) console.log(await outcome(what()));`,
      );
      assert.match(failure, expected);
      // Nobody is signed in before the first call: that takes no module.
      assert.equal(user, `{"authenticated":false}`);
      assert.match(call, /^load_failed: /);
      assert.match(then, /^load_failed: /);
    });
  }
});

test("a call before init rejects at once, and init still works", async () => {
  const [user, call, init, then] = await inNode(
    `const client = new slim.ParagonClient({ host: "paragon.example.com" });
     const user = outcome(client.getUser()), call = outcome(slim.getIntegrations()), init = outcome(slim.init(wasm));
     for (const what of [user, call, init, judged(slim)]) console.log(await what);`,
  );
  assert.equal(user, `{"authenticated":false}`);
  assert.match(call, /^load_failed: .*call `init`/);
  assert.deepEqual([init, then], ["nothing", "judged"]);
});

test("a call that waits for the module reads its arguments when it is there", async () => {
  const [early, late] = await inNode(
    `void slim.init(wasm);
     const metadata = { Name() {} };
     const call = () => slim.setUserMetadata(metadata).catch(({ code }) => code);
     const early = call();
     delete metadata.Name;
     console.log(await early);
     metadata.Name = () => {};
     const late = call();
     delete metadata.Name;
     console.log(await late);`,
  );
  assert.deepEqual([early, late], ["not_authenticated", "invalid_metadata"]);
});

test("calls wait for an init that is under way, and nothing is fetched twice", async () => {
  const before = asked["/module"] ?? 0;
  const lines = await inNode(
    `void slim.init(address + "/module"); void slim.init(address + "/module");
     console.log(await judged(slim), await judged(new slim.ParagonClient()));
     console.log(await outcome(slim.init(address + "/missing")));`,
  );
  assert.deepEqual(lines, ["judged judged", "nothing"]);
  assert.equal(asked["/module"] - before, 1);
});

test("after a failure, a call tries the address again", async () => {
  const [failed, works] = await inNode(
    `console.log(await outcome(slim.init(address + "/later"))); console.log(await judged(slim));`,
  );
  assert.match(failed, /answered 503/);
  assert.equal(works, "judged");
});

test("after a failure, init may be called with something else", async () => {
  const [failed, works] = await inNode(
    `console.log(await outcome(slim.init(new Uint8Array(9)))); console.log(await outcome(slim.init(wasm)));`,
  );
  assert.match(failed, /^load_failed/);
  assert.equal(works, "nothing");
});

for (const source of ["address + '/never'", "new Promise(() => {})"]) {
  test(`a module that never arrives ends the calls that wait for it: ${source}`, async () => {
    // The limit is 30 s; here a second passes in a millisecond.
    const [failed, call] = await inNode(
      `const init = outcome(slim.init(${source})), call = judged(slim);
       console.log(await init); console.log(await call); process.exit();`,
      "const { setTimeout } = globalThis; globalThis.setTimeout = (work, ms) => setTimeout(work, ms / 1000)",
    );
    for (const outcome of [failed, call]) {
      assert.match(outcome, /^load_failed: The WebAssembly module did not arrive in 30 s/);
    }
  });
}

test("the default entry beside it loads the module once for both", async () => {
  const [line] = await inNode(
    `const whole = await import(${JSON.stringify(pkg("index.js").href)});
     console.log(await judged(whole), await judged(slim), await outcome(slim.init("nowhere")));`,
  );
  assert.equal(line, "judged judged nothing");
});
