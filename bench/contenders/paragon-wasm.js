// The package under measurement, through its default entry.

import { configureGlobal } from "paragon-wasm";

export { authenticate, getUser, request, uninstallIntegration } from "paragon-wasm";
export const configure = (apiUrl) => configureGlobal({ apiUrl });
