// A CommonJS module imports the package when it needs it.

import type { User } from "paragon-wasm" with { "resolution-mode": "import" };

async function userId(): Promise<string | undefined> {
  const { getUser } = await import("paragon-wasm");
  const user: User = await getUser();
  return user.userId;
}
export = userId;
