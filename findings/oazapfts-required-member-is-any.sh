#!/usr/bin/env bash
# Expected: an `allOf` member that has nothing but `required` makes members of the others required, or is
#           ignored; the type stays what the other members say.
# Seen:     oazapfts writes it as `any`, and `Base & any` is `any` in TypeScript: the whole type accepts and
#           gives everything, members that do not exist included, and nobody is told. openapi-typescript,
#           for the same document, writes `unknown`, which changes nothing.
# Version:  oazapfts 7.5.0, openapi-typescript 7.13.0, TypeScript 5.9.3
# Matters:  a client generated beside this one checks nothing for the schemas that are written so, which is
#           a usual way to make members of a base required. Look for `& any` in what was generated.
# Source:   https://github.com/oazapfts/oazapfts/pull/881 (closed without being merged)
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true, "type": "module" }' > package.json
npm install --no-audit --no-fund --silent oazapfts@7.5.0 @oazapfts/runtime@1 openapi-typescript@7.13.0 typescript@5.9.3
cat > run.mjs <<'JS'
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const content = { "application/json": { schema: { $ref: "#/components/schemas/Account" } } };
writeFileSync("api.json", JSON.stringify({
  openapi: "3.0.3",
  info: { title: "Test", version: "1" },
  paths: { "/account": { get: { operationId: "account", responses: { 200: { description: "OK", content } } } } },
  components: {
    schemas: {
      Base: { type: "object", properties: { id: { type: "string" } } },
      Account: { allOf: [{ $ref: "#/components/schemas/Base" }, { required: ["id"] }] },
    },
  },
}));
const stdio = "ignore";
execFileSync("node_modules/.bin/oazapfts", ["api.json", "oazapfts.ts"], { stdio });
execFileSync("node_modules/.bin/openapi-typescript", ["api.json", "-o", "openapi-typescript.ts"], { stdio });
const names = { oazapfts: "Account", "openapi-typescript": 'components["schemas"]["Account"]' };
const seen = {};
for (const [name, type] of Object.entries(names)) {
  const [imported] = type.split("[");
  const use = `import type { ${imported} } from "./${name}.js";\nexport const wrong: ${type} = 7;\nexport const none: string = wrong.nobody.has.this;\n`;
  writeFileSync(`use-${name}.ts`, use);
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", `use-${name}.ts`];
  const { stdout } = spawnSync("node_modules/.bin/tsc", options);
  seen[name] = stdout.toString().split("\n").filter((line) => line.includes("error TS")).length;
}
const written = readFileSync("oazapfts.ts", "utf8").match(/export type Account = .*;/)[0];
console.log("oazapfts 7.5.0:", written);
console.log("errors for `const account: Account = 7` and for a member that does not exist:", seen);
const right = written.includes("& any") && seen.oazapfts === 0 && seen["openapi-typescript"] > 0;
if (!right) console.error("CHANGED: what becomes of a member that has only `required`");
console.log("oazapfts makes `any` of the whole type.");
process.exit(right ? 0 : 1);
JS
node run.mjs
