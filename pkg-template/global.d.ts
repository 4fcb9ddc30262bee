/**
 * Sets `window.paragon`, as `<script src="…/paragon.global.js">` does. For that script's types:
 * `/// <reference types="paragon-wasm/global" />`.
 *
 * @packageDocumentation
 */

import type { ParagonClient, ParagonError, SDK_EVENT, isParagonError } from "./index.js";

/** The default client, with the classes and constants of the package. */
export interface ParagonGlobal extends ParagonClient {
  ParagonClient: typeof ParagonClient;
  ParagonError: typeof ParagonError;
  SDK_EVENT: typeof SDK_EVENT;
  isParagonError: typeof isParagonError;
}

declare global {
  var paragon: ParagonGlobal;
}
