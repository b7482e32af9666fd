import { type CommandMeta, type Recorded } from '#libs/kernel';
import { type CommandRunner, type DecodedSubscription, type EventCodec, type EventStore, reactorSubscription } from '#libs/event-store';
import { MeasurementRecorded, MeasurementSkipped, measurementsStream, type MeasurementEvent } from '#libs/monitoring';
import { JudgeMeasurement } from './commands.js';
import { alertDecider } from './decider.js';
import { alertIdOf, alertStream } from './events.js';
import { judgementOf, noDataOf } from './judge.js';
import { type Judgement } from './judgement.js';

type MeasurementRecordedEvent = Extract<Recorded<MeasurementEvent>, { type: 'MeasurementRecorded' }>;
type MeasurementSkippedEvent = Extract<Recorded<MeasurementEvent>, { type: 'MeasurementSkipped' }>;
type Judged = MeasurementRecordedEvent | MeasurementSkippedEvent;

type MetaFor = (salt: string) => CommandMeta;

const REMEMBERED_MAX = 50_000;

/**
 * Judges every subject of every measurement, in the order of the log. Stops at what it cannot read: a skipped measurement would make
 * every later alert wrong. The command ids follow from the measurement's event, so that a replay changes nothing.
 *
 * A measurement of 60 calm subjects costs nothing: a subject whose stream does not exist has never breached, and being calm again
 * leaves it so. Only this reactor makes such a stream, so the knowledge cannot become wrong while it runs alone.
 */
export class AlertReactor {
  private readonly neverBreached = new Set<string>();
  private readonly subjects = new Map<string, readonly string[]>();

  constructor(
    private readonly runner: CommandRunner,
    private readonly store: EventStore,
    private readonly codec: EventCodec,
  ) {}

  /** What the process runs. Its name is the name of its checkpoint. */
  subscription(): DecodedSubscription {
    return reactorSubscription({
      name: 'alerts',
      handles: [MeasurementRecorded.type, MeasurementSkipped.type],
      onPoison: 'stop',
      react: async (event, metaFor) => {
        if (isJudged(event)) await this.react(event, metaFor);
      },
    });
  }

  private async react(event: Judged, metaFor: MetaFor): Promise<void> {
    if (event.type === 'MeasurementRecorded') return this.judgeAll(event, metaFor);
    // Without rows there are no subjects: the gap belongs to those that were measured before it.
    if (!event.data.judged) return;
    for (const subject of await this.subjectsBefore(event)) await this.judge(event, subject, noDataOf(event), metaFor);
  }

  private async judgeAll(event: MeasurementRecordedEvent, metaFor: MetaFor): Promise<void> {
    for (const subject of event.data.subjects) await this.judge(event, subject.subject, judgementOf(event, subject), metaFor);
    const parts = event.data.part.index === 0 ? [] : await this.subjectsBefore(event);
    this.subjects.set(seriesOf(event), [...parts, ...event.data.subjects.map(({ subject }) => subject)]);
  }

  private async judge(event: Judged, subject: string, judgement: Judgement, metaFor: MetaFor): Promise<void> {
    const { monitorId, monitor, deploymentId, deployment, alerting, judged, reason } = event.data;
    const alertId = alertIdOf(monitorId, subject);
    if (judgement.verdict !== 'breach' && this.neverBreached.has(alertId)) return;
    const command = new JudgeMeasurement(
      {
        alertId,
        monitorId,
        monitor,
        deploymentId,
        deployment,
        subject,
        policy: alerting,
        judgement,
        at: event.recordedAt,
        ...(judged ? {} : { restatement: { why: reason } }),
      },
      metaFor(subject),
    );
    const outcome = await this.runner.run({ decider: alertDecider, stream: alertStream(alertId), command });
    if (outcome.kind === 'refused') throw new Error(`a judgement of ${subject} was refused: ${outcome.refusal.code}`);
    this.remember(alertId, outcome.receipt.revision < 0n);
  }

  private remember(alertId: string, neverBreached: boolean): void {
    if (this.neverBreached.size >= REMEMBERED_MAX) this.neverBreached.clear();
    if (neverBreached) this.neverBreached.add(alertId);
    else this.neverBreached.delete(alertId);
  }

  /** The subjects of the measurement before a gap, or of its earlier parts: remembered, or read back from the stream after a restart. */
  private async subjectsBefore(event: Judged): Promise<readonly string[]> {
    const known = this.subjects.get(seriesOf(event));
    if (known) return known;
    const subjects = await this.readSubjectsBefore(event);
    this.subjects.set(seriesOf(event), subjects);
    return subjects;
  }

  private async readSubjectsBefore({ data, revision }: Judged): Promise<readonly string[]> {
    if (revision === 0n) return [];
    const subjects: string[] = [];
    for await (const stored of this.store.readStream(measurementsStream(data.monitorId), { from: revision - 1n, direction: 'backwards' })) {
      if (stored.type !== MeasurementRecorded.type) {
        if (subjects.length > 0) break;
        continue;
      }
      const before = this.codec.decode<MeasurementRecordedEvent>(stored).data;
      if (before.kind !== data.kind) continue;
      subjects.push(...before.subjects.map(({ subject }) => subject));
      if (before.part.index === 0) break;
    }
    return subjects;
  }
}

const isJudged = (event: Recorded): event is Judged => event.type === MeasurementRecorded.type || event.type === MeasurementSkipped.type;

const seriesOf = ({ data }: Judged): string => `${data.monitorId} ${data.kind}`;
