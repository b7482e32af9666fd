import { type Expected } from './expected-version.js';
import { type FacadeNode } from './node.js';
import { type Refused, eventTooLarge, tooLarge, unavailable } from './refusals.js';
import { type Proposed, type Written } from './store.js';

export type Append = { readonly stream: string; readonly expected: Expected; readonly events: readonly Proposed[] };

/** How a call says what became of its append: `refuse` is about the append, `fail` ends the whole call. */
export type Answer = {
  give(written: Written): void;
  refuse(refusal: Refused): void;
  fail(refusal: Refused): void;
};

/** Does an append, or what a fault makes of it. A held one is answered when the control channel releases it. */
export const performAppend = (node: FacadeNode, append: Append, answer: Answer): void => {
  const write = (): Written => node.store.append(append.stream, append.expected, append.events);
  const large = node.faults.take('append-too-large');
  if (large) return answer.refuse(large.of === 'append' ? tooLarge(1_048_576) : eventTooLarge(1_048_576));
  const lost = node.faults.take('append-unavailable');
  if (lost) {
    if (lost.written) write();
    return answer.fail(unavailable());
  }
  const hold = node.faults.take('hold-append');
  if (hold) {
    const written = hold.written ? write() : undefined;
    node.held.push(() => answer.give(written ?? write()));
    return;
  }
  const slow = node.faults.take('slow-append');
  const written = write();
  if (slow) setTimeout(() => answer.give(written), slow.delayMs);
  else answer.give(written);
};
