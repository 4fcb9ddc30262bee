// Runs the flow in this process and prints what came of it. Usage: flow.mjs <query>

import * as paragon from "paragon-wasm";
import { flow } from "../src/flow.js";

console.log(JSON.stringify(await flow(paragon, process.argv[2])));
