// Connecting accounts and configuring them. Part of `paragon-wasm`, whose entries export all of it; the
// code is loaded when one of these functions is called first.

import type {
  AuthenticatedUser,
  CallOptions,
  Credential,
  CredentialConfigOptions,
  Integration,
  IntegrationInstallEvent,
  IntegrationType,
  JsonValue,
  ParagonError,
  User,
} from "./index.js";

/** Accepts the values named, and any other string that the service may send. */
type Open<Known extends string> = Known | (string & {});

/** The answer to a {@link ConnectInput}. */
export type ConnectInputValue = JsonValue | undefined;

/** Answers to inputs, by the `id` of the input. */
export type ConnectInputValues = { [inputId: string]: ConnectInputValue };

/** A field of a form, as Paragon's dashboard configures it. More members may be present. */
export interface ConnectInput {
  /** The key of its answer. */
  id: string;
  title: string;
  type: Open<
    | "TEXT_NO_VARS"
    | "TEXTAREA_NO_VARS"
    | "PASSWORD"
    | "NUMBER"
    | "EMAIL"
    | "URL"
    | "ENUM"
    | "DYNAMIC_ENUM"
    | "CUSTOM_DROPDOWN"
    | "SWITCH"
    | "BOOLEAN_INPUT"
    | "COMBO_INPUT"
    | "DYNAMIC_COMBO_INPUT"
    | "FIELD_MAPPER"
    | "COPYABLE_BUTTON_INPUT"
    | "PERMISSION"
    | "FILE"
  >;
  subtitle?: string;
  placeholder?: string;
  /** Absent: it is required. */
  required?: boolean;
  defaultValue?: JsonValue;
  hidden?: boolean;
  readOnly?: boolean;
  /** The `type` of an HTML input that fits. */
  inputType?: string;
  /** The text before and after the field: `https://`, `.zendesk.com`. */
  prefixLabel?: string;
  suffixLabel?: string;
  /** For a field with choices: the `action` of {@link getFieldOptions}. */
  sourceType?: string;
  tooltip?: string;
  documentationLink?: string;
}

/** One of the kinds of accounts that an integration has: production or sandbox, for instance. */
export interface AccountType {
  id: string;
  scheme: Open<"oauth" | "basic" | "oauth_client_credential" | "service_account" | "oauth_app" | "impersonated_app">;
  accountDescription?: string;
  /** The questions before connecting. */
  endUserSuppliedValues?: ConnectInput[];
  /** No questions are asked after connecting. */
  skipPostOAuthInputs?: boolean;
}

/** Options of both {@link installIntegration} and {@link InstallFlow.start}. */
export interface ConnectingOptions extends CallOptions {
  /** Whether an account is added beside those that are connected, rather than in place of one. */
  allowMultipleCredentials?: boolean | undefined;
  /** The account to reconnect: its id, its external id, or `ext:` and its external id. */
  selectedCredentialId?: string | undefined;
  /** The application's own id for a new account. Not together with `selectedCredentialId`. */
  externalId?: string | undefined;
  /** Where the provider sends the user back to, instead of Paragon: a page of the application that hands on. */
  overrideRedirectUrl?: string | undefined;
  /** Milliseconds after which the popup is closed. 600,000 by default: ten minutes. */
  oauthTimeout?: number | undefined;
  /**
   * A window that the application has opened itself, in the click; `null` if the browser refused to.
   * It is navigated, and closed in the end. Without it, one is opened.
   */
  popup?: Window | null | undefined;
}

/** Options of {@link installIntegration}. */
export interface InstallIntegrationOptions extends ConnectingOptions, CredentialConfigOptions {
  /** The kind of account. A list of several leaves the choice to the service. */
  accountType?: string | string[] | undefined;
  /** Answers to {@link getPreOptions}: a subdomain, or an API key. */
  preOptions?: ConnectInputValues | undefined;
  /** Answers to {@link getPostOptions}. */
  postOptions?: ConnectInputValues | undefined;
  /** Leaves the questions after connecting unasked. */
  bypassPostOAuthPrompt?: boolean | undefined;
  /** Called when the account is connected, unless `onInstall` is given. `user` is fetched for it. */
  onSuccess?: ((event: IntegrationInstallEvent, user: User) => void) | undefined;
  /** Called when the account is connected. `user` is fetched for it. */
  onInstall?: ((event: IntegrationInstallEvent, user: User) => void) | undefined;
  /** Called when the promise is rejected; it may then be left alone. */
  onError?: ((error: ParagonError) => void) | undefined;
}

/** Options of {@link InstallFlow.start}. */
export interface InstallFlowOptions extends ConnectingOptions {
  /** Called with each stage that is reached, `oauth` included; in place of `done`, `onComplete` is. */
  onNext?: ((stage: InstallFlowStage) => void) | undefined;
  /** Called once, when the account is connected and set up. */
  onComplete?: ((event: IntegrationInstallEvent) => void) | undefined;
  /**
   * Called when a stage fails; the promise of its function is rejected, too, and may then be left
   * alone. The flow stays at the stage, unless it has ended: then `context` is `null`.
   */
  onError?: ((error: ParagonError, context: { stage: InstallFlowStageName } | null) => void) | undefined;
}

/** Choose one of the kinds of accounts: {@link InstallFlow.setAccountType}. */
export interface AccountTypeStage {
  stage: "accountType";
  options: AccountType[];
  done: false;
}

/** An administrator has to install the application at the provider first. Call `finish.onClick` when they have. */
export interface InstructionStage {
  stage: "instruction";
  /** The instructions, in Markdown. */
  content: string;
  ctas: ({ type: "link"; label: string; href: string } | { type: "copyButton"; label: string; copyText: string })[];
  /** A button for "done": `onClick` goes on with the flow. */
  finish: {
    type: "finishButton";
    label: string;
    /** Goes on; `onNext` and {@link InstallFlow.next} have the result. */
    onClick: () => void;
  };
  packageInstallUrl: string;
  done: false;
}

/** Ask the questions before connecting: {@link InstallFlow.setPreOptions}. */
export interface PreOptionsStage {
  stage: "preOptions";
  options: ConnectInput[];
  done: false;
}

/** The user is at the provider, in a popup. If they closed it, {@link InstallFlow.next} opens another. */
export interface OAuthStage {
  stage: "oauth";
  done: false;
}

/** The account is connected; ask the questions after connecting: {@link InstallFlow.setPostOptions}. */
export interface PostOptionsStage {
  stage: "postOptions";
  options: ConnectInput[];
  done: false;
}

/** The account is connected and set up. */
export interface DoneStage {
  stage: "done";
  done: true;
  event: IntegrationInstallEvent;
}

/** The stage of an install. Narrow it by `stage`, or by `done`. */
export type InstallFlowStage =
  AccountTypeStage | InstructionStage | PreOptionsStage | OAuthStage | PostOptionsStage | DoneStage;

/** The stages at which an install can stop. */
export type InstallFlowStageName = Exclude<InstallFlowStage["stage"], "done">;

/**
 * An install step by step, with forms of the application's own; for every kind of integration.
 *
 * Each function resolves to the stage at which the user is needed next; a visit to the provider, in a
 * popup, is over by then. Call them in a click, as they may open that popup. One install is on at
 * a time: a new one ends the one before with code `superseded`.
 *
 * @example
 * ```ts
 * let stage = await installFlow.start("zendesk");
 * while (!stage.done) {
 *   if (stage.stage === "accountType") stage = await installFlow.setAccountType(await choose(stage.options));
 *   else if (stage.stage === "preOptions") stage = await installFlow.setPreOptions(await ask(stage.options));
 *   else if (stage.stage === "postOptions") stage = await installFlow.setPostOptions(await ask(stage.options));
 *   else stage = await installFlow.next();
 * }
 * console.log(stage.event.credentialId);
 * ```
 */
export interface InstallFlow {
  /**
   * Begins. An account whose setup was left unfinished goes on at its `postOptions`.
   *
   * @throws code `integration_not_found`, and at the stage `oauth` those of {@link installIntegration}.
   */
  start(type: IntegrationType, options?: InstallFlowOptions): Promise<InstallFlowStage>;
  /**
   * The stage at which the flow is. At `oauth`, when there is no popup any more: opens another, and
   * resolves to the stage after it.
   *
   * @throws code `no_install_flow`.
   */
  next(): Promise<InstallFlowStage>;
  /**
   * Ends the flow: pending promises reject with code `cancelled`, its popup is closed, and an account
   * that it has connected but not set up is removed.
   */
  cancel(): Promise<void>;
  /** @throws code `no_install_flow`; `wrong_stage`; `invalid_argument` for one that there is not. */
  setAccountType(accountTypeId: string): Promise<InstallFlowStage>;
  /** @throws code `no_install_flow`; `wrong_stage`; `request_failed` when an answer is refused. */
  setPreOptions(values: ConnectInputValues): Promise<InstallFlowStage>;
  /** @throws code `no_install_flow`; `wrong_stage`; `request_failed` when an answer is refused. */
  setPostOptions(values: ConnectInputValues): Promise<InstallFlowStage>;
}

/** The flow of the default client. */
export declare const installFlow: InstallFlow;

/**
 * Connects an account, or reconnects one: opens the provider in a popup. Call it in a click, or the
 * browser blocks the popup.
 *
 * Where a form is needed, use {@link installFlow}, or pass its answers as `preOptions` and
 * `postOptions`; an API key needs no popup then. A new install ends the one before with code
 * `superseded`.
 *
 * @throws code `already_installed`; `input_required` when a form is needed (`details.stage` says
 * which); `popup_blocked`; `cancelled` when the user has closed the popup, or seems to have: if they
 * consent all the same within minutes, `onIntegrationInstall` is emitted; `oauth_denied` with the
 * provider's reason as `details.response`; `oauth_timeout`; `integration_not_found`.
 *
 * @example
 * ```ts
 * button.onclick = async () => {
 *   const { credentialId } = await installIntegration("slack");
 * };
 * ```
 */
export function installIntegration(
  type: IntegrationType,
  options?: InstallIntegrationOptions,
): Promise<IntegrationInstallEvent>;

/**
 * The same as {@link installIntegration}: there is no portal to open.
 *
 * @example
 * ```ts
 * await connect("slack", { onSuccess: ({ integrationType }) => console.log(integrationType) });
 * ```
 */
export function connect(type: IntegrationType, options?: InstallIntegrationOptions): Promise<IntegrationInstallEvent>;

/** Options of {@link completeInstall}. */
export interface CompleteInstallOptions extends CallOptions {
  /** The provider's authorisation code. */
  authorizationCode: string;
  /** The redirect URL that the code was asked for with. */
  redirectUrl?: string | undefined;
  integrationOptions?: { [name: string]: JsonValue | undefined } | undefined;
}

/**
 * Connects an account whose authorisation code the application got itself: from a provider's
 * marketplace, for instance.
 *
 * @example
 * ```ts
 * const code = new URLSearchParams(location.search).get("code");
 * if (code) await completeInstall("hubspot", { authorizationCode: code, redirectUrl: location.origin });
 * ```
 */
export function completeInstall(
  type: IntegrationType,
  options: CompleteInstallOptions,
): Promise<IntegrationInstallEvent>;

/** A workflow, as a settings page shows it. More members may be present. */
export interface IntegrationWorkflow {
  id: string;
  description?: string;
  infoText?: string;
  defaultEnabled?: boolean;
  hidden?: boolean;
  inputs: ConnectInput[];
}

/** An integration, as a settings page shows it. */
export interface IntegrationConfig {
  shortDescription?: string;
  /** In Markdown. */
  longDescription?: string;
  /** For {@link updateIntegrationUserSettings}. */
  availableUserSettings?: ConnectInput[];
  availableWorkflows: IntegrationWorkflow[];
  /** Those that are hidden, or that the user may not use. */
  hiddenWorkflows: IntegrationWorkflow[];
}

/**
 * Descriptions, settings and workflows of an integration.
 *
 * @example
 * ```ts
 * const { longDescription, availableWorkflows } = await getIntegrationConfig("slack");
 * ```
 */
export function getIntegrationConfig(type: IntegrationType, options?: CallOptions): Promise<IntegrationConfig>;

/**
 * The kinds of accounts that an integration has; empty if there is only one.
 *
 * @example
 * ```ts
 * const names = (await getAccountTypeOptions("salesforce")).map((type) => type.accountDescription);
 * ```
 */
export function getAccountTypeOptions(type: IntegrationType, options?: CallOptions): Promise<AccountType[]>;

/**
 * The questions before an account is connected; empty if there are none.
 *
 * @param accountTypeId for integrations with several kinds of accounts; `"default"` unless given.
 *
 * @example
 * ```ts
 * const inputs = await getPreOptions("zendesk");
 * ```
 */
export function getPreOptions(
  type: IntegrationType,
  accountTypeId?: string,
  options?: CallOptions,
): Promise<ConnectInput[]>;

/**
 * The questions after an account is connected; empty if there are none.
 *
 * @example
 * ```ts
 * const inputs = await getPostOptions("jira");
 * ```
 */
export function getPostOptions(type: IntegrationType, options?: CallOptions): Promise<ConnectInput[]>;

/** Options of {@link getFieldOptions}. */
export interface FieldOptionsQuery extends CallOptions {
  integration: IntegrationType;
  /** The source of the choices: {@link ConnectInput.sourceType}. */
  action?: string | undefined;
  /** In place of `action`: a data source of the official SDK's, which has the same as `cacheKey`. */
  source?: { cacheKey: string } | undefined;
  search?: string | undefined;
  /** {@link FieldOptions.nextPageCursor} of the page before. */
  cursor?: string | number | false | null | undefined;
  /** The values of other fields, where the choices depend on them. */
  parameters?: { key: string; source: { [name: string]: JsonValue | undefined } }[] | undefined;
  /** The account, when the user has several. */
  selectedCredentialId?: string | undefined;
}

/** A choice of a field. More members may be present. */
export interface FieldOption {
  label: string;
  value: JsonValue;
}

/** A page of choices. */
export interface FieldOptions {
  data: (FieldOption | { title: string; items: FieldOption[] })[];
  /** Further fields that depend on the choice. */
  nestedData: { id: string; [name: string]: JsonValue }[];
  /** For the next page; `null` after the last. */
  nextPageCursor: string | number | null;
}

/**
 * The choices of a field: those that are fixed, and those that the connected account has.
 *
 * @example
 * ```ts
 * const { data, nextPageCursor } = await getFieldOptions({ integration: "slack", action: input.sourceType, search: "gen" });
 * ```
 */
export function getFieldOptions(query: FieldOptionsQuery): Promise<FieldOptions>;

/** Options of {@link getIntegrationAccount}. */
export interface IntegrationAccountOptions extends CallOptions {
  /** Whether `accountAuth` is included, which only some integrations have. It is a secret. */
  includeAccountAuth?: boolean | undefined;
  /** The account, when the user has several. */
  selectedCredentialId?: string | undefined;
}

/** An integration with one connected account. More members may be present. */
export interface IntegrationAccount extends Integration {
  hasCredential?: boolean;
  providerData?: { [key: string]: JsonValue };
  accountAuth?: { [name: string]: string };
}

/**
 * An integration with the user's account of it.
 *
 * @throws code `not_found` when there is none.
 *
 * @example
 * ```ts
 * const { providerData } = await getIntegrationAccount("salesforce");
 * ```
 */
export function getIntegrationAccount(
  type: IntegrationType,
  options?: IntegrationAccountOptions,
): Promise<IntegrationAccount>;

/** Options of the functions that change settings. */
export interface SettingsOptions extends CallOptions, CredentialConfigOptions {}

/** The result of a change of settings. */
export interface SettingsUpdate {
  /** The user with the new settings. */
  userState: AuthenticatedUser;
  /** The changes that the service refused, in its words. */
  errors: string[];
}

/**
 * Changes the user's settings of an integration. Inputs that are not named keep their values, and
 * updates at the same time do not lose each other's.
 *
 * @throws code `integration_not_installed` without a connected account.
 *
 * @example
 * ```ts
 * const { errors } = await updateIntegrationUserSettings("slack", { channel: "C0123" });
 * ```
 */
export function updateIntegrationUserSettings(
  type: IntegrationType,
  settings: ConnectInputValues,
  options?: SettingsOptions,
): Promise<SettingsUpdate>;

/**
 * Changes the user's settings of one workflow. Inputs that are not named keep their values, and
 * updates at the same time do not lose each other's.
 *
 * @throws code `integration_not_installed` without a connected account; `invalid_argument` for a
 * workflow that the account has no settings of.
 *
 * @example
 * ```ts
 * await updateWorkflowUserSettings("slack", workflowId, { frequency: "daily" });
 * ```
 */
export function updateWorkflowUserSettings(
  type: IntegrationType,
  workflowId: string,
  settings: ConnectInputValues,
  options?: SettingsOptions,
): Promise<SettingsUpdate>;

/** The result of switching workflows. */
export interface WorkflowStateUpdate {
  user: User;
  /** The workflows that could not be switched, and why. */
  errors: { workflowId: string; message: string; code: string }[];
}

/**
 * Switches workflows on and off, one after the other. One that fails does not stop the others.
 *
 * @example
 * ```ts
 * const { errors } = await updateWorkflowState({ [newDeals]: true, [digest]: false });
 * ```
 */
export function updateWorkflowState(
  states: { [workflowId: string]: boolean },
  options?: SettingsOptions,
): Promise<WorkflowStateUpdate>;

/** One of the configurations of an account: its own settings and workflows. More members may be present. */
export interface CredentialConfig {
  id: string;
  connectCredentialId: string;
  isDefault: boolean;
  /** The application's own id for it. */
  externalId?: string | null;
  sharedSettings?: ConnectInputValues;
  workflowSettings?: { [workflowId: string]: { enabled: boolean; settings?: ConnectInputValues } };
  configMeta?: { [name: string]: JsonValue };
  /** ISO 8601. */
  dateCreated?: string;
}

/**
 * Adds a configuration to an account, and resolves to it.
 *
 * @example
 * ```ts
 * const configuration = await createConfiguration({ credentialId, externalId: "team-7" });
 * ```
 */
export function createConfiguration(
  options: { credentialId: string; externalId?: string | undefined } & CallOptions,
): Promise<CredentialConfig>;

/**
 * Stores the application's data with a configuration, and resolves to the configuration.
 *
 * @example
 * ```ts
 * await updateConfiguration({ id: configuration.id, credentialId, meta: { team: "Support" } });
 * ```
 */
export function updateConfiguration(
  options: { id: string; credentialId: string; meta: { [name: string]: JsonValue } } & CallOptions,
): Promise<CredentialConfig>;

/**
 * Removes a configuration from an account. The default one stays.
 *
 * @throws code `invalid_argument` for the default one; `not_found`.
 *
 * @example
 * ```ts
 * await destroyConfiguration({ id: configuration.id, credentialId });
 * ```
 */
export function destroyConfiguration(options: { id: string; credentialId: string } & CallOptions): Promise<void>;

/**
 * The codes that connecting accounts adds.
 *
 * | code | when |
 * |---|---|
 * | `already_installed` | the user has connected the integration |
 * | `cancelled` | the user closed the popup, or seems to have, or left the page; or the application ended the flow |
 * | `input_required` | a form is needed: `details.stage` says which; with `details.credentialId` the account is connected |
 * | `no_install_flow` | no flow is on |
 * | `oauth_denied` | the provider gave no access; `details.response` has its reason |
 * | `oauth_timeout` | the user took too long at the provider; the popup is closed |
 * | `popup_blocked` | the browser did not open the popup |
 * | `wrong_stage` | the flow is at another stage, `details.stage`, or at work |
 */
export type InstallErrorCode =
  | "already_installed"
  | "cancelled"
  | "input_required"
  | "no_install_flow"
  | "oauth_denied"
  | "oauth_timeout"
  | "popup_blocked"
  | "wrong_stage";

// Only what is marked is exported.
export {};
