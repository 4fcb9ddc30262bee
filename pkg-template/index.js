// The default entry. It carries the WebAssembly module: a file beside this one would be lost by
// development servers that move this one.

import { Client } from "./client.js";
import wasm from "./paragon_wasm_inline.js";

export { ParagonError, SDK_EVENT, isParagonError } from "./client.js";

const carried = async () => wasm();

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
  subscribe, unsubscribe, installIntegration, connect, installFlow, completeInstall, getIntegrationConfig,
  getIntegrationAccount, getFieldOptions, getAccountTypeOptions, getPreOptions, getPostOptions,
  updateIntegrationUserSettings, updateWorkflowUserSettings, updateWorkflowState, createConfiguration,
  updateConfiguration, destroyConfiguration,
} = paragon;
