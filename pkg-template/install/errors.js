// The errors that only connecting accounts has. docs/errors.md says what to do about each.

import { ParagonError, isParagonError } from "../client.js";

export { isParagonError };

/** Code and `name`, which is the official SDK's where it has one. */
export const NAMES = {
  already_installed: "ParagonError",
  cancelled: "ParagonError",
  input_required: "ParagonError",
  no_install_flow: "NoActiveInstallFlowError",
  oauth_denied: "ParagonError",
  oauth_timeout: "OAuthTimeoutError",
  popup_blocked: "OAuthBlockedError",
  wrong_stage: "ParagonError",
};

/** @param options `details`, `cause` */
export const failure = (code, message, options) =>
  new ParagonError(code, message, { name: NAMES[code], ...options });

export const invalid = (path, why) => failure("invalid_argument", `"${path}" ${why}.`, { details: { path } });

export const unexpected = (what) =>
  failure("invalid_response", `Paragon's answer is not ${what}. Check the configured host: something else may be answering there.`);

export const cancelled = (message) => failure("cancelled", message);

/** Whether it may be otherwise a moment later. */
export const isTransient = (error) => ["network", "timeout", "rate_limited", "server_error"].includes(error?.code);

/** Whether the session is of no use any more, to whatever is sent. */
export const isFinal = (error) =>
  ["unauthorized", "superseded", "not_authenticated", "token_expired", "invalid_token", "aborted", "internal"].includes(error?.code);

/** `Promise.all`; what made the session end is the failure, not that it has ended. */
export async function together(promises) {
  try {
    return await Promise.all(promises);
  } catch (first) {
    if (first?.code !== "superseded") throw first;
    // All calls of the session have come to an end.
    const settled = await Promise.allSettled(promises);
    throw settled.find(({ reason }) => reason && reason.code !== "superseded")?.reason ?? first;
  }
}
