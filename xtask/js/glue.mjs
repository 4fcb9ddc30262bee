// What wasm-bindgen generates, without what it does at import: it makes a text decoder and an
// encoder there, which Jest's pages, for one, do not have. They are made with the instance.

const AT_IMPORT = [
  [/^let cachedTextDecoder = (new TextDecoder\(.*\));\ncachedTextDecoder\.decode\(\);$/m, "let cachedTextDecoder;"],
  [/^const cachedTextEncoder = (new TextEncoder\(\));$/m, "let cachedTextEncoder;"],
];
/** For engines without `encodeInto`, which have no reference types either. */
const POLYFILL = /^if \(!\('encodeInto' in cachedTextEncoder\)\) \{\n[^]*?\n\}$/m;
const INSTANTIATED = /^function __wbg_finalize_init\(instance, module\) \{$/m;

/** @param {string} generated @returns {string} a module whose import does nothing */
export function quiet(generated) {
  let glue = generated;
  const made = AT_IMPORT.map(([pattern, declared]) => {
    const [line, value] = found(glue, pattern);
    glue = glue.replace(line, () => declared);
    return `    ${declared.match(/cached\w+/)} = ${value};`;
  });
  glue = glue.replace(found(glue, POLYFILL)[0], "");
  const [start] = found(glue, INSTANTIATED);
  return glue.replace(start, () => [start, ...made].join("\n"));
}

function found(text, pattern) {
  const match = text.match(pattern);
  if (!match) {
    throw new Error(`wasm-bindgen generates something else now: there is no ${pattern}`);
  }
  return match;
}
