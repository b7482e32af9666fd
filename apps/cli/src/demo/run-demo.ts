import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { OnnxInference } from '#libs/inference/onnx';
import { Client } from '../client.js';
import { type Alert } from './answers.js';
import { askAlerts } from './ask-alerts.js';
import { countAuditEntries } from './ask-audit.js';
import { createMonitor, registerDeployment } from './ask-commands.js';
import { askMeasurements } from './ask-measurements.js';
import { digestOf } from './canonical-digest.js';
import { freshDirectory } from './fresh-directory.js';
import { IntakeClient } from './intake-client.js';
import { type Progress } from './progress.js';
import { reportPage } from './report.js';
import { type DemoReport } from './report-data.js';
import { delayModel, DelayScorer } from './score.js';
import { FIRST_DAY_AFTER_TRAINING, scoredFlights, type TrainingTally } from './scored-flights.js';
import { type DayTally, sendFlights } from './send-flights.js';
import { ServerProcess } from './server-process.js';
import { settle } from './settle.js';
import { storyOf } from './story.js';
import { type Places } from './summary.js';

/** What to run. `every`: one flight of so many; `until`: flights before this time, epoch milliseconds. */
export type DemoOptions = {
  readonly dataDirectory: string;
  readonly every: number;
  readonly until?: number;
  readonly progress: Progress;
};

/** What came of it. */
export type DemoRun = { readonly report: DemoReport; readonly alerts: readonly Alert[]; readonly places: Places };

const DEPLOYMENT = 'flights';
const MODEL = 'flight-delay';
const REPORT = 'report.html';
const ANSWER_MS = 120_000;
const DAY_MS = 86_400_000;
/** The file ends with the last minutes of June, and a flight after them. */
const END = Date.UTC(2001, 6, 1);

/**
 * Runs the whole demo: a server in a fresh directory, flights as predictions, outcomes as labels, a monitor with the defaults, and a
 * report from what the server answers. The server is stopped at the end, whatever happens.
 *
 * @throws ServerError | ServerProcessError | FlightsError | UsageError
 */
export const runDemo = async (options: DemoOptions): Promise<DemoRun> => {
  const started = performance.now();
  const { path, release } = await freshDirectory(options.dataDirectory);
  try {
    return await demoIn(path, started, options);
  } finally {
    await release();
  }
};

const demoIn = async (directory: string, started: number, options: DemoOptions): Promise<DemoRun> => {
  options.progress.step('starting a server');
  const server = await ServerProcess.start(directory);
  try {
    const told = await Promise.race([watched(server, options), server.failure()]);
    const report = storyOf({
      ...told,
      share: shareWords(options.every),
      totals: { ...told.totals, seconds: (performance.now() - started) / 1000 },
    });
    const page = join(directory, REPORT);
    await writeFile(page, reportPage(report));
    const place = (path: string): string => relative('.', path) || '.';
    return { report, alerts: told.alerts, places: { report: place(page), serve: `DRIFTLEDGER_DATA=${place(directory)} npm start` } };
  } catch (error) {
    throw server.explain(error);
  } finally {
    options.progress.end();
    await server.stop();
  }
};

type Watched = Omit<Parameters<typeof storyOf>[0], 'share' | 'totals'> & {
  readonly totals: Omit<DemoReport['totals'], 'seconds' | 'predictions' | 'labels'>;
};

/** Sends, waits and asks. Everything but the file of flights goes through the server's public interfaces. */
const watched = async (server: ServerProcess, { every, until = END, progress }: DemoOptions): Promise<Watched> => {
  const address = { baseUrl: server.baseUrl, key: server.key, timeoutMs: ANSWER_MS };
  const client = new Client(address);
  await registerDeployment(client, DEPLOYMENT, MODEL);
  const monitor = await createMonitor(client, DEPLOYMENT);
  const training: TrainingTally = { flights: 0, late: 0 };
  const began = performance.now();
  const tallies = await sent(new IntakeClient(address, DEPLOYMENT), { every, until, progress, training });
  const sendingSeconds = (performance.now() - began) / 1000;
  await settle({ client, options: address, monitor, progress }, tallies);
  progress.step('asking for measurements, alerts and the audit trail');
  const { subjects, windows, content } = await askMeasurements(client, monitor);
  const alerts = await askAlerts(client, DEPLOYMENT);
  const auditEntries = await countAuditEntries(client, { includeIntake: true });
  const predictions = tallies.reduce((sum, day) => sum + day.predictions, 0);
  return {
    measured: subjects,
    alerts,
    tallies,
    trainingLateShare: training.flights === 0 ? 0 : training.late / training.flights,
    totals: {
      measurements: windows,
      auditEntries,
      predictionsPerSecond: predictions / sendingSeconds,
      measurementsDigest: digestOf(content),
    },
  };
};

type Sending = { readonly every: number; readonly until: number; readonly progress: Progress; readonly training: TrainingTally };

const sent = async (intake: IntakeClient, { every, until, progress, training }: Sending): Promise<readonly DayTally[]> => {
  const scorer = await DelayScorer.open(new OnnxInference(), await delayModel());
  const first = Date.parse(`${FIRST_DAY_AFTER_TRAINING}T00:00:00Z`);
  const days = (Math.min(until, END) - first) / DAY_MS;
  let count = 0;
  try {
    progress.step('reading flights');
    return await sendFlights(scoredFlights({ every, until }, scorer, training), {
      send: (shipment) => intake.send(shipment),
      onDay: ({ day, predictions }) => {
        count += predictions;
        const done = (Date.parse(`${day}T00:00:00Z`) - first) / DAY_MS + 1;
        progress.at(done / days, `${day}  ${count.toLocaleString('en-US')} flights sent`);
      },
    });
  } finally {
    await scorer.close();
  }
};

const shareWords = (every: number): string => {
  if (every === 1) return 'all';
  return every === 4 ? 'a quarter' : `one in ${every}`;
};
