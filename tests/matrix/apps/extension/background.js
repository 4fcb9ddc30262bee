import * as paragon from "./paragon-wasm/index.js";
import { flow } from "./src/flow.js";

chrome.runtime.onMessage.addListener((query, _, answer) => {
  flow(paragon, query)
    .then(JSON.stringify, (error) => `failed: ${error.stack}`)
    .then(answer);
  return true; // The answer comes later.
});
