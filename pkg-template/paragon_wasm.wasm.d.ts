/**
 * The WebAssembly module. What an import of it returns depends on the bundler or runtime: its address, or
 * the module itself. `init` of `paragon-wasm/slim` takes either.
 *
 * @packageDocumentation
 */

import type { ModuleSource } from "./slim.js";

declare const source: ModuleSource;
export default source;
