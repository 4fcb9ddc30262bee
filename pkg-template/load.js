// Loads the WebAssembly module when it is first needed, and ends what is pending if it traps.

import { ParagonError } from "./errors.js";
import glue from "./paragon_wasm_glue.js";

const ENGINES = "It takes Chrome 96, Firefox 90, Safari 15, Node 18 or newer.";

/** The exports of the module, once it is loaded. All entries and clients share it. */
export let loaded;
/** A promise of them, while the module is on its way. */
let loading;
/** How to reject the calls that are pending, and `undefined` for calls that have settled: an object of the module's. */
let pending;
/** The error after a trap: the module's memory cannot be trusted any more. */
let broken;

/**
 * Loads the module, unless that is done or under way. Returns its exports where the engine compiles
 * at once, otherwise a promise of them. After a failure the next call tries again.
 *
 * @param source returns what WebAssembly can instantiate, or a promise of it; in the entry `compat`
 * the function that stands for the module
 */
export function load(source) {
  if (loaded || loading) return loaded ?? loading;
  let given;
  try {
    given = source();
    const made = glue(guardedWebAssembly(given));
    made.initSync({ module: given });
    pending = made.pendingCalls();
    return (loaded = made);
  } catch (cause) {
    if (!given) throw failed(cause);
    // A promise, an engine that compiles asynchronously only, or a refusal, which comes again.
    return (loading = instantiate(given).finally(() => (loading = undefined)));
  }
}

async function instantiate(promise) {
  try {
    const given = await promise;
    const made = glue(guardedWebAssembly(given));
    await made.default({ module_or_path: given });
    pending = made.pendingCalls();
    return (loaded = made);
  } catch (cause) {
    throw failed(cause);
  }
}

const failed = (cause) =>
  cause instanceof ParagonError ? cause : new ParagonError("load_failed", reason(cause), { cause });

/** What the glue takes for `WebAssembly`: its instances have guarded exports. */
function guardedWebAssembly(given) {
  const guarded = (exports) => ({ exports: Object.fromEntries(Object.entries(exports).map(guard)) });
  if (typeof given === "function")
    return {
      Module: Function,
      Instance: function (make, imports) {
        return guarded(make(imports));
      },
    };
  return {
    __proto__: WebAssembly,
    Instance: function (module, imports) {
      return guarded(new WebAssembly.Instance(module, imports).exports);
    },
    instantiate: (module, imports) =>
      WebAssembly.instantiate(module, imports).then((made) => ({ instance: guarded((made.instance ?? made).exports) })),
  };
}

/** What promises, timers and registries call. They would report an exception as one that nobody handles. */
const CALLBACK = /^(wasm_bindgen_|__wbg_|__wbindgen_destroy)/;

/** An export whose exceptions are taken for traps; the glue's own tools stay as they are. */
function guard([name, run]) {
  const isCallback = CALLBACK.test(name);
  if (typeof run !== "function" || (name.startsWith("__") && !isCallback)) return [name, run];
  return [
    name,
    (...args) => {
      try {
        if (broken) throw broken;
        return run(...args);
      } catch (cause) {
        broken ??= new ParagonError(
          "internal",
          `paragon-wasm has failed inside (${cause}) and cannot go on: reload the page, and please report it.`,
          { cause },
        );
        for (const reject of Object.values(pending ?? {})) reject?.(broken);
        if (!isCallback) throw broken;
        return []; // The glue finds neither a value in it nor an error.
      }
    },
  ];
}

function reason(cause) {
  if (typeof WebAssembly !== "object")
    return `There is no WebAssembly here: the engine is too old, or has it switched off (Lockdown Mode does). ${ENGINES}`;
  if (/^(Compile|Eval)Error$/.test(cause?.name))
    return `The WebAssembly module was refused. If there is a Content-Security-Policy, add 'wasm-unsafe-eval' to its script-src; otherwise the engine is too old. ${ENGINES}`;
  if (cause?.name === "ReferenceError")
    return `The WebAssembly module could not be loaded: ${cause.message}. The page of a test tool may lack it: give it Node's.`;
  return "The WebAssembly module could not be loaded; see the cause.";
}
