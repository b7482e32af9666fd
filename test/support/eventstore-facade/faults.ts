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

  /** Uses up one occurrence of a fault of this kind, if one is armed. */
  take<K extends FaultKind>(kind: K): FaultOf<K> | undefined {
    const isOfKind = (fault: Fault): fault is FaultOf<K> => fault.kind === kind;
    for (const entry of this.armed) {
      if (!isOfKind(entry.fault)) continue;
      entry.left -= 1;
      if (entry.left <= 0) this.armed = this.armed.filter((other) => other !== entry);
      return entry.fault;
    }
    return undefined;
  }
}
