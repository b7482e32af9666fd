const FIRST_BYTES = 64 * 1024;
const TWO_32 = 2 ** 32;
/** Texts up to so many characters are copied here, longer ones by the engine of Node: a call costs more than they do. */
const SHORT_TEXT = 40;

/** Bytes that grow: integers little-endian, lengths as LEB128, as ClickHouse's binary formats have them. */
export class ByteSink {
  private bytes: Buffer;
  private view: DataView;
  private length = 0;

  constructor(expectedBytes = FIRST_BYTES) {
    this.bytes = Buffer.allocUnsafe(Math.max(expectedBytes, FIRST_BYTES));
    this.view = viewOf(this.bytes);
  }

  /** What was written so far; a view that the next write may change. */
  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length] = value;
    this.length += 1;
  }

  count(value: number): void {
    let left = value;
    this.reserve(5);
    while (left > 127) {
      this.bytes[this.length] = (left & 127) | 128;
      this.length += 1;
      left >>>= 7;
    }
    this.bytes[this.length] = left;
    this.length += 1;
  }

  float64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** The lowest `size` bytes of a whole number, in two's complement. */
  integer(value: number, size: number): void {
    this.reserve(8);
    this.view.setUint32(this.length, value >>> 0, true);
    if (size === 8) this.view.setInt32(this.length + 4, Math.floor(value / TWO_32), true);
    this.length += size;
  }

  bigInteger(value: bigint): void {
    this.reserve(8);
    this.view.setBigUint64(this.length, BigInt.asUintN(64, value), true);
    this.length += 8;
  }

  text(value: string): void {
    if (value.length <= SHORT_TEXT && this.ascii(value)) return;
    const size = Buffer.byteLength(value);
    this.count(size);
    this.reserve(size);
    this.length += this.bytes.write(value, this.length, 'utf8');
  }

  raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  /** Writes nothing and answers false when a character is not ASCII. */
  private ascii(value: string): boolean {
    this.reserve(value.length + 1);
    const { bytes, length: start } = this;
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 127) return false;
      bytes[start + 1 + index] = code;
    }
    bytes[start] = value.length;
    this.length = start + 1 + value.length;
    return true;
  }

  private reserve(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + size));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
    this.view = viewOf(grown);
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView => new DataView(buffer, byteOffset, byteLength);
