// Arguments and options: checked, and copied, when a call is made. What an application does to them
// afterwards changes nothing.

import { invalid, ParagonError } from "./errors.js";

/** The order is the module's: see `Method` and `ReadAs` there. */
export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
export const READINGS = ["auto", "json", "text", "blob", "arrayBuffer", "response"];

/** The deepest nesting that is accepted; far below where `JSON.stringify` runs out of stack. */
const MAX_DEPTH = 200;

const isObject = (value) => typeof value === "object" && value !== null;

export function string(value, name) {
  if (typeof value !== "string") throw invalid(name, "must be a string");
  return value;
}

/** The options of a call: an object, or `undefined` or `null` for none. */
export function options(value) {
  if (value != null && !isObject(value)) throw invalid("options", "must be an object");
  return value ?? {};
}

function text(given, name) {
  return given[name] == null ? undefined : string(given[name], name);
}

function whole(given, name, least, most, why) {
  const value = given[name] ?? undefined;
  if (value === undefined || (typeof value === "number" && value >= least && value <= most)) return value && Math.trunc(value);
  throw invalid(name, why);
}

/** What every call may be told. */
export function common(value) {
  if (value == null) return {};
  const given = options(value);
  const signal = given.signal ?? undefined;
  if (signal && !(signal.addEventListener?.call && "aborted" in signal)) throw invalid("signal", "must be an AbortSignal");
  return {
    signal,
    // A timer of more than 2³¹−1 ms would fire at once.
    timeoutMs: whole(given, "timeoutMs", 1, 2147483647, "must be a number of milliseconds, 1 or more"),
    maxRetries: whole(given, "maxRetries", 0, 10, "must be a number from 0 to 10"),
    selectedCredentialId: text(given, "selectedCredentialId"),
    selectedConfigurationId: text(given, "selectedConfigurationId"),
  };
}

export function method(given) {
  const index = given.method == null ? 0 : METHODS.indexOf(string(given.method, "method").toUpperCase());
  if (index < 0) throw invalid("method", `must be one of ${METHODS.join(", ")}`);
  return index;
}

export function readAs(given) {
  const index = given.responseType == null ? 0 : READINGS.indexOf(string(given.responseType, "responseType"));
  if (given.responseType != null && index < 1) throw invalid("responseType", `must be one of ${READINGS.slice(1).join(", ")}`);
  return index;
}

/** A `Headers`, a record or an array of pairs as an object with names in lower case. */
export function headers({ headers: given }) {
  if (given == null) return undefined;
  try {
    return Object.fromEntries(new Headers(given));
  } catch (cause) {
    throw invalid("headers", "cannot be used as headers; see the cause", cause);
  }
}

export function query({ query: given }) {
  try {
    return given == null ? "" : String(new URLSearchParams(given));
  } catch {
    throw invalid("query", "must be an object of strings");
  }
}

/** The body goes out as `fetch` would send it; what that would make `[object Object]` of, as JSON. */
export function body({ body: given }) {
  if (given == null) return {};
  const isRaw =
    typeof given === "string" ||
    ArrayBuffer.isView(given) ||
    /^\[object (FormData|Blob|File|ArrayBuffer|URLSearchParams)\]$/.test(Object.prototype.toString.call(given));
  return isRaw ? { raw: given } : { json: json(given, "body") };
}

/** The value as JSON text; what JSON would lose or refuse is found before it is sent. */
export function json(value, name, code = "invalid_argument") {
  /** The keys that lead to what is looked at, and the objects on the way. */
  const path = [];
  const above = [];
  let refused;
  const refuse = (what, cause) => {
    const at = path.reduce((at, key) => at + (typeof key === "number" || !/^[\w$]+$/.test(key) ? `[${JSON.stringify(key)}]` : `.${key}`), name);
    throw (refused = new ParagonError(code, `Cannot be sent as JSON: "${at}" ${what}.`, { details: { path: at }, ...(cause && { cause }) }));
  };
  const check = (value) => {
    const type = typeof value;
    if (type === "string" || type === "boolean" || value === null) return;
    if (type === "number") return Number.isFinite(value) || refuse("is not a finite number");
    if (type === "bigint") refuse("is a BigInt: pass a number or a string");
    if (type !== "object") refuse(type === "undefined" ? "is undefined" : `is a ${type}`);
    if (above.includes(value)) refuse("contains itself");
    if (above.length >= MAX_DEPTH) refuse("is nested too deeply");
    // What `toJSON` gives is the value's own business: `Date` has one.
    if (typeof value.toJSON === "function") return;
    above.push(value);
    if (Array.isArray(value)) {
      // By index, as a hole is one that JSON makes `null` of.
      for (let index = 0; index < value.length; index++) {
        path.push(index);
        check(value[index]);
        path.pop();
      }
    } else {
      // `JSON.stringify` makes `{}` of a Map, a Set, a Promise, a Blob and the like.
      if (Object.prototype.toString.call(value) !== "[object Object]") refuse("is not a plain object or array");
      for (const key of Object.keys(value)) {
        path.push(key);
        const member = value[key];
        if (member !== undefined) check(member);
        path.pop();
      }
    }
    above.pop();
  };
  // A getter or a proxy of the application's may throw anywhere.
  try {
    check(value);
    return JSON.stringify(value) ?? refuse("has no JSON");
  } catch (cause) {
    throw refused ?? refuse("throws when it is read", cause);
  }
}

/** A body with metadata, which must be an object. Paragon's dashboard shows only the exact spellings. */
export function metadata(value) {
  const text = json(value, "metadata", "invalid_metadata");
  if (text[0] !== "{") {
    const why = 'The metadata must be an object, such as { Name: "Ada", Email: "ada@example.com" }.';
    throw new ParagonError("invalid_metadata", why, { details: { path: "metadata" } });
  }
  for (const key of Object.keys(JSON.parse(text))) {
    const meant = ["Name", "Email"].find((known) => known !== key && known.toLowerCase() === key.toLowerCase());
    if (meant) {
      console.warn(`[paragon-wasm] The metadata key "${key}" is sent as written. Paragon's dashboard shows "${meant}", which is case-sensitive.`);
    }
  }
  return `{"meta":${text}}`;
}

/** Paragon's cloud, as the Users API page documents it. */
export const CLOUD = {
  api: "https://api.useparagon.com",
  proxy: "https://proxy.useparagon.com",
  // The pages that a user sees while connecting an account are under its older name.
  service: "https://zeus.useparagon.com",
};

/** What `configureGlobal` changes. */
export function configuration(value) {
  const given = options(value);
  const refuse = (why) => {
    throw new ParagonError("invalid_configuration", `configureGlobal: ${why}.`);
  };
  const { timeoutMs, maxRetries } = common({ timeoutMs: given.timeoutMs, maxRetries: given.maxRetries });
  const [host, apiUrl, logLevel] = ["host", "apiUrl", "logLevel"].map((name) => text(given, name));
  if (host !== undefined && apiUrl !== undefined) refuse('pass either "host" or "apiUrl", not both');
  for (const name of ["host", "apiUrl"]) {
    // `{ apiUrl: undefined }` is a variable that was not set, and must not lead to the cloud instead.
    if (name in given && host === undefined && apiUrl === undefined) refuse(`"${name}" is not set`);
  }
  if (![undefined, "debug", "silent"].includes(logLevel)) throw invalid("logLevel", 'must be "debug" or "silent"');
  let origins;
  if (host !== undefined) {
    const name = host.replace(/^https?:\/\//, "").replace(/\/.*/s, "");
    if (!/^[\w.-]+(:\d+)?$/.test(name) || !parsed(`https://${name}`)) refuse('"host" must be a host name such as example.com');
    const api = `https://zeus.${name}`;
    origins = { api, proxy: `https://worker-proxy.${name}`, service: api };
  }
  if (apiUrl !== undefined) {
    const url = parsed(apiUrl);
    if (!url) refuse('"apiUrl" must be an absolute URL such as https://api.example.com, without credentials, query or fragment');
    if (url.protocol === "http:" && !/^(localhost|.+\.localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)) {
      refuse('"apiUrl" may be plain http only on this machine (localhost, 127.0.0.1, [::1]): use https, the user token travels with every request');
    }
    // As the browser understands it, so that what was checked is what is used.
    const api = url.href.replace(/\/+$/, "");
    origins = api === CLOUD.api ? CLOUD : { api, proxy: api, service: api };
  }
  return { origins, timeoutMs, maxRetries, debug: logLevel && logLevel === "debug" };
}

function parsed(text) {
  if (!/^https?:\/\/[^/?#@\\\s]+[^?#@\\\s]*$/.test(text)) return undefined;
  try {
    return new URL(text);
  } catch {}
}
