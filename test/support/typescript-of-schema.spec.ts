import { typeScriptOfSchema } from './typescript-of-schema.js';

const SDL = `
enum Size { SMALL LARGE }
enum Unused { A }
"What to find."
input DogFilter { "Exactly this." name: String sizes: [Size!] bornAfter: DateTime! weights: [Float] = [1] }
type Dog { id: ID! friends(first: Int = 50, after: String): [Dog!]! }
extend type Query { dogs(filter: DogFilter, any: JSON): [Dog!]! cats: Int }
`;

describe('the TypeScript of a schema', () => {
  it('has what fields take: null where it may be null, absent where it may be left out without a default', () => {
    expect(typeScriptOfSchema(SDL).split('\n').slice(1).join('\n')).toBe(`import { type Instant } from '#libs/kernel';

export type Size = 'SMALL' | 'LARGE';

/** What to find. */
export type DogFilter = {
  /** Exactly this. */
  readonly name?: string | null;
  readonly sizes?: readonly Size[] | null;
  readonly bornAfter: Instant;
  readonly weights: readonly (number | null)[] | null;
};

export type DogFriendsArguments = {
  readonly first: number | null;
  readonly after?: string | null;
};

export type QueryDogsArguments = {
  readonly filter?: DogFilter | null;
  readonly any?: unknown;
};
`);
  });

  it('is nothing where nothing is taken', () => {
    expect(typeScriptOfSchema('type Dog { id: ID! }')).toBe('');
  });
});
