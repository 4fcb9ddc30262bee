// The part of the package that is loaded on demand: connecting accounts and configuring them.

import { catalogue } from "./catalogue.js";
import { direct } from "./direct.js";
import { installFlow } from "./flow.js";
import { setModule } from "./module.js";
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
  return { ...direct(queue), ...settings(transport, known), ...known.reads, installFlow: installFlow(queue) };
}
