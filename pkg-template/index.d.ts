/**
 * Unofficial client for Paragon's Users API.
 *
 * Every function gives a promise and reports every failure, bad arguments included, by rejecting
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

type KnownIntegration =
  | "airtable" | "asana" | "bamboohr" | "box" | "clickup" | "dropbox" | "gmail" | "googlecalendar"
  | "googledrive" | "googlesheets" | "gusto" | "hubspot" | "intercom" | "jira" | "linear"
  | "mailchimp" | "marketo" | "microsoftteams" | "monday.com" | "netsuite" | "notion" | "onedrive"
  | "outlook" | "pipedrive" | "quickbooks" | "sage" | "salesforce" | "sharepoint" | "shopify"
  | "slack" | "stripe" | "xero" | "zendesk" | "zohocrm";

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
}

/**
 * What an application stores with a user. Paragon's dashboard shows `Name` and `Email`, which are
 * case-sensitive.
 */
export interface UserMetadata {
  Name?: string;
  Email?: string;
  [key: string]: JsonValue | undefined;
}

/** The connected user. Members that Paragon sends beyond these are there at run time. */
export interface AuthenticatedUser {
  authenticated: true;
  /** The `sub` of the user token. */
  userId: string;
  /** By integration type. */
  integrations: { [type in KnownIntegration]?: UserIntegration } & { [type: string]: UserIntegration | undefined };
  /** What the application stored, see {@link setUserMetadata}. */
  meta: UserMetadata;
}

/** Nobody is signed in. */
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
  signal?: AbortSignal;
  /** Milliseconds after which the call rejects with code `timeout`. 30,000 by default. */
  timeoutMs?: number;
}

/** Options of {@link authenticate}. */
export interface AuthenticateOptions extends CallOptions {
  /** Stored with the user as {@link setUserMetadata} does, in the same request. */
  metadata?: UserMetadata;
}

/** Options of {@link uninstallIntegration}. */
export interface UninstallOptions extends CallOptions {
  /** Which account to disconnect, when the user has several; the default one otherwise. */
  selectedCredentialId?: string;
}

/** Where the Users API is. Pass one of the two. */
export type Configuration =
  | {
      /** An on-premise installation's host name: `"example.com"` means `https://zeus.example.com`. */
      host: string;
      apiUrl?: undefined;
    }
  | {
      /** Any origin, such as a local sandbox. Plain http only for this machine. */
      apiUrl: string;
      host?: undefined;
    };

/**
 * Signs a user in.
 *
 * A session that is on ends at once. When the promise rejects, nobody is signed in.
 *
 * @param projectId the id of the Paragon project.
 * @param token the Paragon User Token: a JWT that your server signs for the user. It is kept in
 * memory only, and sent only to the configured host.
 *
 * @throws code `invalid_project_id`, `invalid_token`, `token_expired`, `invalid_metadata` before
 * anything is sent; `unauthorized` when Paragon does not accept the token; `superseded` when
 * another sign-in overtakes this one.
 *
 * @example
 * ```ts
 * await authenticate(projectId, token, { metadata: { Name: "Ada Lovelace", Email: "ada@example.com" } });
 * ```
 */
export function authenticate(projectId: string, token: string, options?: AuthenticateOptions): Promise<void>;

/**
 * The connected user, as the server knows him now; `{ authenticated: false }` before signing in.
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
 * Stores metadata with the connected user, and gives the user. Keys that are not named keep their
 * values. Members that are `undefined` are left out, as `JSON.stringify` does.
 *
 * @throws code `invalid_metadata` when there is something that JSON cannot hold;
 * `details.path` says where. Nothing is sent then.
 *
 * @example
 * ```ts
 * const user = await setUserMetadata({ Name: "Ada Lovelace", Plan: "pro", Seats: 12 });
 * ```
 */
export function setUserMetadata(metadata: UserMetadata, options?: CallOptions): Promise<AuthenticatedUser>;

/**
 * Disconnects an integration: its workflows stop for the user, and his settings are cleared.
 *
 * @param type such as `"salesforce"`, or a custom integration's slug, with or without `custom.`.
 *
 * @throws code `integration_not_found` when the project has no such integration
 * (`details.integrationTypes` lists those it has), `integration_not_installed` when the user has
 * not connected it. Nothing is changed then.
 */
export function uninstallIntegration(type: IntegrationType, options?: UninstallOptions): Promise<void>;

/** Forgets the user and his token. Calls that are pending reject with code `superseded`. */
export function logout(): Promise<void>;

/**
 * Chooses where the Users API is; Paragon's cloud unless called. Ends the session that is on.
 *
 * @throws code `invalid_configuration`; the configuration is then left as it was.
 *
 * @example
 * ```ts
 * await configureGlobal({ host: "paragon.example.com" });       // on-premise
 * await configureGlobal({ apiUrl: "http://localhost:4010" });   // a local sandbox
 * ```
 */
export function configureGlobal(configuration: Configuration): Promise<void>;

/** A client with a session of its own. Its methods are the functions of this module. */
export declare class ParagonClient {
  authenticate: typeof authenticate;
  getUser: typeof getUser;
  setUserMetadata: typeof setUserMetadata;
  uninstallIntegration: typeof uninstallIntegration;
  logout: typeof logout;
  configureGlobal: typeof configureGlobal;
}

/** The default client, whose session the functions of this module share. */
export declare const paragon: ParagonClient;

/**
 * Why a call failed. Codes are stable; more may be added.
 *
 * | code | when |
 * |---|---|
 * | `invalid_argument` | an argument or option has the wrong type or value; nothing was sent |
 * | `invalid_project_id` | the project id is missing or malformed; nothing was sent |
 * | `invalid_token` | the user token is missing or is no Paragon User Token; nothing was sent |
 * | `token_expired` | the user token's `exp` has passed; nothing was sent |
 * | `invalid_metadata` | the metadata holds what JSON cannot; nothing was sent |
 * | `invalid_configuration` | the host or URL cannot be used |
 * | `not_authenticated` | nobody is signed in; nothing was sent |
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
export type ParagonErrorCode = Open<
  | "invalid_argument"
  | "invalid_project_id"
  | "invalid_token"
  | "token_expired"
  | "invalid_metadata"
  | "invalid_configuration"
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
  | "internal"
>;

/** What the error is about, beyond its code. */
export interface ParagonErrorDetails {
  /** Where in the argument the fault is: `"metadata.plan.price"`. */
  path?: string;
  /** With `integration_not_found`: the integrations that the project has. */
  integrationTypes?: string[];
  /** The server's answer to a request it refused: its JSON, or the beginning of its text. */
  response?: JsonValue;
}

/**
 * The error that every rejected promise holds. No user token is in it.
 *
 * `name` is `"ParagonError"`, or the name that the official SDK or the platform has for the case:
 * `"UserNotAuthenticatedError"`, `"IntegrationNotFoundError"`, `"IntegrationNotInstalledError"`,
 * `"TimeoutError"`, `"AbortError"`. `instanceof ParagonError` holds for all of them.
 */
export declare class ParagonError extends Error {
  private constructor();
  /** For code to decide on. */
  readonly code: ParagonErrorCode;
  /** The HTTP status, when there was an answer. */
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
