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
    const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {}
}

export function stringify(value) {
  try {
    return JSON.stringify(value);
  } catch {}
}

/** A `Kind`: object, array, null, boolean, text, number. */
export function kind(value) {
  if (value == null) return 2;
  if (Array.isArray(value)) return 1;
  return { object: 0, boolean: 3, string: 4, number: 5 }[typeof value] ?? 2;
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
