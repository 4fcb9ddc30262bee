// The part of the package that is loaded on demand: connecting accounts and configuring them.

import { catalogue } from "./catalogue.js";
import { direct } from "./direct.js";
import { asFailure } from "./errors.js";
import { installFlow } from "./flow.js";
import { failure, setModule } from "./module.js";
import { InstallQueue } from "./queue.js";
import { settings } from "./settings.js";

/**
 * The functions of one client.
 *
 * @param loaded `core`, the module's client; `module`, the module's exports; `openPopup`
 */
export function createConnectApi({ core, module, openPopup }) {
  setModule(module);
  const transport = {
    /** A call of the module's client. Every failure rejects. */
    call: async (name, ...args) => core[name](...args),
    emit: (name, event) => core.emit(name, event),
    subscribe: (name, listener) => core.subscribe(name, listener),
    redact: (text) => core.redact(text),
    openPopup,
  };
  const known = catalogue(transport);
  const queue = new InstallQueue(transport, known);
  const functions = { ...direct(queue), ...settings(transport, known), ...known.reads };
  return { ...coded(functions), installFlow: coded(installFlow(queue)) };
}

/** The functions, each of which reads its arguments once and rejects with an error of ours, whatever they are. */
const coded = (functions) =>
  Object.fromEntries(
    Object.entries(functions).map(([name, run]) => [
      name,
      (...args) => {
        try {
          const copies = args.map(copy);
          const running = run(...copies);
          // Where there is an `onError`, the promise itself may be left alone.
          if (copies.some((it) => typeof it?.onError === "function")) return running;
          return running.catch((cause) => Promise.reject(asFailure(cause)));
        } catch (cause) {
          return Promise.reject(asFailure(cause));
        }
      },
    ]),
  );

/** A copy of a plain object, so that what its getters throw is found at once; anything else as it is. */
function copy(value) {
  if (typeof value !== "object" || value === null) return value;
  try {
    const prototype = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null ? { ...value } : value;
  } catch (cause) {
    throw failure("invalid_argument", "An argument throws when it is read; see the cause.", { cause });
  }
}
