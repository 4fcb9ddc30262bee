// An application whose parts import and require: two copies, which know each other's errors.

import { createRequire } from "node:module";

import * as imported from "paragon-wasm";
import * as slim from "paragon-wasm/slim";

const required = createRequire(import.meta.url)("paragon-wasm");
const failures = [
  await required
    .logout({})
    .then(() => required.getCredentials())
    .catch((error) => error),
];
failures.push(await imported.getCredentials().catch((error) => error));
console.log(
  JSON.stringify(
    failures.map((failure) => [
      failure.code,
      ...[imported, slim, required].flatMap(({ ParagonError, isParagonError }) => [
        failure instanceof ParagonError,
        isParagonError(failure),
      ]),
    ]),
  ),
);
