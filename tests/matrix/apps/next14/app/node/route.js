// The server's own Node.

import * as paragon from "paragon-wasm";
import { flow } from "../../src/flow.js";

export const GET = async (request) => Response.json(await flow(paragon, new URL(request.url).search));
