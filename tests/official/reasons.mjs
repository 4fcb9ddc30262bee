// Texts of more than one scenario: reasons for a difference, and that nothing has changed.

import assert from "node:assert/strict";

export const WHY = {
  promise: "A promise in paragon-wasm, which asks the server.",
  rejects: "paragon-wasm reports every failure by rejecting its promise.",
  asks: "The official SDK gives what it knew at sign-in; paragon-wasm asks the server.",
  server: "The official SDK decides by what it knew at sign-in; paragon-wasm lets the server decide.",
  bodies: "The official SDK makes JSON of it; paragon-wasm sends it as `fetch` does.",
  code: "The same failure; paragon-wasm's errors have a stable code.",
  signIn: "paragon-wasm fetches the integrations when a call needs them, not at sign-in.",
  storage: "The official SDK keeps the session there, for the next page; paragon-wasm keeps it in memory.",
  passed: "paragon-wasm passes the server's object on; the official SDK builds its own from parts of it.",
  console: "paragon-wasm tells the caller only.",
  icon: "The official SDK makes the address itself, below its CDN's; paragon-wasm gives the one that the server sends.",
  resolves:
    "The official SDK has fetched the list of integrations at sign-in; paragon-wasm looks the type up each time. A repeated uninstall so costs one request more than theirs.",
  looks:
    "The official SDK decides by what it knew at sign-in. paragon-wasm looks the type up each time, and asks for the user where the list says that the integration is not enabled, as it does for an account that must be reconnected: one request more than theirs.",
};

/** Of calls that change the session, which the official SDK then writes. */
export const KEPT = { storage: WHY.storage };

/** Of an uninstall. */
export const UNINSTALLED = { ...KEPT, requests: WHY.resolves };

export const unchanged = (before, after) => assert.deepEqual(after, before);
