import fc from 'fast-check';
import { FrameGuard } from './frame-guard.js';

const LIMITS = { tokensMax: 50, bytesMax: 10_000 };
const INIT = '{"type":"connection_init"}';
const subscribe = (id: string, query: unknown = 'subscription { seen }') => JSON.stringify({ type: 'subscribe', id, payload: { query } });

const guardAfter = (...frames: string[]): FrameGuard => {
  const guard = new FrameGuard(LIMITS);
  for (const frame of frames) guard.judge(frame);
  return guard;
};

describe('a connection', () => {
  it('is closed with 4401 when it subscribes before it said who it is', () => {
    expect(guardAfter().judge(subscribe('1'))).toMatchObject({ kind: 'close', code: 4401 });
  });

  it('is closed with 4429 when it says so twice', () => {
    expect(guardAfter(INIT).judge(INIT)).toMatchObject({ kind: 'close', code: 4429 });
  });

  it('is closed with 4409 when it uses the id of an open subscription, which is free once either side has ended it', () => {
    const guard = guardAfter(INIT, subscribe('1'), subscribe('2'), '{"type":"complete","id":"1"}');
    guard.ended('2');
    expect([guard.judge(subscribe('1'))?.kind, guard.judge(subscribe('2'))?.kind]).toEqual(['pass', 'pass']);
    expect(guard.judge(subscribe('2'))).toMatchObject({ kind: 'close', code: 4409 });
  });

  it.each([
    ...['', 'null', '7', '[]', '{}', '{', '"x"', '{"type":"start"}', '{"type":"connection_terminate"}', '{"type":"subscribe","id":"1"}'],
    ...['{"type":"complete"}', '{"type":"connection_init","payload":7}', '{"type":["ping"]}', subscribe('1', { kind: 'Document' })],
    ...[subscribe('', 'subscription { seen }'), subscribe('1', 'x'.repeat(10_000)), '{"type":"ping","__proto__":{"a":1}}'],
    ...['{"type":"subscribe","id":{"toString":1},"payload":{"query":"{x}"}}', '['.repeat(9_000)],
  ])('is closed with 4400 after what is no message: %.60s', (text) => {
    expect(guardAfter(INIT).judge(text)).toMatchObject({ kind: 'close', code: 4400 });
  });

  it('hears nothing more after it was to be closed', () => {
    expect(guardAfter('x').judge(INIT)).toBeUndefined();
  });

  it('hands on nothing that the protocol does not know', () => {
    const frame = { ...JSON.parse(subscribe('1')), extensions: [{ type: 'connectionInit', payload: { authorization: 'other' } }] };
    expect(guardAfter(INIT).judge(JSON.stringify(frame))).toEqual({ kind: 'pass', frame: subscribe('1') });
  });

  it('answers a document that is no subscription with an error, and keeps the connection', () => {
    const guard = guardAfter(INIT);
    for (const query of ['{', '{ seen }', 'mutation { see }', 'fragment a on A { b }', 'subscription a { a } subscription b { b }', ''])
      expect(guard.judge(subscribe('1', query))).toMatchObject({ kind: 'refuse', id: '1', error: { code: 'MALFORMED' } });
    expect(guard.judge(subscribe('1', `subscription { ${'a '.repeat(60)} }`))).toMatchObject({ kind: 'refuse' });
    expect(guard.judge(subscribe('1'))?.kind).toBe('pass');
  });

  it('carries a hundred subscriptions', () => {
    const guard = guardAfter(INIT);
    for (let id = 0; id < 100; id += 1) expect(guard.judge(subscribe(`${id}`))?.kind).toBe('pass');
    expect(guard.judge(subscribe('more'))).toMatchObject({ kind: 'refuse', error: { code: 'TOO_MANY_SUBSCRIPTIONS' } });
  });

  it('takes whatever comes without an exception, and hands on only messages of the protocol', () => {
    const word = fc.constantFrom('connection_init', 'subscribe', 'complete', 'ping', 'pong', 'next', '__proto__');
    const frame = fc.record(
      {
        type: word,
        id: fc.oneof(fc.constantFrom('1', '2'), fc.jsonValue()),
        payload: fc.oneof(fc.jsonValue(), fc.constant({ query: '{a}' })),
      },
      { requiredKeys: ['type'] },
    );
    const text = fc.oneof(
      frame.map((one) => JSON.stringify(one)),
      fc.string({ unit: 'binary' }),
      fc.json(),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
        const guard = new FrameGuard(LIMITS);
        for (const one of texts) {
          const verdict = guard.judge(one);
          if (verdict?.kind === 'pass') expect(Object.keys(JSON.parse(verdict.frame) as object)).not.toContain('extensions');
          if (verdict?.kind === 'close') expect([4400, 4401, 4409, 4429]).toContain(verdict.code);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
