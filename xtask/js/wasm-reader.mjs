// The little that reading a WebAssembly module takes here.

/** Reads a module from byte `at` on. */
export class Reader {
  constructor(bytes, at = 8) {
    this.bytes = bytes;
    this.at = at;
  }

  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }

  text() {
    const length = this.number();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }

  *sections() {
    while (this.at < this.bytes.length) {
      const start = this.at;
      const id = this.bytes[this.at++];
      const length = this.number();
      const end = this.at + length;
      yield { id, start, length, content: new Reader(this.bytes, this.at), end };
      this.at = end;
    }
  }
}
