// Examples as their readers have them: outside of this tree, with the packed package.

import { execFile } from "node:child_process";
import { cp, mkdir, readdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { NotHere, newApplication } from "../../matrix/support/application.mjs";

const path = (from) => fileURLToPath(new URL(from, import.meta.url));
export const EXAMPLES = path("../../../examples");
const MODULES = path("../../../node_modules");
export const PACKAGE = path("../../../pkg/");

/**
 * An example as an application of its own. Where its tools cannot be had, its tests say so and do
 * not run.
 *
 * @param {string} name of a folder in examples/
 * @param {string} tools of which application of the matrix: they are installed once
 * @param {{linked?: string[], copied?: string[]}} [more] further packages, from this tree; copied
 *   for tools that do not follow links
 */
export async function example(name, tools, { linked = [], copied = [] } = {}) {
  let application;
  try {
    application = await newApplication(tools);
  } catch (failure) {
    if (!(failure instanceof NotHere)) throw failure;
    return { test: (title, work) => test(title, { skip: `not run: ${failure.message}` }, work) };
  }
  after(application.remove);

  for (const entry of await readdir(application.folder)) {
    if (entry !== "node_modules") await rm(application.path(entry), { recursive: true });
  }
  const isOurs = (source) =>
    !/[\\/](node_modules|dist|test-results|\.next|package-lock\.json)([\\/]|$)/.test(source.slice(EXAMPLES.length));
  await cp(join(EXAMPLES, name), application.folder, { recursive: true, filter: isOurs });
  for (const module of linked) {
    const link = application.path("node_modules", module);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(MODULES, module), link, "junction");
  }
  for (const module of copied) {
    await cp(join(MODULES, module), application.path("node_modules", module), { recursive: true });
  }
  return { application, test };
}

/** Runs Node in an application, with a program of one of its packages if any; gives what it prints. */
export async function run({ folder, path }, env, program, ...options) {
  const running = promisify(execFile)(
    process.execPath,
    [...(program ? [path("node_modules", program)] : []), ...options],
    {
      cwd: folder,
      maxBuffer: 64 << 20,
      env: {
        ...process.env,
        FORCE_COLOR: undefined,
        NO_COLOR: "1",
        NODE_ENV: undefined,
        NODE_TEST_CONTEXT: undefined,
        ...env,
      },
    },
  );
  const { stdout } = await running.catch((error) => {
    throw new Error(`${program} ${options.join(" ")}\n${error.stdout}\n${error.stderr}`, { cause: error });
  });
  return stdout;
}
