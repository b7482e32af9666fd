import { methodById, METHODS } from '#libs/statistics';
import { defaultDefinition } from './defaults.js';
import { type MonitorDefinition } from './definition.js';
import { changedDefinition } from './definition-changes.js';
import { RULE_VERSION } from './definition-versions.js';

const base = defaultDefinition({ predictionsPerDay: 1000 });
const problemOf = (changes: unknown, of: MonitorDefinition = base): string | undefined => {
  const changed = changedDefinition(of, changes);
  return 'problem' in changed ? changed.problem : undefined;
};
const datasetId = '6f1d0c52-6d0a-5f0e-9a6e-2a8c3f6b7d12';

describe('a changed definition', () => {
  it('names the rule and the methods in the versions that compute, whatever was recorded before', () => {
    const { id, version } = methodById('chi_square');
    const recorded = {
      ...base,
      judgement: { ...base.judgement, version: 1 },
      shown: { ...base.shown, categorical: [{ id, version: 1 }] },
    };
    expect(changedDefinition(recorded, { rowsMin: 100 })).toEqual({
      definition: { ...base, rowsMin: 100, shown: { ...base.shown, categorical: [{ id, version }] } },
    });
  });

  it('refuses a version that does not compute, before it and after it', () => {
    for (const version of [1, RULE_VERSION + 1, 7_000])
      expect(problemOf({ judgement: { version } })).toBe(
        `definition.judgement.version: three_gates is computed in version ${RULE_VERSION}`,
      );
    expect(problemOf({ judgement: { version: RULE_VERSION } })).toBeUndefined();
    expect(problemOf({ shown: { numeric: [{ id: 'psi', version: 99 }] } })).toBe(
      `definition.shown.numeric.0.version: psi is computed in version ${methodById('psi').version}`,
    );
  });

  it('has no part that every object has', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      expect(problemOf(JSON.parse(`{"${name}": {}}`))).toBe(`definition.${name}: no part of a definition`);
  });

  it('refuses references by which nothing could ever be judged, naming the field', () => {
    const refused = (choice: object, changes: object = {}) => problemOf({ references: [choice], ...changes });
    const alone = 'two windows at least: a single one says nothing about how windows differ, and nothing could be judged';
    expect(refused({ kind: 'same_weekday', weeks: 1, weeksMin: 1 })).toBe(`definition.references.0.weeks: ${alone}`);
    expect(refused({ kind: 'same_weekday', weeks: 3, weeksMin: 4 })).toBe('definition.references.0.weeksMin: cannot be more than weeks');
    expect(refused({ kind: 'rolling', windows: 1, windowsMin: 1 })).toBe(`definition.references.0.windows: ${alone}`);
    expect(refused({ kind: 'rolling', windows: 5, windowsMin: 6 })).toBe('definition.references.0.windowsMin: cannot be more than windows');
    expect(refused({ kind: 'first_days', days: 1 })).toBe(`definition.references.0.days: ${alone}`);
    expect(refused({ kind: 'first_days', days: 13 }, { windowMinutes: 10_080 })).toBe(`definition.references.0.days: ${alone}`);
    expect(refused({ kind: 'frozen', from: 5, until: 5 })).toBe('definition.references.0.until: is not after from');
    expect(refused({ kind: 'frozen', from: 0, until: 86_400_000 })).toBe(`definition.references.0.until: ${alone}`);
    for (const choice of [
      { kind: 'same_weekday', weeks: 2, weeksMin: 1 },
      { kind: 'rolling', windows: 2, windowsMin: 2 },
      { kind: 'first_days', days: 2 },
      { kind: 'frozen', from: 0, until: 2 * 86_400_000 },
      { kind: 'dataset', referenceId: datasetId },
    ])
      expect(refused(choice)).toBeUndefined();
  });

  it('lets the first days bridge the time until another reference can judge', () => {
    expect(problemOf({ windowMinutes: 10_080 })).toBeUndefined();
  });

  it('refuses a judge that needs values where a dataset of counts is compared with', () => {
    const references = [{ kind: 'dataset', referenceId: datasetId }];
    const judges = (id: string): object => ({ numeric: { id, version: METHODS.find((method) => method.id === id)?.version } });
    expect(problemOf({ references, judges: judges('mann_whitney') })).toBe(
      'definition.judges.numeric.id: mann_whitney needs values, and of a dataset (references.0) counts are kept: it could never judge',
    );
    expect(problemOf({ references, judges: judges('kolmogorov_smirnov') })).toBeUndefined();
    expect(problemOf({ judges: judges('mann_whitney') })).toBeUndefined();
  });

  it('has a limit for every part that could grow, and names it', () => {
    const long = 'x'.repeat(1_001);
    const tags = Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`tag${i}`, 'x']));
    const cases: readonly (readonly [object, string])[] = [
      [{ rowsMin: 1e10 }, 'definition.rowsMin: .*1000000000'],
      [{ subjects: Array.from({ length: 2_001 }, (_, i) => `feature:${i}`) }, 'definition.subjects: .*2000'],
      [{ subjects: [long] }, 'definition.subjects.0: .*1000'],
      [{ subjects: Array.from({ length: 200 }, () => 'x'.repeat(900)) }, 'definition.: at most 100000 characters'],
      [{ selection: { segments: tags } }, 'definition.selection.segments: at most 20 tags'],
      [{ selection: { segments: { [long]: 'x' } } }, 'definition.selection.segments'],
      [{ selection: { segments: { region: long } } }, 'definition.selection.segments.region: .*1000'],
      [{ selection: { version: long } }, 'definition.selection.version: .*1000'],
      [{ selection: { variant: long } }, 'definition.selection.variant: .*1000'],
      [{ performance: { positiveClass: long } }, 'definition.performance.positiveClass: .*1000'],
      [{ performance: { threshold: 1e300 } }, 'definition.performance.threshold: .*1000000000000000'],
      [{ judgement: { margins: { jensen_shannon: 2 } } }, 'definition.judgement.margins.jensen_shannon: .*1'],
      [{ judgement: { margins: { psi: 1e6 } } }, 'definition.judgement.margins.psi: .*1000'],
      [{ judgement: { expectedMin: 1e7 } }, 'definition.judgement.expectedMin: .*1000000'],
      [{ judgement: { performanceMargin: { absolute: 2 } } }, 'definition.judgement.performanceMargin.absolute: .*1'],
      [{ judgement: { performanceMargin: { relative: 1e4 } } }, 'definition.judgement.performanceMargin.relative: .*1000'],
      [{ restatement: { minutesMin: 1e6 } }, 'definition.restatement.minutesMin: .*525600'],
      [{ restatement: { finalAfterHours: 1e5 } }, 'definition.restatement.finalAfterHours: .*87600'],
      [{ references: [{ kind: 'frozen', from: 0, until: 9e15 }] }, 'definition.references.0.until: .*8640000000000000'],
      [
        { shown: { numeric: [{ id: 'psi', version: methodById('psi').version, parameters: { zero: `add:0.${'0'.repeat(1_000)}1` } }] } },
        'definition.shown.numeric.0',
      ],
    ];
    for (const [changes, message] of cases) expect(problemOf(changes)).toMatch(new RegExp(`^${message}`));
  });
});
