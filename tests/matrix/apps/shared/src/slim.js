import * as paragon from "paragon-wasm/slim";
import { show } from "./flow.js";

// Calls wait for it.
paragon.init(new URL("paragon-wasm/paragon_wasm.wasm", import.meta.url));
show(paragon);
