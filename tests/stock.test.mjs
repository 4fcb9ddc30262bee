// Stock builds: `wasm-pack build` without features, flags or variables makes a whole SDK for each
// target. And the npm package with a module that takes stable compiler flags only.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { serve } from "../www/serve.mjs";
import { newApplication } from "./matrix/support/application.mjs";
import { writePage } from "./matrix/support/page.mjs";
import { shown } from "./matrix/support/row.mjs";
import { launchChromium, openPage } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const PROJECT = path("..");
const TOOLS = process.env.PARAGON_TOOLS ?? path("../target/debug");

const CALLS = [
  "configureGlobal",
  "authenticate",
  "logout",
  "getUser",
  "setUserMetadata",
  "getIntegrations",
  "getIntegrationMetadata",
  "uninstallIntegration",
  "getCredentials",
  "updateCredential",
  "enableWorkflow",
  "disableWorkflow",
  "event",
  "workflow",
  "request",
];
const DOCUMENTED = [...CALLS, "subscribe", "unsubscribe", "ParagonClient"];
/** For the npm package, without types. */
const HIDDEN = [
  "defaultClient",
  "pendingCalls",
  "createError",
  "checkCallOptions",
  "checkText",
  "checkId",
  "checkObject",
];

const RESULT = {
  userId: "ada",
  slack: [true, false],
  name: "Stock",
  events: ["slack"],
  unsubscribed: [true, false],
  refused: [true, "invalid_metadata"],
  other: "ada",
};

let folder, sandbox, browser;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "paragon-wasm-stock-"));
  [sandbox, browser] = await Promise.all([startSandbox([], { quiet: true }), launchChromium()]);
});
after(async () => {
  await Promise.all([sandbox?.stop(), browser?.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** Variables without those that change what the compiler does. */
function plainVariables() {
  const kept = Object.entries(process.env).filter(
    ([name]) => name === "CARGO_HOME" || !/^(CARGO|RUSTFLAGS|RUSTC|RUSTDOC)/.test(name),
  );
  return { ...Object.fromEntries(kept), PATH: [TOOLS, path("../node_modules/.bin"), process.env.PATH].join(delimiter) };
}

async function run(program, options, { cwd = PROJECT, env = process.env } = {}) {
  try {
    return (await promisify(execFile)(program, options, { cwd, env, maxBuffer: 64 << 20 })).stdout;
  } catch (error) {
    throw new Error(`${program} ${options.join(" ")}\n${error.stdout}\n${error.stderr}`, { cause: error });
  }
}

/** The package that `wasm-pack build --target <target>` makes. */
async function built(target) {
  const output = join(folder, target);
  await run(join(TOOLS, "wasm-pack"), ["build", "--target", target, "--out-dir", output], { env: plainVariables() });
  assert.ok(!(await readdir(output)).includes("snippets"), "no JavaScript beside the glue");
  return output;
}

/** What signs in to the sandbox, as a query. */
async function session() {
  await sandbox.reset();
  const { projectId, token } = await sandbox.token({ userId: "ada" });
  return String(new URLSearchParams({ sandbox: sandbox.url, projectId, token }));
}

/** That the page of `site` shows the results, and what `look` finds in it. */
async function shows(site, look = () => {}) {
  const { address, close } = await serve({ "/": site });
  const { page, problems } = await openPage(browser, `${address}/?${await session()}`);
  try {
    assert.deepEqual(await shown(page, problems), RESULT);
    assert.deepEqual(problems, []);
    await look(page);
  } finally {
    await page.context().close();
    await close();
  }
}

/** The names that a package exports, without the hidden ones. */
const documented = (names) => names.filter((name) => !HIDDEN.includes(name)).sort();

/** That the declarations are right by themselves. */
async function typeChecks(output) {
  const { types } = JSON.parse(await readFile(join(output, "package.json"), "utf8"));
  const options = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    target: "ES2022",
    lib: ["ES2022", "DOM"],
    types: [],
    module: "preserve",
    moduleResolution: "bundler",
    paths: { "paragon-wasm": [join(output, types)] },
  };
  const project = join(output, "tsconfig.json");
  await writeFile(
    project,
    JSON.stringify({ compilerOptions: options, files: [path("stock/types.ts"), join(output, types)] }),
  );
  await run(process.execPath, [path("../node_modules/typescript/bin/tsc"), "--project", project]);
}

test("the repository sets no flags for the compiler", async () => {
  const sections = (await readFile(path("../.cargo/config.toml"), "utf8")).match(/^\[.*\]$/gm);
  assert.deepEqual(sections, ["[alias]"]);
});

describe("--target web", () => {
  let output;
  before(async () => {
    output = await built("web");
  });

  test("exports the documented names", async () => {
    const glue = await import(pathToFileURL(join(output, "paragon_wasm.js")));
    assert.deepEqual(documented(Object.keys(glue)), documented([...DOCUMENTED, "default", "initSync"]));
  });

  test("its types are right by themselves", () => typeChecks(output));

  test("works in a page, after init", async () => {
    const site = join(folder, "page");
    await cp(output, join(site, "paragon"), { recursive: true });
    await cp(path("stock/flow.js"), join(site, "flow.js"));
    const script = `import init, * as paragon from "./paragon/paragon_wasm.js";
      import { show } from "./flow.js";
      show(init().then(() => paragon));`;
    await writePage(site, `<script type="module">${script}</script>`);
    await shows(site);
  });

  test("beside the npm package: errors are recognised, and sessions do not cross", async () => {
    const site = join(folder, "beside");
    await cp(output, join(site, "stock"), { recursive: true });
    await cp(path("../pkg"), join(site, "npm"), { recursive: true });
    await writePage(site, "");
    const { address, close } = await serve({ "/": site });
    const { page, problems } = await openPage(browser, address);
    try {
      const { projectId, token } = await sandbox.token({ userId: "ada" });
      const { token: grace } = await sandbox.token({ projectId, userId: "grace" });
      const seen = await page.evaluate(
        async ({ apiUrl, projectId, token, grace }) => {
          const [npm, slim, stock] = await Promise.all(
            ["/npm/index.js", "/npm/slim.js", "/stock/paragon_wasm.js"].map((it) => import(it)),
          );
          await stock.default();
          for (const it of [npm, stock]) await it.configureGlobal({ apiUrl });
          const errors = await Promise.all(
            [npm, slim, stock].map((it) => it.getIntegrations().catch((error) => error)),
          );
          const known = errors.map((error) => [
            error.code,
            error instanceof npm.ParagonError,
            error instanceof slim.ParagonError,
            slim.isParagonError(error),
          ]);
          await npm.authenticate(projectId, token);
          await stock.authenticate(projectId, grace);
          const users = await Promise.all(
            [npm, slim, stock, new npm.ParagonClient(), new stock.ParagonClient()].map((it) => it.getUser()),
          );
          return [known, users.map(({ userId }) => userId ?? "nobody")];
        },
        { apiUrl: sandbox.url, projectId, token, grace },
      );
      assert.deepEqual(seen, [
        Array(3).fill(["not_authenticated", true, true, true]),
        // The default entry and slim have the module in common, and so its default client.
        ["ada", "ada", "grace", "nobody", "nobody"],
      ]);
      assert.deepEqual(problems, []);
    } finally {
      await page.context().close();
      await close();
    }
  });
});

test("a Rust application exports nothing of the client, and brings its own allocator", async () => {
  const options = ["build", "--package", "rust-frontend", "--release", "--target", "wasm32-unknown-unknown"];
  const target = join(folder, "rust-frontend");
  await run("cargo", options, { env: { ...plainVariables(), CARGO_TARGET_DIR: target } });
  const wasm = await readFile(join(target, "wasm32-unknown-unknown/release/rust_frontend.wasm"));
  const names = WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(({ name }) => name);
  const ours = [...CALLS, ...HIDDEN, "subscribe", "unsubscribe"];
  assert.deepEqual(
    names.filter((name) => ours.includes(name) || /paragonclient/i.test(name)),
    [],
  );
  assert.ok(names.includes("memory"));
  // Two allocators do not compile: the example's is the only one.
  assert.match(await readFile(path("../examples/rust-frontend/src/lib.rs"), "utf8"), /#\[global_allocator\]/);
});

describe("--target nodejs", () => {
  let output;
  before(async () => {
    output = await built("nodejs");
  });

  test("exports the documented names", () => {
    const glue = createRequire(import.meta.url)(join(output, "paragon_wasm.js"));
    assert.deepEqual(documented(Object.keys(glue)), documented(DOCUMENTED));
  });

  test("its types are right by themselves", () => typeChecks(output));

  test("works in Node", async () => {
    const script = `import paragon from ${JSON.stringify(pathToFileURL(join(output, "paragon_wasm.js")))};
      import { flow } from ${JSON.stringify(pathToFileURL(path("stock/flow.js")))};
      console.log(JSON.stringify(await flow(paragon, process.argv[1])));`;
    const said = await run(process.execPath, ["--input-type=module", "--eval", script, await session()]);
    assert.deepEqual(JSON.parse(said), RESULT);
  });
});

describe("--target bundler", () => {
  let output;
  before(async () => {
    output = await built("bundler");
  });

  test("its types are right by themselves", () => typeChecks(output));

  test("works built by webpack, unconfigured", async (t) => {
    const application = await newApplication("webpack", output).catch((failure) => {
      if (failure.constructor.name !== "NotHere") throw failure;
      t.skip(`not run: ${failure.message}`);
    });
    if (!application) return;
    try {
      const source = `import * as paragon from "paragon-wasm";
        import { show } from "./flow.js";
        document.title = Object.keys(paragon).sort().join();
        show(paragon);`;
      await cp(path("stock/flow.js"), application.path("src/flow.js"));
      await writeFile(application.path("src/index.js"), source);
      await application.run("webpack", "build", "--mode", "production");
      await writePage(application.path("dist"), `<script defer src="main.js"></script>`);
      await shows(application.path("dist"), async (page) => {
        assert.deepEqual(documented((await page.title()).split(",")), documented(DOCUMENTED));
      });
    } finally {
      await application.remove();
    }
  });
});

test("the npm package works with a module of stable flags", async () => {
  const output = join(folder, "stable");
  await mkdir(output);
  await run("cargo", ["xtask", "pkg", "--stable", "--out-dir", output]);
  const script = `import * as paragon from ${JSON.stringify(pathToFileURL(join(output, "index.js")))};
    import { flow } from ${JSON.stringify(pathToFileURL(path("stock/flow.js")))};
    console.log(JSON.stringify(await flow(paragon, process.argv[1])));`;
  const said = await run(process.execPath, ["--input-type=module", "--eval", script, await session()]);
  assert.deepEqual(JSON.parse(said), RESULT);
});
