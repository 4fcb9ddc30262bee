// The package as its users get it: packed, and installed into an application outside of this tree.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const WINDOWS = process.platform === "win32";

/**
 * The tarball that `npm pack` makes of pkg/.
 *
 * @param {string} folder where the tarball goes
 * @returns {Promise<{tarball: string, files: string[], version: string}>}
 */
export async function pack(folder) {
  const output = await npm(PROJECT, "pack", "./pkg", "--json", "--pack-destination", folder);
  const answer = JSON.parse(output);
  // An array up to npm 11, an object by name after that.
  const [packed] = Object.values(answer);
  return {
    tarball: join(folder, packed.filename),
    files: packed.files.map(({ path }) => path).sort(),
    version: packed.version,
  };
}

/**
 * A new application in the system's folder for temporary files.
 *
 * @param {Record<string, string>} files what it consists of, by path
 * @param {string[]} packages what `npm install` puts into it
 */
export async function newApplication(files, packages) {
  // The real path: development servers compare it with those of the modules they find.
  const folder = await realpath(await mkdtemp(join(tmpdir(), "paragon-wasm-app-")));
  const manifest = { name: "application", private: true, type: "module" };
  const all = { "package.json": JSON.stringify(manifest), ...files };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await npm(folder, "install", "--prefer-offline", "--no-audit", "--no-fund", ...packages);
  return {
    folder,
    /** Runs a program that one of its packages brought. */
    run: (name, ...options) => run(folder, join(folder, "node_modules/.bin", name), options),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

const npm = (folder, ...options) => run(folder, "npm", options);

async function run(folder, program, options) {
  try {
    const command = WINDOWS ? `${program}.cmd` : program;
    const running = promisify(execFile)(command, options, { cwd: folder, shell: WINDOWS });
    return (await running).stdout;
  } catch (error) {
    throw new Error(`${program} ${options.join(" ")}\n${error.stdout}\n${error.stderr}`, {
      cause: error,
    });
  }
}
