// The token endpoints of examples/token-endpoint: what they sign is accepted by the sandbox, which
// checks signatures, and by nobody else's project.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { cp, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { startServer } from "../matrix/support/server.mjs";
import { BINARY, startSandbox } from "../support/sandbox.mjs";
import { HARBOR, LANTERN } from "../support/methods.mjs";
import { EXAMPLES } from "./support/example.mjs";

const execute = promisify(execFile);
const path = (from) => fileURLToPath(new URL(from, import.meta.url));
const ENDPOINTS = join(EXAMPLES, "token-endpoint");
const WINDOWS = process.platform === "win32";

let sandbox, key, folder;
before(async () => {
  sandbox = await startSandbox([], { quiet: true });
  key = (await execute(BINARY, ["key", "--project", LANTERN])).stdout;
  folder = await mkdtemp(join(tmpdir(), "paragon-wasm-endpoint-"));
});
after(async () => {
  await sandbox?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The command that starts each: a program and its arguments. */
const LANGUAGES = {
  Node: async () => {
    const application = join(folder, "node");
    await cp(join(ENDPOINTS, "node"), application, { recursive: true });
    await cp(path("../../node_modules/jose"), join(application, "node_modules/jose"), { recursive: true });
    return [process.execPath, [join(application, "server.js")]];
  },
  Python: async () => {
    const python = await missing("python3", ["-c", "import ensurepip, venv"]);
    const venv = await pythonPackages(python);
    return [venv, [join(ENDPOINTS, "python/server.py")]];
  },
  Go: async () => {
    const go = await missing("go", ["version"]);
    const program = join(folder, WINDOWS ? "endpoint.exe" : "endpoint");
    await execute(go, ["vet", "."], { cwd: join(ENDPOINTS, "go") });
    await execute(go, ["build", "-o", program, "."], { cwd: join(ENDPOINTS, "go") });
    return [program, []];
  },
};

class NotHere extends Error {}

/** The program, if it is there. */
async function missing(program, probe) {
  await execute(program, probe).catch(() => {
    throw new NotHere(`there is no ${program}`);
  });
  return program;
}

/** The Python of an environment that has the example's packages, which stays for the next time. */
async function pythonPackages(python) {
  const requirements = join(ENDPOINTS, "python/requirements.txt");
  const wanted = (await readFile(requirements, "utf8")).trim().split("\n");
  const name = wanted.join("-").replace(/[^\w.]+/g, "-");
  const kept = join(process.env.PARAGON_MATRIX ?? path("../../target/matrix"), `python-${name}`);
  const program = join(kept, WINDOWS ? "Scripts/python.exe" : "bin/python");
  const isThere = () =>
    execute(program, ["-c", "import flask, jwt, cryptography"]).then(
      () => true,
      () => false,
    );
  if (await isThere()) return program;
  await rm(kept, { recursive: true, force: true });
  await execute(python, ["-m", "venv", kept]);
  const pip = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--retries",
    "1",
    "--requirement",
    requirements,
  ];
  await execute(program, pip).catch((failure) => {
    throw new NotHere(`its packages cannot be installed: ${failure.stderr.trim().split("\n").at(-1)}`);
  });
  return program;
}

for (const [language, start] of Object.entries(LANGUAGES)) {
  describe(language, () => {
    let program, options, why;
    before(async () => {
      try {
        [program, options] = await start();
      } catch (failure) {
        if (!(failure instanceof NotHere)) throw failure;
        why = failure.message;
      }
    });

    const check = (title, work) =>
      test(title, async (t) => {
        if (why) t.skip(`not run: ${why}`);
        else await work();
      });

    /** Runs the server with more variables; gives what its endpoint answers. */
    async function ask(env, method = "POST") {
      const inherited = { ...process.env, NODE_TEST_CONTEXT: undefined };
      const server = await startServer(program, options, {
        env: { ...inherited, PORT: "0", PARAGON_PROJECT_ID: LANTERN, PARAGON_SIGNING_KEY: key, ...env },
      });
      try {
        const response = await fetch(`${server.address}/api/paragon-token`, { method });
        const text = await response.text();
        return {
          status: response.status,
          headers: response.headers,
          text,
          output: server.output(),
          body: () => JSON.parse(text),
        };
      } finally {
        await server.stop();
      }
    }

    check("signs for who is signed in", async () => {
      const { status, headers, body } = await ask({ DEMO_USER: "noor" });
      assert.equal(status, 200);
      assert.match(headers.get("content-type"), /^application\/json/);
      assert.equal(headers.get("cache-control"), "no-store");
      assert.equal(headers.get("access-control-allow-origin"), null);
      const { token } = body();
      const [head, claims] = token.split(".", 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
      assert.equal(head.alg, "RS256");
      assert.deepEqual(Object.keys(claims).sort(), ["aud", "exp", "iat", "sub"]);
      assert.deepEqual([claims.sub, claims.aud, claims.exp - claims.iat], ["noor", `useparagon.com/${LANTERN}`, 3_600]);
      assert.equal((await sandbox.user({ projectId: LANTERN, token })).userId, "noor");
    });

    check("takes a key on one line, and one in the older form", async () => {
      const older = createPrivateKey(key).export({ type: "pkcs1", format: "pem" });
      assert.match(older, /BEGIN RSA PRIVATE KEY/);
      for (const one of [key.replaceAll("\n", "\\n"), older]) {
        const { body } = await ask({ DEMO_USER: "noor", PARAGON_SIGNING_KEY: one });
        assert.equal((await sandbox.user({ projectId: LANTERN, ...body() })).userId, "noor");
      }
    });

    check("another project's key makes tokens that are refused", async () => {
      const { stdout } = await execute(BINARY, ["key", "--project", HARBOR]);
      const { body } = await ask({ DEMO_USER: "noor", PARAGON_SIGNING_KEY: stdout });
      await assert.rejects(sandbox.user({ projectId: LANTERN, ...body() }), /401.*token_signature/);
    });

    check("signs for nobody else, and not for a GET", async () => {
      const { status, text } = await ask({ DEMO_USER: "" });
      assert.deepEqual([status, JSON.parse(text)], [401, { error: "Sign in first." }]);
      const { status: get } = await ask({ DEMO_USER: "noor" }, "GET");
      assert.ok([404, 405].includes(get), `GET is answered with ${get}`);
    });

    check("says nothing of a key that is none", async () => {
      const { status, text, output } = await ask({ DEMO_USER: "noor", PARAGON_SIGNING_KEY: "no-key-at-all" });
      assert.equal(status, 500);
      assert.doesNotMatch(text + output, /no-key-at-all/);
    });
  });
}

test("the examples have no other packages than are tested", async () => {
  const { devDependencies } = JSON.parse(await readFile(path("../../package.json"), "utf8"));
  const { dependencies } = JSON.parse(await readFile(join(ENDPOINTS, "node/package.json"), "utf8"));
  assert.deepEqual(dependencies, { jose: devDependencies.jose });
  await assert.rejects(stat(join(ENDPOINTS, "go/go.sum")), "the example in Go needs the standard library only");
});
