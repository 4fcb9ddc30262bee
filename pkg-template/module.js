// Loads the WebAssembly module when it is first needed, and ends what is pending should it fail.

import { ParagonError } from "./errors.js";
import { finish, imports } from "./paragon_wasm.js";

const ENGINES = "It takes Chrome 85, Firefox 90, Safari 15, Node 18 or newer.";

/** The module, once it is asked for; shared by concurrent first calls. */
let loading;

/** Set when the module has failed inside: its memory cannot be trusted any more. */
export let broken;

/** The calls that are under way, by their numbers: what each session knows of them, and how to `reject` them. */
export const live = new Map();

/**
 * Loads the module, once for all entries.
 *
 * @param source gives a promise of what WebAssembly can instantiate, or throws if it was not told
 */
export function load(source) {
  loading ??= instantiate(source()).catch((cause) => {
    loading = undefined; // The next call tries again.
    throw cause instanceof ParagonError ? cause : new ParagonError("load_failed", why(cause), { cause });
  });
  return loading;
}

async function instantiate(source) {
  const module = await source;
  // The entry `compat` has JavaScript in the place of the module.
  const made = typeof module === "function" ? { exports: module(imports()) } : await WebAssembly.instantiate(compiled(module), imports());
  const exports = {};
  for (const [name, value] of Object.entries((made.instance ?? made).exports)) {
    exports[name] = typeof value === "function" ? (...args) => guarded(value, args) : value;
  }
  finish({ exports });
}

/**
 * Bytes, compiled at once: what another thread has compiled waits behind all else that the page has
 * to do. Some engines do so with small modules only, and why one is refused `instantiate` tells.
 */
function compiled(module) {
  try {
    return new WebAssembly.Module(module);
  } catch {
    return module;
  }
}

/** A call into the module. It throws only when something is wrong inside. */
function guarded(run, args) {
  try {
    return run(...args);
  } catch (cause) {
    broken ??= new ParagonError("internal", `paragon-wasm has failed inside (${cause}) and cannot go on: reload the page, and please report it.`, { cause });
    for (const { reject } of live.values()) reject(broken);
    throw broken;
  }
}

function why(cause) {
  if (typeof WebAssembly !== "object") {
    return `There is no WebAssembly here: the engine is too old, or has it switched off (Lockdown Mode does). ${ENGINES}`;
  }
  if (/^(Compile|Eval)Error$/.test(cause?.name)) {
    return `The WebAssembly module was refused. If there is a Content-Security-Policy, add 'wasm-unsafe-eval' to its script-src; otherwise the engine is too old. ${ENGINES}`;
  }
  return "The WebAssembly module could not be loaded; see the cause.";
}
