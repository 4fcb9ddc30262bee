/**
 * Unofficial client for Paragon's Users API.
 *
 * Every function returns a promise and reports every failure, bad arguments included, by rejecting
 * it with a {@link ParagonError}. Nothing happens at import; the WebAssembly module is loaded by
 * the first call.
 *
 * @example
 * ```ts
 * import { authenticate, getUser } from "paragon-wasm";
 *
 * await authenticate(projectId, userToken);
 * const user = await getUser();
 * if (user.authenticated && user.integrations.salesforce?.credentialStatus === "INVALID") {
 *   // show a reconnection prompt
 * }
 * ```
 * @packageDocumentation
 */

// The module's own types, and those of the functions that are loaded on demand. Declarations below
// replace those of the same name.
export * from "./install.js";
export * from "./types.js";

import type { InstallErrorCode, InstallFlow, InstallFlowStageName } from "./install.js";
import type * as onDemand from "./install.js";
import type { ClientCalls, ClientOptions, JsonValue } from "./types.js";
import type * as module from "./types.js";

/**
 * A client with a session of its own. Its methods are the functions of this module.
 *
 * @example
 * ```ts
 * const client = new ParagonClient({ projectId, apiUrl: "https://paragon.example.com" });
 * await client.authenticate(undefined, token);
 * ```
 */
export declare class ParagonClient {
  /** @param options if one cannot be used, every call rejects. */
  constructor(options?: ClientOptions);
  /** See {@link installIntegration:function}. */
  installIntegration: typeof onDemand.installIntegration;
  /** See {@link connect:function}. */
  connect: typeof onDemand.connect;
  /** See {@link completeInstall:function}. */
  completeInstall: typeof onDemand.completeInstall;
  /** See {@link getIntegrationConfig:function}. */
  getIntegrationConfig: typeof onDemand.getIntegrationConfig;
  /** See {@link getIntegrationAccount:function}. */
  getIntegrationAccount: typeof onDemand.getIntegrationAccount;
  /** See {@link getFieldOptions:function}. */
  getFieldOptions: typeof onDemand.getFieldOptions;
  /** See {@link getAccountTypeOptions:function}. */
  getAccountTypeOptions: typeof onDemand.getAccountTypeOptions;
  /** See {@link getPreOptions:function}. */
  getPreOptions: typeof onDemand.getPreOptions;
  /** See {@link getPostOptions:function}. */
  getPostOptions: typeof onDemand.getPostOptions;
  /** See {@link updateIntegrationUserSettings:function}. */
  updateIntegrationUserSettings: typeof onDemand.updateIntegrationUserSettings;
  /** See {@link updateWorkflowUserSettings:function}. */
  updateWorkflowUserSettings: typeof onDemand.updateWorkflowUserSettings;
  /** See {@link updateWorkflowState:function}. */
  updateWorkflowState: typeof onDemand.updateWorkflowState;
  /** See {@link createConfiguration:function}. */
  createConfiguration: typeof onDemand.createConfiguration;
  /** See {@link updateConfiguration:function}. */
  updateConfiguration: typeof onDemand.updateConfiguration;
  /** See {@link destroyConfiguration:function}. */
  destroyConfiguration: typeof onDemand.destroyConfiguration;
  /** An install step by step. */
  readonly installFlow: InstallFlow;
}
export interface ParagonClient extends ClientCalls {}

/** The default client, whose session the functions of this module share. */
export declare const paragon: ParagonClient;

/** The names of the events. The strings themselves do as well. */
export declare const SDK_EVENT: {
  readonly ON_INTEGRATION_INSTALL: "onIntegrationInstall";
  readonly ON_INTEGRATION_UNINSTALL: "onIntegrationUninstall";
  readonly ON_WORKFLOW_CHANGE: "onWorkflowChange";
  readonly ON_SESSION_CHANGE: "onSessionChange";
};

/**
 * The code of an error: one of {@link CallErrorCode}, or of {@link InstallErrorCode} for what connects
 * accounts. Every string is accepted, as later versions may add codes.
 */
export type ParagonErrorCode = module.ParagonErrorCode | InstallErrorCode;

/** Details of an error, by its code. */
export interface ParagonErrorDetails extends module.ParagonErrorDetails {
  /**
   * The server's answer to a request that it refused: its JSON, or the beginning of its text. With
   * `oauth_denied`, the provider's reason.
   */
  response?: JsonValue;
  /** With `input_required` and `wrong_stage`: the stage of {@link InstallFlow} that it is about. */
  stage?: InstallFlowStageName | "done" | "start";
  /** With `input_required` after connecting: the account that has to be set up. */
  credentialId?: string;
}

/**
 * The error with which every promise rejects. No user token is in it.
 *
 * `name` is `"ParagonError"`, or the name that the official SDK or the platform has for the case:
 * `"UserNotAuthenticatedError"`, `"IntegrationNotFoundError"`, `"IntegrationNotInstalledError"`,
 * `"NoActiveInstallFlowError"`, `"OAuthBlockedError"`, `"OAuthTimeoutError"`, `"TimeoutError"`,
 * `"AbortError"`. `instanceof ParagonError` holds for all of them.
 */
export declare class ParagonError extends Error {
  private constructor();
  /** For code to decide on. */
  readonly code: ParagonErrorCode;
  /** The HTTP status, if there was an answer. */
  readonly status?: number;
  readonly details?: ParagonErrorDetails;
  /** The platform's original failure, or the reason of the signal. */
  readonly cause?: unknown;
}

/**
 * Whether a value is an error of this package, also of another copy or realm.
 *
 * @example
 * ```ts
 * try {
 *   await uninstallIntegration("salesforce");
 * } catch (error) {
 *   if (isParagonError(error) && error.code === "integration_not_installed") return;
 *   throw error;
 * }
 * ```
 */
export function isParagonError(value: unknown): value is ParagonError;
