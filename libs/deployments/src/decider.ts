import { accept, refuse, unreachable, type Decider, type Decision, type Refusal } from '#libs/kernel';
import { type EventOf } from '#libs/event-store';
import { type DeploymentCommand, type DeploymentRefusal, type SubjectGrid, type SubjectWords } from './commands.js';
import { type DeploymentEvent } from './events.js';
import { FeaturesDeclared, FeatureSchemaExtended, FeatureSchemaSettled, FeatureTypeChanged } from './events.js';
import { CategoriesObserved, DeploymentRegistered, FeatureGridSet } from './events.js';
import {
  CATEGORY_WORDS_MAX,
  FEATURES_MAX,
  NAME_PATTERN,
  type FeatureDeclaration,
  type FeatureKind,
  type PersonalTreatment,
} from './schema.js';

/** One feature as the schema knows it. */
export type FeatureState = {
  readonly kind: FeatureKind;
  readonly length?: number;
  readonly declared: boolean;
  readonly personal?: PersonalTreatment;
};

/** What intake and the decider need of a deployment. Maps are replaced, never changed in place. */
export type Registered = {
  readonly status: 'registered';
  readonly deploymentId: string;
  readonly name: string;
  readonly model?: string;
  readonly environment?: string;
  readonly strict: boolean;
  readonly schemaVersion: number;
  readonly settled: boolean;
  readonly features: ReadonlyMap<string, FeatureState>;
  readonly grids: ReadonlyMap<string, { readonly centre: number; readonly unit: number }>;
  readonly words: ReadonlyMap<string, ReadonlyMap<string, number>>;
};
export type DeploymentState = { readonly status: 'unknown' } | Registered;

type Answer = Decision<DeploymentEvent, Refusal<DeploymentRefusal>>;

export const deploymentDecider: Decider<DeploymentState, DeploymentCommand, DeploymentEvent, Refusal<DeploymentRefusal>> = {
  initialState: () => ({ status: 'unknown' }),
  evolve,
  decide,
};

function decide(command: DeploymentCommand, state: DeploymentState): Answer {
  if (command.type === 'RegisterDeployment') return register(command.data, state);
  if (state.status === 'unknown') return refuse('NO_SUCH_DEPLOYMENT', `no deployment has the id ${command.data.deploymentId}`);
  const answer = decideRegistered(command, state);
  if (answer.kind === 'accepted') return answer;
  // Whoever reads of the refusal later, in the trail, sees no more of the command than this.
  return { ...answer, refusal: { ...answer.refusal, detail: `${state.name}: ${answer.refusal.detail}` } };
}

function decideRegistered(command: Exclude<DeploymentCommand, { type: 'RegisterDeployment' }>, state: Registered): Answer {
  switch (command.type) {
    case 'DeclareFeatures':
      return declare(command.data, state);
    case 'ExtendFeatureSchema':
      return extend(command.data, state);
    case 'SettleFeatureSchema':
      return state.settled ? accept() : accept(FeatureSchemaSettled.make({ ...head(state), records: command.data.records }));
    case 'ChangeFeatureType':
      return changeType(command.data, state, command.meta.reason);
    case 'SetFeatureGrids':
      return setGrids(command.data.grids, state);
    case 'ObserveCategories':
      return observe(command.data.observed, state);
    default:
      return unreachable(command);
  }
}

/** @param before events of the same decision that come before this one */
const head = (state: Registered, before = 0): { deploymentId: string; schemaVersion: number } => ({
  deploymentId: state.deploymentId,
  schemaVersion: state.schemaVersion + 1 + before,
});

function register(data: Extract<DeploymentCommand, { type: 'RegisterDeployment' }>['data'], state: DeploymentState): Answer {
  if (!NAME_PATTERN.test(data.name)) return refuse('NAME_INVALID', `a name matches ${NAME_PATTERN.source}`, { field: 'name' });
  if (state.status === 'unknown') return accept(DeploymentRegistered.make(data));
  const same = state.strict === data.strict && state.model === data.model && state.environment === data.environment;
  if (data.onFirstPost || same) return accept();
  return refuse('DEPLOYMENT_EXISTS', `${data.name} is registered already with other settings`, { field: 'name' });
}

function declare({ features }: Extract<DeploymentCommand, { type: 'DeclareFeatures' }>['data'], state: Registered): Answer {
  const names = new Set(features.map((feature) => feature.name));
  if (names.size !== features.length) return refuse('FEATURE_DECLARED_TWICE', 'a feature is named twice', { field: 'features' });
  if (new Set([...state.features.keys(), ...names]).size > FEATURES_MAX) return tooMany();
  const fresh: FeatureDeclaration[] = [];
  for (const feature of features) {
    const known = state.features.get(feature.name);
    if (known && differs(feature, known) && (known.declared || state.settled)) {
      return refuse('FEATURE_TYPE_DIFFERS', `${feature.name} is ${typeText(known)}; change its type with a reason instead`, {
        field: feature.name,
      });
    }
    const length = feature.kind === 'vector' ? (feature.length ?? known?.length) : undefined;
    if (feature.kind === 'vector' && length === undefined) return vectorNeedsLength(feature.name);
    if (known?.declared && !isTightened(feature, known)) continue;
    // What was personal stays personal: forgetting to say so again must not put it in clear.
    const personal = feature.personal ?? known?.personal;
    const { name, kind, grid } = feature;
    fresh.push({ name, kind, ...(length !== undefined && { length }), ...(personal && { personal }), ...(grid && { grid }) });
  }
  return fresh.length === 0 ? accept() : accept(FeaturesDeclared.make({ ...head(state), features: fresh }));
}

const differs = ({ kind, length }: FeatureDeclaration, known: FeatureState): boolean =>
  kind !== known.kind || (kind === 'vector' && length !== undefined && length !== known.length);

const typeText = ({ kind, length }: FeatureState): string => (length === undefined ? kind : `${kind} of ${length}`);

/** A feature that is declared already may still become personal, or be treated as personal in another way. */
const isTightened = ({ personal }: FeatureDeclaration, known: FeatureState): boolean =>
  personal !== undefined && personal !== known.personal;

const vectorNeedsLength = (name: string): Answer =>
  refuse('VECTOR_NEEDS_LENGTH', `${name} needs the number of its elements`, { field: 'length' });

function extend(data: Extract<DeploymentCommand, { type: 'ExtendFeatureSchema' }>['data'], state: Registered): Answer {
  // Another writer may have learnt some of it first: what is known already is dropped here.
  const features = data.features.filter((feature) => !state.features.has(feature.name));
  const widened = data.widened.filter((name) => canWiden(state.features.get(name), state.settled));
  if (state.features.size + features.length > FEATURES_MAX) return tooMany();
  if (features.length + widened.length === 0) return accept();
  return accept(FeatureSchemaExtended.make({ ...head(state), features, widened }));
}

/** Only what was inferred widens by itself, and only while the schema is provisional. */
const canWiden = (feature: FeatureState | undefined, settled: boolean): boolean =>
  feature?.kind === 'integer' && !feature.declared && !settled;

const tooMany = (): Answer =>
  refuse('TOO_MANY_FEATURES', `a deployment has at most ${FEATURES_MAX} features`, { field: 'features', limit: FEATURES_MAX });

function changeType(
  { feature, to, length }: Extract<DeploymentCommand, { type: 'ChangeFeatureType' }>['data'],
  state: Registered,
  reason: string | undefined,
): Answer {
  const known = state.features.get(feature);
  if (!known) return refuse('NO_SUCH_FEATURE', `${feature} is not in the schema`, { field: 'feature' });
  if (!reason) return refuse('REASON_REQUIRED', 'changing a type needs a reason', { field: 'reason' });
  const elements = to === 'vector' ? (length ?? known.length) : undefined;
  if (to === 'vector' && elements === undefined) return vectorNeedsLength(feature);
  if (known.kind === to && known.length === elements) return accept();
  const { kind: from, personal } = known;
  const shape = { ...(elements !== undefined && { length: elements }), ...(personal && { personal }) };
  return accept(FeatureTypeChanged.make({ ...head(state), feature, from, to, ...shape }));
}

function setGrids(grids: readonly SubjectGrid[], state: Registered): Answer {
  if (isNamedTwice(grids)) return namedTwice();
  // A grid once set is what all later counts rest on; only a person replaces it.
  const fresh = grids.filter(({ subject, basis }) => basis === 'command' || !state.grids.has(subject));
  return accept(
    ...fresh.map(({ subject, grid, basis, values }, index) => FeatureGridSet.make({ ...head(state, index), subject, grid, basis, values })),
  );
}

function observe(observed: readonly SubjectWords[], state: Registered): Answer {
  if (isNamedTwice(observed)) return namedTwice();
  const events: DeploymentEvent[] = [];
  for (const { subject, words } of observed) {
    const known = state.words.get(subject) ?? new Map<string, number>();
    const room = CATEGORY_WORDS_MAX - known.size;
    const fresh = [...new Set(words)].filter((word) => !known.has(word)).slice(0, room);
    const about = { subject, firstBucket: known.size, words: fresh, full: fresh.length === room };
    if (fresh.length > 0) events.push(CategoriesObserved.make({ ...head(state, events.length), ...about }));
  }
  return accept(...events);
}

const isNamedTwice = (subjects: readonly { readonly subject: string }[]): boolean =>
  new Set(subjects.map(({ subject }) => subject)).size !== subjects.length;

const namedTwice = (): Answer => refuse('FEATURE_DECLARED_TWICE', 'a subject is named twice', { field: 'subject' });

function evolve(state: DeploymentState, event: DeploymentEvent): DeploymentState {
  if (event.type === 'DeploymentRegistered') return registered(event.data);
  if (state.status === 'unknown') throw new Error(`${event.type} before DeploymentRegistered`);
  const { schemaVersion } = event.data;
  switch (event.type) {
    case 'FeaturesDeclared': {
      const features = new Map(state.features);
      const grids = new Map(state.grids);
      for (const { name, kind, length, personal, grid } of event.data.features) {
        features.set(name, { kind, declared: true, ...(length !== undefined && { length }), ...(personal && { personal }) });
        if (grid) grids.set(`feature:${name}`, grid);
      }
      return { ...state, schemaVersion, features, grids };
    }
    case 'FeatureSchemaExtended': {
      const features = new Map(state.features);
      for (const { name, kind, length } of event.data.features) {
        features.set(name, { kind, declared: false, ...(length !== undefined && { length }) });
      }
      for (const name of event.data.widened) features.set(name, { kind: 'number', declared: false });
      return { ...state, schemaVersion, features };
    }
    case 'FeatureSchemaSettled':
      return { ...state, schemaVersion, settled: true };
    case 'FeatureTypeChanged': {
      const { feature, to: kind, length, personal = state.features.get(feature)?.personal } = event.data;
      const shape = { ...(length !== undefined && { length }), ...(personal && { personal }) };
      return { ...state, schemaVersion, features: new Map(state.features).set(feature, { kind, declared: true, ...shape }) };
    }
    case 'FeatureGridSet':
      return { ...state, schemaVersion, grids: new Map(state.grids).set(event.data.subject, event.data.grid) };
    case 'CategoriesObserved': {
      const { subject, words, firstBucket } = event.data;
      const known = new Map(state.words.get(subject));
      words.forEach((word, index) => known.set(word, firstBucket + index));
      return { ...state, schemaVersion, words: new Map(state.words).set(subject, known) };
    }
    default:
      return unreachable(event);
  }
}

const registered = ({ deploymentId, name, model, environment, strict }: EventOf<typeof DeploymentRegistered>['data']): Registered => ({
  status: 'registered',
  deploymentId,
  name,
  ...(model !== undefined && { model }),
  ...(environment !== undefined && { environment }),
  strict,
  schemaVersion: 0,
  settled: false,
  features: new Map(),
  grids: new Map(),
  words: new Map(),
});
