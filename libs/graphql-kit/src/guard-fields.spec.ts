import { buildSchema } from 'graphql';
import { type Admission, GraphqlAccess } from './access.js';
import { UnguardedSchema, guardFields } from './guard-fields.js';

class Table extends GraphqlAccess {
  admit = (): Promise<Admission> => Promise.reject(new Error('not asked here'));
  admitConnection = this.admit;
  isCurrent = () => true;
  knows = (action: string) => action === 'read';
  permits = () => true;
  recordDenied = () => Promise.resolve();
  recordRead = () => undefined;
}

const schemaOf = () => {
  const schema = buildSchema('type Query { open: String bare: String } type Mutation { change: String }');
  for (const type of [schema.getQueryType(), schema.getMutationType()])
    for (const field of Object.values(type?.getFields() ?? {})) if (field.name !== 'bare') field.resolve = () => 'yes';
  return schema;
};

const problems = (actions: Record<string, string>): readonly string[] => {
  try {
    const guarding = { access: new Table(), sensitive: new Set<string>(), report: () => undefined };
    guardFields(schemaOf(), { ...guarding, actions: new Map(Object.entries(actions)) });
    return [];
  } catch (error) {
    if (error instanceof UnguardedSchema) return error.problems;
    throw error;
  }
};

describe('a schema is not served', () => {
  const guarded = { 'Query.open': 'read', 'Mutation.change': 'read' };

  it('while a root field declares no action', () => {
    expect(problems(guarded)).toEqual(['Query.bare declares no action (@Requires)']);
  });

  it('while a root field has no resolver', () => {
    expect(problems({ ...guarded, 'Query.bare': 'read' })).toEqual(['Query.bare has no resolver']);
  });

  it('while an action is not in the table of permissions, or a guarded resolver not in the schema', () => {
    expect(problems({ ...guarded, 'Query.bare': 'reed', 'Query.gone': 'read' })).toEqual([
      'Query.bare has no resolver',
      'Query.bare requires an unknown action reed',
      'Query.gone has a resolver but is not in the schema',
    ]);
  });
});
