import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { type Column, type Columns, readColumns, readRows } from '#libs/datasets';
import { type CutFile, fileAsReference, type ImportedSubject, UnknownWord, wordFeatures, WindowCutter } from '#libs/monitoring';
import { idOfName } from '#libs/kernel';
import { otherBucket } from '#libs/predictions';
import { UsageError } from '../usage-error.js';
import { type Feature, type Monitor } from './answers.js';
import { booleanWord, type ColumnMap, flatten, timeOf, valueOf } from './file-rows.js';

/** How a file is read. */
export type CountOptions = {
  readonly columns: ColumnMap;
  readonly timeColumn: string | undefined;
  readonly windowsMax: number;
};

/** The counts of a file, and what to say about them. */
export type CountedFile = {
  readonly source: { readonly file: string; readonly sha256: string };
  readonly rows: number;
  readonly rowsOfFile: number;
  readonly windows: CutFile['windows'] | undefined;
  readonly subjects: readonly ImportedSubject[];
  readonly grids: Readonly<Record<string, number>>;
  readonly ignored: readonly string[];
};

const FEATURE = 'feature:';

/** Counts a file as predictions of a deployment are counted: on its grids, by its words. @throws DatasetError | UsageError */
export const countFile = async (
  file: string,
  monitor: Monitor,
  features: readonly Feature[],
  options: CountOptions,
): Promise<CountedFile> => {
  const deployment = schemaOf(features);
  const fileNameOf = new Map([...options.columns].map(([column, feature]) => [feature, column]));
  const categorical = wordFeatures(deployment).map((feature) => fileNameOf.get(feature) ?? feature);
  const read = renamed(await readColumns(file, { categorical }), options, features);
  const source = { file: basename(file), sha256: await digestOf(file) };
  const ids = { monitorId: idOfName('monitor', monitor.name), referenceId: idOfName('monitor', monitor.name) };
  const { parts, grids, ignored } = fileAsReference(read, deployment, { ...ids, name: source.file, source });
  const subjects = parts.flatMap((part) => part.subjects);
  if (subjects.length === 0)
    throw new UsageError('COLUMNS', `no column of ${file} is a feature of ${monitor.deployment}; see --column-map`);
  const cut =
    options.timeColumn === undefined ? undefined : await cutByTime(file, monitor, { subjects, features }, options, options.timeColumn);
  return {
    source,
    rows: cut?.rows ?? read.rows,
    rowsOfFile: read.rows,
    windows: cut?.windows,
    subjects: cut?.subjects ?? subjects,
    grids: Object.fromEntries(grids.map(({ subject, values }) => [subject, values])),
    ignored,
  };
};

const schemaOf = (features: readonly Feature[]): Parameters<typeof fileAsReference>[1] => ({
  features: new Map(features.map(({ name, kind, personal }) => [name, { kind, declared: true, ...(personal && { personal }) }])),
  grids: new Map(features.flatMap(({ name, grid }) => (grid ? [[`${FEATURE}${name}`, grid] as const] : []))),
});

/** Columns under the names of their features. The column of time is no feature, unless it is mapped to one. */
const renamed = ({ rows, columns }: Columns, { columns: map, timeColumn }: CountOptions, features: readonly Feature[]): Columns => {
  const absent = [...map.keys(), ...(timeColumn === undefined ? [] : [timeColumn])].find((column) => !columns.has(column));
  if (absent !== undefined) throw new UsageError('COLUMNS', `the file has no column ${absent}`);
  const booleans = new Set(features.filter(({ kind }) => kind === 'boolean').map(({ name }) => name));
  const taken = new Set(map.values());
  const named = new Map<string, Column>();
  for (const [column, about] of columns) {
    const name = map.get(column) ?? column;
    if (!map.has(column) && (column === timeColumn || taken.has(column))) continue;
    const isBoolean = booleans.has(name) && about.kind === 'categorical';
    named.set(name, isBoolean ? { ...about, name, values: about.values.map(booleanWord) } : { ...about, name });
  }
  return { rows, columns: named };
};

type Counting = { readonly subjects: readonly ImportedSubject[]; readonly features: readonly Feature[] };

const cutByTime = async (
  file: string,
  { definition }: Monitor,
  { subjects, features }: Counting,
  { columns, windowsMax }: CountOptions,
  timeColumn: string,
): Promise<CutFile | undefined> => {
  const columnOf = new Map([...columns].map(([column, feature]) => [feature, column]));
  const booleans = new Set(features.filter(({ kind }) => kind === 'boolean').map(({ name }) => `${FEATURE}${name}`));
  const places = new Map(
    subjects.map(({ subject }) => [subject, columnOf.get(subject.slice(FEATURE.length)) ?? subject.slice(FEATURE.length)]),
  );
  const cutter = new WindowCutter(definition, subjects, otherBucket);
  let row = 0;
  for await (const record of readRows(file)) {
    row += 1;
    const flat = flatten(record);
    const at = timeOf(flat.get(timeColumn));
    if (at === undefined)
      throw new UsageError('TIME', `${file}, row ${row}: ${timeColumn} is neither epoch milliseconds nor a date and time`);
    try {
      cutter.add(at, (subject) => {
        const value = valueOf(flat.get(places.get(subject) ?? subject));
        return booleans.has(subject) && value !== undefined ? booleanWord(String(value)) : value;
      });
    } catch (error) {
      if (error instanceof UnknownWord) throw new UsageError('WORDS', `${file}, row ${row}: ${error.message}`);
      throw error;
    }
  }
  return cutter.cut(definition.rowsMin, windowsMax);
};

const digestOf = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  return hash.digest('hex');
};
