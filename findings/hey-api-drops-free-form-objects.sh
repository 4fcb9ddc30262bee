#!/usr/bin/env bash
# Expected: a property of a schema is in the generated type, whatever the other properties are.
# Seen:     as soon as one property of a schema is `readOnly` or `writeOnly`, every property that is a plain
#           `type: object` is missing from both generated types, required ones too, without any warning. An
#           array of such objects becomes Array<unknown>. Maps (`additionalProperties`) stay.
# Version:  @hey-api/openapi-ts 0.95.0, TypeScript 5.9.3
# Matters:  types of an API generated from its document lack the free-form objects, such as settings or
#           metadata, once somebody marks `id` as read-only. Give such objects `additionalProperties: true`
#           in the document. The types of this client are written by hand and not concerned.
# Source:   none found; the separation is https://github.com/hey-api/hey-api/pull/1896
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent @hey-api/openapi-ts@0.95.0 typescript@5.9.3
cat > run.mjs <<'JS'
import { readFileSync, writeFileSync } from "node:fs";
import { createClient } from "@hey-api/openapi-ts";

const generate = async (name, id) => {
  const schema = {
    type: "object",
    required: ["settings"],
    properties: {
      id,
      settings: { type: "object" },
      map: { type: "object", additionalProperties: true },
      list: { type: "array", items: { type: "object" } },
    },
  };
  const content = { "application/json": { schema: { $ref: "#/components/schemas/Account" } } };
  writeFileSync(`${name}.json`, JSON.stringify({
    openapi: "3.0.3",
    info: { title: "Test", version: "1" },
    paths: { "/account": { get: { operationId: "account", responses: { 200: { description: "OK", content } } } } },
    components: { schemas: { Account: schema } },
  }));
  await createClient({ input: `./${name}.json`, output: `./${name}`, logs: { level: "silent" }, plugins: ["@hey-api/typescript"] });
  const types = readFileSync(`${name}/types.gen.ts`, "utf8");
  return types.match(/export type Account = \{.*?^\};/ms)[0];
};
const plain = await generate("plain", { type: "string" });
const readOnly = await generate("read-only", { type: "string", readOnly: true });
console.log(`@hey-api/openapi-ts 0.95.0, Node ${process.version}\n${plain}\nwith id: { type: string, readOnly: true }:\n${readOnly}`);
const right =
  plain.includes("settings: {") && !plain.includes("Array<unknown>") &&
  !readOnly.includes("settings") && readOnly.includes("map?: {") && readOnly.includes("Array<unknown>");
if (!right) console.error("CHANGED: what a read-only property does to the others");
console.log("One read-only property, and the required object `settings` is gone.");
process.exit(right ? 0 : 1);
JS
node run.mjs
