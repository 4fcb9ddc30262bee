// A CommonJS module.

import { getUser, isParagonError, type User } from "paragon-wasm";
import slim = require("paragon-wasm/slim");

async function userId(module: ArrayBuffer): Promise<string | undefined> {
  await slim.init(module);
  const user: User = await getUser().catch((error: unknown) => {
    if (isParagonError(error)) console.error(error.code);
    throw error;
  });
  return user.userId ?? (await slim.getUser()).userId;
}
export = userId;
