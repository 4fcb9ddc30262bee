// Servers that tools start, as processes of their own.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const WINDOWS = process.platform === "win32";

/**
 * Starts a program and waits until it prints the address that it listens on: two minutes, unless
 * `limitMs` says otherwise.
 *
 * @param {string} program
 * @param {string[]} options
 * @param {import("node:child_process").SpawnOptions & {limitMs?: number}} [how]
 * @returns {Promise<{address: string, output: () => string, stop: () => Promise<void>}>}
 */
export async function startServer(program, options, { limitMs = 120_000, ...how } = {}) {
  // In a group of its own: such programs start others.
  const child = spawn(program, options, {
    ...how,
    shell: WINDOWS,
    detached: !WINDOWS,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  let output = "";
  let timer;
  const address = new Promise((resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${program} has printed no address in ${limitMs / 1000} s:\n${output}`)),
      limitMs,
    );
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        output += `${line}\n`;
        const [found] = line.match(/http:\/\/(127\.0\.0\.1|localhost):\d+/) ?? [];
        if (found) resolve(found);
      });
    }
    child.once("error", reject);
    ended.then((code) => reject(new Error(`${program} ended with ${code}:\n${output}`)));
  });
  const kill = (signal) => {
    try {
      process.kill(WINDOWS ? child.pid : -child.pid, signal);
    } catch {
      // It has ended already, or never began.
    }
  };
  const stop = async () => {
    kill("SIGTERM");
    const late = setTimeout(kill, 10_000, "SIGKILL");
    await ended;
    clearTimeout(late);
  };
  try {
    return { address: await address, output: () => output, stop };
  } catch (failure) {
    await stop();
    throw failure;
  } finally {
    clearTimeout(timer);
  }
}
