import { idOfName, uuid, type CommandMeta } from '#libs/kernel';
import { specify } from '../../../test/support/specify.js';
import {
  ChangeFeatureType,
  DeclareFeatures,
  ExtendFeatureSchema,
  ObserveCategories,
  RegisterDeployment,
  SetFeatureGrids,
  SettleFeatureSchema,
  type DeploymentCommand,
} from './commands.js';
import { deploymentDecider } from './decider.js';
import { deploymentIdOf } from './deployments.js';
import {
  CategoriesObserved,
  DeploymentRegistered,
  FeatureGridSet,
  FeaturesDeclared,
  FeatureSchemaExtended,
  FeatureSchemaSettled,
  FeatureTypeChanged,
  type DeploymentEvent,
} from './events.js';
import { CATEGORY_WORDS_MAX, FEATURES_MAX, type FeatureDeclaration, type FeatureKind } from './schema.js';

const deploymentId = deploymentIdOf('churn');
const commandId = uuid('018f0000-0000-7000-8000-000000000001');
const meta: CommandMeta = {
  commandId,
  correlationId: commandId,
  causationId: commandId,
  actor: { principalId: idOfName('principal', 'ada'), kind: 'person', via: 'key 00' },
  source: { surface: 'http', addressClass: 'loopback' },
};
const { given } = specify(deploymentDecider);

type About = { model?: string; environment?: string; strict?: boolean; onFirstPost?: boolean; name?: string };
const register = (about: About = {}): DeploymentCommand =>
  new RegisterDeployment({ deploymentId, name: 'churn', strict: false, onFirstPost: false, ...about }, meta);
const registered = (about: About = {}): DeploymentEvent =>
  DeploymentRegistered.make({ deploymentId, name: 'churn', strict: false, onFirstPost: false, ...about });
const declare = (...features: FeatureDeclaration[]): DeploymentCommand => new DeclareFeatures({ deploymentId, features }, meta);
const declared = (schemaVersion: number, ...features: FeatureDeclaration[]): DeploymentEvent =>
  FeaturesDeclared.make({ deploymentId, schemaVersion, features });
const extend = (features: { name: string; kind: FeatureKind }[], widened: string[] = []): DeploymentCommand =>
  new ExtendFeatureSchema({ deploymentId, features, widened }, meta);
const extended = (schemaVersion: number, features: { name: string; kind: FeatureKind }[], widened: string[] = []): DeploymentEvent =>
  FeatureSchemaExtended.make({ deploymentId, schemaVersion, features, widened });
const settled = (schemaVersion: number): DeploymentEvent => FeatureSchemaSettled.make({ deploymentId, schemaVersion, records: 500 });
const changeType = (to: FeatureKind, about: { reason?: string; length?: number } = {}): DeploymentCommand => {
  const { reason, length } = about;
  return new ChangeFeatureType(
    { deploymentId, feature: 'age', to, ...(length !== undefined && { length }) },
    { ...meta, ...(reason !== undefined && { reason }) },
  );
};
const observe = (...words: string[]): DeploymentCommand =>
  new ObserveCategories({ deploymentId, observed: [{ subject: 'feature:plan', words }] }, meta);
const observed = (schemaVersion: number, firstBucket: number, words: string[], full = false): DeploymentEvent =>
  CategoriesObserved.make({ deploymentId, schemaVersion, subject: 'feature:plan', firstBucket, words, full });

const AGE = { name: 'age', kind: 'integer' } as const;

describe('registering a deployment', () => {
  it('records its settings', () => {
    given()
      .when(register({ model: 'churn-model', strict: true }))
      .then(registered({ model: 'churn-model', strict: true }));
  });
  it.each(['', 'Churn', '-x', 'a b', 'a/b', 'a'.repeat(65), '__proto__'])('refuses the name %j', (name) => {
    given().when(register({ name })).thenRefused('NAME_INVALID');
  });
  it('again with the same settings records nothing', () => {
    given(registered({ model: 'm' }))
      .when(register({ model: 'm' }))
      .thenNothing();
  });
  it.each([{ strict: true }, { model: 'other' }, { environment: 'staging' }])('refuses other settings: %j', (other) => {
    given(registered()).when(register(other)).thenRefused('DEPLOYMENT_EXISTS');
  });
  it('by a first post never disturbs a registered one', () => {
    given(registered({ strict: true, model: 'm' }))
      .when(register({ onFirstPost: true }))
      .thenNothing();
  });
  it('comes before everything else', () => {
    expect(given().when(declare(AGE)).thenRefused('NO_SUCH_DEPLOYMENT').detail).toContain(deploymentId);
  });
});

it('says in every refusal which deployment it was about', () => {
  expect(given(registered()).when(declare(AGE, AGE)).thenRefused('FEATURE_DECLARED_TWICE').detail).toBe('churn: a feature is named twice');
});

describe('declaring features', () => {
  it('is recorded with the next schema version', () => {
    given(registered()).when(declare(AGE)).then(declared(1, AGE));
  });
  it('that are declared already records nothing', () => {
    given(registered(), declared(1, AGE)).when(declare(AGE)).thenNothing();
  });
  it('refuses one name twice', () => {
    given(registered()).when(declare(AGE, AGE)).thenRefused('FEATURE_DECLARED_TWICE');
  });
  it('may correct an inferred type while the schema is provisional, not afterwards', () => {
    const inferred = extended(1, [AGE]);
    given(registered(), inferred)
      .when(declare({ name: 'age', kind: 'category' }))
      .then(declared(2, { name: 'age', kind: 'category' }));
    given(registered(), inferred, settled(2))
      .when(declare({ name: 'age', kind: 'category' }))
      .thenRefused('FEATURE_TYPE_DIFFERS');
  });
  it('does not change a declared type', () => {
    given(registered(), declared(1, AGE))
      .when(declare({ name: 'age', kind: 'number' }))
      .thenRefused('FEATURE_TYPE_DIFFERS');
    given(registered(), declared(1, { name: 'e', kind: 'vector', length: 3 }))
      .when(declare({ name: 'e', kind: 'vector', length: 4 }))
      .thenRefused('FEATURE_TYPE_DIFFERS');
  });
  it('keeps a length only of vectors', () => {
    given(registered())
      .when(declare({ ...AGE, length: 3 }))
      .then(declared(1, AGE));
  });
  it('refuses a vector without a length, and takes the inferred one', () => {
    given(registered())
      .when(declare({ name: 'e', kind: 'vector' }))
      .thenRefused('VECTOR_NEEDS_LENGTH');
    const inferred = FeatureSchemaExtended.make({
      deploymentId,
      schemaVersion: 1,
      features: [{ name: 'e', kind: 'vector', length: 3 }],
      widened: [],
    });
    given(registered(), inferred)
      .when(declare({ name: 'e', kind: 'vector' }))
      .then(declared(2, { name: 'e', kind: 'vector', length: 3 }));
  });
  it('refuses more features than a deployment may have', () => {
    const many = Array.from({ length: FEATURES_MAX }, (_, index) => ({ name: `f${index}`, kind: 'number' as const }));
    given(registered(), declared(1, ...many))
      .when(declare(AGE))
      .thenRefused('TOO_MANY_FEATURES');
  });
  it('can make a declared feature personal later', () => {
    given(registered(), declared(1, AGE))
      .when(declare({ ...AGE, personal: 'hash' }))
      .then(declared(2, { ...AGE, personal: 'hash' }));
  });
  it('never puts a personal feature back in clear by leaving that out', () => {
    given(registered(), declared(1, { ...AGE, personal: 'drop' }))
      .when(declare(AGE))
      .thenNothing();
  });
});

describe('a schema that is learnt', () => {
  it('takes new features and widens integers', () => {
    given(registered(), extended(1, [AGE]))
      .when(extend([{ name: 'plan', kind: 'category' }, AGE], ['age']))
      .then(extended(2, [{ name: 'plan', kind: 'category' }], ['age']));
  });
  it('learns nothing twice', () => {
    given(registered(), extended(1, [AGE]))
      .when(extend([AGE]))
      .thenNothing();
  });
  it('widens neither what was declared nor what is settled', () => {
    given(registered(), declared(1, AGE))
      .when(extend([], ['age']))
      .thenNothing();
    given(registered(), extended(1, [AGE]), settled(2))
      .when(extend([], ['age']))
      .thenNothing();
  });
  it('stays open for new features after it is settled', () => {
    given(registered(), settled(1))
      .when(extend([AGE]))
      .then(extended(2, [AGE]));
  });
  it('is settled once', () => {
    const settle = new SettleFeatureSchema({ deploymentId, records: 500 }, meta);
    given(registered()).when(settle).then(settled(1));
    given(registered(), settled(1)).when(settle).thenNothing();
  });
});

describe('changing a type', () => {
  it('needs a reason', () => {
    given(registered(), extended(1, [AGE]))
      .when(changeType('number'))
      .thenRefused('REASON_REQUIRED');
  });
  it('needs the feature', () => {
    given(registered())
      .when(changeType('number', { reason: 'fractions' }))
      .thenRefused('NO_SUCH_FEATURE');
  });
  it('to a vector needs its length', () => {
    given(registered(), extended(1, [AGE]))
      .when(changeType('vector', { reason: 'r' }))
      .thenRefused('VECTOR_NEEDS_LENGTH');
    given(registered(), extended(1, [AGE]))
      .when(changeType('vector', { reason: 'r', length: 2 }))
      .then(FeatureTypeChanged.make({ deploymentId, schemaVersion: 2, feature: 'age', from: 'integer', to: 'vector', length: 2 }));
  });
  it('keeps a personal feature personal', () => {
    const facts = [registered(), declared(1, { ...AGE, personal: 'encrypt' })] as const;
    const changed = FeatureTypeChanged.make({
      deploymentId,
      schemaVersion: 2,
      feature: 'age',
      from: 'integer',
      to: 'number',
      personal: 'encrypt',
    });
    given(...facts)
      .when(changeType('number', { reason: 'fractions' }))
      .then(changed);
    given(...facts, changed)
      .when(declare({ name: 'age', kind: 'number', personal: 'encrypt' }))
      .thenNothing();
  });
  it('keeps a personal feature personal also where the event does not say so', () => {
    const silent = FeatureTypeChanged.make({ deploymentId, schemaVersion: 2, feature: 'age', from: 'integer', to: 'category' });
    given(registered(), declared(1, { ...AGE, personal: 'drop' }), silent)
      .when(changeType('number', { reason: 'codes are over' }))
      .then(FeatureTypeChanged.make({ deploymentId, schemaVersion: 3, feature: 'age', from: 'category', to: 'number', personal: 'drop' }));
  });
  it('to the type it has records nothing', () => {
    given(registered(), extended(1, [AGE]))
      .when(changeType('integer', { reason: 'r' }))
      .thenNothing();
    given(registered(), extended(1, [AGE]))
      .when(changeType('integer', { reason: 'r', length: 3 }))
      .thenNothing();
    given(registered(), declared(1, { name: 'age', kind: 'vector', length: 3 }))
      .when(changeType('vector', { reason: 'r' }))
      .thenNothing();
  });
});

describe('the grid of a subject', () => {
  const grid = { centre: 40, unit: 0.5 };
  const set = (basis: 'reference' | 'observed' | 'command'): DeploymentCommand =>
    new SetFeatureGrids({ deploymentId, grids: [{ subject: 'feature:age', grid, basis, values: 1_000 }] }, meta);
  const was = (basis: 'reference' | 'observed' | 'command', schemaVersion = 1): DeploymentEvent =>
    FeatureGridSet.make({ deploymentId, schemaVersion, subject: 'feature:age', grid, basis, values: 1_000 });

  it('is set from the first values', () => {
    given(registered()).when(set('observed')).then(was('observed'));
  });
  it('stays once set, whatever is observed later', () => {
    given(registered(), was('reference')).when(set('observed')).thenNothing();
    given(registered(), declared(1, { ...AGE, grid }))
      .when(set('observed'))
      .thenNothing();
  });
  it('is set together with others, each with a schema version of its own', () => {
    const grids = ['a', 'age', 'b'].map((name) => ({ subject: `feature:${name}`, grid, basis: 'observed' as const, values: 1_000 }));
    given(registered(), was('reference'))
      .when(new SetFeatureGrids({ deploymentId, grids }, meta))
      .then(
        FeatureGridSet.make({ deploymentId, schemaVersion: 2, subject: 'feature:a', grid, basis: 'observed', values: 1_000 }),
        FeatureGridSet.make({ deploymentId, schemaVersion: 3, subject: 'feature:b', grid, basis: 'observed', values: 1_000 }),
      );
    given(registered())
      .when(new SetFeatureGrids({ deploymentId, grids: [...grids, ...grids] }, meta))
      .thenRefused('FEATURE_DECLARED_TWICE');
  });
  it('can be replaced by a person', () => {
    given(registered(), was('observed')).when(set('command')).then(was('command', 2));
  });
});

describe('the words of a category', () => {
  it('get buckets in the order they are named, each once', () => {
    given(registered())
      .when(observe('pro', 'basic', 'pro'))
      .then(observed(1, 0, ['pro', 'basic']));
    given(registered(), observed(1, 0, ['pro', 'basic']))
      .when(observe('basic', 'free'))
      .then(observed(2, 2, ['free']));
  });
  it('are given together with those of others, each with a schema version of its own', () => {
    const observe = (...subjects: string[]): DeploymentCommand =>
      new ObserveCategories({ deploymentId, observed: subjects.map((subject) => ({ subject, words: ['pro'] })) }, meta);
    const event = (schemaVersion: number, subject: string): DeploymentEvent =>
      CategoriesObserved.make({ deploymentId, schemaVersion, subject, firstBucket: 0, words: ['pro'], full: false });
    given(registered(), observed(1, 0, ['pro']))
      .when(observe('feature:a', 'feature:plan', 'output:class'))
      .then(event(2, 'feature:a'), event(3, 'output:class'));
    given(registered()).when(observe('feature:a', 'feature:a')).thenRefused('FEATURE_DECLARED_TWICE');
  });
  it('that are known record nothing', () => {
    given(registered(), observed(1, 0, ['pro']))
      .when(observe('pro'))
      .thenNothing();
  });
  it('end at the limit, which flags the category', () => {
    const words = (from: number, until: number): string[] => Array.from({ length: until - from }, (_, index) => `w${from + index}`);
    given(registered(), observed(1, 0, words(0, CATEGORY_WORDS_MAX - 1)))
      .when(observe('a', 'b'))
      .then(observed(2, CATEGORY_WORDS_MAX - 1, ['a'], true));
    given(registered(), observed(1, 0, words(0, CATEGORY_WORDS_MAX), true))
      .when(observe('a'))
      .thenNothing();
  });
});
