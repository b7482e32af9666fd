import { type Fault, type FaultKind, type FaultOf } from './protocol.js';

/** What is armed to go wrong, first come, first served within a kind. */
export class Faults {
  private armed: { fault: Fault; left: number }[] = [];

  inject(fault: Fault): void {
    this.armed.push({ fault, left: fault.times ?? 1 });
  }

  heal(): void {
    this.armed = [];
  }

  /** Uses up one occurrence of a fault of this kind that fits the statement and the moment, if one is armed. */
  take<K extends FaultKind>(kind: K, statement: string, when?: 'before' | 'inside' | 'after'): FaultOf<K> | undefined {
    const fits = (fault: Fault): fault is FaultOf<K> =>
      fault.kind === kind &&
      (fault.matches === undefined || statement.includes(fault.matches)) &&
      (when === undefined || ('when' in fault && fault.when === when));
    for (const entry of this.armed) {
      if (!fits(entry.fault)) continue;
      entry.left -= 1;
      if (entry.left <= 0) this.armed = this.armed.filter((other) => other !== entry);
      return entry.fault;
    }
    return undefined;
  }
}
