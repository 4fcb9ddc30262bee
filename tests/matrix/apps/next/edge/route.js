// The edge runtime, where no WebAssembly may be compiled at run time.

import { getUser } from "paragon-wasm";
import * as paragon from "paragon-wasm/compat";
import { flow } from "../../src/flow.js";

export const runtime = "edge";

export const GET = async (request) => {
  const nobody = await getUser();
  return Response.json({ nobody, outcome: await flow(paragon, new URL(request.url).search) });
};
