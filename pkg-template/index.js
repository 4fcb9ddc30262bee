// The default entry: it carries the WebAssembly module.

import { Client } from "./client.js";
import wasm from "./paragon_wasm_inline.js";

export { ParagonError, SDK_EVENT, isParagonError } from "./client.js";

/**
 * The module travels as base64 of its gzip: a file beside this one would be lost by development
 * servers that move this one, and plain base64 is a fifth larger on the wire.
 */
async function carried() {
  const bytes = Uint8Array.from(atob(wasm), (character) => character.charCodeAt(0));
  const module = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(module).arrayBuffer();
}

export class ParagonClient extends Client {
  constructor(options) {
    super(carried, options);
  }
}

/** The default session. */
export const paragon = /* @__PURE__ */ new ParagonClient();

export const {
  configureGlobal, authenticate, logout, getUser, setUserMetadata, getIntegrations, getIntegrationMetadata,
  uninstallIntegration, getCredentials, updateCredential, enableWorkflow, disableWorkflow, event, workflow, request,
  subscribe, unsubscribe,
} = paragon;
