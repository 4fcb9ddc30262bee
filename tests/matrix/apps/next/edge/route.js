// The edge runtime, where no WebAssembly may be compiled at run time.

import { getUser } from "paragon-wasm";

export const runtime = "edge";

export const GET = async () => Response.json(await getUser());
