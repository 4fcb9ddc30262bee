// Prints what comes of answers that runtimes treat differently. Usage: answers.mjs <query>

import * as paragon from "paragon-wasm";
import { answers } from "../src/answers.js";

console.log(JSON.stringify(await answers(paragon, process.argv[2])));
