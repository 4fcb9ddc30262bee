// The package from `npm pack` works in a new application: built by Vite, served by Vite's
// development server, and in a page without a bundler.

import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";

import { serve } from "../www/serve.mjs";
import { launchChromium, openPage } from "./support/browser.mjs";
import { newApplication, pack, pinned } from "./support/package.mjs";
import { startSandbox } from "./support/sandbox.mjs";

const SHIPPED = [
  "LICENSE-APACHE",
  "LICENSE-MIT",
  "README.md",
  "client.cjs",
  "client.js",
  "index.cjs",
  "index.d.cts",
  "index.d.ts",
  "index.js",
  "package.json",
  "paragon.global.d.ts",
  "paragon.global.js",
  "paragon_wasm.js",
  "paragon_wasm.wasm",
  "paragon_wasm_inline.js",
  "slim.cjs",
  "slim.d.cts",
  "slim.d.ts",
  "slim.js",
];

// The ten lines that an application needs.
const MAIN = `
import { authenticate, configureGlobal, getUser } from "paragon-wasm";

const { sandbox, projectId, token } = Object.fromEntries(new URLSearchParams(location.search));
try {
  await configureGlobal({ apiUrl: sandbox });
  await authenticate(projectId, token);
  const user = await getUser();
  const rows = Object.entries(user.integrations).map(([type, integration]) => {
    const row = document.createElement("li");
    row.textContent = [type, integration.enabled, integration.credentialStatus ?? "-"].join(" ");
    return row;
  });
  document.querySelector("ul").append(...rows);
  document.querySelector("output").textContent = user.userId;
} catch (error) {
  document.querySelector("output").textContent = \`failed: \${error}\`;
}
`;

const page = (head) => `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><link rel="icon" href="data:,"><title>Application</title>${head}</head>
  <body><output></output><ul></ul></body>
</html>`;

const APPLICATION = {
  "index.html": page('<script type="module" src="/main.js"></script>'),
  "main.js": MAIN,
  "plain/index.html": page(`
    <script type="importmap">
      {"imports": {"paragon-wasm": "/node_modules/paragon-wasm/index.js"}}
    </script>
    <script type="module">${MAIN}</script>`),
};

let sandbox, browser, packed, application, folder;
const closing = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "paragon-wasm-pack-"));
  closing.push(() => rm(folder, { recursive: true }));
  sandbox = await startSandbox();
  closing.push(() => sandbox.stop());
  browser = await launchChromium();
  closing.push(() => browser.close());
  packed = await pack(folder);
  application = await newApplication(APPLICATION, [packed.tarball, await pinned("vite")]);
  closing.push(() => application.remove());
});

after(async () => {
  for (const close of closing.reverse()) {
    await close();
  }
});

test("the tarball holds exactly what it should", () => {
  assert.deepEqual(packed.files, SHIPPED);
});

describe("signs in and shows the user", () => {
  test("built by Vite", async () => {
    await application.run("vite", "build");
    const built = join(application.folder, "dist");
    assert.equal(await copiesOfTheWasm(built), 1, "the application carries the wasm once");
    const server = await serve({ "/": built });
    try {
      await showsTheUser(`${server.address}/`);
    } finally {
      await server.close();
    }
  });

  test("under Vite's development server", async () => {
    const entry = join(application.folder, "node_modules/vite/dist/node/index.js");
    const vite = await import(pathToFileURL(entry).href);
    const server = await vite.createServer({
      root: application.folder,
      configFile: false,
      logLevel: "error",
      server: { host: "127.0.0.1", port: 0 },
    });
    try {
      await server.listen();
      await showsTheUser(`http://127.0.0.1:${server.httpServer.address().port}/`);
    } finally {
      await server.close();
    }
  });

  test("in a page without a bundler", async () => {
    const server = await serve({ "/": application.folder });
    try {
      await showsTheUser(`${server.address}/plain/`);
    } finally {
      await server.close();
    }
  });
});

/** Opens the application, signed in against the sandbox, which is another origin. */
async function showsTheUser(address) {
  const session = await sandbox.token();
  const { projectId, token, userId } = session;
  const url = `${address}?${new URLSearchParams({ sandbox: sandbox.url, projectId, token })}`;
  const { page, problems } = await openPage(browser, url);
  try {
    await page.locator("output:not(:empty)").waitFor({ timeout: 30_000 }).catch(() => {
      assert.fail(`the page shows no outcome: ${problems.join("\n")}`);
    });
    assert.equal(await page.locator("output").textContent(), userId);
    const { integrations } = await sandbox.user(session);
    const expected = Object.entries(integrations).map(([type, { enabled, credentialStatus }]) =>
      [type, enabled, credentialStatus ?? "-"].join(" "),
    );
    assert.ok(expected.length > 0, "the sandbox's user has integrations");
    assert.deepEqual(await page.locator("li").allTextContents(), expected);
    assert.deepEqual(problems, []);
  } finally {
    await page.context().close();
  }
}

/** How often a built application contains the wasm: as a file, or inlined. */
async function copiesOfTheWasm(built) {
  const module = await readFile(
    join(application.folder, "node_modules/paragon-wasm/paragon_wasm_inline.js"),
    "utf8",
  );
  // A piece that no minifier writes in another way.
  const [sample] = module.match(/[^"'`$\\\n]{200}/);
  let copies = 0;
  for (const file of await readdir(built, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) {
      const content = await readFile(join(file.parentPath ?? file.path, file.name), "latin1");
      copies += file.name.endsWith(".wasm") ? 1 : content.split(sample).length - 1;
    }
  }
  return copies;
}
