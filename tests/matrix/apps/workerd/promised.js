// The same with a promise of the module.

import * as slim from "./paragon-wasm/slim.js";
import module from "./paragon-wasm/paragon_wasm.wasm";
import { calls } from "./calls.js";

slim.init(Promise.resolve(module));

export default { fetch: (request) => calls(slim, request) };
