// Pages without a bundler: modules, import maps, classic scripts, and the policies of pages.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, before } from "node:test";
import { pathToFileURL } from "node:url";

import { row } from "./support/row.mjs";
import { site } from "./support/site.mjs";

const pages = await row("pages");
const { application, test } = pages;

const page = (body, head = `<meta charset="utf-8">`) =>
  `<!doctype html><html lang="en"><head>${head}<title>Page</title><link rel="icon" href="data:,"></head>
   <body><output></output>${body}</body></html>`;

const INSTALLED = "/node_modules/paragon-wasm";
const MODULE = `import * as paragon from "${INSTALLED}/index.js"; import { show } from "/src/flow.js"; show(paragon);`;
const IMPORTS = `import * as paragon from "paragon-wasm"; import { show } from "/src/flow.js"; show(paragon);`;
const slim = (source) =>
  `import * as paragon from "${INSTALLED}/slim.js"; import { show } from "/src/flow.js"; paragon.init(${source}).catch(() => {}); show(paragon);`;

/** Everything forbidden but what the package needs. */
const strict = (scripts) =>
  `default-src 'none'; script-src ${scripts}; connect-src 'self' http://127.0.0.1:*; img-src data:; require-trusted-types-for 'script'`;
const ALLOWED = strict("'self' 'wasm-unsafe-eval'");

const compat = `import * as paragon from "${INSTALLED}/compat.js"; import { show } from "/src/flow.js"; show(paragon);`;

let cdn, server;
const addresses = {
  "/module.html": page(`<script type="module">${MODULE}</script>`),
  // The page claims an encoding, which classic scripts take over.
  "/classic.html": page(
    `<script src="${INSTALLED}/paragon.global.js"></script><script src="/flow.classic.js"></script><script>show(window.paragon)</script>`,
    `<meta charset="windows-1252">`,
  ),
  "/fetched.html": page(`<script type="module">${slim(`"${INSTALLED}/paragon_wasm.wasm"`)}</script>`),
  "/main.js": MODULE,
  "/slim.js": slim(`fetch("${INSTALLED}/paragon_wasm.wasm")`),
  "/classic.js": "show(window.paragon)",
  "/compat.js": compat,
};
for (const [path, script] of [
  ["module", `<script type="module" src="/main.js"></script>`],
  ["slim", `<script type="module" src="/slim.js"></script>`],
  ["compat", `<script type="module" src="/compat.js"></script>`],
  [
    "classic",
    `<script src="${INSTALLED}/paragon.global.js"></script><script src="/flow.classic.js"></script><script src="/classic.js"></script>`,
  ],
]) {
  const allowed = { body: page(script), headers: { "content-security-policy": ALLOWED } };
  const refused = { body: page(script), headers: { "content-security-policy": strict("'self'") } };
  Object.assign(addresses, { [`/allowed/${path}.html`]: allowed, [`/refused/${path}.html`]: refused });
}

before(async () => {
  if (!application) return;
  cdn = await site(application.path("node_modules"), { headers: { "access-control-allow-origin": "*" } });
  const map = { imports: { "paragon-wasm": `${cdn.address}/paragon-wasm/index.js` } };
  addresses["/importmap.html"] = page(
    `<script type="importmap">${JSON.stringify(map)}</script><script type="module">${IMPORTS}</script>`,
  );
  addresses["/cdn.html"] = page(
    `<script src="${cdn.address}/paragon-wasm/paragon.global.js" crossorigin></script><script src="/flow.classic.js"></script><script>show(paragon)</script>`,
  );
  server = await site(application.folder, { pages: addresses });
});
after(async () => {
  await server?.close();
  await cdn?.close();
});

test("a module", () => pages.works(`${server.address}/module.html`));
test("an import map to another origin", () => pages.works(`${server.address}/importmap.html`));
test("a classic script", () => pages.works(`${server.address}/classic.html`));
test("a classic script from another origin", () => pages.works(`${server.address}/cdn.html`));
test("a classic script in a file, without a server", async () => {
  const flow = (await readFile(application.path("src/flow.js"), "utf8")).replaceAll("export ", "");
  const script = `<script src="./node_modules/paragon-wasm/paragon.global.js"></script><script>${flow} show(paragon);</script>`;
  await writeFile(application.path("file.html"), page(script));
  await pages.works(pathToFileURL(application.path("file.html")).href);
});
test("slim, with the address of its module", () => pages.works(`${server.address}/fetched.html`));

for (const kind of ["module", "slim", "classic"]) {
  test(`a policy that allows WebAssembly: ${kind}`, () => pages.works(`${server.address}/allowed/${kind}.html`));

  test(`a policy that refuses WebAssembly: ${kind}`, async () => {
    const failure = await outcome(`${server.address}/refused/${kind}.html`);
    assert.match(failure, /^failed: load_failed .*Content-Security-Policy.*'wasm-unsafe-eval'.*script-src/);
  });

  test(`a browser without WebAssembly: ${kind}`, async () => {
    const failure = await outcome(`${server.address}/allowed/${kind}.html`, () => delete globalThis.WebAssembly);
    assert.match(failure, /^failed: load_failed .*no WebAssembly here.*Chrome \d+, Firefox \d+, Safari [\d.]+/);
  });
}

test("a policy that allows WebAssembly: compat", () => pages.works(`${server.address}/allowed/compat.html`));
test("a policy that refuses WebAssembly: compat", () => pages.works(`${server.address}/refused/compat.html`));
test("a browser without WebAssembly: compat", () =>
  pages.works(`${server.address}/allowed/compat.html`, {
    async open(url) {
      const context = await (await pages.browser()).newContext();
      await context.addInitScript(() => delete globalThis.WebAssembly);
      const opened = await context.newPage();
      await opened.goto(url);
      return { page: opened, problems: [] };
    },
  }));

/** What a page shows in which the flow fails. */
async function outcome(address, prepare) {
  const context = await (await pages.browser()).newContext();
  try {
    if (prepare) await context.addInitScript(prepare);
    const opened = await context.newPage();
    await opened.goto(`${address}?${new URLSearchParams(await pages.session())}`);
    const output = opened.locator("output:not(:empty)");
    await output.waitFor();
    return await output.textContent();
  } finally {
    await context.close();
  }
}
