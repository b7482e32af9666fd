import { z } from 'zod';
import { defineQuery } from './define-query.js';
import { type ClickHouse } from './port.js';

const BEGIN = '<!-- schema:begin -->';
const END = '<!-- schema:end -->';

const SchemaTables = defineQuery({
  name: 'SchemaTables',
  purpose: 'the schema as the engine has it after all migrations',
  sql: `SELECT name, formatQuery(create_table_query) AS definition, engine, sorting_key AS sortingKey, partition_key AS partitionKey, comment,
    arrayMap((database, table) -> concat(database, '.', table), dependencies_database, dependencies_table) AS feeds
FROM system.tables WHERE database = 'driftledger' ORDER BY name`,
  params: z.object({}),
  row: z.object({
    name: z.string(),
    definition: z.string(),
    engine: z.string(),
    sortingKey: z.string(),
    partitionKey: z.string(),
    comment: z.string(),
    feeds: z.array(z.string()),
  }),
});

const UncommentedColumns = defineQuery({
  name: 'UncommentedColumns',
  purpose: 'columns whose meaning, unit and sentinel nobody wrote down',
  sql: `SELECT concat(table, '.', name) AS column FROM system.columns
WHERE database = 'driftledger' AND comment = '' ORDER BY table, position`,
  params: z.object({}),
  row: z.object({ column: z.string() }),
});

/** The schema of a migrated database, for people and for review. */
export type SchemaSnapshot = {
  /** Every table as a statement, in order of name. */
  readonly sql: string;
  /** The tables by context as a mermaid graph. */
  readonly graph: string;
  /** `table.column` of every column without a comment. */
  readonly uncommented: readonly string[];
};

/** Reads the schema from the engine, so that it is what the engine understood and not what a file meant. */
export const schemaSnapshot = async (clickHouse: ClickHouse): Promise<SchemaSnapshot> => {
  const tables = await clickHouse.query(SchemaTables, {});
  const uncommented = await clickHouse.query(UncommentedColumns, {});
  const head = '-- Generated from the embedded engine after all migrations; see README.md, Writing a migration.\n';
  const statements = tables.map(({ definition }) => `\n${definition};\n`);
  return {
    sql: head + statements.join(''),
    graph: graphOf(tables),
    uncommented: uncommented.map(({ column }) => column),
  };
};

/** A README with the generated part between its markers replaced. @throws Error when the markers are missing */
export const withGraph = (readme: string, graph: string): string => {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the README needs ${BEGIN} and ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\`\`\`mermaid\n${graph}\n\`\`\`\n${readme.slice(end)}`;
};

type Table = {
  readonly name: string;
  readonly engine: string;
  readonly sortingKey: string;
  readonly partitionKey: string;
  readonly feeds: readonly string[];
};

const graphOf = (tables: readonly Table[]): string => {
  const contexts = new Map<string, Table[]>();
  for (const table of tables) {
    const context = table.name.split('_', 1)[0] ?? '';
    contexts.set(context, [...(contexts.get(context) ?? []), table]);
  }
  const groups = [...contexts].map(([context, its]) => `  subgraph ${context}\n${its.map(nodeOf).join('\n')}\n  end`);
  const arrows = tables.flatMap(({ name, feeds }) => feeds.map((fed) => `  ${name} --> ${fed.replace(/^driftledger\./, '')}`));
  return ['flowchart LR', ...groups, ...arrows].join('\n');
};

const nodeOf = ({ name, engine, sortingKey, partitionKey }: Table): string => {
  const lines = [name, engine, `order by ${sortingKey}`, ...(partitionKey ? [`partition by ${partitionKey}`] : [])];
  return `    ${name}["${lines.map((line) => line.replaceAll('"', "'")).join('<br/>')}"]`;
};
