// The server's own Node.

import * as paragon from "paragon-wasm";
import { flow } from "../../flow.js";

export const GET = async ({ url }) => Response.json(await flow(paragon, url.search));
