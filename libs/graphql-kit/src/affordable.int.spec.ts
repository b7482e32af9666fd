import { type GraphQLObjectType, type GraphQLOutputType, getNamedType, isLeafType, isObjectType, parse, validate } from 'graphql';
import { LIMITS, assertAffordable, depthRule } from './limits.js';
import { schemaOfLibs } from './printed-schema.js';

const schema = schemaOfLibs();

const isPage = (type: GraphQLOutputType): boolean => getNamedType(type).name.endsWith('Connection');

/** Every field of a type, of the types inside it too, but no page inside a page and no type inside itself. */
const everythingOf = (output: GraphQLOutputType, above: readonly string[], pages: boolean): string => {
  const type = getNamedType(output);
  if (isLeafType(type)) return '';
  if (!isObjectType(type)) return '{ __typename }';
  const inside = [...above, type.name];
  const fields = Object.values(type.getFields()).filter(({ type: of, name }) => {
    if (inside.includes(getNamedType(of).name) || (isPage(of) && !pages)) return false;
    // Entries are asked for by one of the two ways a page offers.
    return !(isPage(type) && name === 'nodes');
  });
  return `{ ${fields.map((field) => `${field.name} ${everythingOf(field.type, inside, false)}`).join(' ')} }`;
};

const argumentsOf = (field: ReturnType<GraphQLObjectType['getFields']>[string]): string => {
  const required = field.args.filter(({ type }) => String(type).endsWith('!')).map(({ name }) => `${name}: "x"`);
  return required.length > 0 ? `(${required.join(', ')})` : '';
};

const queries = Object.values(schema.getQueryType()?.getFields() ?? {}).map(
  (field) => [field.name, `{ ${field.name}${argumentsOf(field)} ${everythingOf(field.type, [], true)} }`] as const,
);

const affordable = (query: string) => () => assertAffordable({ schema, document: parse(query) }, LIMITS.costMax);

describe('the limits of a request, on the schema that is served', () => {
  it.each(queries)('let %s be asked for with every field on its default page', (_name, query) => {
    expect(affordable(query)).not.toThrow();
    expect(validate(schema, parse(query), [depthRule(LIMITS.depthMax)])).toEqual([]);
  });

  it.each([
    '{ alerts(first: 200) { nodes { history(first: 200) { nodes { judgement { evidence { moved { bin } } } } } } } }',
    '{ measurements(monitor: "x", subject: "x") { nodes { revisions { revisions { revisions { id } } } } } }',
    `{ ${Array.from({ length: 200 }, (_, at) => `a${at}: deployments(first: 1) { nodes { id } }`).join(' ')} }`,
    `{ ${Array.from({ length: 200 }, (_, at) => `a${at}: previewMonitor(deployment: "x") { predictionsPerDay }`).join(' ')} }`,
  ])('refuse what would read or answer far more than that: %.60s', (query) => {
    expect(affordable(query)).toThrow('the limit is');
  });
});
