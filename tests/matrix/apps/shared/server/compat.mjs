// The same in JavaScript alone.

import * as paragon from "paragon-wasm/compat";
import { flow } from "../src/flow.js";

console.log(JSON.stringify(await flow(paragon, process.argv[2])));
