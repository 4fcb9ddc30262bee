// The WebAssembly module as text in JavaScript.
//
// A byte that is printable ASCII stands for itself, so that what compression finds in the module it
// finds in the text: brotli makes the two equally small, and base64 of the module's gzip 8 % larger.
// Printable bytes that are rare lend their characters to frequent bytes that are not printable. Any
// other byte is two characters. Being ASCII, the text survives pages and servers that claim another
// encoding, and minifiers that escape what is not.

/** Characters from here on begin a pair; they are rare in a module. */
const PAIRS = "|".charCodeAt(0);
/** The second characters, and how many bytes a first one covers: three of them cover 256. */
const LOWEST = "#".charCodeAt(0);
const COVERED = 86;

/** Strings, templates and HTML have their own use for these, so none stands alone. */
const AVOIDED = '"`\\$<';

/** The source of a module whose default export gives the bytes of `wasm`. */
export function inlined(wasm) {
  const counts = new Array(256).fill(0);
  for (const byte of wasm) {
    counts[byte] += 1;
  }
  const characters = [...Array(PAIRS).keys()].filter(
    (code) => code >= 32 && !AVOIDED.includes(String.fromCharCode(code)),
  );
  const frequent = [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b).slice(0, characters.length);
  const borrowers = frequent.filter((byte) => !characters.includes(byte));
  const lenders = characters.filter((code) => !frequent.includes(code));

  const texts = Array.from(counts, (_, byte) => pair(byte));
  for (const byte of frequent) {
    const borrower = borrowers.indexOf(byte);
    texts[byte] = String.fromCharCode(borrower < 0 ? byte : lenders[borrower]);
  }
  // The text begins with what the lent characters mean.
  const text = borrowers.map(pair).join("") + Array.from(wasm, (byte) => texts[byte]).join("");
  return `// Made by \`cargo xtask pkg\`.
const text = ${JSON.stringify(text)};
export default () => {
  const meaning = [...Array(${PAIRS}).keys()];
  let at = 0;
  const next = () => {
    const code = text.charCodeAt(at++);
    return code < ${PAIRS} ? meaning[code] : (code - ${PAIRS}) * ${COVERED} + text.charCodeAt(at++) - ${LOWEST};
  };
  for (const lent of ${JSON.stringify(String.fromCharCode(...lenders))}) meaning[lent.charCodeAt()] = next();
  return new Uint8Array(${wasm.length}).map(next);
};
`;
}

const pair = (byte) => String.fromCharCode(PAIRS + Math.floor(byte / COVERED), LOWEST + (byte % COVERED));
