import * as paragon from "paragon-wasm/slim";
import module from "paragon-wasm/paragon_wasm.wasm";
import { show } from "./flow.js";

// Calls wait for it.
paragon.init(module);
show(paragon);
