// The default entry and the one without the module, in a page of each engine: when the module is
// loaded, where `init` takes it from, and what a failed load leaves. loader.test.mjs and slim.test.mjs
// try all of it in Node.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { launchBrowser, openPage } from "./support/browser.mjs";
import { servePackage } from "./support/methods.mjs";

let browser, site, elsewhere, page, problems;

before(async () => {
  [browser, site] = await Promise.all([launchBrowser(), servePackage()]);
  // Another server, that answers once with a failure and then with the module.
  const asked = {};
  elsewhere = createServer(async ({ url }, response) => {
    asked[url] = (asked[url] ?? 0) + 1;
    response.setHeader("access-control-allow-origin", "*");
    if (url === "/later" && asked[url] === 1) return response.writeHead(503).end("later");
    const wasm = await fetch(`${site.address}/paragon-wasm/paragon_wasm.wasm`);
    response.setHeader("content-type", url === "/untyped" ? "application/octet-stream" : "application/wasm");
    response.end(Buffer.from(await wasm.arrayBuffer()));
  });
  await new Promise((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
});
after(async () => {
  await browser?.close();
  await site?.close();
  elsewhere?.close();
});

beforeEach(async () => {
  ({ page, problems } = await openPage(browser, `${site.address}/paragon-wasm/package.json`));
  await page.evaluate((elsewhere) => {
    window.elsewhere = elsewhere;
    window.file = "/paragon-wasm/paragon_wasm.wasm";
    // What is loaded and compiled.
    window.seen = [];
    for (const [on, name] of [
      [window, "fetch"],
      [WebAssembly, "instantiate"],
      [WebAssembly, "instantiateStreaming"],
      [WebAssembly, "compile"],
      [WebAssembly, "compileStreaming"],
      [WebAssembly, "Module"],
      [WebAssembly, "Instance"],
    ]) {
      const note = () => window.seen.push(name);
      on[name] = new Proxy(on[name], {
        apply: (target, self, args) => (note(), Reflect.apply(target, self, args)),
        construct: (target, args) => (note(), Reflect.construct(target, args)),
      });
    }
    window.outcome = (promise) =>
      promise.then(
        (value) => JSON.stringify(value) ?? "nothing",
        (error) => error.code ?? String(error),
      );
    // A call that the module has to judge.
    window.judged = (entry) => window.outcome(entry.getIntegrations());
  }, `http://127.0.0.1:${elsewhere.address().port}`);
});
afterEach(() => page.context().close());

/** What went wrong in the page, but for the icon that it does not have. */
const met = () => problems.filter((problem) => !problem.includes("favicon.ico"));

describe("the default entry", () => {
  test("loads nothing at import, and the module with the first calls, once between them", async () => {
    const [imported, nobody, codes, instances] = await page.evaluate(async () => {
      const paragon = await import("/paragon-wasm/index.js");
      const imported = [...window.seen];
      const user = await window.outcome(paragon.getUser());
      const nobody = [user, ...window.seen];
      const other = new paragon.ParagonClient();
      const calls = [paragon.getIntegrations(), paragon.getCredentials(), other.getIntegrations()];
      const codes = await Promise.all(calls.map(window.outcome));
      return [imported, nobody, codes, window.seen.filter((name) => /^instantiate|Instance/.test(name)).length];
    });
    assert.deepEqual(imported, []);
    assert.deepEqual(nobody, ['{"authenticated":false}']);
    assert.deepEqual(codes, Array(3).fill("not_authenticated"));
    assert.equal(instances, 1);
    assert.deepEqual(met(), []);
  });

  test("reads the arguments of the first calls when they are made", async () => {
    const code = await page.evaluate(async () => {
      const paragon = await import("/paragon-wasm/index.js");
      const metadata = { Name() {} };
      const first = paragon.setUserMetadata(metadata).catch(({ code }) => code);
      delete metadata.Name;
      return first;
    });
    assert.equal(code, "invalid_metadata");
  });
});

describe("init takes", () => {
  const sources = {
    "an address": () => window.file,
    "a URL": () => new URL(window.file, location),
    "a request": () => new Request(window.file),
    "an answer": () => fetch(window.file),
    "an answer of another type": () => `${window.elsewhere}/untyped`,
    "an address elsewhere": () => `${window.elsewhere}/module`,
    bytes: async () => (await fetch(window.file)).arrayBuffer(),
    "a view of bytes": async () => new Uint8Array(await (await fetch(window.file)).arrayBuffer()),
    "a module": async () => WebAssembly.compile(await (await fetch(window.file)).arrayBuffer()),
  };
  for (const [name, make] of Object.entries(sources)) {
    test(name, async () => {
      const outcomes = await page.evaluate(async (source) => {
        const slim = await import("/paragon-wasm/slim.js");
        const given = await (0, eval)(source)();
        return [await window.outcome(slim.init(given)), await window.judged(slim)];
      }, `(${make})`);
      assert.deepEqual(outcomes, ["nothing", "not_authenticated"]);
      assert.deepEqual(met(), []);
    });
  }
});

describe("after a failure", () => {
  test("a call tries the address again", async () => {
    const outcomes = await page.evaluate(async () => {
      const slim = await import("/paragon-wasm/slim.js");
      return [await window.outcome(slim.init(`${window.elsewhere}/later`)), await window.judged(slim)];
    });
    assert.deepEqual(outcomes, ["load_failed", "not_authenticated"]);
  });

  test("init may be called with something else", async () => {
    const outcomes = await page.evaluate(async () => {
      const slim = await import("/paragon-wasm/slim.js");
      const wrong = [new Uint8Array(8), {}, "/paragon-wasm/missing.wasm", "/paragon-wasm/package.json", undefined];
      const outcomes = [];
      for (const source of wrong) outcomes.push(await window.outcome(slim.init(source)));
      return [...outcomes, await window.outcome(slim.init(window.file)), await window.judged(slim)];
    });
    assert.deepEqual(outcomes, [...Array(5).fill("load_failed"), "nothing", "not_authenticated"]);
  });
});

test("both entries in one page load the module once", async () => {
  const outcomes = await page.evaluate(async () => {
    const [whole, slim] = await Promise.all([import("/paragon-wasm/index.js"), import("/paragon-wasm/slim.js")]);
    const outcomes = [
      await window.judged(whole),
      await window.judged(slim),
      await window.outcome(slim.init("nowhere")),
    ];
    return [...outcomes, window.seen.filter((name) => /^instantiate|Instance/.test(name)).length];
  });
  assert.deepEqual(outcomes, ["not_authenticated", "not_authenticated", "nothing", 1]);
});
