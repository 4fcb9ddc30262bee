// The entry without WebAssembly.

import * as compat from "./paragon-wasm/compat.js";
import { calls } from "./calls.js";

export default { fetch: (request) => calls(compat, request) };
