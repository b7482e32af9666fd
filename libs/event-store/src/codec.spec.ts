import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { z } from 'zod';
import { type CommandMeta, type Uuid, idOfName, instant, positionOf } from '#libs/kernel';
import { EventCodec, InvalidEvent, UnknownEvent } from './codec.js';
import { defineEvent } from './define-event.js';
import { Corrupt } from './errors.js';
import { fromJsonText, toJsonText } from './json-tree.js';
import { type NewEvent, type StoredEvent } from './store.js';

const id: Uuid = idOfName('spec', 'event');
const meta: CommandMeta = {
  commandId: idOfName('spec', 'command'),
  correlationId: idOfName('spec', 'correlation'),
  causationId: idOfName('spec', 'causation'),
  actor: { principalId: idOfName('spec', 'actor'), kind: 'service', via: 'key:1' },
  source: { surface: 'internal', addressClass: 'process' },
};
const Counted = defineEvent('ThingsCounted', {
  version: 2,
  schema: z.object({ counts: z.array(z.number()), total: z.bigint().optional() }),
  upcasters: { 1: () => ({ counts: [] }) },
});
const codec = new EventCodec([Counted]);

const stored = (event: NewEvent, change: Partial<StoredEvent> = {}): StoredEvent => ({
  ...event,
  stream: 'thing-1',
  revision: 0n,
  position: positionOf(7n),
  recordedAt: instant(1_000),
  ...change,
});
const encode = (counts: number[]): NewEvent => codec.encode(Counted.make({ counts }), meta, id);

describe('EventCodec', () => {
  it('gives back what was written, with the metadata of its command', () => {
    const recorded = codec.decode(
      stored(codec.encode(Counted.make({ counts: [1, 2], total: 2n ** 60n }), { ...meta, reason: 'because' }, id)),
    );
    expect(recorded).toMatchObject({
      id,
      type: 'ThingsCounted',
      data: { counts: [1, 2], total: 2n ** 60n },
      stream: 'thing-1',
      revision: 0n,
      recordedAt: 1_000,
    });
    expect(recorded.metadata).toMatchObject({
      commandId: meta.commandId,
      $correlationId: meta.correlationId,
      schemaVersion: 2,
      reason: 'because',
    });
    expect(recorded.metadata).not.toHaveProperty('encoding');
  });

  it('records the digest of the body before compression', () => {
    const counts = Array.from({ length: 10_000 }, (_, index) => index);
    const event = encode(counts);
    const plain = JSON.stringify({ counts });
    expect(event.contentType).toBe('application/octet-stream');
    expect(event.metadata).toMatchObject({ encoding: 'deflate', sha256: createHash('sha256').update(plain).digest('hex') });
    expect(event.body.length).toBeLessThan(plain.length / 2);
    expect(codec.decode(stored(event)).data).toEqual({ counts });
  });

  it('stores small bodies as readable JSON', () => {
    expect(encode([1])).toMatchObject({ contentType: 'application/json' });
    expect(Buffer.from(encode([1]).body).toString()).toBe('{"counts":[1]}');
    const atLimit = Array.from({ length: 506 }, () => 1);
    expect(encode(atLimit).body).toHaveLength(1_024);
    expect(encode([...atLimit, 1])).toMatchObject({ contentType: 'application/octet-stream', metadata: { encoding: 'deflate' } });
  });

  it('refuses to read a body that was changed after it was written', () => {
    const event = encode([1]);
    expect(() => codec.decode(stored(event, { body: Buffer.from('{"counts":[2]}') }))).toThrow(Corrupt);
  });

  it('refuses a deflated body that is damaged or inflates without bound', () => {
    const event = encode(Array.from({ length: 10_000 }, (_, index) => index));
    expect(() => codec.decode(stored(event, { body: event.body.slice(0, 100) }))).toThrow(Corrupt);
    expect(() => codec.decode(stored(event, { body: deflateSync(Buffer.alloc(65 * 1024 * 1024)) }))).toThrow(Corrupt);
  });

  it('reads an older version as the current one', () => {
    const event = encode([1]);
    expect(codec.decode(stored(event, { metadata: { ...event.metadata, schemaVersion: 1 } })).data).toEqual({ counts: [] });
  });

  it('names an event it does not know, by name or by version', () => {
    const event = encode([1]);
    expect(() => codec.decode(stored(event, { type: 'SomethingElse' }))).toThrow(UnknownEvent);
    expect(() => codec.decode(stored(event, { metadata: { ...event.metadata, schemaVersion: 3 } }))).toThrow(UnknownEvent);
    expect(codec.knows('SomethingElse')).toBe(false);
    expect(codec.knows('ThingsCounted')).toBe(true);
  });

  it('refuses to write what the schema does not allow, unless the writer vouches for it', () => {
    const wrong = { type: 'ThingsCounted', data: { counts: ['one'] } };
    expect(() => codec.encode(wrong, meta, id)).toThrow(InvalidEvent);
    expect(() => codec.encode(wrong, meta, id, { trusted: true })).not.toThrow();
  });

  it('refuses numbers that JSON would turn into null, even from a trusted writer', () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      expect(() => codec.encode({ type: 'ThingsCounted', data: { counts: [1, bad] } }, meta, id, { trusted: true })).toThrow(/counts\[1\]/);
    }
  });

  it('does not start with two events of one name', () => {
    const twin = defineEvent('ThingsCounted', { version: 1, schema: z.object({}) });
    expect(() => new EventCodec([Counted, twin])).toThrow('two events are named ThingsCounted');
    expect(() => new EventCodec([Counted, Counted])).not.toThrow();
  });
});

describe('toJsonText', () => {
  const tree = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.constantFrom('$bigint:1', '$string:x', '$bigint:', '$'),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
      fc.bigInt(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
    ),
  })).value;

  it('loses nothing on the way there and back', () => {
    fc.assert(fc.property(tree, (value) => expect(fromJsonText(toJsonText(value))).toEqual(value)));
  });

  it('writes -0 as 0 and leaves out undefined fields', () => {
    expect(toJsonText({ zero: -0, nothing: undefined })).toBe('{"zero":0}');
  });

  it.each([
    [[undefined]],
    [{ at: new Date(0) }],
    [{ map: new Map() }],
    [{ values: new Float64Array(2) }],
    [{ call: () => 1 }],
    [{ symbol: Symbol('s') }],
  ])('refuses what JSON would bend or drop: %p', (value) => {
    expect(() => toJsonText(value)).toThrow(TypeError);
  });
});
