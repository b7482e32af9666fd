import fc from 'fast-check';
import { parse } from 'graphql';
import { bytes, encoded, headed, JSON_TYPE, type MalformedGraphql, type Post, VALID } from './malformed-encodings.js';

const posting = (what: string, text: string): Post => ({ what, headers: JSON_TYPE, body: bytes(text) });
const asking = (what: string, query: string, rest: object = {}): Post => posting(what, JSON.stringify({ query, ...rest }));
/** So many texts, one after another. */
export const times = (count: number, of: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => of(index)).join(' ');

const INT64 = '9007199254740993';

/** Bodies that are no GraphQL request. */
const envelope = fc
  .oneof(
    fc.string({ maxLength: 200 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom('', ' ', '[]', '""', 'null', '7', 'true', '{', '{}', '{"query":', '[{"query":"{x}"}]', '{"query":7}', '{"query":null}'),
    fc.constantFrom('{"query":["{x}"]}', '{"query":{"kind":"Document","definitions":[]}}', '{"query":""}', '{"query":"  "}'),
    fc.constantFrom('NaN', '1e999', 'Infinity', '01', '"\u0000"').map((value) => `{"query":${JSON.stringify(VALID)},"variables":${value}}`),
    fc.constantFrom('NaN', '-Infinity', '0x1').map((value) => `{"query":${JSON.stringify(VALID)},"variables":{"x":${value}}}`),
    fc.constantFrom('7', '"x"', '[1]', 'true').map((value) => `{"query":${JSON.stringify(VALID)},"variables":${value}}`),
    fc.constantFrom('7', '[1]', '{}', 'false').map((value) => `{"query":${JSON.stringify(VALID)},"operationName":${value}}`),
    fc.constantFrom('__proto__', 'constructor').map((name) => `{"query":${JSON.stringify(VALID)},"${name}":{"prototype":{"polluted":1}}}`),
    fc.constant(`{"query":${JSON.stringify(VALID)},"variables":{"__proto__":{"polluted":true}}}`),
    fc.integer({ min: 100, max: 50_000 }).map((depth) => `{"query":${JSON.stringify(VALID)},"variables":${'['.repeat(depth)}`),
    fc.integer({ min: 100, max: 100_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  )
  .map((text) => posting('envelope', text));

/** Documents that cannot be read, hold nothing that could be done, or ask for what there is not. */
const document = fc
  .oneof(
    fc.string({ maxLength: 100 }).map((text) => `{${text}`),
    fc.nat(VALID.length - 2).map((cut) => VALID.slice(0, cut + 1)),
    fc.constantFrom('{ __proto__ }', '{ constructor }', '{ toString }', '{ deployments { __proto__ } }', '{ nothing }', 'query', '{}', '#'),
    fc.constantFrom(
      '{"kind":"Document","definitions":[]}',
      '[]',
      JSON.stringify(parse(VALID)),
      'fragment a on Query { __typename }',
      'type Query { a: Int }',
      'extend type Query { a: Int }',
      'schema { query: Query }',
    ),
    fc.constantFrom(
      '{ node(id: 1, id: 2) { id } }',
      '{ node { id } }',
      '{ node(id: "x", __proto__: 1) { id } }',
      'subscription { alertChanged { position } }',
    ),
    fc.constantFrom(
      'query a { __typename } query a { __typename }',
      'query a { __typename } query b { __typename }',
      '{ __typename } { __typename }',
    ),
    fc.constantFrom(
      `{ deployments(first: ${INT64}) { nodes { name } } }`,
      '{ deployments(first: 1e999) { nodes { name } } }',
      '{ deployments(first: -1) { nodes { name } } }',
    ),
    fc.constantFrom(
      '{ deployments @include(if: "x") { nodes { name } } }',
      '{ deployments @nothing { nodes { name } } }',
      '{ deployments @skip { nodes { name } } }',
    ),
    fc.constantFrom(
      '{ __type(name: 7) { name } }',
      '{ deployments { nodes } }',
      '{ deployments { nodes { name { x } } } }',
      '{ ... on Nothing { x } }',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 50 }).map((text) => `{ deployment(name: ${text}) { name } }`),
    fc.integer({ min: 1, max: 300 }).map((length) => times(length, (at) => `query q${at} { nothing${at} }`)),
  )
  .map((query) => asking('document', query));

/** Documents that are small and mean much. */
const bomb = fc
  .oneof(
    fc.integer({ min: 11, max: 5_000 }).map((depth) => `{ a ${'{ a '.repeat(depth)}${'}'.repeat(depth)} }`),
    fc
      .integer({ min: 1, max: 30 })
      .map((count) => `{ ...f0 } ${times(count, (at) => `fragment f${at} on Query { ...f${(at + 1) % count} }`)}`),
    fc
      .integer({ min: 12, max: 30 })
      .map(
        (count) =>
          `{ ...f0 } ${times(count, (at) => `fragment f${at} on Query { a${at}: alerts { nodes { id } } ...f${at + 1} ...f${at + 1} }`)} fragment f${count} on Query { node(id: "x") { id } }`,
      ),
    fc.integer({ min: 170, max: 390 }).map((count) => `{ ${times(count, (at) => `a${at}: deployment(name: "x") { name }`)} }`),
    fc
      .integer({ min: 170, max: 2_000 })
      .map((count) => `mutation { ${times(count, (at) => `m${at}: resumeMonitor(input: {monitor: "x"}) { __typename }`)} }`),
    fc.integer({ min: 2, max: 5_000 }).map((count) => `{ deployments ${'@skip(if: false) '.repeat(count)}{ nodes { name } } }`),
    fc.integer({ min: 1, max: 5_000 }).map((count) => `{ deployments ${times(count, (at) => `@d${at}`)} { nodes { name } } }`),
    fc
      .integer({ min: 3, max: 300 })
      .map((depth) => `{ __schema { types { ${'fields { type { '.repeat(depth)}name${' } }'.repeat(depth)} } } }`),
    fc
      .integer({ min: 3, max: 300 })
      .map((depth) => `{ __type(name: "Query") { ${'interfaces { possibleTypes { '.repeat(depth)}name${' } }'.repeat(depth)} } }`),
    fc.integer({ min: 1, max: 2_000 }).map((count) => `query(${times(count, (at) => `$v${at}: Int`)}) { __typename }`),
    fc
      .integer({ min: 100, max: 2_000 })
      .map((depth) => `{ alerts(filter: {subject: ${'['.repeat(depth)}1${']'.repeat(depth)}}) { nodes { id } } }`),
    fc.integer({ min: 100, max: 2_000 }).map((depth) => `query($x: ${'['.repeat(depth)}Int${']'.repeat(depth)}) { __typename }`),
    fc.integer({ min: 100_000, max: 300_000 }).map((length) => `{ ${'#'.repeat(length)}`),
    fc.constant('{ alerts(first: 200) { nodes { history(first: 200) { nodes { kind } } } } }'),
    fc.constant(`{ predictions(deployment: "x", first: 200) { nodes { ${times(40, (at) => `f${at}: features { name }`)} } } }`),
  )
  .map((query) => asking('bomb', query));

/** Values of a kind that no argument takes; `raw` is JSON as text, since not all of it can be said otherwise. */
const value = fc.oneof(
  fc.constantFrom('1e999', '-1e400', '1.5', INT64, 'true', '[]', '{}', '[[1]]', '{"toString":1}', '""', '" "', '"\\u0000"', '"\\ud800"'),
  fc.string({ maxLength: 30 }).map((text) => JSON.stringify(`~${text}`)),
  fc.integer({ min: 1_000, max: 100_000 }).map((length) => `"${'A'.repeat(length)}"`),
  fc.uint8Array({ maxLength: 60 }).map((raw) => JSON.stringify(`${Buffer.from(raw).toString('base64url')}.`)),
  fc
    .constantFrom('Alert:not-a-uuid', 'Monitor:', ':', 'Nothing', `Monitor:${'0'.repeat(36)}`, '__proto__:x')
    .map((plain) => JSON.stringify(Buffer.from(plain).toString('base64url'))),
  fc.constantFrom("' OR 1=1 --", '../../etc/passwd', '{x:String}', '%00', '\u202e').map((text) => JSON.stringify(text)),
  fc.integer({ min: 10, max: 5_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
);

/** A query that gives one variable to one argument, of a type that checks its text. */
const CHECKED = [
  ['query($v: ID!) { node(id: $v) { id } }', 'ids'],
  ['query($v: ID!) { auditEntry(id: $v) { id } }', 'ids'],
  ['query($v: ID!) { liveWindow(monitor: $v) { rows } }', 'ids'],
  ['query($v: ID!) { measurements(monitor: $v, subject: "x") { nodes { id } } }', 'ids'],
  ['query($v: ID) { auditTrail(filter: {deployment: $v}) { nodes { id } } }', 'ids'],
  ['query($v: ID) { auditTrail(filter: {correlation: $v}) { nodes { id } } }', 'ids'],
  ['query($v: String) { deployments(after: $v) { nodes { name } } }', 'cursor'],
  ['query($v: String) { auditTrail(after: $v) { nodes { id } } }', 'cursor'],
  ['query($v: String) { alerts(after: $v) { nodes { id } } }', 'cursor'],
  ['query($v: String) { predictions(deployment: "x", after: $v) { nodes { id } } }', 'cursor'],
  ['query($v: Int) { deployments(first: $v) { nodes { name } } }', 'page size'],
  ['query($v: DateTime) { auditTrail(filter: {from: $v}) { nodes { id } } }', 'time'],
  ['query($v: DateTime) { predictions(deployment: "x", until: $v) { nodes { id } } }', 'time'],
  ['query($v: [AlertStatus!]) { alerts(filter: {statuses: $v}) { nodes { id } } }', 'enumeration'],
  ['query($v: AuditClass) { auditTrail(filter: {class: $v}) { nodes { id } } }', 'enumeration'],
  ['query($v: AlertFilter) { alerts(filter: $v) { nodes { id } } }', 'input'],
  ['query($v: Boolean!) { deployments @skip(if: $v) { nodes { name } } }', 'directive'],
  ['mutation($v: ID!) { acknowledgeAlert(input: {alert: $v}) { __typename } }', 'ids'],
  ['mutation($v: ID!) { pauseMonitor(input: {monitor: $v, reason: "x"}) { __typename } }', 'ids'],
  ['mutation($v: DateTime!) { silenceAlert(input: {alert: "x", until: $v, reason: "x"}) { __typename } }', 'time'],
  ['mutation($v: RegisterDeploymentInput!) { registerDeployment(input: $v) { __typename } }', 'input'],
  ['mutation($v: Boolean!) { registerDeployment(input: {name: "never", strict: $v}) { __typename } }', 'type'],
  ['mutation($v: CreateMonitorInput!) { createMonitor(input: $v) { __typename } }', 'input'],
  ['mutation($v: [FeatureInput!]!) { declareFeatures(input: {deployment: "x", features: $v}) { __typename } }', 'input'],
] as const;

/** Values that one of the checked types takes after all: an empty list of statuses restricts nothing, `true` is a Boolean. */
const isTaken = (query: string, raw: string): boolean =>
  (query.includes('Boolean') && raw === 'true') ||
  (query.includes('AlertFilter') && raw === '{}') ||
  (/\$v: \[/.test(query) && raw === '[]');

const variable = fc
  .tuple(fc.constantFrom(...CHECKED), value)
  .filter(([[query], raw]) => !isTaken(query, raw))
  .map(([[query, what], raw]) => posting(`variable, ${what}`, `{"query":${JSON.stringify(query)},"variables":{"v":${raw}}}`));

/** Commands that are read and refused: each refusal is recorded. */
const command = fc
  .oneof(
    fc
      .constantFrom('', 'A', '..', 'a/b', 'x'.repeat(65), '__proto__', '\u202e')
      .map((name) => `registerDeployment(input: {name: ${JSON.stringify(name)}}) { __typename ... on Refusal { code } }`),
    fc
      .constantFrom('nothing', 'x'.repeat(500), '__proto__')
      .map((name) => `createMonitor(input: {deployment: ${JSON.stringify(name)}}) { __typename ... on Refusal { code } }`),
    fc
      .constantFrom('nothing', '')
      .map(
        (name) =>
          `changeFeatureType(input: {deployment: ${JSON.stringify(name)}, feature: "x", to: NUMBER, reason: "x"}) { __typename ... on Refusal { code } }`,
      ),
  )
  .map((mutation) => asking('command', `mutation { ${mutation} }`));

const posted = fc
  .oneof(
    { weight: 15, arbitrary: envelope },
    { weight: 15, arbitrary: document },
    { weight: 15, arbitrary: bomb },
    { weight: 40, arbitrary: variable },
    { weight: 5, arbitrary: command },
    { weight: 10, arbitrary: encoded },
    { weight: 3, arbitrary: headed },
  )
  .map((post): MalformedGraphql => ({ method: 'POST', path: '/graphql', ...post }));

const PREFLIGHT = { 'x-mercurius-operation-name': 'spec' };
const asked = fc
  .oneof(
    fc.string({ maxLength: 60 }).map((text) => `query=${encodeURIComponent(`{${text}`)}`),
    fc.constantFrom('', 'query=', 'query[]=x', 'query=%ff', 'query=%7B', 'query=a&query=b', 'extensions=%7B', 'variables=7'),
    fc
      .constantFrom('query a { __typename } query b { __typename }', 'fragment a on Query { __typename }')
      .map((text) => `query=${encodeURIComponent(text)}`),
    fc
      .constantFrom('{', 'NaN', '[1', '{"__proto__":1}')
      .map((text) => `query=${encodeURIComponent('{ node(id: "x") { id } }')}&variables=${encodeURIComponent(text)}`),
    fc.constant(`query=${encodeURIComponent('mutation { registerDeployment(input: {name: "never"}) { __typename } }')}`),
  )
  .map((search): MalformedGraphql => ({ what: 'address', method: 'GET', path: `/graphql?${search}`, headers: PREFLIGHT }));

/** Requests to GraphQL, none of which may get what it asks for. */
export const malformedGraphql: fc.Arbitrary<MalformedGraphql> = fc.oneof(
  { weight: 92, arbitrary: posted },
  { weight: 8, arbitrary: asked },
);
