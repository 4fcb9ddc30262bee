// The same with the module as a file.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import * as paragon from "paragon-wasm/slim";
import { flow } from "../src/flow.js";

const { resolve } = createRequire(import.meta.url);
await paragon.init(readFile(resolve("paragon-wasm/paragon_wasm.wasm")));
console.log(JSON.stringify(await flow(paragon, process.argv[2])));
