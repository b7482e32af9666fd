import {
  type JetStreamManager,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { subjectMatches } from '../subjects.js';

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;

/** What a stream of ours is made with. One that exists is left as operators have set it. */
export type StreamPlan = {
  readonly name: string;
  readonly description: string;
  readonly subjects: readonly string[];
  /** `work`: a message is gone once it was acknowledged, and a full stream refuses new ones. `news`: the oldest give way. */
  readonly keeps: 'work' | 'news';
  /** Milliseconds; 0 for ever. */
  readonly ageMsMax: number;
  readonly bytesMax: number;
  /** How long the server recognises a `Nats-Msg-Id` it has seen, in milliseconds. */
  readonly duplicatesMs: number;
};

/** What Driftledger tells: kept for those who were away. */
export const NEWS: StreamPlan = {
  name: 'DRIFTLEDGER_NEWS',
  description: 'Driftledger: alerts, measurements and events, as CloudEvents',
  subjects: ['driftledger.alerts.>', 'driftledger.measurements.>', 'driftledger.events.>'],
  keeps: 'news',
  ageMsMax: 7 * DAY_MS,
  bytesMax: 1024 * MIB,
  duplicatesMs: 10 * 60_000,
};

/** What producers send. Without an end in time: nothing is forgotten before it was taken. */
export const INTAKE: StreamPlan = {
  name: 'DRIFTLEDGER_INTAKE',
  description: 'Driftledger: predictions and labels that were not taken yet',
  subjects: ['driftledger.predictions.>', 'driftledger.labels.>'],
  keeps: 'work',
  ageMsMax: 0,
  bytesMax: 4 * 1024 * MIB,
  // As little as the server takes. It knows an id for all subjects together and drops the second message while it confirms it; the log
  // knows ids for each deployment, predictions and labels apart, and compares what was sent under them.
  duplicatesMs: 100,
};

/** What was taken from `INTAKE` and cannot be done now: it waits here, out of the way of what comes after it. */
export const LATER: StreamPlan = {
  name: 'DRIFTLEDGER_LATER',
  description: 'Driftledger: predictions and labels that wait until their deployment can be written',
  subjects: ['driftledger.later.>'],
  keeps: 'work',
  ageMsMax: 0,
  bytesMax: 1024 * MIB,
  duplicatesMs: 10 * 60_000,
};

/** What producers have sent and nobody can take, as it was sent, with the reason. */
export const REFUSED: StreamPlan = {
  name: 'DRIFTLEDGER_REFUSED',
  description: 'Driftledger: predictions and labels that were refused, and why',
  subjects: ['driftledger.refused.>'],
  keeps: 'news',
  ageMsMax: 30 * DAY_MS,
  bytesMax: 1024 * MIB,
  duplicatesMs: 10 * 60_000,
};

/** Whether messages of a subject are kept by the server. */
export const isKept = (subject: string): boolean => NEWS.subjects.some((pattern) => subjectMatches(pattern, subject));

/** Creates a stream unless there is one of this name. @throws an error of the client */
export const ensureStream = async (manager: JetStreamManager, plan: StreamPlan): Promise<void> => {
  try {
    await manager.streams.info(plan.name);
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)) throw error;
    await manager.streams.add({
      name: plan.name,
      description: plan.description,
      subjects: [...plan.subjects],
      storage: StorageType.File,
      retention: plan.keeps === 'work' ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
      discard: plan.keeps === 'work' ? DiscardPolicy.New : DiscardPolicy.Old,
      max_age: nanos(plan.ageMsMax),
      max_bytes: plan.bytesMax,
      duplicate_window: nanos(plan.duplicatesMs),
      // Messages that stay behind are looked for one after the other.
      allow_direct: true,
    });
  }
};
