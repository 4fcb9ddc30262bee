// The default entry, which has to compile its module: a worker may not.

import { authenticate, getUser } from "./paragon-wasm/index.js";

const imported = getUser();

export default {
  async fetch() {
    const { code, message } = await authenticate("p", "token").catch((error) => error);
    return Response.json({ imported: await imported, code, message });
  },
};
