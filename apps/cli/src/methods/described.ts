import {
  DETECTORS,
  type Estimator,
  ESTIMATOR_IDS,
  ESTIMATORS,
  type Kind,
  type Method,
  METHODS,
  type MethodId,
  MULTIVARIATE_METHODS,
  rangeOfParameter,
  VECTOR_METHODS,
} from '#libs/statistics';

/** One drift method as `methods` tells of it. */
export type DescribedMethod = {
  readonly id: MethodId;
  readonly version: number;
  readonly kinds: readonly Kind[];
  readonly meaning: string;
  readonly range: string;
  /** Whether a p-value comes with the score. */
  readonly pValue: boolean;
  /** From what it can be measured: every value, or also the counts per bucket a server keeps. */
  readonly from: readonly ('values' | 'buckets')[];
  readonly cost: string;
  readonly source: string;
};

/** Small samples that every method accepts. */
const EXAMPLE = { reference: [1, 2, 3, 4, 5, 6, 7, 8], current: [2, 3, 4, 5, 6, 7, 8, 10], bins: { reference: [12, 9], current: [8, 13] } };

/** Asked of the method itself: a list kept by hand would be wrong one day. */
const givesPValue = (method: Method): boolean => {
  const { pValue } =
    method.needs === 'bins'
      ? method.fromBins(EXAMPLE.bins.reference, EXAMPLE.bins.current)
      : method.fromSorted(EXAMPLE.reference, EXAMPLE.current);
  return pValue !== undefined;
};

/** Every drift method, in the order of the catalogue. */
export const describedMethods = (): readonly DescribedMethod[] =>
  METHODS.map((method) => ({
    id: method.id,
    version: method.version,
    kinds: method.kinds,
    meaning: method.meaning,
    range: method.range,
    pValue: givesPValue(method),
    from: method.needs === 'bins' || method.fromBuckets !== undefined ? ['values', 'buckets'] : ['values'],
    cost: method.cost,
    source: method.source,
  }));

/** One method over whole rows as `methods` tells of it. Each comes with a p-value. */
export type DescribedRowsMethod = {
  readonly id: string;
  readonly version: number;
  readonly meaning: string;
  readonly range: string;
  readonly cost: string;
  readonly source: string;
};

const describedRows = (methods: readonly DescribedRowsMethod[]): readonly DescribedRowsMethod[] =>
  methods.map(({ id, version, meaning, range, cost, source }) => ({ id, version, meaning, range, cost, source }));

/** Every method over several columns together. */
export const describedMultivariate = (): readonly DescribedRowsMethod[] => describedRows(MULTIVARIATE_METHODS);

/** Every method over vectors. */
export const describedVectors = (): readonly DescribedRowsMethod[] => describedRows(VECTOR_METHODS);

/** One streaming detector as `methods` tells of it. */
export type DescribedDetector = {
  readonly id: string;
  readonly version: number;
  /** `errors`: 1 where a prediction was wrong, 0 where it was right. */
  readonly input: 'numbers' | 'errors';
  readonly meaning: string;
  /** What stands behind its estimate, with its range where it has one. */
  readonly estimate: string;
  readonly cost: string;
  readonly source: string;
  readonly parameters: Readonly<Record<string, { readonly default: unknown; readonly range: string; readonly meaning: string }>>;
};

/** Every streaming detector, with its parameters. */
export const describedDetectors = (): readonly DescribedDetector[] =>
  DETECTORS.map(({ id, version, input, meaning, estimate, cost, source, parameters }) => ({
    id,
    version,
    input,
    meaning,
    estimate,
    cost,
    source,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, parameter]) => [
        name,
        { default: parameter.default, range: rangeOfParameter(parameter), meaning: parameter.meaning },
      ]),
    ),
  }));

/** Every way to estimate performance before labels come. */
export const describedEstimators = (): readonly Estimator[] => ESTIMATOR_IDS.map((id) => ESTIMATORS[id]);
