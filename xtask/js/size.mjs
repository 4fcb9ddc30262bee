// The size of the default entry in a production build and of the stock build: what grew since it was
// accepted last, how far the goals are, and the tables of docs/size.md.
// Usage: node size.mjs <output of the stock build> <compiled wasm> <wasm-bindgen> [--accept] [--functions]

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { brotli, pkg, production } from "./production.mjs";

/**
 * The goals, in bytes, brotli 11: all that a production build of the default entry ships at first; wasm
 * and glue of the stock build.
 */
const GOALS = { published: 37_000, stock: 42_000 };
/** The difference in bytes that a size may have from the accepted one, which the documentation tells. */
const TOLERANCE = 250;

const root = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const ACCEPTED = root("xtask/size.json");
const PAGE = root("docs/size.md");
const OFFICIAL = "@useparagon/connect";
const officialVersion = JSON.parse(readFileSync(root("package.json"), "utf8")).devDependencies[OFFICIAL];
const [stock, compiled, wasmBindgen, ...flags] = process.argv.slice(2);

const shown = (bytes) => bytes.toLocaleString("en");

/** An application that imports a client and does no more, whole. */
const application = (client) =>
  production("application", {
    application: `import { paragon } from ${JSON.stringify(client)}; globalThis.paragon = paragon;`,
  });

const FILES = {
  "paragon_wasm.wasm": "the client, in WebAssembly",
  "paragon_wasm_glue.js": "wasm-bindgen's glue",
  "index.js": "the default entry",
  "client.js": "the methods, which are forwarded, and the parts that are loaded on demand",
  "load.js": "loading the module, and watching it for traps",
  "errors.js": "the class of errors",
};
const OTHERS = {
  "install.js": "connecting and configuring accounts, loaded when it is first used",
  "compat.js": "all of `paragon-wasm/compat`, the client without WebAssembly",
  "paragon.global.js": "the classic script, which has all of the default entry and of `install.js`",
};

async function measured() {
  const files = {};
  for (const name of Object.keys(FILES)) {
    const content = name.endsWith(".wasm") ? readFileSync(pkg(name)) : await production(pkg(name), {}, { alone: true });
    files[name] = brotli(content);
  }
  const others = {};
  for (const name of Object.keys(OTHERS)) {
    others[name] = brotli(name === "install.js" ? await production(pkg(name)) : readFileSync(pkg(name)));
  }
  const glue = await production(join(stock, "paragon_wasm.js"));
  return {
    published: brotli(await application(pkg("index.js"))),
    files,
    others,
    stock: { wasm: brotli(readFileSync(join(stock, "paragon_wasm_bg.wasm"))), glue: brotli(glue) },
    official: brotli(await application(createRequire(import.meta.url).resolve(OFFICIAL))),
  };
}

const sum = (sizes) => Object.values(sizes).reduce((total, size) => total + size, 0);

const table = (rows) =>
  ["| bytes | what |", "|---:|---|", ...rows.map(([size, what]) => `| ${size} | ${what} |`)].join("\n");

function tables({ published, files, others, stock: built, official }) {
  return {
    published: table([
      ...Object.entries(FILES).map(([name, what]) => [shown(files[name]), `\`${name}\`: ${what}`]),
      // Text costs a little more than bytes do, and one stream a little less than many.
      [shown(published - sum(files)), "the wasm as text in JavaScript, less what one stream saves"],
      [`**${shown(published)}**`, "**all**"],
    ]),
    stock: table([
      [shown(built.wasm), "`paragon_wasm_bg.wasm`, compressed as a file"],
      [shown(built.glue), "`paragon_wasm.js`, minified"],
      [`**${shown(sum(built))}**`, "**all**"],
    ]),
    others: table([
      ...Object.entries(OTHERS).map(([name, what]) => [shown(others[name]), `\`${name}\`: ${what}`]),
      [shown(official), `${OFFICIAL} ${officialVersion}, for comparison: all of it is loaded at first`],
    ]),
  };
}

/** The largest functions of the module that ships, with the names that it ships without. */
function functions(count) {
  const folder = mkdtempSync(join(tmpdir(), "paragon-wasm-size-"));
  try {
    execFileSync(wasmBindgen, [
      "--target",
      "web",
      "--keep-debug",
      "--omit-default-module-path",
      "--out-dir",
      folder,
      compiled,
    ]);
    const wasmOpt = root("node_modules/binaryen/bin/wasm-opt");
    const module = join(folder, "paragon_wasm_bg.wasm");
    const report = execFileSync(
      process.execPath,
      [wasmOpt, module, "-g", "-Oz", "--func-metrics", "-o", join(folder, "out.wasm")],
      {
        encoding: "utf8",
        maxBuffer: 2 ** 26,
      },
    );
    const sizes = [...report.matchAll(/^func: (.*)\n \[binary-bytes\] : (\d+)/gm)].map(([, name, size]) => [
      name,
      Number(size),
    ]);
    return sizes
      .sort(([, a], [, b]) => b - a)
      .slice(0, count)
      .map(([name, size]) => `${shown(size).padStart(8)}  ${name}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const now = await measured();
const totals = ({ published, stock: built, others }) => ({ published, stock: sum(built), ...others });
const accepted = totals(JSON.parse(readFileSync(ACCEPTED, "utf8")));
for (const [name, size] of Object.entries(totals(now))) {
  const change = size - accepted[name];
  const since = change ? `, ${change > 0 ? "+" : ""}${shown(change)} since accepted` : "";
  const missed = size - GOALS[name];
  const goal = missed > 0 ? `, ${shown(missed)} past the goal of ${shown(GOALS[name])}` : "";
  console.log(`${name.padEnd(18)} ${shown(size).padStart(7)} bytes${since}${goal}`);
}
console.log(`${OFFICIAL} ${officialVersion}: ${shown(now.official)} bytes`);
if (flags.includes("--functions"))
  console.log(`The largest functions of the module, not compressed:\n${functions(60).join("\n")}`);

if (flags.includes("--accept")) {
  writeFileSync(ACCEPTED, `${JSON.stringify({ ...now, official: undefined }, null, 1)}\n`);
  let page = readFileSync(PAGE, "utf8");
  for (const [name, content] of Object.entries(tables(now))) {
    page = page.replace(new RegExp(`(?<=<!-- ${name} -->\n)[^]*(?=\n<!-- /${name} -->)`), () => content);
  }
  writeFileSync(PAGE, page);
}
const differs = Object.entries(totals(now)).some(([name, size]) => !(Math.abs(size - accepted[name]) <= TOLERANCE));
if (!flags.includes("--accept") && differs) {
  console.error(
    "A size is not the accepted one, which docs/size.md tells: `cargo xtask size --functions` lists the largest functions, `--accept` takes it over.",
  );
  process.exit(1);
}
