// Compiled with `exactOptionalPropertyTypes` only: a variable that was not set must not lead to
// Paragon's cloud, so `undefined` is refused here, as it is at run time.

import { ParagonClient, configureGlobal } from "paragon-wasm";
import { some } from "./assert.js";

// @ts-expect-error: the address may not be set
await configureGlobal({ apiUrl: some<string | undefined>() });
// @ts-expect-error: the host may not be set
new ParagonClient({ host: some<string | undefined>() });
