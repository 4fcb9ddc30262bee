// What `JsJson` does with JavaScript's values. Nothing here throws, whatever it is given: an
// exception that passes through the module costs more bytes than these lines.

export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {}
}

/** The value that base64url of UTF-8 of JSON stands for. */
export function decode(text) {
  try {
    // `escape` makes %xx of bytes; that is UTF-8 in a URL, whose decoder refuses what is none.
    return JSON.parse(decodeURIComponent(escape(atob(text.replace(/-/g, "+").replace(/_/g, "/")))));
  } catch {}
}

export function stringify(value) {
  try {
    return JSON.stringify(value);
  } catch {}
}

/** A `Kind`: object, array, null, boolean, text, number. */
export function kind(value) {
  if (Array.isArray(value)) return 1;
  return value === null ? 2 : ["object", "", "", "boolean", "string", "number"].indexOf(typeof value);
}

export function get(value, key) {
  return value?.[key];
}

export function set(value, key, member) {
  value[key] = member;
}

export function keys(value) {
  return Object.keys(value);
}

export function redact(text, secret) {
  return text.split(secret).join("[redacted]");
}
