import { type EventCodec } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';

export declare const STREAM: string;
export declare const ROWS: number;
export declare const SMALL: { readonly slotsMax: number; readonly idsMax: number };
export declare const codec: EventCodec;
export declare class EndlessPredictions extends InMemoryEventStore {
  constructor(batches?: number);
}
