import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import globals from "globals";

export default defineConfig([
  globalIgnores(["target/", "pkg/"]),
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  { files: ["pkg-template/**"], languageOptions: { globals: globals["shared-node-browser"] } },
  { files: ["pkg-template/install/**", "www/**/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["**/*.mjs"], languageOptions: { globals: globals.node } },
  // What a test or the benchmark hands to the page runs there.
  { files: ["tests/**", "bench/**"], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
]);
