import * as paragon from "paragon-wasm/compat";
import { show } from "./flow.js";

show(paragon);
