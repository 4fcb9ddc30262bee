/**
 * What importing the WebAssembly module gives is for the bundler or runtime to say: an address, or
 * the module. `init` of `paragon-wasm/slim` takes either.
 *
 * @packageDocumentation
 */

import type { ModuleSource } from "./slim.js";

declare const source: ModuleSource;
export default source;
