// The scenarios that are compared with the official SDK. Each has
//
// - `run`, called in the page of each SDK. It must not use anything outside of itself.
// - `documented`, the members of the result that have to be equal;
// - `effect`, which asserts what has become of the user on the server;
// - `why`, which explains each aspect that differs. An aspect that it does not name has to be equal.
// - `more`, the number of requests that paragon-wasm sends beyond the official SDK, sign-in included.

import * as products from "./products.mjs";
import * as session from "./session.mjs";

/** By the function. */
export const COMPARED = {
  authenticate: session.authenticate,
  getUser: session.getUser,
  setUserMetadata: session.setUserMetadata,
  uninstallIntegration: session.uninstallIntegration,
  getIntegrationMetadata: session.getIntegrationMetadata,
  logout: session.logout,
  disableWorkflow: products.disableWorkflow,
  enableWorkflow: products.enableWorkflow,
  event: products.event,
  workflow: products.workflow,
  request: products.request,
  subscribe: products.subscribe,
  unsubscribe: products.unsubscribe,
};

/** In both, but not compared: each page is directed to its sandbox by it. */
export const SETUP = ["configureGlobal"];

/** Connecting accounts is compared in connecting-official.test.mjs, which has to have popups. */
export const CONNECTING = [
  "installIntegration",
  "installFlow",
  "completeInstall",
  "createConfiguration",
  "updateConfiguration",
  "destroyConfiguration",
  "getIntegrationAccount",
  "getIntegrationConfig",
  "updateIntegrationUserSettings",
  "updateWorkflowUserSettings",
  "updateWorkflowState",
  "getAccountTypeOptions",
  "getPreOptions",
  "getPostOptions",
  "getFieldOptions",
];

/** In both, but not the same thing: the official SDK's opens its portal. */
export const DIFFERENT = ["connect"];

/** Of the import itself. */
export const IMPORT = {
  scenario: "`import`",
  why: {
    listeners: "Nothing of paragon-wasm happens at import, so it may be imported anywhere, servers included.",
    elements: "The frame of the Connect Portal, which paragon-wasm does not have.",
    elsewhere: "The portal, loaded into that frame also when it is not used.",
  },
};

/** Headers that differ, wherever they do: those that paragon-wasm does not send, and others. */
export const HEADERS = {
  "no x-paragon-sdk-version": "The official SDK's own version.",
  "no content-type": "A request without a body has no type.",
  "another content-type": "The type of what is sent: as `fetch` sets it, or as the caller says.",
  "no x-paragon-credential": "The default account needs no naming; paragon-wasm sends this for `selectedCredentialId`.",
  "no x-paragon-configuration-id": "The same, for `selectedConfigurationId`.",
};
