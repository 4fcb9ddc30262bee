import * as paragon from "./paragon-wasm/index.js";
import { show } from "./src/flow.js";

show(paragon);
