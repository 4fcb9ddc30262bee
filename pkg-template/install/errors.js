// Errors of connecting accounts. The table of their codes is the module's; docs/errors.md says what to do about each.

import { isParagonError } from "../errors.js";
import { failure } from "./module.js";

export const invalid = (path, why) => failure("invalid_argument", `"${path}" ${why}.`, { details: { path } });

export const unexpected = (what) =>
  failure(
    "invalid_response",
    `Paragon's answer is not ${what}. Check the configured host: something else may be answering there.`,
  );

export const cancelled = (message) => failure("cancelled", message);

/** Any failure as an error of ours. */
export const asFailure = (cause) =>
  isParagonError(cause) ? cause : failure("internal", `paragon-wasm has failed inside: ${cause}`, { cause });

/** Whether the same request may succeed a moment later. */
export const isTransient = (error) =>
  ["network", "timeout", "rate_limited", "server_error", "token_unavailable"].includes(error?.code);

/** Whether every further request of the session would fail too. */
export const isFinal = (error) =>
  ["unauthorized", "superseded", "not_authenticated", "token_expired", "invalid_token", "aborted", "internal"].includes(
    error?.code,
  );

/** `Promise.all`, which rejects with what ended the session rather than with the news that it has ended. */
export async function allOrRootCause(promises) {
  try {
    return await Promise.all(promises);
  } catch (first) {
    if (first?.code !== "superseded") throw first;
    // All calls of the session have settled, or are about to.
    const settled = await Promise.allSettled(promises);
    throw settled.find(({ reason }) => reason && reason.code !== "superseded")?.reason ?? first;
  }
}
