import { Corrupt } from '../errors.js';
import { anEvent } from '../event-store.contract.js';
import { type NewEvent } from '../store.js';
import { type ClientEvent, isDelivered, isInLog, toClientEvent, toStoredEvent } from './stored-event.js';

/** What the client makes of an event on its way to the server and back. */
const sentAndRead = (event: NewEvent, overrides: Partial<ClientEvent> = {}): ClientEvent => {
  const { id, type, contentType, data, metadata } = toClientEvent(event);
  return {
    id,
    type,
    isJson: contentType === 'application/json',
    data: contentType === 'application/json' ? JSON.parse(JSON.stringify(data)) : data,
    metadata: JSON.parse(JSON.stringify(metadata)),
    streamId: 'thing-1',
    revision: 2n ** 53n + 1n,
    created: new Date(1_000),
    position: { commit: 2n ** 60n, prepare: 2n ** 60n - 1n },
    ...overrides,
  };
};
const json = (text: string): NewEvent => anEvent('a', { body: Buffer.from(text) });

describe('an event on its way to the server and back', () => {
  it.each(['{"label":"a"}', '{"b":1,"a":[1.5,null,true,"ü"]}', '[]'])('is JSON to the server: %s', (text) => {
    expect(toClientEvent(json(text)).contentType).toBe('application/json');
    expect(toStoredEvent(sentAndRead(json(text)))).toMatchObject({ contentType: 'application/json', body: Buffer.from(text) });
  });

  it.each([
    '{"a":1.0}',
    '{"a": 1}',
    '{"2":0,"1":0}',
    '{"a":-0}',
    '{"a":1e400}',
    '{"a":12345678901234567890}',
    '{"a":1,"a":1}',
    '"text"',
    'no json',
    '',
  ])('keeps the bytes that the client would print differently, or not at all: %s', (text) => {
    const stored = toStoredEvent(sentAndRead(json(text)));
    expect(Buffer.from(stored.body).toString()).toBe(text);
    expect(stored.contentType).toBe('application/json');
    expect(stored.metadata).toEqual(json(text).metadata);
  });

  it('keeps octets and whatever its metadata hold', () => {
    const event = anEvent('a', {
      contentType: 'application/octet-stream',
      body: Uint8Array.from([0, 255]),
      metadata: { ...anEvent('a').metadata, encoding: 'deflate', reason: 'ü', claimedAt: 5 },
    });
    expect(toStoredEvent(sentAndRead(event))).toMatchObject({ body: event.body, metadata: event.metadata, contentType: event.contentType });
  });

  it('keeps revision and both numbers of the position exact', () => {
    expect(toStoredEvent(sentAndRead(anEvent('a')))).toMatchObject({
      revision: 2n ** 53n + 1n,
      position: { commit: 2n ** 60n, prepare: 2n ** 60n - 1n },
      recordedAt: 1_000,
    });
  });

  it.each([undefined, {}, new Uint8Array(3), { ...anEvent('a').metadata, sha256: undefined }])(
    'is corrupt when somebody else wrote it: %p',
    (metadata) => {
      expect(() => toStoredEvent(sentAndRead(anEvent('a'), { metadata }))).toThrow(Corrupt);
    },
  );
});

describe('the log', () => {
  it.each([
    ['thing-1', 'ThingHappened', true, true],
    ['parked-reader', 'EventParked', true, false],
    ['checkpoint-reader', 'CheckpointSaved', false, false],
    ['$$thing-1', '$metadata', false, false],
    ['thing-1', '$streamDeleted', false, false],
    ['$ce-thing', '$>', false, false],
  ])('holds of %s the event %s: %p, and delivers it: %p', (streamId, type, held, delivered) => {
    const event = sentAndRead(anEvent('a'), { streamId, type });
    expect([isInLog(event), isDelivered(event)]).toEqual([held, delivered]);
  });
});
