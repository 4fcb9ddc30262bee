// Imports the package where nothing may happen at import, and prints what it knows then.

import { watch } from "./watch.cjs";

watch();
const { getUser, ParagonClient } = await import("paragon-wasm");
const { getUser: slim } = await import("paragon-wasm/slim");
const { getUser: compat } = await import("paragon-wasm/compat");
console.log(JSON.stringify([await getUser(), await new ParagonClient().getUser(), await slim(), await compat()]));
