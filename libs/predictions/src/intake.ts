import { createHmac } from 'node:crypto';
import { type CommandBus } from '@nestjs/cqrs';
import { deploymentIdOf, Deployments, NAME_PATTERN, RegisterDeployment } from '#libs/deployments';
import { type EventCodec, type EventStore, type Outcome } from '#libs/event-store';
import { derivedId, type Clock, type CommandMeta } from '#libs/kernel';
import { Admission } from './admission.js';
import { type IntakeAnswer } from './answer.js';
import { BodyRefused, decompress, recordsOf } from './body.js';
import { type Kind } from './kind.js';
import { LabelKind } from './label-kind.js';
import { Lane } from './lane.js';
import { LaneMemory } from './lane-memory.js';
import { type IntakeLimits } from './limits.js';
import { type PersonalData } from '#libs/keys';
import { PredictionKind } from './prediction-kind.js';
import { IntakeRefused } from './refusals.js';
import { type Snapshots } from './snapshots.js';

export type IntakeParts = {
  readonly store: EventStore;
  readonly codec: EventCodec;
  readonly commands: CommandBus;
  readonly clock: Clock;
  readonly personal: PersonalData;
  readonly snapshots: Snapshots;
  readonly limits: IntakeLimits;
  /** Requests of one key that may be under way at a time; 1,000 unless said otherwise. */
  readonly requestsPerKeyMax?: number;
  /** Hears of every answer and of every refusal of a whole request. */
  readonly observer?: IntakeObserver;
  /** Called when a first post registered a deployment; undefined where first posts to unknown deployments are refused. */
  readonly onFirstPost: ((name: string) => void) | undefined;
};

/** Who counts and times what the intake does. */
export type IntakeObserver = {
  /** `tookMs`: from the whole request to its durable append. */
  answered(kind: 'predictions' | 'labels', answer: IntakeAnswer, tookMs: number): void;
  /** `code`: one of a closed set. */
  refused(code: string): void;
};

/** One request as the edge received it. */
export type IntakeRequest = {
  readonly deployment: string;
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly key: string | undefined;
  readonly meta: CommandMeta;
};

const KEY_LENGTH_MAX = 256;
const REQUESTS_PER_KEY_MAX = 1_000;
/** Deployments share the memory of the process, and records take some five times their text: this many may be full of requests at once. */
const FULL_LANES_MAX = 2;

/**
 * Predictions and labels in: decompress, split, find the lane, wait for the durable append.
 * One lane per deployment and kind, so that each stream has one writer in this process.
 */
export class Intake {
  private readonly lanes = new Map<string, Lane<never>>();
  private readonly deployments: Deployments;
  private readonly registering = new Map<string, Promise<void>>();
  /** Registered once is registered for ever. */
  private readonly registered = new Set<string>();
  private readonly admission: Admission;

  constructor(private readonly parts: IntakeParts) {
    const { store, codec, limits, requestsPerKeyMax = REQUESTS_PER_KEY_MAX } = parts;
    this.deployments = new Deployments(store, codec);
    this.admission = new Admission({ requestsPerKeyMax, bytesMax: limits.waitingBytesMax * FULL_LANES_MAX });
  }

  /** @throws BodyRefused | IntakeRefused */
  predictions(request: IntakeRequest): Promise<IntakeAnswer> {
    return this.observed('predictions', () => this.take(request, (id) => this.lane(id, 'predictions', () => this.predictionKind())));
  }

  /** @throws BodyRefused | IntakeRefused */
  labels(request: IntakeRequest): Promise<IntakeAnswer> {
    const kind = (): LabelKind => new LabelKind(this.deployments, this.parts.limits, this.parts.personal.digestKey);
    return this.observed('labels', () => this.take(request, (id) => this.lane(id, 'labels', kind)));
  }

  /** Requests waiting in all lanes. */
  get depth(): number {
    return [...this.lanes.values()].reduce((sum, lane) => sum + lane.depth, 0);
  }

  /** Takes nothing more; resolves when what waited is stored. */
  async close(): Promise<void> {
    await Promise.all([...this.lanes.values()].map((lane) => lane.close()));
  }

  private async observed(kind: 'predictions' | 'labels', work: () => Promise<IntakeAnswer>): Promise<IntakeAnswer> {
    const { observer } = this.parts;
    if (!observer) return work();
    const began = performance.now();
    try {
      const answer = await work();
      observer.answered(kind, answer, performance.now() - began);
      return answer;
    } catch (error) {
      observer.refused(error instanceof IntakeRefused || error instanceof BodyRefused ? error.code : 'FAILED');
      throw error;
    }
  }

  private take(request: IntakeRequest, laneOf: (id: string) => Lane<never>): Promise<IntakeAnswer> {
    const { principalId, via } = request.meta.actor;
    return this.admission.admit(`${principalId} ${via}`, async () => {
      checkNames(request);
      const body = decompress(request.body, request.contentEncoding, this.parts.limits);
      return this.admission.hold(body.length, () => this.submit(request, body, laneOf));
    });
  }

  private async submit(request: IntakeRequest, body: Uint8Array, laneOf: (id: string) => Lane<never>): Promise<IntakeAnswer> {
    const { deployment, key, contentType, meta } = request;
    const records = recordsOf(body, contentType, this.parts.limits);
    const deploymentId = deploymentIdOf(deployment);
    await this.ensureRegistered(deployment, deploymentId, meta);
    // Keyed, because a bare hash of a small body would tell the body.
    const digest = (): string => createHmac('sha256', this.parts.personal.digestKey).update(body).digest('hex');
    const keyed = key === undefined ? {} : { key, digest: digest() };
    return laneOf(deploymentId).submit({ records, bytes: body.length, ...keyed, meta });
  }

  private async ensureRegistered(name: string, deploymentId: string, meta: CommandMeta): Promise<void> {
    if (this.registered.has(deploymentId)) return;
    const state = await this.deployments.stateOf(deploymentId);
    if (state.status === 'registered') {
      this.registered.add(deploymentId);
      return;
    }
    if (!this.parts.onFirstPost) {
      throw new IntakeRefused(404, 'NO_SUCH_DEPLOYMENT', `register it first: driftledger deployment register ${name}`, {
        field: 'deployment',
      });
    }
    // Many producers may start at once; one of them registers.
    const running = this.registering.get(name) ?? this.register(name, deploymentId, meta, this.parts.onFirstPost);
    this.registering.set(name, running);
    await running.finally(() => this.registering.delete(name));
  }

  private async register(name: string, deploymentId: string, meta: CommandMeta, tell: (name: string) => void): Promise<void> {
    const command = new RegisterDeployment(
      { deploymentId, name, strict: false, onFirstPost: true },
      { ...meta, commandId: derivedId(meta.commandId, 'register'), causationId: meta.commandId },
    );
    const outcome: Outcome = await this.parts.commands.execute(command);
    if (outcome.kind === 'refused') throw new IntakeRefused(422, outcome.refusal.code, outcome.refusal.detail, { field: 'deployment' });
    tell(name);
  }

  private predictionKind(): PredictionKind {
    const { commands, personal, limits } = this.parts;
    return new PredictionKind(commands, this.deployments, personal, limits);
  }

  private lane<R>(deploymentId: string, category: Kind<R>['category'], kind: () => Kind<R>): Lane<never> {
    const stream = `${category}-${deploymentId}`;
    const known = this.lanes.get(stream);
    if (known) return known;
    const { store, codec, clock, limits, snapshots } = this.parts;
    const memory = new LaneMemory({ stream, store, codec, snapshots });
    // The map holds lanes of both kinds; submitting and closing do not depend on the kind of record.
    const lane = new Lane({ deploymentId, kind: kind(), memory, store, codec, clock, limits }) as unknown as Lane<never>;
    this.lanes.set(stream, lane);
    return lane;
  }
}

function checkNames({ deployment, key }: IntakeRequest): void {
  if (!NAME_PATTERN.test(deployment)) {
    throw new IntakeRefused(422, 'NAME_INVALID', `a deployment name matches ${NAME_PATTERN.source}`, { field: 'deployment' });
  }
  if (key !== undefined && (key.length === 0 || key.length > KEY_LENGTH_MAX)) {
    throw new IntakeRefused(422, 'KEY_INVALID', `an idempotency key has 1 to ${KEY_LENGTH_MAX} characters`, {
      field: 'Idempotency-Key',
      limit: KEY_LENGTH_MAX,
    });
  }
}
