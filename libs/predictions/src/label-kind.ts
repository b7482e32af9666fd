import { randomBytes } from 'node:crypto';
import { type Deployments } from '#libs/deployments';
import { type DomainEvent } from '#libs/kernel';
import { REPORTED_MAX } from './answer.js';
import { type Mark } from './batch.js';
import { WordsBuilder } from './column-builders.js';
import { ContentDigester, packDigests, type Digest64 } from './content.js';
import { LabelBatchRecorded } from './events.js';
import { firstOf, isMembers, isRefused, readTime, refused, textOf, type Refused } from './fields.js';
import { Kind, type Accepted, type Draft, type Making } from './kind.js';
import { type IntakeLimits } from './limits.js';
import { IntakeRefused } from './refusals.js';

/** Ground truth for one prediction: a number, or a word (booleans are the words true and false). */
export type LabelRecord = {
  readonly id: string;
  readonly at: number | null;
  readonly value: number | null;
  readonly class: string | null;
  /** Members beside those, which are not stored: nothing says how to treat what is personal among them. The first hundred. */
  readonly ignored: readonly string[];
};

/** Names one member may have; the first that is given counts. */
const ID = ['id', 'predictionId'];
const AT = ['at', 'labelledAt', 'time', 'timestamp'];
const LABEL = ['label', 'value', 'class'];
const KNOWN = new Set([...ID, ...AT, ...LABEL]);

/** Labels: by prediction id, in any order, even before the prediction. Another label for the same id is a correction. */
export class LabelKind extends Kind<LabelRecord> {
  readonly category = 'labels';
  readonly otherContent = 'correction';
  private readonly digester: ContentDigester;

  constructor(
    private readonly deployments: Deployments,
    private readonly limits: IntakeLimits,
    digestKey: string,
  ) {
    super();
    this.digester = new ContentDigester(digestKey);
  }

  read(raw: unknown, now: number): LabelRecord | Refused {
    if (!isMembers(raw)) return refused('', 'NOT_AN_OBJECT', 'a label is a JSON object {id, label}');
    const [givenId, givenAt, given] = [firstOf(raw, ID), firstOf(raw, AT), firstOf(raw, LABEL)];
    const id = textOf(givenId.value, 'id', this.limits.idLengthMax);
    if (isRefused(id)) return id;
    if (id === null) return refused('id', 'MISSING', 'a label names the prediction it is for');
    const at = readTime(givenAt.value, 'at', now, this.limits);
    if (isRefused(at)) return at;
    const unknown = Object.keys(raw).filter((name) => !KNOWN.has(name) && raw[name] !== null);
    const ignored = [...givenId.others, ...givenAt.others, ...given.others, ...unknown].slice(0, REPORTED_MAX);
    const label = given.value;
    if (typeof label === 'number' && Number.isFinite(label)) return { id, at, value: label, class: null, ignored };
    const word = typeof label === 'boolean' ? String(label) : label;
    if (typeof word !== 'string' || word === '')
      return refused('label', 'LABEL_INVALID', 'a label is a finite number, a word, or true or false');
    const text = textOf(word, 'label', this.limits.stringLengthMax);
    return isRefused(text) ? text : { id, at, value: null, class: text, ignored };
  }

  idOf(record: LabelRecord): string {
    return record.id;
  }

  digestOf({ value, class: word }: LabelRecord): Digest64 {
    return this.digester.digest({}, [value, word]);
  }

  bytesOf(_record: LabelRecord, rawBytes: number): number {
    return rawBytes;
  }

  async check(deploymentId: string, records: readonly LabelRecord[]): Promise<readonly (Refused | undefined)[]> {
    const state = await this.deployments.stateOf(deploymentId);
    if (state.status === 'registered') return state.strict ? records.map(strictProblem) : [];
    throw new IntakeRefused(404, 'NO_SUCH_DEPLOYMENT', 'this deployment is not registered', { field: 'deployment' });
  }

  draft({ deploymentId, rows, now }: Making<LabelRecord>): Promise<Draft> {
    const salt = randomBytes(16).toString('base64');
    const times = rows.map(({ record }) => record.at ?? now);
    const base = times.reduce((least, at) => Math.min(least, at), now);
    const columns = { ...columnsOf(rows), at: times.map((at) => at - base) };
    return Promise.resolve({
      marks: rows.flatMap(marksOf),
      finish: (requests): DomainEvent => LabelBatchRecorded.make({ deploymentId, salt, base, rows: rows.length, requests, columns }),
    });
  }
}

const strictProblem = ({ ignored: [name] }: LabelRecord): Refused | undefined =>
  name === undefined ? undefined : refused(name, 'UNKNOWN_MEMBER', 'this strict deployment takes no unknown members');

const marksOf = ({ record, index }: Accepted<LabelRecord>, row: number): readonly Mark[] =>
  record.ignored.map((name) => ({ index, row, field: name.slice(0, 200).toWellFormed(), code: 'NOT_STORED' }));

function columnsOf(rows: readonly Accepted<LabelRecord>[]): {
  id: string[];
  digests?: string;
  value?: (number | null)[];
  class?: { words: readonly string[]; codes: readonly number[] };
} {
  const words = new WordsBuilder(rows.length);
  rows.forEach(({ record }, row) => words.put(row, record.class));
  const word = words.column();
  const digests = packDigests(rows.map((row) => row.digest));
  return {
    id: rows.map(({ record }) => record.id),
    ...(digests !== undefined && { digests }),
    ...(rows.some(({ record }) => record.value !== null) && { value: rows.map(({ record }) => record.value) }),
    ...(word && { class: word }),
  };
}
