// A new application outside of this tree: its tools from its own lock file, and the packed package.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFile,
  cp,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  symlink,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const APPS = here("../apps");
const PACKAGE = here("../../../pkg");
/** Where tools stay installed from one run to the next. */
const INSTALLED = process.env.PARAGON_MATRIX ?? here("../../../target/matrix");
const WINDOWS = process.platform === "win32";

/** Why a row cannot run on this machine: no fault of the package's. */
export class NotHere extends Error {}

/**
 * An application as `apps/<name>` describes it, in the system's folder for temporary files, with
 * the package installed from what `npm pack` makes of it.
 *
 * @param {string} name
 * @param {string} [packed] the folder of another package than pkg/
 * @throws {NotHere} when its tools cannot be installed
 */
export async function newApplication(name, packed = PACKAGE) {
  const tools = await installedTools(name);
  // The real path: development servers compare it with those of the modules they find.
  const folder = await realpath(await mkdtemp(join(tmpdir(), `paragon-wasm-${name}-`)));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    await cp(join(APPS, "shared"), folder, { recursive: true });
    await cp(join(APPS, name), folder, { recursive: true });
    await linkAll(tools, join(folder, "node_modules"));
    const { tarball } = await pack(folder, packed);
    await npm(folder, "install", "--no-save", "--offline", tarball);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    folder,
    remove,
    path: (...parts) => join(folder, ...parts),
    /** Runs a program that one of its packages brought; gives what that prints. */
    run: (program, ...options) => run(folder, join(folder, "node_modules/.bin", program), options),
    /** The same with more variables. */
    runWith: (env, program, ...options) => run(folder, join(folder, "node_modules/.bin", program), options, env),
    /** Runs a Node in it, this one unless another is given. */
    node: (options, program = process.execPath, env = {}) => run(folder, program, options, env),
  };
}

/** What `npm pack` makes of pkg/ or another package: a tarball in `folder`, and the names of what is in it. */
export async function pack(folder, source = PACKAGE) {
  const output = await npm(folder, "pack", source, "--json", "--pack-destination", folder);
  // An array up to npm 11, an object by name after that.
  const [packed] = Object.values(JSON.parse(output));
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path).sort() };
}

/** The `node_modules` that the application's lock file describes; installed if it is not there. */
async function installedTools(name) {
  const locked = ["package.json", "package-lock.json"].map((file) => join(APPS, name, file));
  const hash = createHash("sha256");
  for (const file of locked) {
    hash.update(await readFile(file));
  }
  const folder = join(INSTALLED, `${name}-${hash.digest("hex").slice(0, 12)}`);
  const modules = join(folder, "node_modules");
  if (await exists(modules)) {
    return modules;
  }
  await mkdir(INSTALLED, { recursive: true });
  const building = await mkdtemp(join(INSTALLED, "installing-"));
  try {
    for (const [index, file] of ["package.json", "package-lock.json"].entries()) {
      await copyFile(locked[index], join(building, file));
    }
    await mkdir(join(building, "node_modules"), { recursive: true });
    // Not `npm ci`: it refuses a lock file without the builds for every other system.
    await npm(building, "install", "--no-save", "--fetch-retries=1", "--fetch-retry-mintimeout=500").catch(
      (failure) => {
        const [, code] = failure.message.match(/npm error code (\S+)/) ?? [];
        if (!UNREACHABLE.test(code)) throw failure;
        const [why] = failure.message.match(/(?<=npm error )(?!code|errno|syscall).+/) ?? [code];
        throw new NotHere(`the packages of tests/matrix/apps/${name} cannot be installed (${why})`);
      },
    );
    await rename(building, folder).catch(async (failure) => {
      // Another run was faster.
      if (!(await exists(modules))) throw failure;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return modules;
}

/** npm's codes for a registry that cannot be reached, or has not got a package. */
const UNREACHABLE =
  /^(E(401|403|404|5\d\d|TARGET|NOTFOUND|AI_AGAIN|CONN\w+|TIMEDOUT|NETUNREACH|HOSTUNREACH|BADPLATFORM)|ERR_SOCKET_TIMEOUT|FETCH_ERROR|ENOTCACHED)$/;

const npm = (folder, ...options) => run(folder, WINDOWS ? "npm.cmd" : "npm", [...options, "--no-audit", "--no-fund"]);

const exists = (path) =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** Makes `to` the same tree as `from` without copying what is in it, where the disk allows that. */
async function linkAll(from, to) {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await linkAll(source, target);
    } else if (entry.isSymbolicLink()) {
      await symlink(await readlink(source), target);
    } else if (entry.name !== ".package-lock.json") {
      // That one npm writes again; elsewhere nobody writes into installed packages.
      await link(source, target).catch(() => copyFile(source, target));
    }
  }
}

async function run(folder, program, options, env) {
  try {
    const running = promisify(execFile)(program, options, {
      cwd: folder,
      shell: WINDOWS,
      maxBuffer: 64 << 20,
      // Tools that ask how they are used would ask somebody else's server.
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: undefined, FORCE_COLOR: "0", ...env },
    });
    return (await running).stdout;
  } catch (error) {
    throw new Error(`${program} ${options.join(" ")}\n${error.stdout}\n${error.stderr}`, { cause: error });
  }
}
