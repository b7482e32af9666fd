/** The engine streams each block of rows as a JSON array of its own, where a server sends one array. */
export class JoinedArrays {
  private begun = false;

  /** @param on whether the result is an array of rows at all */
  constructor(private readonly on: boolean) {}

  next(block: Uint8Array): Uint8Array {
    if (!this.on) return block;
    const rows = Buffer.from(block).toString('utf8').trim().slice(1, -1);
    const text = `${this.begun ? ',' : '['}${rows.trimEnd()}`;
    this.begun = true;
    return Buffer.from(text);
  }

  end(): Uint8Array {
    return Buffer.from(this.begun ? '\n]\n' : '');
  }
}
