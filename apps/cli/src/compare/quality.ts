import { type Column, type Columns } from '#libs/datasets';
import { type Cell, type ColumnQuality, columnQuality, type Kind, profileOf, type Schema, schemaDifference } from '#libs/statistics';

/** Both files as they are, and as columns of one kind each (a column that holds words in one file is words in both). */
type BothWays = { readonly raw: readonly [Columns, Columns]; readonly agreed: readonly [Columns, Columns] };

/** What is wrong with the columns of the current file, judged by the reference. */
export type Quality = {
  readonly columns: ReadonlyMap<string, ColumnQuality>;
  /** Columns of both files that hold numbers in one and words in the other. */
  readonly changed: readonly { readonly column: string; readonly reference: Kind; readonly current: Kind }[];
};

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu;

/** A word that is a number in decimal notation counts as one: only the others are words among numbers. */
const numberOrWord = (word: string): Cell => (DECIMAL.test(word.trim()) ? Number(word) : word);

const cellsOf = (column: Column, kind: Kind): Cell[] => {
  const nothing = new Array<Cell>(column.missing).fill(null);
  if (column.kind === 'numeric') return [...nothing, ...new Array<Cell>(column.infinite).fill(Infinity)].concat(Array.from(column.values));
  return nothing.concat(kind === 'numeric' ? column.values.map(numberOrWord) : column.values);
};

/** A column without any value has no kind of its own. */
const schemaOf = ({ columns }: Columns): Schema =>
  Object.fromEntries(
    [...columns].flatMap(([name, column]) => {
      const infinite = column.kind === 'numeric' ? column.infinite : 0;
      return column.values.length + infinite > 0 ? [[name, column.kind] as const] : [];
    }),
  );

/** Checks every column that both files have. Cells of a reference that holds numbers only have to be numbers; otherwise every cell is a word. */
export const qualityOf = ({ raw, agreed }: BothWays): Quality => {
  const [reference, current] = raw;
  const columns = new Map<string, ColumnQuality>();
  for (const [name, { kind }] of reference.columns) {
    const sides = kind === 'numeric' ? raw : agreed;
    const [before, after] = [sides[0].columns.get(name), sides[1].columns.get(name)];
    if (before && after) columns.set(name, columnQuality(profileOf(cellsOf(before, kind), kind), cellsOf(after, kind)));
  }
  return { columns, changed: schemaDifference(schemaOf(reference), schemaOf(current)).changed };
};

const rows = (count: number, what: string): string[] => (count === 0 ? [] : [`${count} ${count === 1 ? 'row' : 'rows'} ${what}`]);

/** What is wrong with a column, in words and without its name; nothing where nothing is. Repeated values count where the reference repeats none. */
export const findingsOf = (quality: ColumnQuality): string[] => [
  ...rows(quality.mismatched, 'not of its type'),
  ...rows(quality.unseen, 'of a category the reference does not have'),
  ...rows(quality.outOfRange, 'outside the range of the reference'),
  ...(quality.duplicates.reference === 0 ? rows(quality.duplicates.current, 'with a value seen before, none in the reference') : []),
  ...(quality.becameConstant ? ['one and the same value everywhere'] : []),
];

/** Everything that is wrong, a note each. */
export const qualityNotes = ({ columns, changed }: Quality): { readonly column: string; readonly text: string }[] => [
  ...changed.map(({ column, reference, current }) => ({ column, text: `${reference} in the reference, ${current} in the current file` })),
  ...[...columns].flatMap(([column, quality]) => findingsOf(quality).map((text) => ({ column, text }))),
];
