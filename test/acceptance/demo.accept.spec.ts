import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const CLI = join(import.meta.dirname, '../../dist/apps/cli/src/main.js');

const Share = z.strictObject({ name: z.string(), reference: z.number(), current: z.number() });
/** Exactly what `demo --json` promises: no member more, none less. */
const Result = z.strictObject({
  predictions: z.int(),
  labels: z.int(),
  measurements: z.int(),
  alerts: z.array(
    z.strictObject({
      subject: z.string(),
      window: z.strictObject({ from: z.iso.datetime(), until: z.iso.datetime() }),
      score: z.number(),
      moved: z.array(Share),
      measurement: z.string(),
    }),
  ),
  usualLimits: z.array(z.strictObject({ rule: z.string(), alerts: z.int(), knownEventsFound: z.int() })),
  measurementsDigest: z.string().regex(/^[0-9a-f]{64}$/),
  auditEntries: z.int(),
  seconds: z.number(),
  predictionsPerSecond: z.number(),
});

const demo = async (data: string, ...argv: readonly string[]): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, [CLI, 'demo', '--every', '40', '--until', '2001-03-10', ...argv], {
    env: { ...process.env, DRIFTLEDGER_DATA: data },
    maxBuffer: 64 * 1024 * 1024,
  });

describe('the demo, on one flight in forty', () => {
  const data = mkdtempSync(join(tmpdir(), 'demo-'));
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it('gives the same measurements twice, in exactly the members it promises', async () => {
    const first = Result.parse(JSON.parse((await demo(data, '--json')).stdout));
    const second = Result.parse(JSON.parse((await demo(data, '--json')).stdout));
    expect(first).toMatchObject({ predictions: 16_357, labels: 16_357 });
    // Forty days are sent. The last one stays open; the first seven have nothing to be compared with, and performance all the same.
    expect(first.measurements).toBe(71);
    expect(first.auditEntries).toBeGreaterThan(100);
    expect(second.measurementsDigest).toBe(first.measurementsDigest);
    const withoutIds = ({ alerts }: z.infer<typeof Result>): unknown => alerts.map(({ measurement: _, ...rest }) => rest);
    expect(withoutIds(second)).toEqual(withoutIds(first));
    expect(second.usualLimits).toEqual(first.usualLimits);
  });

  it('leaves a page that needs nothing else, and says in words what did not come out', async () => {
    const { stdout } = await demo(data);
    expect(stdout).toContain('did NOT come out');
    expect(stdout).toMatch(/Serve +DRIFTLEDGER_DATA=\S+demo npm start/);
    expect(stdout).not.toMatch(/NaN|undefined/);
    const page = readFileSync(join(data, 'demo', 'report.html'), 'utf8');
    expect(page).toContain('<h2>Every feature, every day</h2>');
    expect(page).not.toMatch(/https?:|<script|NaN|undefined/);
    expect(existsSync(join(data, 'demo', 'log.sqlite'))).toBe(true);
  });
});
