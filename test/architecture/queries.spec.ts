import { filesBelow, libs, textOf } from './source-files.js';

type Query = { readonly file: string; readonly name: string; readonly sql: string };

const queriesIn = (file: string): readonly Query[] =>
  [...textOf(file).matchAll(/defineQuery\(\{\s*name: '(\w+)',[\s\S]*?\bsql:\s*(`[^`]*`|'[^']*'|\w+)/g)].map(([, name = '', sql = '']) => ({
    file,
    name,
    sql,
  }));

const queriesOf = (lib: string): readonly Query[] =>
  filesBelow(`libs/${lib}/src`)
    .filter((file) => file.endsWith('.ts') && !/\.(spec|contract)\.ts$/.test(file))
    .flatMap((file) => queriesIn(`libs/${lib}/src/${file}`));

const queries = libs().flatMap(queriesOf);

/** Columns that hold floats in any table; what is not a column of a table was computed, mostly from these. */
const floatColumns = [...textOf('migrations/schema.snapshot.sql').matchAll(/^\s+`(\w+)` [^,\n]*\bFloat(32|64)\b/gm)].map(
  ([, name = '']) => name,
);

/** Aggregates whose result depends on the order or the grouping of floats, or is an estimate. */
const ORDER_DEPENDENT =
  /\b(sum|sumKahan|sumWithOverflow|avg|avgWeighted|stddev\w*|var(Pop|Samp)\w*|covar\w*|corr\w*|skew\w*|kurt\w*|quantile\w*|median\w*|uniq\w*)(If|State|Merge|Map|Array)*\s*\(/gi;

/** The text between the parenthesis at `from` and its partner. */
const argumentAt = (sql: string, from: number): string => {
  let depth = 0;
  for (let at = from; at < sql.length; at += 1) {
    if (sql[at] === '(') depth += 1;
    if (sql[at] === ')') depth -= 1;
    if (depth === 0) return sql.slice(from + 1, at);
  }
  return sql.slice(from + 1);
};

const floatAggregatesIn = ({ name, sql }: Query): readonly string[] =>
  [...sql.matchAll(ORDER_DEPENDENT)].flatMap((call) => {
    const inside = argumentAt(sql, call.index + call[0].length - 1);
    const estimate = /^(uniq(?!Exact)|quantile|median)/i.test(call[0]);
    const overFloats =
      /toFloat|\bFloat(32|64)\b|[^\w]\/[^\w]/.test(inside) || floatColumns.some((column) => new RegExp(`\\b${column}\\b`).test(inside));
    return estimate || overFloats ? [`${name}: ${call[0]}${inside})`] : [];
  });

describe('queries', () => {
  it('are found by this spec', () => {
    expect(queries.length).toBeGreaterThan(30);
    expect(floatColumns.length).toBeGreaterThan(0);
  });

  it('have names that are unique, since logs and metrics know them by their names', () => {
    const names = queries.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('name their parameters’ zone when they take times', () => {
    expect(queries.filter(({ sql }) => /:DateTime(64\(\d\))?\}/.test(sql)).map(({ name }) => name)).toEqual([]);
  });

  it('never read a table with FINAL', () => {
    expect(queries.filter(({ sql }) => /\bFINAL\b/.test(sql)).map(({ name }) => name)).toEqual([]);
  });
});

describe('measurement queries', () => {
  it('never add up, average or estimate floats: a measurement is the same to the bit', () => {
    expect(queriesOf('monitoring').flatMap(floatAggregatesIn)).toEqual([]);
  });

  it('would be caught if they did', () => {
    const float = floatColumns[0] ?? '';
    const caught = (sql: string): number => floatAggregatesIn({ file: '', name: 'Sample', sql }).length;
    expect(caught(`SELECT sum(${float}) FROM t`)).toBe(1);
    expect(caught(`SELECT avg(toFloat64(n)) FROM t`)).toBe(1);
    expect(caught('SELECT quantile(0.5)(n), uniq(n) FROM t')).toBe(2);
    expect(caught('SELECT sum(n), sumMap(t.counts), uniqExact(id) FROM t')).toBe(0);
  });
});
