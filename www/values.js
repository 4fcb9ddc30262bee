// Metadata values as text that a person edits, and back without losing their types.

/** The value of a text: parsed where it is JSON, itself otherwise. */
export function parseValue(text) {
  // As a number it would lose digits; whoever types so many means an identifier.
  if (/^\s*-?\d{16,}\s*$/.test(text) && !Number.isSafeInteger(Number(text))) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The text that `parseValue` makes this value of. */
export function valueText(value) {
  if (typeof value === "string") return parseValue(value) === value ? value : JSON.stringify(value);
  const line = JSON.stringify(value);
  return line.length <= 48 ? line : JSON.stringify(value, null, 2);
}

/** The type in a word. */
export function typeName(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  return { string: "text", object: "object" }[typeof value] ?? typeof value;
}

/** True if two JSON values are the same; the order of members does not count. */
export function sameValue(a, b) {
  return canonical(a) === canonical(b);
}

function canonical(value) {
  return JSON.stringify(value, (_, member) => {
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
