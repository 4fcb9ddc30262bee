// The user: narrowing, integrations of any name, metadata.

import { getUser, paragon, setUserMetadata } from "paragon-wasm";
import type {
  AuthenticatedUser,
  CredentialStatus,
  JsonValue,
  UnauthenticatedUser,
  User,
  UserIntegration,
  UserMetadata,
} from "paragon-wasm";
import { same, some } from "./assert.js";

const user = await getUser();
same<typeof user, User>();

// Without narrowing, reading on with `?.`.
const status = user.integrations?.salesforce?.credentialStatus;
same<typeof status, CredentialStatus | undefined>();
// @ts-expect-error: nobody may be signed in
user.integrations.salesforce;
// @ts-expect-error: the same
user.userId.length;

if (user.authenticated) {
  same<typeof user, AuthenticatedUser>();
  same<typeof user.userId, string>();
  same<typeof user.integrations.salesforce, UserIntegration | undefined>();
  const known: CredentialStatus | undefined = user.integrations.salesforce?.credentialStatus;
  // @ts-expect-error: the user may not have it
  user.integrations.salesforce.enabled;

  // Names that are not known to the types.
  const unknown = user.integrations.unheardof?.enabled;
  same<typeof unknown, boolean | undefined>();
  const custom = user.integrations["custom.ledger"]?.allCredentials?.[0]?.status;
  for (const [type, { enabled } = { enabled: false }] of Object.entries(user.integrations)) {
    same<typeof type, string>();
    same<typeof enabled, boolean>();
  }
  // @ts-expect-error: there is no such member of an integration
  user.integrations.slack?.enabeld;

  same<typeof user.meta.Name, string | undefined>();
  same<typeof user.meta.plan, JsonValue | undefined>();
  // @ts-expect-error: a value has to be looked at before it is a string
  user.meta.plan?.length;
} else {
  same<typeof user, UnauthenticatedUser>();
  same<typeof user.integrations, undefined>();
}

// A status is known or any other string.
for (const value of ["VALID", "INVALID", "EXPIRED", "PENDING", "SUSPENDED"]) {
  const status: CredentialStatus = value;
  if (status === "VALID") continue;
}
// @ts-expect-error: no number
const number: CredentialStatus = 1;

// Metadata is what JSON can hold.
const stored = await setUserMetadata({
  Name: "Ada",
  Email: "ada@example.com",
  plan: { seats: 3, tags: ["a", null, [true]] },
});
same<typeof stored, AuthenticatedUser>();
await setUserMetadata({});
await setUserMetadata({ Name: some<string | undefined>(), team: undefined });
await paragon.setUserMetadata(some<{ seats: number; name: string }>());
const metadata: UserMetadata = { anything: [{ deep: null }] };

// @ts-expect-error: the dashboard shows texts
await setUserMetadata({ Name: 3 });
// @ts-expect-error: a date is no JSON
await setUserMetadata({ since: new Date() });
// @ts-expect-error: a function is no JSON
await setUserMetadata({ call() {} });
// @ts-expect-error: a BigInt is no JSON
await setUserMetadata({ seats: 1n });
// @ts-expect-error: a map is no JSON
await setUserMetadata({ tags: new Map() });
// @ts-expect-error: an object is needed
await setUserMetadata("Ada");
// @ts-expect-error: an object is needed
await setUserMetadata(["Ada"]);
// @ts-expect-error: an object is needed
await setUserMetadata(null);
// @ts-expect-error: an object is needed
await setUserMetadata();
