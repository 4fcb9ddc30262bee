// The edge runtime, where no WebAssembly may be compiled at run time.

import * as paragon from "paragon-wasm/compat";
import { flow } from "../../src/flow.js";

export const runtime = "edge";

export const GET = async (request) => Response.json(await flow(paragon, new URL(request.url).search));
