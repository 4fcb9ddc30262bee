// Workers of every kind, which have no page: the flow runs in them, and the page shows its outcome.

import { after, before } from "node:test";

import { row } from "./support/row.mjs";
import { site } from "./support/site.mjs";

const workers = await row("pages");
const { application, test } = workers;

const INSTALLED = "/node_modules/paragon-wasm";
const IMPORTED = `import * as paragon from "${INSTALLED}/index.js"; import { flow } from "/src/flow.js";`;
const CLASSIC = `importScripts("${INSTALLED}/paragon.global.js", "/flow.classic.js");`;

/** Answers each message with what came of the flow. `event.source` is there in service workers only. */
const ANSWER = `
  self.onmessage = async (event) => {
    const outcome = await flow(self.paragon ?? paragon, event.data).then(JSON.stringify, (error) => "failed: " + error.stack);
    (event.source ?? self).postMessage(outcome);
  };`;
const SHARED = `
  self.onconnect = ({ ports: [port] }) => {
    port.onmessage = async ({ data }) => {
      port.postMessage(await flow(self.paragon ?? paragon, data).then(JSON.stringify, (error) => "failed: " + error.stack));
    };
  };`;
/** A worker of the version before must not answer for this one. */
const TAKE_OVER = `
  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));`;

const page = (script) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,"></head>
   <body><output></output><script type="module">
     const output = document.querySelector("output");
     const show = ({ data }) => (output.textContent = data);
     const fail = (event) => (output.textContent = "failed: " + event.message);
     ${script}
   </script></body></html>`;
const dedicated = (file, options) =>
  page(`const worker = new Worker("/${file}.js"${options});
    worker.onmessage = show; worker.onerror = fail; worker.postMessage(location.search);`);
const shared = (file, options) =>
  page(`const worker = new SharedWorker("/${file}.js"${options});
    worker.onerror = fail; worker.port.onmessage = show; worker.port.postMessage(location.search);`);
const service = (file, options) =>
  page(`await navigator.serviceWorker.register("/${file}.js"${options});
    navigator.serviceWorker.onmessage = show;
    (await navigator.serviceWorker.ready).active.postMessage(location.search);`);

const asModule = `, { type: "module" }`;
const answers = {
  "/module.js": IMPORTED + ANSWER,
  "/classic.js": CLASSIC + ANSWER,
  "/shared-module.js": IMPORTED + SHARED,
  "/shared-classic.js": CLASSIC + SHARED,
  "/service-module.js": IMPORTED + ANSWER + TAKE_OVER,
  "/service-classic.js": CLASSIC + ANSWER + TAKE_OVER,
  "/module.html": dedicated("module", asModule),
  "/classic.html": dedicated("classic", ""),
  "/shared-module.html": shared("shared-module", asModule),
  "/shared-classic.html": shared("shared-classic", ""),
  "/service-module.html": service("service-module", asModule),
  "/service-classic.html": service("service-classic", ""),
};

let server;
before(async () => {
  server = application && (await site(application.folder, { pages: answers }));
});
after(() => server?.close());

test("a web worker, as a module", () => workers.works(`${server.address}/module.html`));
test("a web worker, as a classic script", () => workers.works(`${server.address}/classic.html`));
test("a shared worker, as a module", () => workers.works(`${server.address}/shared-module.html`));
test("a shared worker, as a classic script", () => workers.works(`${server.address}/shared-classic.html`));
test("a service worker, as a module", () => workers.works(`${server.address}/service-module.html`));
test("a service worker, as a classic script", () => workers.works(`${server.address}/service-classic.html`));
