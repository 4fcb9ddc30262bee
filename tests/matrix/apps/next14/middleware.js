// Middleware, which runs in the edge runtime.

import * as paragon from "paragon-wasm/compat";
import { flow } from "./src/flow.js";

export const config = { matcher: "/middleware" };

export const middleware = async (request) => Response.json(await flow(paragon, request.nextUrl.search));
