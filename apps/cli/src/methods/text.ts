import { type Estimator } from '#libs/statistics';
import { type DescribedDetector, type DescribedMethod, type DescribedRowsMethod } from './described.js';

const facts = ({ version, kinds, pValue, from }: DescribedMethod): string =>
  [`version ${version}`, kinds.join(' and '), pValue ? 'with p-value' : 'no p-value', `from ${from.join(' or ')}`].join(' · ');

/** The methods as paragraphs: the sentences are too long for columns of a terminal. */
export const methodsText = (methods: readonly DescribedMethod[]): string =>
  methods
    .map((method) =>
      [
        `${method.id}  ${facts(method)}`,
        `  ${method.meaning}`,
        `  range   ${method.range}`,
        `  cost    ${method.cost}`,
        `  source  ${method.source}`,
        '',
      ].join('\n'),
    )
    .join('\n');

/** The methods over whole rows, likewise. */
export const rowsMethodsText = (methods: readonly DescribedRowsMethod[]): string =>
  methods
    .map(({ id, version, meaning, range, cost, source }) =>
      [
        `${id}  version ${version} · with p-value`,
        `  ${meaning}`,
        `  range   ${range}`,
        `  cost    ${cost}`,
        `  source  ${source}`,
        '',
      ].join('\n'),
    )
    .join('\n');

/** The detectors, likewise; a parameter with its default and range. */
export const detectorsText = (detectors: readonly DescribedDetector[]): string =>
  detectors
    .map(({ id, version, input, meaning, cost, source, parameters }) =>
      [
        `${id}  version ${version} · of a stream of ${input}`,
        `  ${meaning}`,
        ...Object.entries(parameters).map(([name, { default: value, range }]) => `  param   ${name} = ${String(value)} (${range})`),
        `  cost    ${cost}`,
        `  source  ${source}`,
        '',
      ].join('\n'),
    )
    .join('\n');

/** The estimators, likewise. */
export const estimatorsText = (estimators: readonly Estimator[]): string =>
  estimators
    .map(({ id, version, answers, meaning, range, cost, source }) =>
      [
        `${id}  version ${version} · of answers that are ${answers}`,
        `  ${meaning}`,
        `  range   ${range}`,
        `  cost    ${cost}`,
        `  source  ${source}`,
        '',
      ].join('\n'),
    )
    .join('\n');
