// A worker may not compile WebAssembly, but import what was compiled when it was deployed.

import { authenticate, getUser } from "./paragon-wasm/index.js";
import * as slim from "./paragon-wasm/slim.js";
import module from "./paragon-wasm/paragon_wasm.wasm";

const imported = getUser();

export default {
  async fetch() {
    const { code, message } = await authenticate("p", "token").catch((error) => error);
    await slim.init(module);
    const wrong = await slim.setUserMetadata({ wrong() {} }).catch((error) => error.code);
    return Response.json({ imported: await imported, code, message, slim: [wrong, await slim.getUser({})] });
  },
};
