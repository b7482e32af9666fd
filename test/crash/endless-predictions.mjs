// A log of predictions that is the same in every process, and has no end unless it is given one.
import { EventCodec } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { idOfName, positionOf } from '#libs/kernel';
import { PredictionBatchRecorded } from '#libs/predictions';

export const STREAM = 'predictions-endless';
export const ROWS = 512;
/** Tables of 3,072 ids: sealing never stops. */
export const SMALL = { slotsMax: 4_096, idsMax: 40_000 };
export const codec = new EventCodec([PredictionBatchRecorded]);

const id = (name) => idOfName('crash', name);
const meta = {
  commandId: id('command'),
  correlationId: id('correlation'),
  causationId: id('cause'),
  actor: { principalId: id('actor'), kind: 'job', via: 'crash' },
  source: { surface: 'internal', addressClass: 'process' },
};

const digestsOf = (batch) => {
  const bytes = Buffer.alloc(ROWS * 8);
  for (let row = 0; row < ROWS; row += 1) bytes.writeUInt32BE(batch * ROWS + row, row * 8);
  return bytes.toString('base64');
};

const stored = (batch) => {
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const data = {
    ...{ deploymentId: id('deployment'), schemaVersion: 0, salt: '', base: 0, rows: ROWS, requests: [], features: {} },
    columns: { id: rows.map((row) => `p${batch * ROWS + row}`), digests: digestsOf(batch), at: rows.map(() => 0) },
  };
  const event = codec.encode(PredictionBatchRecorded.make(data), meta, id(`event ${batch}`));
  return { ...event, stream: STREAM, revision: BigInt(batch), position: positionOf(BigInt(batch + 1)), recordedAt: 0 };
};

/** The log, or its first batches. */
export class EndlessPredictions extends InMemoryEventStore {
  constructor(batches = Infinity) {
    super();
    this.batches = batches;
  }

  async *readStream(_stream, { from = 0n, limit = Infinity } = {}) {
    for (let batch = Number(from), read = 0; batch < this.batches && read < limit; batch += 1, read += 1) yield stored(batch);
  }
}
