// What the default entry weighs in a production build: the budget, what grew since the figures were
// accepted last, and the table of docs/size.md.
// Usage: node size.mjs <compiled wasm> <wasm-bindgen> [--accept]

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

import { brotli, pkg, production } from "./production.mjs";
import { functionSizes, sectionSizes } from "./wasm-sizes.mjs";

/** In bytes, brotli 11, of all that a production build ships at first. */
const BUDGET = 20_000;
/** How far the tables of the documentation may be from what is measured, in bytes. */
const TOLERANCE = 250;

const root = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const ACCEPTED = root("xtask/size.json");
const PAGE = root("docs/size.md");
const OFFICIAL = "@useparagon/connect";
const officialVersion = JSON.parse(readFileSync(root("package.json"), "utf8")).devDependencies[OFFICIAL];
const [compiled, wasmBindgen, ...flags] = process.argv.slice(2);

const shown = (bytes) => bytes.toLocaleString("en");

/** The whole of an application that imports a client and does no more. */
const application = (client) =>
  production("application", { application: `import { paragon } from ${JSON.stringify(client)}; globalThis.paragon = paragon;` });

async function measured() {
  const total = brotli(await application(pkg("index.js")));
  const official = brotli(await application(createRequire(import.meta.url).resolve(OFFICIAL)));
  const others = {
    "install.js": brotli(await production(pkg("install.js"))),
    "compat.js": brotli(await application(pkg("compat.js"))),
    "paragon.global.js": brotli(readFileSync(pkg("paragon.global.js"))),
  };
  const files = {};
  for (const name of ["client", "session", "arguments", "module", "errors", "paragon_wasm"]) {
    const alone = await rolldown({ input: pkg(`${name}.js`), platform: "browser", external: () => true });
    const { output } = await alone.generate({ format: "esm", minify: true });
    await alone.close();
    files[`${name}.js`] = brotli(output[0].code);
  }
  const shipped = readFileSync(pkg("paragon_wasm.wasm"));
  return { total, official, others, files, wasm: brotli(shipped), functions: functions(), sections: sectionSizes(shipped) };
}

/** The functions of the module as it ships, with the names that it ships without. */
function functions() {
  const folder = mkdtempSync(join(tmpdir(), "paragon-wasm-size-"));
  try {
    const options = ["--target", "web", "--keep-debug", "--omit-default-module-path", "--out-dir", folder];
    execFileSync(wasmBindgen, [...options, compiled]);
    const metadata = JSON.parse(execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], { cwd: root("."), encoding: "utf8", maxBuffer: 2 ** 26 }));
    const manifest = metadata.packages.find(({ name }) => name === "paragon-wasm");
    const passes = manifest.metadata["wasm-pack"].profile.custom["wasm-opt"];
    const named = join(folder, "named.wasm");
    const wasmOpt = root("node_modules/binaryen/bin/wasm-opt");
    execFileSync(process.execPath, [wasmOpt, join(folder, "paragon_wasm_bg.wasm"), "-o", named, "-g", ...passes]);
    return functionSizes(readFileSync(named));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What stands in the module, by what it is for; the first that fits. */
const PARTS = [
  ["what else each call does: reading results, renewal, uninstalling", /::engine\b/],
  ["tokens, routes, names of integrations, errors", /::protocol\b/],
  ["the boundary and what is compiled into it: starting calls, building requests, driving each call, events, results", /::bindings\b|^(create|release|end|start|step)$/],
  ["reading JavaScript's objects", /::browser\b|^wasm_bindgen|^__wbindgen/],
  ["the allocator", /^<?rlsf|^__rust/],
  ["strings, lists and counted references of the standard library", /./],
];
const FILES = {
  "client.js": "the public methods, events, and what loads the rest on demand",
  "session.js": "`fetch`, time limits, signals, shared requests, renewal",
  "arguments.js": "checks and copies of what an application passes, with words for what is wrong",
  "module.js": "loading the module, and words for when it is refused",
  "errors.js": "the one kind of error",
  "paragon_wasm.js": "wasm-bindgen's glue",
};

function table({ total, files, wasm, functions, sections }) {
  const sums = new Map(PARTS.map(([what]) => [what, 0]));
  for (const [name, size] of Object.entries(functions)) {
    const [what] = PARTS.find(([, pattern]) => pattern.test(name));
    sums.set(what, sums.get(what) + size);
  }
  const raw = Object.values(sections).reduce((sum, size) => sum + size, 0);
  const code = Object.values(functions).reduce((sum, size) => sum + size, 0);
  // What a part takes of the compressed module, by what it takes of the module.
  const share = (size) => Math.round((wasm * size) / raw);
  const rows = [...sums].map(([what, size]) => [`wasm: ${what}`, share((size / code) * sections.code)]);
  rows.push(["wasm: paths, names and sentences of errors", share(sections.data)]);
  rows.push(["wasm: types, imports, tables", wasm - rows.reduce((sum, [, size]) => sum + size, 0)]);
  for (const [file, size] of Object.entries(files)) rows.push([`\`${file}\`: ${FILES[file]}`, size]);
  // Text costs a little more than bytes do, and one stream a little less than many.
  rows.push(["the wasm as text in JavaScript, less what one stream saves", total - rows.reduce((sum, [, size]) => sum + size, 0)]);
  return ["| bytes | what |", "|---:|---|", ...rows.map(([what, size]) => `| ${shown(size)} | ${what} |`), `| **${shown(total)}** | **all** |`].join("\n");
}

const OTHERS = {
  "install.js": "what connects and configures accounts, loaded when it is first used",
  "compat.js": "all of `paragon-wasm/compat`, the client without WebAssembly",
  "paragon.global.js": "the classic script, which has all of the default entry and of `install.js`",
};

function otherTable({ others, official }) {
  const rows = Object.entries(others).map(([file, size]) => `| ${shown(size)} | \`${file}\`: ${OTHERS[file]} |`);
  return ["| bytes | what |", "|---:|---|", ...rows, `| ${shown(official)} | ${OFFICIAL} ${officialVersion}, for comparison: all of it is loaded at first |`].join("\n");
}

function growth(before, now) {
  const changes = Object.keys({ ...before, ...now })
    .map((name) => [name, (now[name] ?? 0) - (before[name] ?? 0)])
    .filter(([, change]) => change !== 0)
    .sort(([, a], [, b]) => b - a);
  return changes.map(([name, change]) => `  ${change > 0 ? "+" : ""}${shown(change)}  ${name}`);
}

const now = await measured();
const accepted = JSON.parse(readFileSync(ACCEPTED, "utf8"));
const page = readFileSync(PAGE, "utf8");
const between = (name) => new RegExp(`(?<=<!-- ${name} -->\n)[^]*(?=\n<!-- /${name} -->)`);
if (flags.includes("--accept")) {
  const { total, others, functions, files } = now;
  writeFileSync(ACCEPTED, `${JSON.stringify({ total, others, files, functions }, null, 1)}\n`);
  writeFileSync(PAGE, page.replace(between("table"), () => table(now)).replace(between("others"), () => otherTable(now)));
}
const percent = Math.round((100 * now.total) / now.official);
console.log(`${shown(now.total)} bytes of ${shown(BUDGET)} (${percent} % of the official SDK's ${shown(now.official)}); accepted were ${shown(accepted.total)}.`);
const grown = [
  ...growth(accepted.others, now.others).map((line) => `${line} (brotli, not in the default entry)`),
  ...growth(accepted.files, now.files).map((line) => `${line} (brotli)`),
  ...growth(accepted.functions, now.functions).map((line) => `${line} (wasm, not compressed)`),
];
if (grown.length) console.log(`What changed since:\n${grown.join("\n")}`);
if (now.total > BUDGET) {
  const largest = Object.entries(now.functions).sort(([, a], [, b]) => b - a).slice(0, 20);
  console.log(`The largest functions:\n${largest.map(([name, size]) => `  ${shown(size)}  ${name}`).join("\n")}`);
  console.error(`The default entry is ${shown(now.total - BUDGET)} bytes past its budget.`);
  process.exit(1);
}
const differs = ({ total, others }) => [now.total - total, ...Object.keys(OTHERS).map((file) => now.others[file] - others[file])];
if (!flags.includes("--accept") && differs(accepted).some((bytes) => Math.abs(bytes) > TOLERANCE)) {
  console.error("docs/size.md tells another size: `cargo xtask size --accept` writes it anew.");
  process.exit(1);
}
