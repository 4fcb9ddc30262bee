import { createPrivateKey } from "node:crypto";
import { SignJWT } from "jose";

const { PARAGON_PROJECT_ID, PARAGON_SIGNING_KEY } = process.env;

/** A Paragon User Token for a user of your application. */
export async function paragonToken(userId) {
  // Where variables have one line, a key's line breaks are written as \n.
  const key = createPrivateKey(PARAGON_SIGNING_KEY.replaceAll("\\n", "\n"));
  return new SignJWT()
    .setProtectedHeader({ alg: "RS256" })
    .setSubject(userId)
    .setAudience(`useparagon.com/${PARAGON_PROJECT_ID}`)
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(key);
}
