import { type z } from 'zod';
import {
  isMethodId,
  type Kind,
  methodById,
  METHODS,
  type MethodId,
  parseZeroRule,
  type ScoreOptions,
  StatisticsError,
} from '#libs/statistics';
import { JUDGING_DISTANCES, type MethodParameters, type MethodRef, type MonitorDefinition } from './definition.js';

const ZERO = ['zero'] as const;
const RARE = ['expectedMin', 'categoriesMax'] as const;

/** The parameters a method takes; one that is not listed takes none. */
const PARAMETERS: Readonly<Partial<Record<MethodId, readonly (keyof MethodParameters)[]>>> = {
  psi: ZERO,
  jensen_shannon: [...ZERO, 'base'],
  kullback_leibler: [...ZERO, 'base'],
  bhattacharyya: ZERO,
  chi_square: RARE,
  g_test: RARE,
  cramers_v: RARE,
  mmd: ['valuesMax'],
};

/** Tests with a p-value from a closed law, exact or in the limit. That of mmd is drawn and never below 1/200. */
const JUDGING_TESTS: readonly MethodId[] = [
  ...(['kolmogorov_smirnov', 'mann_whitney', 'welch_t', 'student_t', 'cramer_von_mises', 'anderson_darling', 'kuiper'] as const),
  ...(['epps_singleton', 'chi_square', 'g_test', 'fisher_exact', 'two_proportion_z', 'cramers_v'] as const),
];
const JUDGING: readonly MethodId[] = [...JUDGING_DISTANCES, ...JUDGING_TESTS];

/** Whether a method judges by its p-value; else it is a distance of which the judgement knows how it behaves without drift. */
export const judgesByTest = (id: string): boolean => JUDGING_TESTS.some((test) => test === id);

/**
 * Values mmd takes of each sample unless told otherwise: a quarter of what a single comparison takes, because a monitor measures many
 * features while predictions come in, and the time goes with the square.
 */
const MMD_VALUES = 500;

/** What the statistics library is told about a method that a definition names. @throws StatisticsError on a zero rule it cannot read */
export const optionsOf = ({ id, parameters = {} }: MethodRef): ScoreOptions => {
  const { zero, base, expectedMin, categoriesMax, valuesMax } = parameters;
  const rare = { ...(expectedMin !== undefined && { expectedMin }), ...(categoriesMax !== undefined && { categoriesMax }) };
  return {
    ...(zero !== undefined && { zero: parseZeroRule(zero) }),
    ...(base !== undefined && { base: base === '2' ? 2 : 'e' }),
    ...(Object.keys(rare).length > 0 && { other: rare }),
    ...(id === 'mmd' && { valuesMax: valuesMax ?? MMD_VALUES }),
  };
};

const idsFor = (kind: Kind): string =>
  METHODS.filter(({ kinds }) => kinds.includes(kind))
    .map(({ id }) => id)
    .join(', ');

const zeroProblem = (zero: string): string | undefined => {
  try {
    parseZeroRule(zero);
    return undefined;
  } catch (error) {
    if (error instanceof StatisticsError) return 'an empty bin is treated by add:<amount above 0>, replace:<share between 0 and 1> or none';
    throw error;
  }
};

type Problem = { readonly path: readonly string[]; readonly message: string };

/** What keeps a method from being computed for features of a kind; undefined when nothing does. */
const methodProblem = ({ id, version, parameters = {} }: MethodRef, kind: Kind): Problem | undefined => {
  if (!isMethodId(id)) return { path: ['id'], message: `there is no method ${id}; for ${kind} features choose among ${idsFor(kind)}` };
  const method = methodById(id);
  if (!method.kinds.includes(kind))
    return { path: ['id'], message: `${id} does not measure ${kind} features; choose among ${idsFor(kind)}` };
  if (version !== method.version) return { path: ['version'], message: `${id} is computed in version ${method.version}` };
  const taken = PARAMETERS[id] ?? [];
  const foreign = Object.keys(parameters).find((name) => !taken.some((own) => own === name));
  if (foreign !== undefined)
    return { path: ['parameters', foreign], message: `${id} takes ${taken.length === 0 ? 'no parameters' : `only ${taken.join(', ')}`}` };
  const misread = parameters.zero === undefined ? undefined : zeroProblem(parameters.zero);
  return misread === undefined ? undefined : { path: ['parameters', 'zero'], message: misread };
};

const judgeProblem = (judge: MethodRef, kind: Kind): Problem | undefined => {
  const problem = methodProblem(judge, kind);
  if (problem) return problem;
  const choice = JUDGING.filter((id) => methodById(id).kinds.includes(kind)).join(', ');
  const why = 'has no p-value that a corrected level can be held against';
  if (!JUDGING.some((id) => id === judge.id))
    return { path: ['id'], message: `${judge.id} ${why}: it may be shown; ${choice} may judge ${kind} features` };
  return judge.parameters === undefined ? undefined : { path: ['parameters'], message: 'a judging method has its usual parameters' };
};

/** Refuses methods that do not exist, do not measure such features, do not take a parameter, or cannot judge. */
export const checkMethods = ({ judges, shown }: MonitorDefinition, context: z.core.$RefinementCtx<MonitorDefinition>): void => {
  const refuse = (at: readonly (string | number)[], { path, message }: Problem): void => {
    context.addIssue({ code: 'custom', path: [...at, ...path], message });
  };
  for (const kind of ['numeric', 'categorical'] as const) {
    const judging = judgeProblem(judges[kind], kind);
    if (judging) refuse(['judges', kind], judging);
    shown[kind].forEach((method, i) => {
      const again = shown[kind].findIndex(({ id }) => id === method.id) < i;
      const problem = again ? { path: ['id'], message: `${method.id} is named twice` } : methodProblem(method, kind);
      if (problem) refuse(['shown', kind, i], problem);
    });
  }
};
