// Errors: codes that are known and codes to come.

import { ParagonError, getUser, isParagonError } from "paragon-wasm";
import type { InstallErrorCode, JsonValue, ParagonErrorCode, ParagonErrorDetails } from "paragon-wasm";
import { same, some, type Literals } from "./assert.js";

// The table of codes in the sources is compared with the declaration by another test.
type Known = Literals<ParagonErrorCode>;
same<
  Known,
  | "invalid_argument"
  | "invalid_project_id"
  | "invalid_token"
  | "token_expired"
  | "invalid_metadata"
  | "invalid_configuration"
  | "token_unavailable"
  | "not_authenticated"
  | "integration_not_found"
  | "integration_not_installed"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "rate_limited"
  | "request_failed"
  | "server_error"
  | "invalid_response"
  | "network"
  | "timeout"
  | "aborted"
  | "superseded"
  | "load_failed"
  | "internal"
  | InstallErrorCode
>();
same<
  InstallErrorCode,
  | "already_installed"
  | "cancelled"
  | "input_required"
  | "no_install_flow"
  | "oauth_denied"
  | "oauth_timeout"
  | "popup_blocked"
  | "wrong_stage"
>();
const later: ParagonErrorCode = "a_code_of_a_later_version";
// @ts-expect-error: a code is a string
const number: ParagonErrorCode = 404;

function advice(code: ParagonErrorCode): string {
  switch (code) {
    case "token_expired":
    case "unauthorized":
      return "Sign in again.";
    case "network":
      return "Check the connection.";
    default:
      return code.toUpperCase();
  }
}

try {
  await getUser();
} catch (error) {
  // @ts-expect-error: anything can be thrown
  error.code;
  if (isParagonError(error)) {
    same<typeof error, ParagonError>();
    same<typeof error.code, ParagonErrorCode>();
    same<typeof error.status, number | undefined>();
    same<typeof error.details, ParagonErrorDetails | undefined>();
    same<typeof error.cause, unknown>();
    const asError: Error = error;
    const types: string[] | undefined = error.details?.integrationTypes;
    const wait: number | undefined = error.details?.retryAfterMs;
    const answer: JsonValue | undefined = error.details?.response;
    advice(error.code);
    // @ts-expect-error: it says what happened, and is not changed
    error.code = "internal";
    // @ts-expect-error: there is no such member
    error.statusCode;
  }
  if (error instanceof ParagonError) {
    same<typeof error, ParagonError>();
  }
}
// In lists and callbacks as well.
const errors = some<unknown[]>().filter(isParagonError);
same<typeof errors, ParagonError[]>();
getUser().catch((reason: unknown) => (isParagonError(reason) ? reason.code : "other"));

// @ts-expect-error: only the package makes them
new ParagonError("internal", "message");
