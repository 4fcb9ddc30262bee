// The entry without the WebAssembly module: `init` is told where it is.

import { createEntry } from "./client.js";
import { ParagonError } from "./errors.js";
import { load } from "./load.js";

export { SDK_EVENT } from "./client.js";
export { ParagonError, isParagonError } from "./errors.js";

/** Returns a promise of the module, once `init` was called. */
let provided;

/** How long the module may take; a call that waits for it must settle. */
const LIMIT_MS = 30_000;

const failure = (message, cause) => new ParagonError("load_failed", message, cause && { cause });

/** A `Request` or a `URL`, of whatever realm or library, is an address as well. */
const isAddress = (source) => typeof source === "string" || source?.method || source?.href;

/** A compiled module, also of another realm. */
const isModule = (source) => Object.prototype.toString.call(source) === "[object WebAssembly.Module]";

export async function init(source) {
  let once;
  // An address is fetched again when a later call tries again; content stays what it is.
  provided = () => (isAddress(source) ? compiled(source) : (once ??= isModule(source) ? source : compiled(source)));
  await load(given);
}

function given() {
  if (!provided) {
    throw failure(
      "paragon-wasm/slim does not carry its WebAssembly module: call `init` with it first, or import paragon-wasm.",
    );
  }
  return provided();
}

async function compiled(source) {
  let timer;
  const late = new Promise((_, reject) => {
    try {
      timer = setTimeout(
        () => reject(failure(`The WebAssembly module did not arrive in ${LIMIT_MS / 1000} s.`)),
        LIMIT_MS,
      );
    } catch {
      // Cloudflare Workers permit timers in a handler only.
    }
  });
  try {
    return await Promise.race([compile(source), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function compile(source) {
  let module = await source;
  if (isAddress(module)) {
    module = await fetch(module);
  }
  let from = "What `init` was given";
  // Not by its class: libraries replace `fetch`, and `Response` too.
  if (typeof module?.arrayBuffer === "function") {
    from = module.url || from;
    if (!module.ok) {
      throw failure(`The WebAssembly module is not there: ${from} answered ${module.status}.`);
    }
    // With parameters, such as a charset, engines refuse the type.
    if (module.headers.get("content-type") === "application/wasm" && WebAssembly.compileStreaming) {
      try {
        return await WebAssembly.compileStreaming(module);
      } catch (refused) {
        // Engines stream from a response of their own only. Of one that is not, nothing was read.
        if (!(refused instanceof TypeError) || module.bodyUsed) throw refused;
      }
    }
    module = await module.arrayBuffer();
  }
  if (isModule(module)) {
    return module;
  }
  const bytes = ArrayBuffer.isView(module)
    ? new Uint8Array(module.buffer, module.byteOffset, module.byteLength)
    : new Uint8Array(module);
  // Servers often answer with a page for a file that they do not have.
  if (String(bytes.subarray(0, 4)) !== "0,97,115,109") {
    throw failure(`${from} is no WebAssembly module.`);
  }
  return WebAssembly.compile(bytes);
}

export const { ParagonClient, paragon } = /* @__PURE__ */ createEntry(given);

export const {
  configureGlobal,
  authenticate,
  logout,
  getUser,
  setUserMetadata,
  getIntegrations,
  getIntegrationMetadata,
  uninstallIntegration,
  getCredentials,
  updateCredential,
  enableWorkflow,
  disableWorkflow,
  event,
  workflow,
  request,
  subscribe,
  unsubscribe,
  installIntegration,
  connect,
  installFlow,
  completeInstall,
  getIntegrationConfig,
  getIntegrationAccount,
  getFieldOptions,
  getAccountTypeOptions,
  getPreOptions,
  getPostOptions,
  updateIntegrationUserSettings,
  updateWorkflowUserSettings,
  updateWorkflowState,
  createConfiguration,
  updateConfiguration,
  destroyConfiguration,
} = paragon;
