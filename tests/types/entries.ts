// The other entries: the client without its module, and the script that sets `window.paragon`.

import "paragon-wasm/global";
import {
  getUser,
  init,
  isParagonError,
  paragon,
  type ModuleSource,
  type ParagonClient,
  type User,
} from "paragon-wasm/slim";
import type { ParagonGlobal } from "paragon-wasm/global";
import { same } from "./assert.js";

same<ReturnType<typeof init>, Promise<void>>();

export const sources: (ModuleSource | Promise<ModuleSource>)[] = [
  "/paragon_wasm.wasm",
  new URL("https://example.com"),
  new Uint8Array(8),
  new ArrayBuffer(8),
  fetch("/paragon_wasm.wasm"),
];
export const user: Promise<User> = init(fetch("/paragon_wasm.wasm")).then(() => getUser());
// @ts-expect-error -- the module must come from somewhere
void init();

export const script: ParagonGlobal = window.paragon;
export const client: ParagonClient = new window.paragon.ParagonClient();
export const ours: boolean = window.paragon.isParagonError(new Error()) && isParagonError(paragon);
