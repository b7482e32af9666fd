/** A list of doubles that grows by doubling: eight bytes a value instead of an array of boxed numbers. */
export class GrowingDoubles {
  private values = new Float64Array(1024);
  private size = 0;

  push(value: number): void {
    if (this.size === this.values.length) {
      const larger = new Float64Array(this.size * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.size] = value;
    this.size += 1;
  }

  get length(): number {
    return this.size;
  }

  /** The values so far; a copy of exactly their size. */
  toArray(): Float64Array {
    return this.values.slice(0, this.size);
  }
}
