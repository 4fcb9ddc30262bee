// The entry without the WebAssembly module: `init` is told where it is.

import { Client, ParagonError, load } from "./client.js";

export { ParagonError, SDK_EVENT, isParagonError } from "./client.js";

/** Gives the module, once `init` was called. */
let provided;

/** How long the module may take; a call that waits for it must come to an end. */
const LIMIT_MS = 30_000;

const failure = (message, cause) => new ParagonError("load_failed", message, cause && { cause });

const isAddress = (source) =>
  typeof source === "string" || source instanceof URL || (typeof Request === "function" && source instanceof Request);

export async function init(source) {
  let once;
  // What was fetched from an address may be there when a later call tries again; content stays what it is.
  provided = () => (isAddress(source) ? compiled(source) : (once ??= compiled(source)));
  await load(given);
}

function given() {
  if (!provided) {
    throw failure("paragon-wasm/slim does not carry its WebAssembly module: call `init` with it first, or import paragon-wasm.");
  }
  return provided();
}

async function compiled(source) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(failure(`The WebAssembly module did not arrive in ${LIMIT_MS / 1000} s.`)), LIMIT_MS);
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
  if (typeof Response === "function" && module instanceof Response) {
    from = module.url || from;
    if (!module.ok) {
      throw failure(`The WebAssembly module is not there: ${from} answered ${module.status}.`);
    }
    if (/^application\/wasm\b/.test(module.headers.get("content-type")) && WebAssembly.compileStreaming) {
      return WebAssembly.compileStreaming(module);
    }
    module = await module.arrayBuffer();
  }
  if (module instanceof WebAssembly.Module) {
    return module;
  }
  const bytes = ArrayBuffer.isView(module) ? new Uint8Array(module.buffer, module.byteOffset, module.byteLength) : new Uint8Array(module);
  // What a server answers for a page that it does not have is a page, often.
  if (String(bytes.subarray(0, 4)) !== "0,97,115,109") {
    throw failure(`${from} is no WebAssembly module.`);
  }
  return WebAssembly.compile(bytes);
}

export class ParagonClient extends Client {
  constructor(options) {
    super(given, options);
  }
}

/** The default session. */
export const paragon = /* @__PURE__ */ new ParagonClient();

export const {
  configureGlobal, authenticate, logout, getUser, setUserMetadata, getIntegrations, getIntegrationMetadata,
  uninstallIntegration, getCredentials, updateCredential, enableWorkflow, disableWorkflow, event, workflow, request,
  subscribe, unsubscribe, installIntegration, connect, installFlow, completeInstall, getIntegrationConfig,
  getIntegrationAccount, getFieldOptions, getAccountTypeOptions, getPreOptions, getPostOptions,
  updateIntegrationUserSettings, updateWorkflowUserSettings, updateWorkflowState, createConfiguration,
  updateConfiguration, destroyConfiguration,
} = paragon;
