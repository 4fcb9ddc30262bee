// The WebAssembly module as text in JavaScript. The commonest bytes are one character each, the others
// two; a common byte that is a letter stands for itself. So compression finds in the text what it finds in
// the module, and the names that the glue has too: hexadecimal makes the default entry 5 % larger with
// brotli 11 and a tenth with gzip, base64 a quarter. The text is printable ASCII: it survives pages and servers
// that claim another encoding. It has no character that a minifier or HTML would have to escape.

const FIRST = " ".charCodeAt();
/** How many printable characters there are. The last two begin a pair. */
const COUNT = "~".charCodeAt() - FIRST + 1;
/** The last character that does not. */
const LAST = COUNT - 3;

/** The characters, by their distance from `FIRST`, that stand alone or second in a pair. */
const PLAIN = [...Array(COUNT - 2).keys()].filter((at) => !`"'\`\\$<`.includes(String.fromCharCode(FIRST + at)));

/** The bytes of the plain characters, with holes where a character is not plain. */
function commonBytes(wasm) {
  const counts = Array(256).fill(0);
  for (const byte of wasm) counts[byte]++;
  const common = [...counts.keys()].sort((a, b) => counts[b] - counts[a]).slice(0, PLAIN.length);
  const others = common.filter((byte) => !PLAIN.includes(byte - FIRST)).sort((a, b) => a - b);
  const bytes = Array(COUNT);
  for (const at of PLAIN) bytes[at] = common.includes(at + FIRST) ? at + FIRST : others.shift();
  return bytes;
}

/** Adds the bytes of the pairs, which are those that are left, with holes as before. */
function addPairs(bytes) {
  for (let byte = 0; byte < 256; byte++) {
    if (bytes.includes(byte)) continue;
    while (!(bytes.length % COUNT in bytes)) bytes.length++;
    bytes.push(byte);
  }
}

/** The source of a module whose default export gives the bytes of `wasm`. */
export function inlined(wasm) {
  const bytes = commonBytes(wasm);
  // With a comma at the end, as the last ones are holes.
  const literal = `[${bytes},]`;
  addPairs(bytes);
  const character = (at) => String.fromCharCode(FIRST + at);
  const written = Array.from(wasm, (byte) => {
    const at = bytes.indexOf(byte);
    const beginning = at < COUNT ? "" : character(LAST + Math.floor(at / COUNT));
    return beginning + character(at % COUNT);
  });
  return `// Made by \`cargo xtask pkg\`.
const text = "${written.join("")}";
export default () => {
  // The byte of each printable character, then of each pair: of "}" and a character, of "~" and a character.
  const bytes = ${literal};
  for (let byte = 0; byte < 256; byte++) {
    if (bytes.includes(byte)) continue;
    while (!(bytes.length % ${COUNT} in bytes)) bytes.length++;
    bytes.push(byte);
  }
  // Typed arrays: a cold start waits for this loop.
  const table = Uint8Array.from(bytes);
  const characters = new TextEncoder().encode(text);
  const wasm = new Uint8Array(${wasm.length});
  for (let from = 0, to = 0; to < wasm.length; from++) {
    let at = characters[from] - ${FIRST};
    if (at > ${LAST}) at = (at - ${LAST}) * ${COUNT} + characters[++from] - ${FIRST};
    wasm[to++] = table[at];
  }
  return wasm;
};
`;
}
