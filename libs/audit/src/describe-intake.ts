import { constants, inflateSync } from 'node:zlib';
import { type StoredEvent } from '#libs/event-store';
import { type DomainEvent } from '#libs/kernel';
import { type Described, counted } from './described.js';

/** Names of the events of the intake, whose bodies are large and are not decoded for the trail. */
export const INTAKE_TYPES = ['PredictionBatchRecorded', 'LabelBatchRecorded'] as const;
export type IntakeType = (typeof INTAKE_TYPES)[number];

/** Stored bytes that are looked at: the head of a batch fits in a fraction of them. */
const HEAD_BYTES = 1_024;
/** A batch body begins with scalar members; the first array or object ends what is looked at. */
const HEAD = /^\{[^[{]*/;
const DEPLOYMENT = /"deploymentId":"([0-9a-f-]{36})"/;
const ROWS = /"rows":(\d{1,9})\b/;

const headOf = ({ body, metadata }: StoredEvent): string => {
  const start = body.subarray(0, HEAD_BYTES);
  const plain = metadata.encoding === 'deflate' ? inflateSync(start, { finishFlush: constants.Z_SYNC_FLUSH }) : start;
  return HEAD.exec(Buffer.from(plain.buffer, plain.byteOffset, Math.min(plain.length, HEAD_BYTES)).toString('latin1'))?.[0] ?? '';
};

/** What the trail knows of a batch. A decoded batch has these members too. */
export type BatchHead = { readonly deploymentId?: string; readonly rows?: number };

/**
 * The head of a batch from the first bytes of its body: a trail that decoded every batch would cost as much as the projection that
 * needs them. A body that begins otherwise gives an entry without a count.
 */
export const batchHead = (stored: StoredEvent): BatchHead => {
  const head = headOf(stored);
  const deploymentId = DEPLOYMENT.exec(head)?.[1];
  const rows = ROWS.exec(head)?.[1];
  return { ...(deploymentId === undefined ? {} : { deploymentId }), ...(rows === undefined ? {} : { rows: Number(rows) }) };
};

/** What the trail says about a batch of predictions or labels. */
export const describeIntake = ({ type, data }: DomainEvent<IntakeType, BatchHead>): Described => {
  const noun = type === 'LabelBatchRecorded' ? 'label' : 'prediction';
  const summary = data.rows === undefined ? `A batch of ${noun}s recorded` : `${counted(data.rows, noun)} recorded`;
  return { class: 'intake', summary, ...(data.deploymentId === undefined ? {} : { deploymentId: data.deploymentId }) };
};
