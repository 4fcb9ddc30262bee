// The functions of the WebAssembly module that need no client: checks of arguments, and errors.

/** The module's exports. Whichever client brings them, they are the same functions. */
let module;

export const setModule = (exports) => {
  module = exports;
};

/** Text that is not empty, without the space around it. */
export const text = (value, path) => module.checkText(value, path);

/** An id, which can stand in a path. */
export const id = (value, path) => module.checkId(value, path);

export const object = (value, path) => module.checkObject(value, path);

/** An address of the web; where the scheme is left out, https. */
export function address(value, path) {
  const given = text(value, path);
  // `localhost:3000` has a port where other addresses have a scheme.
  const url = /^[a-z]+:(?!\d)/i.test(given) ? given : `https://${given}`;
  try {
    if (/^https?:$/.test(new URL(url).protocol)) return url;
  } catch {
    // Reported below.
  }
  throw refusal(path, "must be an http or https address");
}

const refusal = (path, why, cause) => failure("invalid_argument", `"${path}" ${why}.`, { details: { path }, cause });

const check = (isRight, why) => (value, path) => {
  if (!isRight(value)) throw refusal(path, why);
};
const isBoolean = check((value) => typeof value === "boolean", "must be true or false");
const isFunction = check((value) => typeof value === "function", "must be a function");

/** How each option of an install is checked, besides those that every call takes. */
const INSTALL_OPTIONS = {
  accountType: (value, path) => [value].flat().forEach((one) => text(one, path)),
  preOptions: object,
  postOptions: object,
  allowMultipleCredentials: isBoolean,
  bypassPostOAuthPrompt: isBoolean,
  selectedCredentialId: text,
  selectedConfigurationId: text,
  externalId: text,
  overrideRedirectUrl: address,
  oauthTimeout: check(
    (value) => typeof value === "number" && value >= 1 && value <= 2_147_483_647,
    "must be a number of milliseconds from 1 to 2147483647",
  ),
  popup: check(
    (value) => value?.window === value && value !== globalThis.window,
    "must be a window that was opened for it",
  ),
  onSuccess: isFunction,
  onInstall: isFunction,
  onError: isFunction,
  onNext: isFunction,
  onComplete: isFunction,
};

/** A copy of the options of an install, checked. */
export function installOptions(value) {
  let options;
  try {
    options = { ...callOptions(value) };
  } catch (cause) {
    throw cause?.code ? cause : refusal("options", "throws when it is read", cause);
  }
  for (const [name, check] of Object.entries(INSTALL_OPTIONS)) {
    if (options[name] !== undefined && options[name] !== null) check(options[name], name);
  }
  const { signal, timeoutMs, maxRetries } = options;
  module.checkCallOptions({ signal, timeoutMs, maxRetries });
  if (options.externalId && options.selectedCredentialId) {
    throw refusal("externalId", "names a new account, and selectedCredentialId one that is there: pass one of them");
  }
  return options;
}

/** The options of a call: an object, or nothing. */
export const callOptions = (value) => (value === undefined || value === null ? {} : object(value, "options"));

/** @param options `details`, `cause` */
export const failure = (code, message, { details, cause } = {}) => module.createError(code, message, details, cause);
