// Configuration, and clients of one's own.

import * as everything from "paragon-wasm";
import { ParagonClient, configureGlobal, paragon } from "paragon-wasm";
import type { ClientOptions, Configuration } from "paragon-wasm";
import { same, some } from "./assert.js";

same<ReturnType<typeof configureGlobal>, Promise<void>>();
await configureGlobal({ host: "paragon.example.com" });
await configureGlobal({ apiUrl: "http://localhost:4010", logLevel: "debug" });
await configureGlobal({ timeoutMs: 10_000, maxRetries: 0, logLevel: undefined });
// A function that sends the requests, as strict as it likes about what it takes.
await configureGlobal({ fetch });
new ParagonClient({
  fetch: async (url, init) => (same<typeof url, string>(), same<typeof init, RequestInit>(), new Response()),
  timeoutMs: 10,
});
new ParagonClient({ fetch: undefined });
// @ts-expect-error: it has to resolve to a response
await configureGlobal({ fetch: async () => "text" });
// @ts-expect-error: either
await configureGlobal({ host: "paragon.example.com", apiUrl: "http://localhost:4010" });
// @ts-expect-error: either, also by way of a variable
await configureGlobal(some<{ host: string; apiUrl: string }>());
// @ts-expect-error: misspelt
await configureGlobal({ apiURL: "http://localhost:4010" });
// @ts-expect-error: there is no such level
await configureGlobal({ logLevel: "verbose" });
// @ts-expect-error: what is to be configured?
await configureGlobal();

new ParagonClient();
new ParagonClient({});
const client = new ParagonClient({
  projectId: some<string | undefined>(),
  apiUrl: "http://localhost:4010",
  timeoutMs: 10,
});
// @ts-expect-error: either
new ParagonClient({ host: "paragon.example.com", apiUrl: "http://localhost:4010" });
// @ts-expect-error: misspelt
new ParagonClient({ project: "p" });
// @ts-expect-error: not the id alone
new ParagonClient("p");
// @ts-expect-error: a project belongs to a client, not to all calls
await configureGlobal({ projectId: "p" });
const options: ClientOptions = some<Configuration>();

// A client has the functions of the module, which may be taken off it.
type Functions = Omit<typeof everything, "ParagonClient" | "ParagonError" | "SDK_EVENT" | "isParagonError" | "paragon">;
same<{ [Name in keyof ParagonClient]: ParagonClient[Name] }, { [Name in keyof Functions]: Functions[Name] }>();
same<typeof paragon, ParagonClient>();
const { getUser, request } = client;
const file = await request("googledrive", "/files/1", { responseType: "blob" });
same<typeof file, Blob>();
same<typeof getUser, typeof everything.getUser>();
// @ts-expect-error: there is no such method
await client.getIntegration("slack");
// @ts-expect-error: nor a default export
everything.default;
