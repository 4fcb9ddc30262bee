// A worker imports what was compiled when it was deployed.

import * as slim from "./paragon-wasm/slim.js";
import module from "./paragon-wasm/paragon_wasm.wasm";
import { calls } from "./calls.js";

// At the top, where there are no timers.
slim.init(module);

export default { fetch: (request) => calls(slim, request) };
