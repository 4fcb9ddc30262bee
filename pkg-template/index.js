// The default entry. It carries the WebAssembly module: a file beside this one would be lost by
// development servers that move this one.

import { createEntry } from "./client.js";
import bytes from "./paragon_wasm_inline.js";

export { SDK_EVENT } from "./client.js";
export { ParagonError, isParagonError } from "./errors.js";
export const { ParagonClient, paragon } = /* @__PURE__ */ createEntry(bytes);

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
