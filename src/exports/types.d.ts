// The types of what the module exports, written by hand. wasm-bindgen copies them into its declarations,
// and the npm package re-exports them.

/** A value that JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Accepts the values named, and any other string that the service may send. */
type Open<Known extends string> = Known | (string & {});

/**
 * The state of a connected account. Anything but `"VALID"` means: show a reconnection prompt.
 *
 * - `VALID`: the account can be reached.
 * - `INVALID`: it can't, for instance because its owner revoked access.
 * - `EXPIRED`: its access has expired.
 * - `PENDING`: authorised, but the setup questions are not answered yet.
 */
export type CredentialStatus = Open<"VALID" | "INVALID" | "EXPIRED" | "PENDING">;

/**
 * The types of integrations that Paragon is known to have, for completion in editors. Any other
 * name is accepted, and so are the slugs of custom integrations.
 */
export type IntegrationType = Open<KnownIntegration>;

/** The types of integrations that are completed. */
type KnownIntegration =
  | "airtable"
  | "asana"
  | "bamboohr"
  | "box"
  | "clickup"
  | "dropbox"
  | "gmail"
  | "googlecalendar"
  | "googledrive"
  | "googlesheets"
  | "gusto"
  | "hubspot"
  | "intercom"
  | "jira"
  | "linear"
  | "mailchimp"
  | "marketo"
  | "microsoftteams"
  | "monday.com"
  | "netsuite"
  | "notion"
  | "onedrive"
  | "outlook"
  | "pipedrive"
  | "quickbooks"
  | "sage"
  | "salesforce"
  | "sharepoint"
  | "shopify"
  | "slack"
  | "stripe"
  | "xero"
  | "zendesk"
  | "zohocrm";

/** One integration, as the connected user has it. */
export interface UserIntegration {
  /** Whether it is connected and works. `false` with a `credentialStatus`: reconnect it. */
  enabled: boolean;
  /** Absent when the user has never connected the integration. */
  credentialStatus?: CredentialStatus;
  /** Details of the account, as the provider gives them. */
  providerData?: { [key: string]: JsonValue };
  /** The account's id at the provider. */
  providerId?: string;
  /** The id of the credential that is active. Not documented by Paragon. */
  credentialId?: string;
  /** All accounts that the user has connected. Not documented by Paragon. */
  allCredentials?: Credential[];
  /** The user's settings for the integration. Not documented by Paragon. */
  sharedSettings?: { [inputId: string]: JsonValue };
  /** The user's workflows of the integration. Not documented by Paragon. */
  workflowSettings?: { [workflowId: string]: { enabled: boolean; settings?: { [inputId: string]: JsonValue } } };
}

/** An account of an integration. More members may be present; they are not documented. */
export interface Credential {
  id: string;
  integrationId: string;
  status: CredentialStatus;
  providerId?: string;
  providerData?: { [key: string]: JsonValue };
  /** The application's own id for the account. Not documented by Paragon. */
  externalId?: string;
  /** ISO 8601. Not documented by Paragon. */
  dateCreated?: string;
}

/** An integration of the project. More members may be present; they are not documented. */
export interface Integration {
  id: string;
  /** `"custom"` for a custom integration, whose name is `customIntegration.slug`. */
  type: IntegrationType;
  name?: string;
  /** Whether the user has enabled it. */
  enabled?: boolean;
  /** The URL of an image. */
  icon?: string;
  /** Whether the project offers it. Not documented by Paragon. */
  isActive?: boolean;
  /** Not documented by Paragon. */
  customIntegration?: { slug?: string; name?: string } | null;
}

/** Name, icon and colour of an integration. */
export interface IntegrationMetadata {
  type: IntegrationType;
  name: string;
  /** A CSS colour. */
  brandColor: string;
  /** The URL of an image. */
  icon: string;
}

/**
 * Data that an application stores with a user. Paragon's dashboard shows `Name` and `Email`, which are
 * case-sensitive.
 */
export interface UserMetadata {
  Name?: string | undefined;
  Email?: string | undefined;
  [key: string]: JsonValue | undefined;
}

/** The connected user. Members that Paragon sends beyond these are there at run time. */
export interface AuthenticatedUser {
  authenticated: true;
  /** The `sub` of the user token. */
  userId: string;
  /** By integration type. */
  integrations: { [type in KnownIntegration]?: UserIntegration } & { [type: string]: UserIntegration | undefined };
  /** The data that the application stored: see {@link setUserMetadata}. */
  meta: UserMetadata;
}

/** No user is signed in. */
export interface UnauthenticatedUser {
  authenticated: false;
  userId?: undefined;
  integrations?: undefined;
  meta?: undefined;
}

/** Narrow it by `authenticated`, or by reading on with `?.`. */
export type User = AuthenticatedUser | UnauthenticatedUser;

/** Options that every call takes. */
export interface CallOptions {
  /** Aborts the call: it rejects with code `aborted`, and the signal's reason is its `cause`. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds after which the call rejects with code `timeout`. 30,000 by default. Of each client 128 calls
   * are under way at once; for one that has to wait, the time counts from its turn.
   */
  timeoutMs?: number | undefined;
  /**
   * How often a request is sent again after a network failure, 429, 502, 503 or 504; 2 by default,
   * 0 to 10. Requests that must not be applied twice are never sent again: `event`, `workflow`, and `request`
   * unless it is a `GET` or `HEAD`.
   */
  maxRetries?: number | undefined;
}

/** Which of several accounts of an integration, and which of its configurations. */
export interface CredentialConfigOptions {
  /** A credential's id, as in {@link UserIntegration.allCredentials}. The default account otherwise. */
  selectedCredentialId?: string | undefined;
  /** A configuration's id. */
  selectedConfigurationId?: string | undefined;
}

/** Options of {@link authenticate}. */
export interface AuthenticateOptions extends CallOptions {
  /** Stored with the user as {@link setUserMetadata} does, in the same request. */
  metadata?: UserMetadata | undefined;
}

/** Options of {@link uninstallIntegration}. */
export interface UninstallOptions extends CallOptions {
  /** Which account to disconnect, when the user has several; the default one otherwise. */
  selectedCredentialId?: string | undefined;
}

/** Options of {@link enableWorkflow}, {@link disableWorkflow} and {@link event}. */
export interface WorkflowOptions extends CallOptions, CredentialConfigOptions {}

/**
 * A body of {@link request} and {@link workflow}: all that `fetch` can send except streams; other
 * objects and arrays are sent as JSON.
 */
export type RequestBody = JsonValue | Exclude<BodyInit, ReadableStream> | (object & { getReader?: never });

/** Options of {@link workflow}. */
export interface TriggerWorkflowOptions extends WorkflowOptions {
  /** JSON, or a string that is JSON text. `{}` by default. */
  body?: RequestBody | undefined;
  headers?: HeadersInit | undefined;
  /** The query of the URL. */
  query?: Record<string, string> | undefined;
}

/** The results of {@link request}, by {@link RequestOptions.responseType}. */
export interface ResponseTypes {
  json: unknown;
  text: string;
  blob: Blob;
  arrayBuffer: ArrayBuffer;
  response: Response;
}

/** Options of {@link request}. */
export interface RequestOptions<Type extends keyof ResponseTypes = keyof ResponseTypes> extends CallOptions {
  /** `GET` by default. */
  method?: Open<"GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS"> | undefined;
  /** Sent as `fetch` would; plain objects and arrays as JSON. */
  body?: RequestBody | undefined;
  /** For the integration's API. `Authorization` is Paragon's and is replaced. */
  headers?: HeadersInit | undefined;
  /**
   * How the answer is read. Without it: as JSON if the answer says that it is JSON, which it then must
   * be; as text otherwise; `undefined` if it is empty.
   */
  responseType?: Type | undefined;
  /** Which account. */
  selectedCredentialId?: string | undefined;
}

/** Settings of all calls of a client. Settings that are left out stay as they are. */
export type Configuration = {
  /** See {@link CallOptions.timeoutMs}. */
  timeoutMs?: number | undefined;
  /** See {@link CallOptions.maxRetries}. */
  maxRetries?: number | undefined;
  /** `"debug"` logs each request: method, path, status, duration; never a token or a body. */
  logLevel?: "debug" | "silent" | undefined;
  /**
   * The function that sends the requests, in place of the global `fetch`: with a proxy, a test's double
   * or a tracer in between. It is called with an absolute URL and has to resolve to a `Response`.
   */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
} & (
  | {
      /** An on-premise installation's host name: `"example.com"` means `https://zeus.example.com`. */
      host?: string;
      apiUrl?: never;
    }
  | {
      /** Any origin, such as a local sandbox. Plain http only for this machine. */
      apiUrl?: string;
      host?: never;
    }
);

/** Options of {@link ParagonClient}. */
export type ClientOptions = Configuration & {
  /** The project, where `authenticate` is given `undefined` for it. */
  projectId?: string | undefined;
};

/** Returns a user token, or a promise of one: it asks your server. */
export type TokenProvider = () => string | Promise<string>;

/**
 * Signs a user in.
 *
 * An earlier session ends at once. When the promise rejects, no user is signed in.
 *
 * @param projectId the id of the Paragon project; `undefined` for the one that the client was made with.
 * @param token the Paragon User Token, a JWT that your server signs for the user; or a function
 * that returns one, which is then called again shortly before the token expires, and once when
 * Paragon answers 401. Tokens are kept in memory only, and sent only to the configured host.
 *
 * @throws code `invalid_project_id`, `invalid_token`, `token_expired`, `invalid_metadata` before
 * anything is sent; `unauthorized` when Paragon does not accept the token; `superseded` when
 * another sign-in overtakes this one.
 *
 * @example
 * ```ts
 * const fetchToken = async () => {
 *   const response = await fetch("/api/paragon-token", { method: "POST" });
 *   return (await response.json()).token;
 * };
 * await authenticate(projectId, fetchToken, { metadata: { Name: "Ada Lovelace" } });
 * ```
 */
export function authenticate(
  projectId: string | undefined,
  token: string | TokenProvider,
  options?: AuthenticateOptions,
): Promise<void>;

/**
 * Signs the user out: forgets them and their token. Pending calls reject with code `superseded`.
 *
 * @example
 * ```ts
 * await logout();
 * ```
 */
export function logout(): Promise<void>;

/**
 * The connected user, as the server knows them now; `{ authenticated: false }` before signing in.
 * Calls that overlap share one request.
 *
 * @example
 * ```ts
 * const user = await getUser();
 * if (user.authenticated) console.log(user.userId, user.integrations.slack?.enabled);
 * ```
 */
export function getUser(options?: CallOptions): Promise<User>;

/**
 * Stores metadata with the connected user, and resolves to the user. Keys that are not named keep their
 * values. Members that are `undefined` are left out, as `JSON.stringify` does. Pass the value of what a
 * framework wraps, such as `ref.value` in Vue: the wrapper is an object too.
 *
 * @throws code `invalid_metadata` when it holds a value that JSON cannot hold;
 * `details.path` says where. Nothing is sent then.
 *
 * @example
 * ```ts
 * const user = await setUserMetadata({ Name: "Ada Lovelace", Plan: "pro", Seats: 12 });
 * ```
 */
export function setUserMetadata(metadata: UserMetadata, options?: CallOptions): Promise<AuthenticatedUser>;

/**
 * The integrations of the project, with what the user has enabled.
 *
 * @example
 * ```ts
 * const active = (await getIntegrations()).filter((integration) => integration.isActive);
 * ```
 */
export function getIntegrations(options?: CallOptions): Promise<Integration[]>;

/**
 * Name, icon and colour of all integrations, or of one.
 *
 * @throws code `integration_not_found` when the project has no such integration.
 *
 * @example
 * ```ts
 * const { name, icon, brandColor } = await getIntegrationMetadata("salesforce");
 * ```
 */
export function getIntegrationMetadata(type?: undefined, options?: CallOptions): Promise<IntegrationMetadata[]>;
export function getIntegrationMetadata(type: IntegrationType, options?: CallOptions): Promise<IntegrationMetadata>;
export function getIntegrationMetadata(
  type: IntegrationType | undefined,
  options?: CallOptions,
): Promise<IntegrationMetadata | IntegrationMetadata[]>;

/**
 * Disconnects an integration: its workflows stop for the user, and their settings are cleared.
 *
 * @param type such as `"salesforce"`, or a custom integration's slug, with or without `custom.`.
 *
 * @throws code `integration_not_found` when the project has no such integration
 * (`details.integrationTypes` lists those it has), `integration_not_installed` when the user has
 * not connected it. Nothing is changed then.
 *
 * @example
 * ```ts
 * await uninstallIntegration("salesforce");
 * ```
 */
export function uninstallIntegration(type: IntegrationType, options?: UninstallOptions): Promise<void>;

/**
 * The accounts that the user has connected.
 *
 * @example
 * ```ts
 * const broken = (await getCredentials()).filter((credential) => credential.status !== "VALID");
 * ```
 */
export function getCredentials(options?: CallOptions): Promise<Credential[]>;

/**
 * Replaces the provider's tokens of a credential, and resolves to the credential.
 *
 * @throws code `not_found` when the user has no such credential.
 *
 * @example
 * ```ts
 * await updateCredential(credential.id, { accessToken, refreshToken });
 * ```
 */
export function updateCredential(
  credentialId: string,
  fields: { accessToken?: string | undefined; refreshToken?: string | undefined },
  options?: CallOptions,
): Promise<Credential>;

/**
 * Switches a workflow on for the user.
 *
 * @throws code `not_found` when there is no such workflow.
 *
 * @example
 * ```ts
 * await enableWorkflow(workflowId);
 * ```
 */
export function enableWorkflow(workflowId: string, options?: WorkflowOptions): Promise<void>;

/**
 * Switches a workflow off for the user.
 *
 * @throws code `not_found` when there is no such workflow.
 *
 * @example
 * ```ts
 * await disableWorkflow(workflowId, { selectedCredentialId: credential.id });
 * ```
 */
export function disableWorkflow(workflowId: string, options?: WorkflowOptions): Promise<void>;

/**
 * Sends an application event, which starts the workflows that wait for it. It is sent once.
 *
 * @example
 * ```ts
 * await event("Contact Created", { email: "ada@example.com" });
 * ```
 */
export function event(name: string, payload: Record<string, unknown>, options?: WorkflowOptions): Promise<void>;

/**
 * Starts a workflow that has a request trigger, and resolves to its answer; `undefined` if that is empty.
 * It is sent once.
 *
 * @example
 * ```ts
 * const answer = await workflow<{ total: number }>(workflowId, { body: { orderId: 7 } });
 * ```
 */
export function workflow<Answer = unknown>(
  workflowId: string,
  options?: TriggerWorkflowOptions,
): Promise<Answer | undefined>;

/**
 * Sends a request to an integration's own API with the user's account, through Paragon's proxy.
 *
 * A 401 or 403 may be the integration's, and does not end the session.
 *
 * @param path within the integration's API, with its query.
 *
 * @throws code `invalid_argument` for a path that leads elsewhere; `unauthorized`, `forbidden`,
 * `not_found` and so on as the integration's API answers.
 *
 * @example
 * ```ts
 * const account = await request<{ Id: string }>("salesforce", "/sobjects/Account/001", { method: "GET" });
 * const file = await request("googledrive", "/files/1?alt=media", { responseType: "blob" });
 * ```
 */
export function request<Type extends keyof ResponseTypes>(
  type: IntegrationType,
  path: string,
  options: RequestOptions<Type> & { responseType: Type },
): Promise<ResponseTypes[Type]>;
export function request<Answer = unknown>(
  type: IntegrationType,
  path: string,
  options?: RequestOptions<"json"> & { responseType?: "json" | undefined },
): Promise<Answer | undefined>;

/** The content of each event, by its name. */
export interface ParagonEvents {
  /** An account was connected, and is set up. */
  onIntegrationInstall: IntegrationInstallEvent;
  /** An account was disconnected by {@link uninstallIntegration}. */
  onIntegrationUninstall: IntegrationUninstallEvent;
  /** A workflow was switched on or off by {@link enableWorkflow} or {@link disableWorkflow}. */
  onWorkflowChange: WorkflowStateChangeEvent;
  /** A user signed in or out, or Paragon no longer accepts their token. */
  onSessionChange: SessionChangeEvent;
}

/** An account was connected, and is set up. */
export interface IntegrationInstallEvent {
  integrationId: string;
  /** Its type; for a custom integration, its slug. */
  integrationType: string;
  credentialId: string;
  /** The account, as the server gave it. */
  credential: Credential;
}

/** An account was disconnected by {@link uninstallIntegration}. */
export interface IntegrationUninstallEvent {
  integrationId: string;
  /** The type that {@link uninstallIntegration} was called with. */
  integrationType: string;
  /** The account, where one was selected. */
  credentialId?: string;
}

/** A workflow was switched on or off by {@link enableWorkflow} or {@link disableWorkflow}. */
export interface WorkflowStateChangeEvent {
  workflowId: string;
  workflowStateChange: { enabled: boolean };
}

/** A user signed in or out, or Paragon no longer accepts their token. */
export interface SessionChangeEvent {
  /** `"expired"`: Paragon answered 401, and the token could not be renewed. Sign in again. */
  state: "signedIn" | "signedOut" | "expired";
  userId: string;
}

/**
 * Calls `listener` once after each change of that name. A listener that throws is reported on the
 * console, and the others are called all the same.
 *
 * @returns a function that ends the subscription; it returns whether the listener was subscribed.
 * @throws code `invalid_argument`, at once, for an unknown name or a listener that is not a function.
 *
 * @example
 * ```ts
 * const stop = subscribe("onSessionChange", ({ state }) => {
 *   if (state === "expired") showSignIn();
 * });
 * ```
 */
export function subscribe<Name extends keyof ParagonEvents>(
  name: Name,
  listener: (event: ParagonEvents[Name]) => void,
): () => boolean;

/**
 * Ends a subscription. Returns whether the listener was subscribed.
 *
 * @example
 * ```ts
 * subscribe(SDK_EVENT.ON_WORKFLOW_CHANGE, listener);
 * unsubscribe(SDK_EVENT.ON_WORKFLOW_CHANGE, listener);
 * ```
 */
export function unsubscribe<Name extends keyof ParagonEvents>(
  name: Name,
  listener: (event: ParagonEvents[Name]) => void,
): boolean;

/**
 * Changes the settings of all calls, and where the Users API is: Paragon's cloud by default. Another
 * host or URL ends the session.
 *
 * @throws code `invalid_configuration` or `invalid_argument`; nothing is changed then.
 *
 * @example
 * ```ts
 * await configureGlobal({ host: "paragon.example.com" });       // on-premise
 * await configureGlobal({ apiUrl: "http://localhost:4010" });   // a local sandbox
 * await configureGlobal({ timeoutMs: 10_000, logLevel: "debug" });
 * ```
 */
export function configureGlobal(configuration: Configuration): Promise<void>;

/** The calls of a client: the functions of this module, for its own session. */
export interface ClientCalls {
  /** See {@link authenticate:function}. */
  authenticate: typeof authenticate;
  /** See {@link logout:function}. */
  logout: typeof logout;
  /** See {@link getUser:function}. */
  getUser: typeof getUser;
  /** See {@link setUserMetadata:function}. */
  setUserMetadata: typeof setUserMetadata;
  /** See {@link getIntegrations:function}. */
  getIntegrations: typeof getIntegrations;
  /** See {@link getIntegrationMetadata:function}. */
  getIntegrationMetadata: typeof getIntegrationMetadata;
  /** See {@link uninstallIntegration:function}. */
  uninstallIntegration: typeof uninstallIntegration;
  /** See {@link getCredentials:function}. */
  getCredentials: typeof getCredentials;
  /** See {@link updateCredential:function}. */
  updateCredential: typeof updateCredential;
  /** See {@link enableWorkflow:function}. */
  enableWorkflow: typeof enableWorkflow;
  /** See {@link disableWorkflow:function}. */
  disableWorkflow: typeof disableWorkflow;
  /** See {@link event:function}. */
  event: typeof event;
  /** See {@link workflow:function}. */
  workflow: typeof workflow;
  /** See {@link request:function}. */
  request: typeof request;
  /** See {@link subscribe:function}. */
  subscribe: typeof subscribe;
  /** See {@link unsubscribe:function}. */
  unsubscribe: typeof unsubscribe;
  /** See {@link configureGlobal:function}. */
  configureGlobal: typeof configureGlobal;
}

/**
 * A client with a session of its own. Its methods are the functions of this module.
 *
 * @example
 * ```ts
 * const client = new ParagonClient({ projectId, apiUrl: "https://paragon.example.com" });
 * await client.authenticate(undefined, token);
 * ```
 */
export class ParagonClient {
  /** @param options if one cannot be used, every call rejects. */
  constructor(options?: ClientOptions);
  /** Releases the memory of the client. Without it that happens when the client is garbage collected. */
  free(): void;
}
export interface ParagonClient extends ClientCalls {}

/**
 * Why a call failed. Codes are stable; more may be added.
 *
 * | code | when |
 * |---|---|
 * | `invalid_argument` | an argument or option has the wrong type or value; nothing was sent |
 * | `invalid_project_id` | the project id is missing or malformed; nothing was sent |
 * | `invalid_token` | the user token is missing or is not a Paragon User Token; nothing was sent |
 * | `token_expired` | the user token's `exp` has passed; nothing was sent |
 * | `invalid_metadata` | the metadata holds a value that JSON cannot hold; nothing was sent |
 * | `invalid_configuration` | the host or URL cannot be used |
 * | `token_unavailable` | the function that returns tokens failed, and the old token is no longer valid |
 * | `not_authenticated` | no user is signed in; nothing was sent |
 * | `integration_not_found` | the project has no such integration; nothing was changed |
 * | `integration_not_installed` | the user has not connected it; nothing was changed |
 * | `unauthorized` | 401: Paragon does not accept the token; the session has ended |
 * | `forbidden` | 403 |
 * | `not_found` | 404 |
 * | `rate_limited` | 429 |
 * | `request_failed` | another status that is neither success nor server error |
 * | `server_error` | 500 or above |
 * | `invalid_response` | success, with a body that the Users API does not document |
 * | `network` | no answer: offline, DNS, TLS, CORS, a content blocker, a redirect |
 * | `timeout` | no answer in time |
 * | `aborted` | the caller's signal aborted the call |
 * | `superseded` | a sign-in, sign-out or new configuration ended the call's session |
 * | `load_failed` | the WebAssembly module could not be loaded |
 * | `internal` | a defect of paragon-wasm; please report it |
 */
export type CallErrorCode =
  | "invalid_argument"
  | "invalid_project_id"
  | "invalid_token"
  | "token_expired"
  | "invalid_metadata"
  | "invalid_configuration"
  | "token_unavailable"
  | "not_authenticated"
  | "integration_not_found"
  | "integration_not_installed"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "rate_limited"
  | "request_failed"
  | "server_error"
  | "invalid_response"
  | "network"
  | "timeout"
  | "aborted"
  | "superseded"
  | "load_failed"
  | "internal";

/** The code of an error. Every string is accepted, as later versions may add codes. */
export type ParagonErrorCode = Open<CallErrorCode>;

/** Details of an error, by its code. */
export interface ParagonErrorDetails {
  /** The place of the fault in the argument: `"metadata.plan.price"`. */
  path?: string;
  /** With `integration_not_found`: the integrations that the project has. */
  integrationTypes?: string[];
  /** The milliseconds after which the server wants the next request, if it said so. */
  retryAfterMs?: number;
  /** The server's answer to a request that it refused: its JSON, or the beginning of its text. */
  response?: JsonValue;
}

/**
 * The error with which every promise rejects. No user token is in it.
 *
 * `name` is `"ParagonError"`, or the name that the official SDK or the platform has for the case:
 * `"UserNotAuthenticatedError"`, `"IntegrationNotFoundError"`, `"IntegrationNotInstalledError"`,
 * `"TimeoutError"`, `"AbortError"`.
 */
export interface ParagonError extends Error {
  /** For code to decide on. */
  readonly code: ParagonErrorCode;
  /** The HTTP status, if there was an answer. */
  readonly status?: number;
  readonly details?: ParagonErrorDetails;
  /** The platform's original failure, or the reason of the signal. */
  readonly cause?: unknown;
}

// Only what is marked is exported.
export {};
