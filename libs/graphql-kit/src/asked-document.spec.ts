import { checkAsked } from './asked-document.js';

const TWO = 'query a { x: __typename } mutation b { y: __typename }';
const post = (body: unknown) => () => checkAsked({ method: 'POST', body }, 100);
const get = (query: unknown) => () => checkAsked({ method: 'GET', query }, 100);

describe('what a request asks', () => {
  it('is known by its document and the operation it names', () => {
    const [a, b, none] = [
      { query: TWO, operationName: 'a' },
      { query: TWO, operationName: 'b' },
      { query: TWO, operationName: null },
    ];
    for (const body of [a, b, none]) post(body)();
    expect(new Set([a.query, b.query, none.query]).size).toBe(3);
  });

  it.each(['{}', '[]', '"x"', '7', 'null', '{"kind":"Document","definitions":[]}'])('is no document parsed elsewhere: %s', (query) => {
    expect(post({ query })).toThrow('not JSON');
  });

  it.each([7, null, ['{x}'], { kind: 'Document' }])('is text: %j', (query) => {
    expect(post({ query })).toThrow('query is a string');
    expect(get({ query })).toThrow('query is a string');
  });

  it.each([7, '', 'a b', 'a\n{', {}])('names an operation by a name: %j', (operationName) => {
    expect(post({ query: TWO, operationName })).toThrow('operationName is the name of an operation');
  });

  it('is no longer than what its tokens can need', () => {
    expect(post({ query: `{ a } #${'x'.repeat(2_000)}` })).toThrow('at most 2000 characters');
  });

  it('by GET is one operation, whatever else the document holds', () => {
    expect(get({ query: TWO })).toThrow('none is named');
    expect(get({ query: TWO, operationName: 'c' })).toThrow('no such operation');
    expect(get({ query: 'fragment a on A { b }' })).toThrow('no such operation');
    expect(get({ query: TWO, operationName: 'a' })).not.toThrow();
    expect(get({ query: '{' })).not.toThrow();
  });
});
