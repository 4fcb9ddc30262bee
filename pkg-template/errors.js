// The errors of the package. The module makes most of them; the loader makes those of the class below.

/** Marks an error as ours, for every copy of this package and in every realm. */
const BRAND = Symbol.for("paragon-wasm.error");

export const isParagonError = (value) => typeof value === "object" && value !== null && value[BRAND] === true;

/** `instanceof` goes by the mark, so that it holds for the module's errors as well. */
export class ParagonError extends Error {
  static [Symbol.hasInstance](value) {
    return isParagonError(value);
  }

  /** @param options `details`, `cause`, and in `caller` an error whose stack names the caller */
  constructor(code, message, { details, cause, caller } = {}) {
    super(message);
    this.code = code;
    if (details) this.details = details;
    // V8 begins a stack with name and message, as they were when the error was made; others do not.
    const stack = `${(caller ?? this).stack}`.replace(
      /^Error(?:: [^]*?)?(?=\n +at |$)/,
      () => `ParagonError: ${message}`,
    );
    // As on the platform's errors, these do not show when the error is printed.
    for (const [key, value] of [
      ["name", "ParagonError"],
      [BRAND, true],
      ["stack", stack],
      ["cause", cause],
    ]) {
      if (value !== undefined) Object.defineProperty(this, key, { value, configurable: true, writable: true });
    }
  }
}

export const invalid = (path, why) => new ParagonError("invalid_argument", `"${path}" ${why}.`, { details: { path } });
