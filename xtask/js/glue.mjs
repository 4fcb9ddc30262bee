// What wasm-bindgen generates, without what the module does not need: it makes a text decoder and an
// encoder at import, which Jest's pages, for one, do not have; and it keeps views and has ways to pass
// text for programs that pass much more than this one.

/** Declarations, and what stands in their place. */
const REPLACED = [
  [/^let cachedTextDecoder = .*;\ncachedTextDecoder\.decode\(\);$/m, "let cachedTextDecoder;"],
  [/^const MAX_SAFARI_DECODE_BYTES = .*;\nlet numBytesDecoded = 0;$/m, ""],
  [/^const cachedTextEncoder = .*;$/m, "let cachedTextEncoder;"],
  // For engines without `encodeInto`.
  [/^if \(!\('encodeInto' in cachedTextEncoder\)\) \{\n[^]*?\n\}$/m, ""],
  [/^let cachedDataViewMemory0 = null;$/m, ""],
  [/^let cachedUint8ArrayMemory0 = null;$/m, ""],
  [/^ {4}cachedDataViewMemory0 = null;\n {4}cachedUint8ArrayMemory0 = null;$/m, ""],
  [body("decodeText", "bytes"), ""],
  [
    body("getStringFromWasm0", "ptr, len"),
    declared(
      "getStringFromWasm0",
      "ptr, len",
      "return (cachedTextDecoder ??= new TextDecoder('utf-8', { ignoreBOM: true })).decode(new Uint8Array(wasm.memory.buffer, ptr, len));",
    ),
  ],
  [body("getDataViewMemory0"), declared("getDataViewMemory0", "", "return new DataView(wasm.memory.buffer);")],
  [body("getUint8ArrayMemory0"), ""],
  [/, wasm\.__wbindgen_realloc(?=\))/g, ""],
  // What the module's failure leaves behind matters no more: it is not used again.
  [/^( *)(?:let \w+;\n *)*try \{\n([^]*?)\n *\} catch \(\w+\) \{\n[^]*?__wbindgen_free[^]*?\n\1\}$/gm, (_, indent, tried) => tried],
  // Each would be one more function to compile.
  [/^function getObject\(idx\) \{ return heap\[idx\]; \}$/m, ""],
  [/\bgetObject\((\w+)\)/g, (_, index) => `heap[${index}]`],
  [body("isLikeNone", "x"), ""],
  [/\bisLikeNone\((\w+)\)/g, (_, value) => `(${value} == null)`],
  [body("takeObject", "idx"), ""],
  [/^( *)takeObject(?=\(arg0\);$)/gm, (_, indent) => `${indent}dropObject`],
  // Numbers of calls, and addresses in a memory that never is that large.
  [/ >>> 0\b/g, ""],
  [
    body("passStringToWasm0", "arg, malloc, realloc"),
    declared(
      "passStringToWasm0",
      "arg, malloc",
      // A short text is there before an encoder has begun.
      "const bytes = /[^\\0-\\x7f]/.test(arg) ? (cachedTextEncoder ??= new TextEncoder()).encode(arg) : undefined;",
      "const ptr = malloc((WASM_VECTOR_LEN = (bytes ?? arg).length), 1) >>> 0;",
      "const memory = new Uint8Array(wasm.memory.buffer, ptr);",
      "for (let at = 0; at < WASM_VECTOR_LEN; at++) memory[at] = bytes ? bytes[at] : arg.charCodeAt(at);",
      "return ptr;",
    ),
  ],
];

function body(name, parameters = "") {
  return new RegExp(`^function ${name}\\(${parameters}\\) \\{\\n[^]*?\\n\\}$`, "m");
}

function declared(name, parameters, ...lines) {
  return [`function ${name}(${parameters}) {`, ...lines.map((line) => `    ${line}`), "}"].join("\n");
}

/** @param {string} generated @returns {string} a smaller module whose import does nothing */
export function quiet(generated) {
  let glue = generated;
  for (const [pattern, replacement] of REPLACED) {
    if (!pattern.test(glue)) throw new Error(`wasm-bindgen generates something else now: there is no ${pattern}`);
    glue = glue.replace(pattern, typeof replacement === "string" ? () => replacement : replacement);
  }
  const left = /\b(?:getObject|isLikeNone|takeObject)\b/.exec(glue);
  if (left) throw new Error(`wasm-bindgen generates something else now: ${left} is used otherwise`);
  return glue.split(/^(?=export function )/m).map(withoutConversions).join("");
}

/** The session passes numbers where numbers are wanted. */
function withoutConversions(declaration) {
  const converted = new Map();
  const rest = declaration.replace(/^ {4}const (val\d+) = \+(\w+);\n/gm, (_, name, parameter) => {
    converted.set(name, parameter);
    return "";
  });
  return rest.replace(/\bval\d+\b/g, (name) => converted.get(name) ?? name);
}
