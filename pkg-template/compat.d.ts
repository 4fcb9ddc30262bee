/**
 * The same client in JavaScript alone, for where WebAssembly is refused: a page whose
 * Content-Security-Policy lacks `'wasm-unsafe-eval'`, iOS in Lockdown Mode. A third larger.
 *
 * @packageDocumentation
 */

export * from "./index.js";
