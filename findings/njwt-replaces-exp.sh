#!/usr/bin/env bash
# Expected: a token is signed with the claims that were given.
# Seen:     njwt replaces `exp`: a token meant for a minute, or for a day, is valid for one hour. `iat`, `sub`
#           and the others stay as given. Only `setExpiration` after `create` changes it, and that one
#           counts milliseconds.
# Version:  njwt 2.0.1 (jsonwebtoken 9.0.3, jose 6.2.18 and fast-jwt 6.3.6 sign the same claims as given)
# Matters:  a token endpoint on njwt hands out user tokens that live longer than it says, and renewals of
#           this client come at another time than planned. Decode one token and look.
# Source:   https://github.com/jwtk/njwt/issues/23 (open since 2016); its README has only `setExpiration`.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --silent njwt@2.0.1 jsonwebtoken@9.0.3 jose@6.2.18 fast-jwt@6.3.6
cat > run.mjs <<'JS'
import { generateKeyPairSync } from "node:crypto";
import { createSigner } from "fast-jwt";
import { SignJWT, decodeJwt } from "jose";
import jsonwebtoken from "jsonwebtoken";
import njwt from "njwt";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" });
const sign = {
  jsonwebtoken: (claims) => jsonwebtoken.sign(claims, pem, { algorithm: "RS256" }),
  jose: (claims) => new SignJWT(claims).setProtectedHeader({ alg: "RS256" }).sign(privateKey),
  "fast-jwt": (claims) => createSigner({ key: pem, algorithm: "RS256" })(claims),
  njwt: (claims) => njwt.create(claims, pem, "RS256").compact(),
};
const iat = Math.floor(Date.now() / 1000);
const seen = {};
for (const [name, signer] of Object.entries(sign)) {
  seen[name] = [];
  for (const seconds of [60, 86_400]) {
    const claims = decodeJwt(await signer({ sub: "user-1", iat, exp: iat + seconds }));
    // njwt counts from its own clock, which may be some seconds later.
    seen[name].push(Math.floor((claims.exp - iat) / 60) * 60);
  }
}
console.log("seconds that a token is valid, asked for 60 and 86400:", seen);
const { njwt: replaced, ...others } = seen;
const right = replaced.join() === "3600,3600" && Object.values(others).every((lives) => lives.join() === "60,86400");
if (!right) console.error("CHANGED: what becomes of exp");
console.log("njwt signs a token for one hour, whatever exp says.");
process.exit(right ? 0 : 1);
JS
node run.mjs
