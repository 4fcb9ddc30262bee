// What is asked of arguments, before anything is done.

import { invalid } from "./errors.js";

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

export function text(value, path) {
  if (typeof value !== "string" || !value.trim()) throw invalid(path, "must be a string that is not empty");
  return value.trim();
}

/** What stands in a path: ids are UUIDs. */
export function id(value, path) {
  if (!/^[\w-]{1,128}$/.test(text(value, path))) throw invalid(path, 'must be an id: letters, digits, "-" and "_"');
  return value.trim();
}

export function object(value, path) {
  if (!isObject(value)) throw invalid(path, "must be an object");
  return value;
}

/** Options: an object, or nothing. */
export const options = (value) => (value === undefined || value === null ? {} : object(value, "options"));

/** Those of `given` that every call takes; the core looks at their values. */
export const ofCall = ({ signal, timeoutMs, maxRetries }) => ({ signal, timeoutMs, maxRetries });

/** Those that choose an account. */
export const selection = ({ selectedCredentialId, selectedConfigurationId }) => ({ selectedCredentialId, selectedConfigurationId });

/** An address of the web; where the scheme is left out, https. */
export function address(value, path) {
  const url = /^[a-z]+:/i.test(text(value, path)) && !/^[^/]*:\d/.test(value) ? value.trim() : `https://${value.trim()}`;
  try {
    if (/^https?:$/.test(new URL(url).protocol)) return url;
  } catch {
    // Said below.
  }
  throw invalid(path, "must be an http or https address");
}

const isOptional = (check) => (value, path) => {
  if (value !== undefined && value !== null) check(value, path);
};
const be = (type, what) => (value, path) => {
  if (typeof value !== type) throw invalid(path, `must be ${what}`);
};

/** How each option of an install is checked. */
const CONNECTING = {
  accountType(value, path) {
    for (const one of Array.isArray(value) ? value : [value]) text(one, path);
  },
  preOptions: object,
  postOptions: object,
  allowMultipleCredentials: be("boolean", "true or false"),
  bypassPostOAuthPrompt: be("boolean", "true or false"),
  selectedCredentialId: text,
  selectedConfigurationId: text,
  externalId: text,
  overrideRedirectUrl: address,
  oauthTimeout(value, path) {
    // A timer of more than 2³¹−1 ms would fire at once.
    if (!(typeof value === "number" && value >= 1 && value <= 2_147_483_647)) {
      throw invalid(path, "must be a number of milliseconds, 1 or more");
    }
  },
  timeoutMs(value, path) {
    CONNECTING.oauthTimeout(value, path);
  },
  maxRetries(value, path) {
    if (!(typeof value === "number" && value >= 0 && value <= 10)) throw invalid(path, "must be a number from 0 to 10");
  },
  signal(value, path) {
    if (!(value instanceof AbortSignal)) throw invalid(path, "must be an AbortSignal");
  },
  popup(value, path) {
    if (value?.window !== value || value === globalThis.window) throw invalid(path, "must be a window that was opened for it");
  },
};
for (const name of ["onSuccess", "onInstall", "onError", "onNext", "onComplete"]) {
  CONNECTING[name] = be("function", "a function");
}

/** The options of an install, checked. */
export function connecting(value) {
  const given = options(value);
  for (const [name, check] of Object.entries(CONNECTING)) isOptional(check)(given[name], name);
  if (given.externalId && given.selectedCredentialId) {
    throw invalid("externalId", "names a new account, and selectedCredentialId one that is there: pass one of them");
  }
  return { ...given };
}
