// The server's own Node.

import { defineEventHandler, getRequestURL } from "h3";

import * as paragon from "paragon-wasm";
import { flow } from "../../src/flow.js";

export default defineEventHandler((event) => flow(paragon, getRequestURL(event).search));
