// paragon-wasm beside the official SDK and a hand-written client: see README.md here.
//
//   node bench/run.mjs <report.json> <runs> [--quick] [--publish]

import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

import { launchChromium } from "../tests/support/browser.mjs";
import { startSandbox } from "../tests/support/sandbox.mjs";
import { serveContenders } from "./build.mjs";
import { cold, memory, requests, throughput, warm } from "./measure.mjs";
import { publish } from "./publish.mjs";
import { summary } from "./statistics.mjs";
import { plain } from "./table.mjs";
import { openTab } from "./tab.mjs";

/** The amount of work; `quick` is for a first look, and for the test of the benchmark itself. */
export const FULL = {
  warm: { 12: 20, 500: 5 },
  warmRounds: 4,
  throughput: 1_000,
  memory: [0, 1_000, 100_000],
  atOnce: 100,
};
export const QUICK = { warm: { 12: 5, 500: 2 }, warmRounds: 1, throughput: 50, memory: [0, 50, 200], atOnce: 50 };

/**
 * Measures everything.
 *
 * @param {{runs: number, extent: typeof FULL, said?: (text: string) => void}} options
 */
export async function measure({ runs, extent, said = () => {} }) {
  const closing = [];
  const keep = (thing, close) => (closing.push(() => close(thing)), thing);
  try {
    said("building the applications");
    const site = keep(await serveContenders(), (it) => it.close());
    const sandbox = keep(await startSandbox([], { quiet: true }), (it) => it.stop());
    const browser = keep(await launchChromium(), (it) => it.close());
    const stage = { site, sandbox, browser, said };
    const repeated = { runs, rates: [1, 4] };
    const load = loadavg()[0];
    const starts = await cold(stage, repeated);
    // A sample of `getUser` takes a twentieth of a second: it says less, and costs less. And `request`
    // at full speed is so near to its target that fewer would not tell on which side.
    const oftener = { ...repeated, runs: runs * extent.warmRounds };
    return {
      about: { ...(await about(browser)), runs, extent, loadBefore: load },
      sizes: starts.sizes,
      cold: summaries(starts.samples),
      warm: {
        12: summaries(await warm(stage, oftener, 12, extent.warm[12])),
        500: summaries(await warm(stage, oftener, 500, extent.warm[500])),
      },
      throughput: summaries({
        ...(await throughput(stage, { ...oftener, rates: [1] }, extent.throughput)),
        ...(await throughput(stage, { ...repeated, rates: [4] }, extent.throughput)),
      }),
      requests: await requests(stage),
      memory: await memory(stage, extent.memory, extent.atOnce),
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

const summaries = (samples) => mapped(samples, (contenders) => mapped(contenders, (values) => summary(values)));
const mapped = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/** The versions and the machine that the numbers depend on. */
async function about(browser) {
  const manifest = async (path) => JSON.parse(await readFile(new URL(path, import.meta.url), "utf8"));
  const { model } = cpus()[0];
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    versions: {
      "paragon-wasm": (await manifest("../pkg/package.json")).version,
      official: (await manifest("../package.json")).devDependencies["@useparagon/connect"],
      chromium: browser.version(),
      node: process.version.slice(1),
    },
    machine: `${cpus().length} × ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`,
  };
}

/** The commit that was measured, if there is a git history. */
function commit() {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
}

/** Shows one line that changes, or a line now and then where the output is no terminal. */
function progress() {
  if (process.stderr.isTTY) {
    return (text) => process.stderr.write(text === undefined ? "\r\x1b[K" : `\r\x1b[K  ${text}`);
  }
  let last = 0;
  return (text) => {
    if (text !== undefined && Date.now() - last > 10_000) {
      process.stderr.write(`  ${text}\n`);
      last = Date.now();
    }
  };
}

/** That the engine slows a tab down when it is asked to, without which half of the report would say nothing. */
async function checkThrottle() {
  const browser = await launchChromium();
  try {
    const tab = await openTab(browser);
    await tab.load("data:text/html,<title>Busy</title>");
    const busy = () =>
      tab.evaluate(() => {
        const started = performance.now();
        for (let count = 0; count < 1e7; count += 1) Math.sqrt(count);
        return performance.now() - started;
      });
    // The fastest of several: whatever else the machine does only adds to it.
    const fastest = async () => {
      const times = [];
      for (let count = 0; count < 10; count += 1) times.push(await busy());
      return Math.min(...times);
    };
    const usual = await fastest();
    await tab.throttle(4);
    const slow = await fastest();
    if (!(slow > 1.5 * usual))
      throw new Error(`Slowed down 4 times, a tab takes ${slow.toFixed(1)} ms for what took ${usual.toFixed(1)} ms.`);
  } finally {
    await browser.close();
  }
}

async function main() {
  // `cargo xtask bench` has checked them.
  const [file, runs, ...options] = process.argv.slice(2);
  const said = progress();
  await checkThrottle();
  const report = await measure({ runs: Number(runs), extent: options.includes("--quick") ? QUICK : FULL, said });
  said();
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 1)}\n`);
  console.log(plain(report));
  if (options.includes("--publish")) await publish(report);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main();
}
