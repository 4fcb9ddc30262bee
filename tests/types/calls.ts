// The arguments and results of each call.

import {
  authenticate,
  disableWorkflow,
  enableWorkflow,
  event,
  getCredentials,
  getIntegrationMetadata,
  getIntegrations,
  getUser,
  logout,
  request,
  uninstallIntegration,
  updateCredential,
  workflow,
} from "paragon-wasm";
import type {
  CallOptions,
  Credential,
  Integration,
  IntegrationMetadata,
  IntegrationType,
  RequestBody,
} from "paragon-wasm";
import { same, some, type Literals } from "./assert.js";

// A token, or a function that gives one or a promise of one.
same<ReturnType<typeof authenticate>, Promise<void>>();
await authenticate("project", "token");
await authenticate(undefined, () => "token", { metadata: { Name: "Ada", seats: 3 } });
await authenticate("project", async () => "token", { signal: AbortSignal.timeout(1), timeoutMs: 5, maxRetries: 0 });
// @ts-expect-error: the token is missing
await authenticate("project");
// @ts-expect-error: the project is a string
await authenticate(7, "token");
// @ts-expect-error: the function gives no string
await authenticate("project", () => 7);
// @ts-expect-error: the function is asked again and again, a promise cannot be
await authenticate("project", Promise.resolve("token"));
// @ts-expect-error: misspelt
await authenticate("project", "token", { metdata: {} });
// @ts-expect-error: the metadata is checked as that of setUserMetadata is
await authenticate("project", "token", { metadata: { Name: 7 } });

same<ReturnType<typeof logout>, Promise<void>>();

// Options that every call takes; `undefined` stands for absent.
await getUser({ signal: some<AbortController | undefined>()?.signal, timeoutMs: undefined });
await getUser(some<CallOptions | undefined>());
// @ts-expect-error: misspelt
await getUser({ timeout: 10 });
// @ts-expect-error: no AbortSignal
await getUser({ signal: new AbortController() });
// @ts-expect-error: milliseconds are a number
await getUser({ timeoutMs: "10 s" });

same<Awaited<ReturnType<typeof getIntegrations>>, Integration[]>();
const slug = (await getIntegrations())[0]?.customIntegration?.slug;
same<typeof slug, string | undefined>();

// One, all, or whichever was asked for.
const all = await getIntegrationMetadata();
same<typeof all, IntegrationMetadata[]>();
const alsoAll = await getIntegrationMetadata(undefined, { timeoutMs: 10 });
same<typeof alsoAll, IntegrationMetadata[]>();
const one = await getIntegrationMetadata("salesforce");
same<typeof one, IntegrationMetadata>();
const either = await getIntegrationMetadata(some<string | undefined>());
same<typeof either, IntegrationMetadata | IntegrationMetadata[]>();
// @ts-expect-error: the options come second
await getIntegrationMetadata({ timeoutMs: 10 });

// Known types are completed, others accepted.
const completed: Extract<"salesforce" | "slack" | "monday.com" | "googledrive", Literals<IntegrationType>> = "slack";
await uninstallIntegration(some<string>());
await uninstallIntegration("custom.ledger", { selectedCredentialId: "c", timeoutMs: 10 });
// @ts-expect-error: a name
await uninstallIntegration(7);
// @ts-expect-error: misspelt
await uninstallIntegration("slack", { credentialId: "c" });

same<Awaited<ReturnType<typeof getCredentials>>, Credential[]>();
const updated = await updateCredential("c", { accessToken: "a", refreshToken: undefined });
same<typeof updated, Credential>();
// @ts-expect-error: the new tokens are missing
await updateCredential("c");
// @ts-expect-error: misspelt
await updateCredential("c", { acessToken: "a" });

await enableWorkflow("w", { selectedCredentialId: "c", selectedConfigurationId: "f" });
await disableWorkflow("w", { timeoutMs: 10 });
// @ts-expect-error: misspelt
await enableWorkflow("w", { selectedCredential: "c" });
// @ts-expect-error: which one?
await disableWorkflow();

await event("Contact Created", { email: "ada@example.com", nested: { any: [1] } });
// @ts-expect-error: the payload is missing
await event("Contact Created");
// @ts-expect-error: the payload is an object
await event("Contact Created", "ada@example.com");
// @ts-expect-error: a list is none
await event("Contact Created", ["ada@example.com"]);

// The type of a workflow's answer is the application's to name.
const answer = await workflow("w");
same<typeof answer, unknown>();
const total = await workflow<{ total: number }>("w", {
  body: { order: 7 },
  headers: { "X-A": "b" },
  query: { a: "b" },
});
same<typeof total, { total: number } | undefined>();
// @ts-expect-error: misspelt
await workflow("w", { payload: {} });
// @ts-expect-error: a query is of strings
await workflow("w", { query: { a: 1 } });

// The type of an answer of an integration's API follows from the way it is read.
const unread = await request("salesforce", "/sobjects");
same<typeof unread, unknown>();
const account = await request<{ Id: string }>("salesforce", "/sobjects/Account/1", { method: "GET" });
same<typeof account, { Id: string } | undefined>();
const json = await request("salesforce", "/sobjects", { responseType: "json" });
same<typeof json, unknown>();
const typed = await request<{ Id: string }>("salesforce", "/sobjects", { responseType: "json" });
same<typeof typed, { Id: string } | undefined>();
const text = await request("x", "/", { responseType: "text" });
same<typeof text, string>();
const blob = await request("x", "/", { responseType: "blob", timeoutMs: 10 });
same<typeof blob, Blob>();
const buffer = await request("x", "/", { responseType: "arrayBuffer" });
same<typeof buffer, ArrayBuffer>();
const response = await request("x", "/", { responseType: "response", selectedCredentialId: "c" });
same<typeof response, Response>();
// @ts-expect-error: there is no such reading
await request("x", "/", { responseType: "xml" });
// @ts-expect-error: a blob has no type of the application's
await request<{ Id: string }>("x", "/", { responseType: "blob" });
// @ts-expect-error: misspelt
await request("x", "/", { reponseType: "blob" });
// @ts-expect-error: the path is missing
await request("salesforce");

// Methods of any name; headers and bodies as `fetch` takes them, but for streams.
await request("x", "/", { method: "PROPFIND", headers: new Headers() });
await request("x", "/", { method: "POST", headers: [["A", "b"]], body: "text" });
const bodies: RequestBody[] = [
  "text",
  7,
  null,
  { a: [1] },
  [1],
  new FormData(),
  new Blob(),
  new ArrayBuffer(1),
  new Uint8Array(1),
  new URLSearchParams(),
  some<{ of: { any: Date } }>(),
];
// @ts-expect-error: a stream cannot be sent again, and not by every browser
await request("x", "/", { method: "POST", body: new ReadableStream() });
// @ts-expect-error: a symbol is no body
await workflow("w", { body: Symbol("s") });
