import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DefinitionNode, type GraphQLSchema, Kind, buildASTSchema, lexicographicSortSchema, parse, printSchema } from 'graphql';

/** Folder of the libs: of the sources under jest, of the compiled code in a build. */
const LIBS = fileURLToPath(new URL('../../', import.meta.url));

const sdlOf = (lib: string): readonly string[] => {
  const source = join(LIBS, lib, 'src');
  if (!existsSync(source)) return [];
  return readdirSync(source)
    .filter((file) => file.endsWith('.graphql'))
    .map((file) => readFileSync(join(source, file), 'utf8'));
};

/** The first definition of a root type stands, the others extend it: several contexts write `type Subscription`. */
const merged = (definitions: readonly DefinitionNode[]): readonly DefinitionNode[] => {
  const seen = new Set<string>();
  return definitions.map((definition) => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition;
    const again = seen.has(definition.name.value);
    seen.add(definition.name.value);
    if (!again) return definition;
    const { description: _, ...rest } = definition;
    return { ...rest, kind: Kind.OBJECT_TYPE_EXTENSION };
  });
};

/** The schema of all libs together, without resolvers. */
export const schemaOfLibs = (): GraphQLSchema => {
  const definitions = readdirSync(LIBS)
    .sort()
    .flatMap(sdlOf)
    .flatMap((text) => parse(text).definitions);
  return buildASTSchema({ kind: Kind.DOCUMENT, definitions: merged(definitions) });
};

/** The schema of all libs as text, sorted, so that a difference is a difference in meaning. */
export const printedSchema = (): string => `${printSchema(lexicographicSortSchema(schemaOfLibs()))}\n`;
