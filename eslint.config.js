import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import globals from "globals";

export default defineConfig([
  // The last two for their JSX, which takes a parser of its own.
  globalIgnores(["target/", "pkg/", "tests/matrix/apps/next/", "tests/matrix/apps/next14/"]),
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      // `== null` asks for both kinds of nothing.
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-empty": ["error", { allowEmptyCatch: true }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["pkg-template/**", "src/browser/**"],
    languageOptions: { globals: globals["shared-node-browser"] },
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "ChainExpression CallExpression > SpreadElement.arguments:not(:last-child)",
          message: "Chrome before 91 drops the arguments after it (https://crbug.com/v8/11558).",
        },
      ],
    },
  },
  { files: ["pkg-template/install/**", "www/**/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["**/*.mjs"], languageOptions: { globals: globals.node } },
  // Pages, and their servers and tests.
  { files: ["examples/**"], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
  // What a test or the benchmark hands to the page runs there.
  {
    files: ["tests/**", "bench/**", "xtask/js/screenshots.mjs"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
  {
    files: ["tests/matrix/apps/jest/**"],
    languageOptions: { sourceType: "commonjs", globals: globals.jest },
  },
  { files: ["tests/matrix/apps/**/*.cjs"], languageOptions: { sourceType: "commonjs" } },
  { files: ["tests/matrix/apps/extension/**"], languageOptions: { globals: globals.webextensions } },
]);
