/**
 * Nanoseconds per value of every drift method, from values that are neither sorted nor binned, and of every streaming detector. Prints one JSON object. Nothing asserts a time.
 *
 * `--size` is the number of values a side. With BENCH_PYTHON=<interpreter>[:<interpreter> …] the same arrays are measured in those of
 * Evidently, scipy and River that the interpreters can import; a ratio is their time over ours.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import {
  countBins,
  countBinsOfSorted,
  cutsFor,
  DEFAULT_BINNING,
  type DetectorMethod,
  DETECTORS,
  type Method,
  METHODS,
  seededRandom,
  sortedValues,
  StatisticsError,
} from '#libs/statistics';

/** Time spent on each method; a call that takes longer is made once. */
const BUDGET_MS = 200;
/** Beside the compiled file there is no Python: it is read from the sources. */
const PEERS = fileURLToPath(new URL('../../../test/load/bench-statistics.py', import.meta.url));
const Times = z.record(z.string(), z.record(z.string(), z.number()));
type Sides = { readonly reference: Float64Array; readonly current: Float64Array };

const random = seededRandom(1);
const normals = (size: number, shift: number): Float64Array =>
  Float64Array.from({ length: size }, () => shift + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

/** Tests of means take values in any order. */
const OF_MEANS: readonly string[] = ['welch_t', 'student_t'];
/** Tests of two categories take the halves on both sides of zero. */
const OF_HALVES: readonly string[] = ['fisher_exact', 'two_proportion_z'];

const measure = (method: Method, { reference, current }: Sides): void => {
  if (method.needs === 'distribution') {
    if (OF_MEANS.includes(method.id)) method.fromSorted(reference, current);
    else method.fromSorted(sortedValues(reference), sortedValues(current));
    return;
  }
  if (OF_HALVES.includes(method.id)) {
    method.fromBins(countBins(reference, [0]), countBins(current, [0]));
    return;
  }
  // Only the quantiles of the reference need an order.
  const sorted = sortedValues(reference);
  const cuts = cutsFor(DEFAULT_BINNING, sorted, sorted);
  method.fromBins(countBinsOfSorted(sorted, cuts), countBins(current, cuts));
};

const observe = (method: DetectorMethod, stream: Float64Array): void => {
  const detector = method.start();
  for (const value of stream) detector.update(method.input === 'errors' ? Number(value > 0) : value);
};

/** Best call within the budget, in ns per value; undefined where the method refuses the samples. */
const nsPerValue = (values: number, work: () => void): number | undefined => {
  let [best, spent] = [Infinity, 0];
  try {
    while (spent < BUDGET_MS) {
      const start = performance.now();
      work();
      const took = performance.now() - start;
      [best, spent] = [Math.min(best, took), spent + took];
    }
  } catch (error) {
    if (!(error instanceof StatisticsError)) throw error;
    return undefined;
  }
  return (best * 1e6) / values;
};

const bytesOf = (values: Float64Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** What the peers take for the same arrays, by tool and our name of the method; nothing without BENCH_PYTHON. */
const peersTimes = (arrays: Readonly<Record<string, Float64Array>>): z.infer<typeof Times> => {
  const interpreters = (process.env['BENCH_PYTHON'] ?? '').split(delimiter).filter((path) => path !== '');
  const folder = mkdtempSync(join(tmpdir(), 'bench-statistics-'));
  try {
    for (const [name, values] of Object.entries(arrays)) writeFileSync(join(folder, `${name}.f64`), bytesOf(values));
    const found = interpreters.map((python) =>
      Times.parse(
        JSON.parse(execFileSync(python, [PEERS, folder], { encoding: 'utf8', timeout: 600_000, stdio: ['ignore', 'pipe', 'ignore'] })),
      ),
    );
    return Object.assign({}, ...found) as z.infer<typeof Times>;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const { values } = parseArgs({ options: { size: { type: 'string', default: '10000' } } });
const size = Number(values.size);
const sides: Sides = { reference: normals(size, 0), current: normals(size, 0.05) };
const round = (x: number): number => Number(x.toPrecision(3));

const ours = new Map<string, number>();
for (const method of METHODS) {
  const ns = nsPerValue(2 * size, () => measure(method, sides));
  if (ns !== undefined) ours.set(method.id, ns);
}
const stream = normals(size, 0);
for (const detector of DETECTORS) {
  const ns = nsPerValue(size, () => observe(detector, stream));
  if (ns !== undefined) ours.set(detector.id, ns);
}
const theirs = peersTimes({ ...sides, stream });
const ratios = Object.entries(theirs).map(([tool, times]) => {
  const shared = Object.entries(times).flatMap(([id, ns]) => {
    const own = ours.get(id);
    return own === undefined ? [] : [[id, round(ns / own)] as const];
  });
  return [tool, Object.fromEntries(shared)] as const;
});

console.log(
  JSON.stringify({
    bench: 'statistics',
    valuesPerSide: size,
    nsPerValue: Object.fromEntries([...ours].map(([id, ns]) => [id, round(ns)])),
    peers: Object.fromEntries(
      Object.entries(theirs).map(([tool, times]) => [tool, Object.fromEntries(Object.entries(times).map(([id, ns]) => [id, round(ns)]))]),
    ),
    /** How many times as long the peer takes. */
    ratios: Object.fromEntries(ratios),
    load: loadavg().map(round),
    node: process.version,
  }),
);
