import fc from 'fast-check';
import { times } from './malformed-graphql.js';

const frame = (type: string, rest: object = {}): string => JSON.stringify({ type, ...rest });
const subscribe = (query: unknown, rest: object = {}): string => frame('subscribe', { id: '1', payload: { query, ...rest } });

/** Frames after which a socket that said who it is has no more to say. */
export const malformedFrame: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  fc.string({ maxLength: 100 }),
  fc.uint8Array({ minLength: 1, maxLength: 200 }),
  fc.json(),
  fc.constantFrom(
    '',
    'null',
    '7',
    '[]',
    '{}',
    '{',
    frame('start'),
    frame('next'),
    frame('subscribe'),
    frame('complete'),
    frame('connection_terminate'),
  ),
  fc.constantFrom(
    frame('subscribe', { id: 7 }),
    frame('subscribe', { id: '1', payload: null }),
    frame('subscribe', { id: {}, payload: { query: '{x}' } }),
  ),
  fc.constantFrom(
    subscribe(7),
    subscribe({ kind: 'Document', definitions: [] }),
    subscribe('{x}', { variables: 7 }),
    subscribe('{x}', { operationName: {} }),
  ),
  fc.constant('{"type":"subscribe","id":"1","payload":{"query":"{x}","variables":{"__proto__":{"polluted":true}}}}'),
  fc.integer({ min: 10, max: 100_000 }).map((depth) => '['.repeat(depth)),
  fc.integer({ min: 300_000, max: 900_000 }).map((length) => `"${'x'.repeat(length)}"`),
  fc.constant(frame('connection_init')),
);

/** Subscriptions that are answered with an error, on a socket that stays. */
export const malformedSubscription: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 50 }).map((text) => `subscription {${text}`),
  fc.constantFrom(
    '{ deployments { nodes { name } } }',
    'mutation { nothing }',
    'subscription { nothing }',
    '',
    'subscription { alertChanged }',
  ),
  fc.constantFrom(
    'subscription { liveWindow(monitor: "x") { rows } }',
    'subscription { liveWindow { rows } }',
    'fragment a on Query { b }',
  ),
  fc.constantFrom(
    'subscription { alertChanged(after: "x") { position } }',
    'subscription { auditEntryAppended(filter: {actor: "x"}) { id } }',
  ),
  fc.constantFrom(
    'subscription { alertChanged { position } measurementRecorded { id } }',
    'subscription($v: Int!) { alertChanged { position } }',
  ),
  fc
    .integer({ min: 1, max: 30 })
    .map((count) => `subscription { ...f0 } ${times(count, (at) => `fragment f${at} on Subscription { ...f${(at + 1) % count} }`)}`),
  fc
    .integer({ min: 11, max: 2_000 })
    .map((depth) => `subscription { alertChanged { ${'alert { '.repeat(depth)}id${' }'.repeat(depth)} } }`),
);
