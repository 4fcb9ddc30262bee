// A local Paragon for a test file: its own process, its own state, on a free port.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The program itself. */
export const BINARY =
  process.env.PARAGON_SANDBOX_BIN ?? fileURLToPath(new URL("../../target/debug/paragon-sandbox", import.meta.url));

/**
 * Starts a sandbox; `stop()` ends it.
 *
 * @param {string[]} [options] more of its command line
 * @param {{quiet?: boolean}} [how] `quiet` leaves out what it says besides its address
 */
export async function startSandbox(options = [], { quiet = false } = {}) {
  if (!existsSync(BINARY)) {
    throw new Error(`there is no ${BINARY}: type \`cargo build --package paragon-sandbox\``);
  }
  const child = spawn(BINARY, ["--port", "0", ...options], { stdio: ["ignore", "pipe", quiet ? "ignore" : "inherit"] });
  const url = await firstLine(child);
  return {
    /** Its origin. */
    url,

    /**
     * Mints a user token.
     *
     * @param {{projectId?: string, userId?: string, expiresInSeconds?: number}} [claims]
     * @returns {Promise<{token: string, projectId: string, userId: string}>}
     */
    token: (claims = {}) => json(`${url}/_sandbox/token`, { method: "POST", body: claims }),

    /** Everything it received since it started or was reset. */
    requests: () => json(`${url}/_sandbox/requests`),

    /** Back to the state it started with. */
    reset: () => json(`${url}/_sandbox/reset`, { method: "POST" }),

    /** The address of the provider's pages, and the decisions that wait there. */
    provider: () => json(`${url}/_sandbox/provider`),

    /** Has the provider decide without a click, once for each decision. */
    decide: (...decisions) =>
      json(`${url}/_sandbox/provider`, {
        method: "POST",
        body: { decisions: decisions.map((decision) => ({ times: 1, ...decision })) },
      }),

    /** Has requests fail, as these rules say. */
    fault: (...rules) => json(`${url}/_sandbox/faults`, { method: "POST", body: { rules } }),

    /** Takes the consent for an integration back at its provider. */
    revoke: (claims) => json(`${url}/_sandbox/provider/revoke`, { method: "POST", body: claims }),

    /** The user as the API itself gives it, past the package under test. */
    user: ({ projectId, token }) =>
      json(`${url}/projects/${projectId}/sdk/me`, { headers: { authorization: `Bearer ${token}` } }),

    stop: () =>
      new Promise((resolve) => {
        child.once("exit", resolve);
        child.kill();
      }),
  };
}

function firstLine(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the sandbox ended with ${code}`)));
    createInterface({ input: child.stdout }).once("line", resolve);
  });
}

async function json(url, { method, headers, body } = {}) {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body && { "content-type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${url} answered ${response.status}: ${text}`);
  }
  return text === "" ? undefined : JSON.parse(text);
}
