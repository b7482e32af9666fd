/**
 * How fast the audit trail answers over many entries: seeds the read model, asks for pages by each filter, prints percentiles as JSON.
 *
 *   npm run bench:audit -- [--rows 10000000] [--rounds 200]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type AuditFilter, AuditTrails } from '#libs/audit/read';
import { type ClickHouse, migrate } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { type Uuid, instant, positionOf, uuid } from '#libs/kernel';

const TARGET_MS = 150;
const PAGE = 51;
const CLASSES = ['measurement', 'alert', 'access', 'identity'] as const;
const CHUNK = 500_000;
const YEAR_START = Date.UTC(2025, 11, 1);
const YEAR_MS = 360 * 86_400_000;
const [ACTORS, DEPLOYMENTS, MODELS, SUBJECTS, CORRELATION_EVERY] = [2_000, 300, 60, 500, 20];

const { values: flags } = parseArgs({
  options: { rows: { type: 'string', default: '10000000' }, rounds: { type: 'string', default: '200' } },
});
const ROWS = Number(flags.rows);
const ROUNDS = Number(flags.rounds);

/** Frequencies fall with the rank, as they do in life: the first value is on every seventh entry, the last on a few thousand or fewer.
 * The first entries register the deployments, which is how the trail knows the deployments of a model. */
const SEED = `
INSERT INTO driftledger.audit_entries_v2
SELECT
  intake, position, toUUID(concat('00000000-0000-5000-8000-', leftPad(lower(hex(cityHash64(position) % 281474976710656)), 12, '0'))),
  toDateTime64({start:Int64} / 1000 + position * {step:Float64} / 1000, 3, 'UTC'),
  arrayElement(['MeasurementRecorded', 'AlertRaised', 'AlertCleared', 'JudgementCounted', 'AccessDenied', 'CommandRefused', 'KeyIssued', 'MonitorRevised'], 1 + kind) AS type,
  if(intake = 1, 'intake', arrayElement(['measurement', 'alert', 'alert', 'alert', 'access', 'access', 'identity', 'measurement'], 1 + kind)),
  concat('alert-', toString(rank)), position,
  concat('00000000-0000-4000-8000-', leftPad(toString(actor), 12, '0')), 'service', concat('key ', toString(actor)), '',
  'http', '/v1/x', 'bench', 'loopback', '',
  toUUID(concat('00000000-0000-4000-9000-', leftPad(toString(intDiv(position, {correlated:UInt32})), 12, '0'))), generateUUIDv4(), generateUUIDv4(),
  concat('00000000-0000-4000-a000-', leftPad(toString(deployment), 12, '0')), '', if(registers, concat('model ', toString(deployment % {models:UInt32})), ''),
  concat('feature:', toString(subject)), concat('Alert raised on feature:', toString(subject), ' of deployment ', toString(deployment)),
  '[]', repeat('0', 64)
FROM (
  SELECT number AS position, number % 5 = 1 AND intDiv(number, 5) < {deployments:UInt32} AS registers,
    toUInt8(number % 5 = 0) AS intake,
    toUInt64(floor(pow({actors:UInt32}, rand(1) / 4294967296))) - 1 AS actor,
    if(registers, intDiv(number, 5), toUInt64(floor(pow({deployments:UInt32}, rand(2) / 4294967296))) - 1) AS deployment,
    toUInt64(floor(pow({subjects:UInt32}, rand(3) / 4294967296))) - 1 AS subject,
    toUInt8(floor(pow(8, rand(4) / 4294967296))) - 1 AS kind, rand(5) % 1000 AS rank
  FROM numbers({first:UInt64}, {count:UInt64})
) SETTINGS insert_deduplicate = 0`;

const seed = async (clickHouse: ClickHouse): Promise<void> => {
  for (let first = 0; first < ROWS; first += CHUNK)
    await clickHouse.command(SEED, {
      first: BigInt(first),
      count: BigInt(Math.min(CHUNK, ROWS - first)),
      start: BigInt(YEAR_START),
      step: YEAR_MS / ROWS,
      actors: ACTORS,
      deployments: DEPLOYMENTS,
      models: MODELS,
      subjects: SUBJECTS,
      correlated: CORRELATION_EVERY,
    });
};

/** Seeded, so that two runs ask the same questions. */
const randomOf = (seedValue: number) => {
  let state = seedValue;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
};
const random = randomOf(42);
const below = (count: number): number => Math.floor(random() * count);
const idOf = (group: string, number: number): Uuid => uuid(`00000000-0000-4000-${group}-${String(number).padStart(12, '0')}`);

/** A page of the trail: what restricts it, and the position it goes on from. */
type Question = { readonly filter: AuditFilter; readonly before?: bigint };
const anything = (): Question => ({ filter: {} });

/** Values are drawn evenly, not by frequency: most questions are about rare ones, which is the harder case. */
const QUESTIONS: Readonly<Record<string, () => Question>> = {
  newest: anything,
  anyPage: () => ({ filter: {}, before: BigInt(below(ROWS)) }),
  withIntake: () => ({ filter: { includeIntake: true }, before: BigInt(below(ROWS)) }),
  model: () => ({ filter: { model: `model ${below(MODELS)}` } }),
  deployment: () => ({ filter: { deploymentId: idOf('a000', below(DEPLOYMENTS)) } }),
  actor: () => ({ filter: { actorId: idOf('8000', below(ACTORS)) } }),
  subject: () => ({ filter: { subject: `feature:${below(SUBJECTS)}` } }),
  class: () => ({ filter: { class: CLASSES[below(CLASSES.length)] ?? 'alert' } }),
  type: () => ({ filter: { type: ['MeasurementRecorded', 'MonitorRevised', 'KeyIssued'][below(3)] ?? '' } }),
  time: () => ({ filter: { until: instant(YEAR_START + below(YEAR_MS)) } }),
  correlation: () => ({ filter: { correlationId: idOf('9000', below(ROWS / CORRELATION_EVERY)) } }),
  actorAndSubject: () => ({ filter: { actorId: idOf('8000', below(ACTORS)), subject: `feature:${below(SUBJECTS)}` } }),
  deploymentAndClass: () => ({ filter: { deploymentId: idOf('a000', below(DEPLOYMENTS)), class: 'alert' } }),
  absentActor: () => ({ filter: { actorId: idOf('8000', ACTORS + below(ACTORS)) } }),
};

const percentile = (sorted: readonly number[], share: number): number =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;

const measure = async (trails: AuditTrails, question: () => Question) => {
  const times: number[] = [];
  let rows = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { filter, before } = question();
    const start = performance.now();
    rows += (await trails.page(filter, before === undefined ? undefined : positionOf(before), PAGE)).length;
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99), maxMs: percentile(times, 1), rowsPerAnswer: rows / ROUNDS };
};

const directory = mkdtempSync(join(tmpdir(), 'driftledger-bench-audit-'));
const clickHouse = openChdb({ path: directory });
try {
  await migrate(clickHouse);
  const start = performance.now();
  await seed(clickHouse);
  const seedSeconds = Math.round((performance.now() - start) / 100) / 10;
  const trails = new AuditTrails(clickHouse);
  const filters: Record<string, Awaited<ReturnType<typeof measure>>> = {};
  for (const [name, question] of Object.entries(QUESTIONS)) filters[name] = await measure(trails, question);
  const worst = Math.max(...Object.values(filters).map(({ p99Ms }) => p99Ms));
  const memoryMiB = Math.round(process.memoryUsage().rss / 1024 ** 2);
  console.log(
    JSON.stringify(
      { rows: ROWS, rounds: ROUNDS, seedSeconds, targetP99Ms: TARGET_MS, worstP99Ms: worst, met: worst < TARGET_MS, memoryMiB, filters },
      null,
      2,
    ),
  );
} finally {
  await clickHouse.close();
  rmSync(directory, { recursive: true, force: true });
}
