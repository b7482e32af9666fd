import { isMethodId, type Kind, methodById, METHODS } from '#libs/statistics';
import { defaultDefinition } from './defaults.js';
import { MonitorDefinition } from './definition.js';
import { changedDefinition } from './definition-changes.js';
import { judgesByTest } from './definition-methods.js';

const base = defaultDefinition({ predictionsPerDay: 1000 });
const KINDS: readonly Kind[] = ['numeric', 'categorical'];
const problemOf = (changes: unknown): string | undefined => {
  const changed = changedDefinition(base, changes);
  return 'problem' in changed ? changed.problem : undefined;
};
const shown = (kind: Kind, ...methods: readonly object[]): string | undefined => problemOf({ shown: { [kind]: methods } });
const versionOf = (id: string): number => (isMethodId(id) ? methodById(id).version : 1);
const judge = (kind: Kind, id: string): string | undefined => problemOf({ judges: { [kind]: { id, version: versionOf(id) } } });

describe('the methods of a definition', () => {
  it('are all of the library, each for the features it measures and for no others', () => {
    for (const kind of KINDS) {
      const fit = METHODS.filter(({ kinds }) => kinds.includes(kind));
      expect(shown(kind, ...fit.map(({ id, version }) => ({ id, version })))).toBeUndefined();
      for (const { id, version } of METHODS.filter((method) => !fit.includes(method)))
        expect(shown(kind, { id, version })).toMatch(
          `definition.shown.${kind}.0.id: ${id} does not measure ${kind} features; choose among `,
        );
    }
  });

  it('exist, once, in the version that computes them', () => {
    expect(shown('numeric', { id: 'psy', version: 1 })).toMatch(/^definition\.shown\.numeric\.0\.id: there is no method psy; .*psi/);
    expect(shown('numeric', { id: 'psi', version: versionOf('psi') + 1 })).toBe(
      `definition.shown.numeric.0.version: psi is computed in version ${versionOf('psi')}`,
    );
    expect(shown('numeric', { id: 'psi', version: versionOf('psi') }, { id: 'psi', version: versionOf('psi') })).toBe(
      'definition.shown.numeric.1.id: psi is named twice',
    );
  });

  it('take the parameters that concern them, within their ranges', () => {
    const one = (id: string, parameters: object) => shown('categorical', { id, version: versionOf(id), parameters });
    expect(one('psi', { zero: 'replace:0.0001' })).toBeUndefined();
    expect(one('jensen_shannon', { zero: 'none', base: '2' })).toBeUndefined();
    expect(one('chi_square', { expectedMin: 5, categoriesMax: 20 })).toBeUndefined();
    expect(shown('numeric', { id: 'mmd', version: versionOf('mmd'), parameters: { valuesMax: 2000 } })).toBeUndefined();
    expect(one('psi', { base: '2' })).toBe('definition.shown.categorical.0.parameters.base: psi takes only zero');
    expect(one('fisher_exact', { zero: 'none' })).toBe('definition.shown.categorical.0.parameters.zero: fisher_exact takes no parameters');
    expect(one('psi', { zero: 'some' })).toMatch('definition.shown.categorical.0.parameters.zero: an empty bin is treated by add:');
    expect(one('g_test', { categoriesMax: 1 })).toMatch('definition.shown.categorical.0.parameters.categoriesMax: ');
  });

  it('judge where a corrected level can be held against them; others are refused with the reason and those that may', () => {
    const may = METHODS.filter(({ id }) => id === 'psi' || id === 'jensen_shannon' || judgesByTest(id));
    for (const kind of KINDS) {
      const fit = METHODS.filter(({ kinds }) => kinds.includes(kind));
      for (const { id } of fit.filter((method) => may.includes(method))) expect(judge(kind, id)).toBeUndefined();
      for (const { id } of fit.filter((method) => !may.includes(method)))
        expect(judge(kind, id)).toMatch(
          `definition.judges.${kind}.id: ${id} has no p-value that a corrected level can be held against: it may be shown; jensen_shannon, psi, `,
        );
    }
    expect(may.map(({ id }) => id)).not.toContain('mmd');
    expect(judge('numeric', 'fisher_exact')).toMatch('fisher_exact does not measure numeric features');
  });

  it('are read as they were recorded, also those that no release knows any more', () => {
    const recorded = { ...base, shown: { numeric: [{ id: 'phi_divergence', version: 3 }], categorical: [] } };
    expect(MonitorDefinition.parse(recorded)).toEqual(recorded);
  });

  it('keep what a change does not name, and leave only what it takes away', () => {
    const changed = changedDefinition(
      { ...base, subjects: ['feature:a'], performance: { ...base.performance, positiveClass: 'late' } },
      { shown: { categorical: [] }, subjects: null, performance: { positiveClass: null }, judgement: { margins: { psi: 0.1 } } },
    );
    expect(changed).toEqual({
      definition: {
        ...base,
        shown: { ...base.shown, categorical: [] },
        judgement: { ...base.judgement, margins: { ...base.judgement.margins, psi: 0.1 } },
      },
    });
  });
});
