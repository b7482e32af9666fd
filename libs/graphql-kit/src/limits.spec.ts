import { buildSchema, getIntrospectionQuery, parse, validate } from 'graphql';
import { LIMITS, assertAffordable, assertSubscribable, depthRule } from './limits.js';

const schema = buildSchema(`
  type Query { animals(first: Int): AnimalConnection plain: [Animal!]! }
  type AnimalConnection { nodes: [Animal!]! }
  type Animal { name: String friends(first: Int): AnimalConnection }
  type Subscription { seen(after: String): Animal }
`);

const depthProblems = (query: string, max: number) => validate(schema, parse(query), [depthRule(max)]).map(({ message }) => message);
const cost = (query: string, costMax: number, variables?: Record<string, unknown>) => () =>
  assertAffordable({ schema, document: parse(query), ...(variables ? { variables } : {}) }, costMax);

describe('the depth of a query', () => {
  it('is counted through fragments, inline or named', () => {
    const query = '{ ...a } fragment a on Query { animals { ... on AnimalConnection { nodes { name } } } }';
    expect(depthProblems(query, 2)).toEqual(['the query is 3 levels deep, the limit is 2']);
    expect(depthProblems(query, 3)).toEqual([]);
  });

  it('is found quickly where fragments spread each other many times, and where they run in circles', () => {
    const many = Array.from({ length: 40 }, (_, at) => `fragment f${at} on Animal { ...f${at + 1} ...f${at + 1} }`).join(' ');
    expect(depthProblems(`{ plain { ...f0 } } ${many} fragment f40 on Animal { name }`, 10)).toEqual([]);
    expect(depthProblems('{ plain { ...a } } fragment a on Animal { ...b } fragment b on Animal { ...a name }', 10)).toEqual([]);
  });

  it('leaves introspection out', () => {
    expect(depthProblems(getIntrospectionQuery(), 1)).toEqual([]);
  });
});

describe('the cost of a query', () => {
  it('multiplies pages within pages, by literal, variable or default', () => {
    const nested = (first: string) => `{ animals${first} { nodes { friends${first} { nodes { name } } } } }`;
    expect(cost(nested('(first: 5)'), 10_000)).not.toThrow();
    expect(cost(nested('(first: 200)'), 10_000)).toThrow('the limit is 10000');
    expect(cost(nested(''), 2_500)).toThrow('ask for smaller pages');
    expect(cost('query($n: Int) { animals(first: $n) { nodes { name a: name b: name c: name d: name } } }', 1_000, { n: 200 })).toThrow(
      'the limit is 1000',
    );
  });

  it('counts a field asked for under many names as often as it is asked for', () => {
    const aliases = Array.from({ length: 50 }, (_, at) => `a${at}: animals(first: 100) { nodes { name } }`).join(' ');
    expect(cost(`{ ${aliases} }`, 5_000)).toThrow('the limit is 5000');
  });
});

describe('a subscription', () => {
  it('may need a variable, and is counted with the largest page one could ask for', () => {
    const query = (fields: string) =>
      `subscription($after: String!, $n: Int!) { seen(after: $after) { friends(first: $n) { ${fields} } } }`;
    expect(() => assertSubscribable(schema, parse(query('nodes { name }')), LIMITS)).not.toThrow();
    expect(() => assertSubscribable(schema, parse(query('nodes { name }')), { ...LIMITS, costMax: 700 })).toThrow('the limit is 700');
  });

  it.each(['subscription { seen { wings } }', 'subscription { seen { name } __typename }', 'subscription { seen { ...a } }'])(
    'that is not valid is refused: %s',
    (query) => {
      expect(() => assertSubscribable(schema, parse(query), LIMITS)).toThrow();
    },
  );
});
