// The WebAssembly module as text in JavaScript: in hexadecimal. Newer engines decode that faster than
// any loop in JavaScript can (a cold start waits for it), and it is the one encoding that they know
// in which what compression finds in the module it still finds: brotli makes it 9 % larger than the
// module, and base64 a third. Being ASCII, the text survives pages and servers that claim another
// encoding, and minifiers that escape what is not.

/** The source of a module whose default export gives the bytes of `wasm`. */
export function inlined(wasm) {
  return `// Made by \`cargo xtask pkg\`.
const text = "${Buffer.from(wasm).toString("hex")}";
export default () => Uint8Array.fromHex?.(text) ?? Uint8Array.from(text.match(/../g), (byte) => "0x" + byte);
`;
}
