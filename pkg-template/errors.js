// The one kind of error.

/** Marks our errors for every copy of this package, in every realm. */
const BRAND = Symbol.for("paragon-wasm.error");

/** Codes whose errors have a name of their own, which is the official SDK's where it has one. */
const NAMES = {
  aborted: "AbortError",
  integration_not_found: "IntegrationNotFoundError",
  integration_not_installed: "IntegrationNotInstalledError",
  not_authenticated: "UserNotAuthenticatedError",
  timeout: "TimeoutError",
};

export const isParagonError = (value) => typeof value === "object" && value !== null && value[BRAND] === true;

/** `instanceof` goes by the mark. */
export class ParagonError extends Error {
  static [Symbol.hasInstance](value) {
    return isParagonError(value);
  }

  constructor(code, message, { name = NAMES[code] ?? "ParagonError", status, details, ...options } = {}) {
    super(message, options);
    this.code = code;
    if (status) this.status = status;
    if (details) this.details = details;
    // As on errors that the platform makes, these do not show when the error is printed.
    for (const [key, value] of [["name", name], [BRAND, true]]) {
      Object.defineProperty(this, key, { value, configurable: true, writable: true });
    }
  }
}

/** The error for an argument that cannot be used, and why. */
export const invalid = (path, why, cause) =>
  new ParagonError("invalid_argument", `"${path}" ${why}.`, { details: { path }, ...(cause && { cause }) });
