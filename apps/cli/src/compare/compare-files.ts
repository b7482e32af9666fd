import { type Column, type Columns, readColumns } from '#libs/datasets';
import { type Kind, StatisticsError } from '#libs/statistics';
import { type CompareOptions } from './options.js';
import { qualityOf } from './quality.js';
import { type ColumnReport, type CompareReport } from './report.js';
import { type ChanceRule, chanceRule, type Waiting, withChances } from './chance.js';
import { scoreColumn } from './score-column.js';
import { categoricalSides, type EffectMeasures, numericSides } from './sides.js';

const sizeOf = (column: Column): number => column.values.length;
const infiniteOf = (column: Column): number => (column.kind === 'numeric' ? column.infinite : 0);
const words = (column: Column): readonly string[] => (column.kind === 'categorical' ? column.values : []);
const numbers = (column: Column): Float64Array => (column.kind === 'numeric' ? column.values : new Float64Array(0));

const effectsOf = (measures: EffectMeasures): Readonly<Record<string, number | null>> =>
  Object.fromEntries(
    Object.entries(measures).map(([name, measure]) => {
      try {
        return [name, measure().score];
      } catch (error) {
        if (!(error instanceof StatisticsError)) throw error;
        return [name, null];
      }
    }),
  );

/** From this many words on a share of different ones means something. */
const FEW_WORDS = 20;

/** Words of which most occur once are no categories: any two files differ in them, and no score says by how much. */
const hintOn = (kind: Kind, values: readonly string[]): { readonly hint?: string } => {
  if (kind === 'numeric' || values.length < FEW_WORDS) return {};
  const different = new Set(values).size;
  if (different * 2 <= values.length) return {};
  return { hint: `${different} different words in ${values.length} values: an identifier or free text, of which no score says much` };
};

type Unjudged = Omit<ColumnReport, 'methods'> & { readonly methods: readonly Waiting[] };

/** Scores one column that both files have. A side without any value takes the kind of the other. */
const compareColumn = (reference: Column, current: Column, options: CompareOptions, rule: ChanceRule | undefined): Unjudged => {
  const kind = sizeOf(reference) + infiniteOf(reference) === 0 ? current.kind : reference.kind;
  const { sides, picture } =
    kind === 'numeric'
      ? numericSides(numbers(reference), numbers(current), options)
      : categoricalSides(words(reference), words(current), options.other);
  return {
    name: reference.name,
    kind,
    n: { reference: sizeOf(reference), current: sizeOf(current) },
    missing: { reference: reference.missing, current: current.missing },
    infinite: { reference: infiniteOf(reference), current: infiniteOf(current) },
    methods: scoreColumn(kind, sides, options, rule),
    picture,
    ...(rule && sides.empty === undefined && { effects: effectsOf(sides.effects) }),
    ...hintOn(kind, [...words(reference), ...words(current)]),
  };
};

/** Columns that hold numbers in one file and words in the other: they are words. */
const disagreeing = (reference: Columns, current: Columns): { readonly reference: string[]; readonly current: string[] } => {
  const found = { reference: new Array<string>(), current: new Array<string>() };
  for (const [name, a] of reference.columns) {
    const b = current.columns.get(name);
    if (!b || a.kind === b.kind) continue;
    if (a.kind === 'numeric' && sizeOf(a) + a.infinite > 0) found.reference.push(name);
    if (b.kind === 'numeric' && sizeOf(b) + b.infinite > 0) found.current.push(name);
  }
  return found;
};

type Files = { readonly reference: string; readonly current: string };

type ReadOptions = { readonly places?: boolean };

const readRaw = async (files: Files, options: ReadOptions = {}): Promise<readonly [Columns, Columns]> => [
  await readColumns(files.reference, options),
  await readColumns(files.current, options),
];

const agreeing = async (
  files: Files,
  [reference, current]: readonly [Columns, Columns],
  options: ReadOptions = {},
): Promise<readonly [Columns, Columns]> => {
  const again = disagreeing(reference, current);
  return [
    again.reference.length === 0 ? reference : await readColumns(files.reference, { ...options, categorical: again.reference }),
    again.current.length === 0 ? current : await readColumns(files.current, { ...options, categorical: again.current }),
  ];
};

/** Both files as columns; a column that holds words in one of them is read as words in both. @throws DatasetError when a file cannot be read */
export const readAgreeing = async (files: Files, options: ReadOptions): Promise<readonly [Columns, Columns]> =>
  agreeing(files, await readRaw(files, options), options);

/**
 * Compares two data files column by column. Columns that only one file has are named, not scored.
 * @throws DatasetError when a file cannot be read
 */
export const compareFiles = async (files: Files, options: CompareOptions): Promise<CompareReport> => {
  const raw = await readRaw(files);
  const [reference, current] = await agreeing(files, raw);
  const shared = [...reference.columns.values()].flatMap((column) => {
    const other = current.columns.get(column.name);
    return other ? [[column, other] as const] : [];
  });
  const rule = options.level === undefined ? undefined : chanceRule(options.level, shared.length);
  const columns = shared.map(([column, other]) => compareColumn(column, other, options, rule));
  return {
    files,
    rows: { reference: reference.rows, current: current.rows },
    columns: withChances(columns, options.level),
    ...(options.level !== undefined && { level: options.level }),
    ...(options.quality && { quality: qualityOf({ raw, agreed: [reference, current] }) }),
    onlyIn: {
      reference: [...reference.columns.keys()].filter((name) => !current.columns.has(name)),
      current: [...current.columns.keys()].filter((name) => !reference.columns.has(name)),
    },
  };
};
