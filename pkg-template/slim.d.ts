/**
 * The same client without its WebAssembly module, which an application serves as a file:
 * `paragon-wasm/paragon_wasm.wasm`. It exports what `paragon-wasm` does, and {@link init}.
 *
 * @example
 * ```ts
 * import { authenticate, init } from "paragon-wasm/slim";
 * import module from "paragon-wasm/paragon_wasm.wasm?url"; // with Vite
 *
 * void init(module);
 * await authenticate(projectId, userToken);
 * ```
 * @packageDocumentation
 */

export * from "./index.js";

/** The address of the module, or its content. */
export type ModuleSource = URL | string | Request | Response | BufferSource | WebAssembly.Module;

/**
 * Loads the WebAssembly module, once for all entries and clients. Calls that are made meanwhile
 * wait for it, and read their arguments then; a call before `init` rejects with code `load_failed`.
 *
 * @param source the address of `paragon_wasm.wasm`, or its content.
 * @returns a promise that is fulfilled when the module is loaded.
 * @throws code `load_failed`, after 30 s at most. If `source` is an address, the next call tries
 * again.
 *
 * @example
 * ```ts
 * await init(new URL("paragon-wasm/paragon_wasm.wasm", import.meta.url)); // webpack and others
 * await init(await readFile(require.resolve("paragon-wasm/paragon_wasm.wasm"))); // Node
 * ```
 */
export function init(source: ModuleSource | Promise<ModuleSource>): Promise<void>;
