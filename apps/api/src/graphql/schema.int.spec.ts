import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GraphQLNamedType, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { printedSchema, schemaOfLibs } from '#libs/graphql-kit';
import { typeScriptOfSchema } from '../../../../test/support/typescript-of-schema.js';

const FILE = new URL('./schema.graphql', import.meta.url);

type Part = { readonly path: string; readonly description: string | null | undefined };

const BUILT_IN = ['String', 'Int', 'Float', 'Boolean', 'ID'];
const ROOTS = ['Query', 'Mutation', 'Subscription'];

const membersOf = (type: GraphQLNamedType): readonly Part[] => {
  const of = (name: string, { description }: { readonly description?: string | null | undefined }): Part => ({
    path: `${type.name}.${name}`,
    description,
  });
  if (isEnumType(type)) return type.getValues().map((value) => of(value.name, value));
  if (isInputObjectType(type)) return Object.values(type.getFields()).map((field) => of(field.name, field));
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => [
    of(field.name, field),
    ...field.args.map((argument) => of(`${field.name}(${argument.name})`, argument)),
  ]);
};

/** Everything in the schema that a reader of its documentation meets. Root types explain themselves. */
const partsOf = (): readonly Part[] =>
  Object.values(schemaOfLibs().getTypeMap())
    .filter(({ name }) => !name.startsWith('__') && !BUILT_IN.includes(name))
    .flatMap((type) => [
      { path: type.name, description: ROOTS.includes(type.name) ? 'a root type' : type.description },
      ...membersOf(type),
    ]);

/** The SDL of every lib, as `libs/alerts/src/alerts.graphql`. */
const schemaFiles = (): readonly string[] =>
  readdirSync('libs', { withFileTypes: true, recursive: true })
    .filter(({ name }) => name.endsWith('.graphql'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();

describe('the GraphQL schema', () => {
  it('is the one that was committed (UPDATE_SNAPSHOTS=1 writes it anew)', () => {
    const printed = printedSchema();
    if (process.env['UPDATE_SNAPSHOTS'] === '1') writeFileSync(FILE, printed);
    expect(readFileSync(FILE, 'utf8')).toBe(printed);
  });

  it('explains every type, field, argument and value', () => {
    expect(partsOf().flatMap(({ path, description }) => (description ? [] : [path]))).toEqual([]);
  });

  it.each(schemaFiles())('is what resolvers take, in TypeScript beside %s (UPDATE_SNAPSHOTS=1 writes it anew)', (file) => {
    const typeScript = typeScriptOfSchema(readFileSync(file, 'utf8'));
    const beside = file.replace(/\.graphql$/, '-arguments.ts');
    if (process.env['UPDATE_SNAPSHOTS'] === '1' && typeScript !== '') writeFileSync(beside, typeScript);
    expect(existsSync(beside) ? readFileSync(beside, 'utf8') : '').toBe(typeScript);
  });
});
