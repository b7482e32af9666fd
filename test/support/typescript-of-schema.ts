import {
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  type InputObjectTypeDefinitionNode,
  type InputValueDefinitionNode,
  type StringValueNode,
  type TypeNode,
  Kind,
  parse,
} from 'graphql';

/** How a scalar of the schema arrives in a resolver. */
const SCALARS: Readonly<Record<string, string>> = {
  ...{ ID: 'string', String: 'string', Int: 'number', Float: 'number', Boolean: 'boolean' },
  ...{ DateTime: 'Instant', EventPosition: 'Position', BigInt: 'bigint', JSON: 'unknown' },
};
const FROM_KERNEL = ['Instant', 'Position'];

const HEAD = `// Made from the schema beside this file: what its arguments are in TypeScript. UPDATE_SNAPSHOTS=1 writes it anew, see CONTRIBUTING.md.\n`;

type Definitions = {
  readonly enums: ReadonlyMap<string, EnumTypeDefinitionNode>;
  readonly inputs: readonly InputObjectTypeDefinitionNode[];
  readonly fields: readonly { readonly type: string; readonly field: FieldDefinitionNode }[];
};

const definitionsOf = (sdl: string): Definitions => {
  const { definitions } = parse(sdl);
  return {
    enums: new Map(definitions.flatMap((one) => (one.kind === Kind.ENUM_TYPE_DEFINITION ? [[one.name.value, one] as const] : []))),
    inputs: definitions.filter((one) => one.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION),
    fields: definitions.flatMap((one) =>
      one.kind === Kind.OBJECT_TYPE_DEFINITION || one.kind === Kind.OBJECT_TYPE_EXTENSION
        ? (one.fields ?? []).map((field) => ({ type: one.name.value, field }))
        : [],
    ),
  };
};

const nameOf = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type));

const typeScriptOf = (type: TypeNode): string => {
  if (type.kind === Kind.NON_NULL_TYPE) return presentOf(type.type);
  const present = presentOf(type);
  return present === 'unknown' ? present : `${present} | null`;
};

const presentOf = (type: Exclude<TypeNode, { kind: Kind.NON_NULL_TYPE }>): string => {
  if (type.kind === Kind.NAMED_TYPE) return SCALARS[type.name.value] ?? type.name.value;
  const entry = typeScriptOf(type.type);
  return `readonly ${entry.includes(' | ') ? `(${entry})` : entry}[]`;
};

const commentOf = (description: StringValueNode | undefined, indent: string): string =>
  description ? `${indent}/** ${description.value.replace(/\s+/g, ' ').replaceAll('*/', '* /')} */\n` : '';

const memberOf = ({ name, type, defaultValue, description }: InputValueDefinitionNode): string => {
  const mayBeLeftOut = type.kind !== Kind.NON_NULL_TYPE && defaultValue === undefined;
  return `${commentOf(description, '  ')}  readonly ${name.value}${mayBeLeftOut ? '?' : ''}: ${typeScriptOf(type)};\n`;
};

const objectOf = (name: string, members: readonly InputValueDefinitionNode[], description?: StringValueNode): string =>
  `${commentOf(description, '')}export type ${name} = {\n${members.map(memberOf).join('')}};\n`;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * TypeScript of what a context's schema takes: the arguments of its fields as `<Type><Field>Arguments`, input types, and the enumerations
 * among them. Empty when no field takes anything.
 */
export const typeScriptOfSchema = (sdl: string): string => {
  const { enums, inputs, fields } = definitionsOf(sdl);
  const taking = fields.filter(({ field }) => (field.arguments ?? []).length > 0);
  const values = [...taking.flatMap(({ field }) => field.arguments ?? []), ...inputs.flatMap(({ fields: members }) => members ?? [])];
  const used = [...new Set(values.map(({ type }) => nameOf(type)))];
  const imported = FROM_KERNEL.filter((name) => used.some((one) => SCALARS[one] === name));
  const texts = [
    ...used
      .flatMap((name) => enums.get(name) ?? [])
      .map((one) => {
        const words = (one.values ?? []).map((value) => `'${value.name.value}'`);
        return `${commentOf(one.description, '')}export type ${one.name.value} = ${words.join(' | ')};\n`;
      }),
    ...inputs.map((one) => objectOf(one.name.value, one.fields ?? [], one.description)),
    ...taking.map(({ type, field }) => objectOf(`${type}${capital(field.name.value)}Arguments`, field.arguments ?? [])),
  ];
  if (texts.length === 0) return '';
  const head = imported.length === 0 ? '' : `import { ${imported.map((name) => `type ${name}`).join(', ')} } from '#libs/kernel';\n\n`;
  return `${HEAD}${head}${texts.join('\n')}`;
};
