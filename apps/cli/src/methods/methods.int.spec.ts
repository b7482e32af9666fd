import { describe, expect, it } from '@jest/globals';
import { DETECTOR_IDS, ESTIMATOR_IDS, METHOD_IDS, MULTIVARIATE_METHODS, VECTOR_METHODS } from '#libs/statistics';
import { run } from '../program.js';

const cli = async (...argv: readonly string[]): Promise<string> => {
  let out = '';
  expect(await run(argv, { out: (text) => (out += text), err: (text) => (out += text) })).toBe(0);
  return out;
};

describe('methods', () => {
  it('lists every method once, in words, with version, kinds, range, cost and source', async () => {
    const { methods } = JSON.parse(await cli('methods', '--json')) as { methods: Record<string, unknown>[] };
    expect(methods.map(({ id }) => id)).toEqual([...METHOD_IDS]);
    for (const method of methods) {
      expect(Object.keys(method)).toEqual(['id', 'version', 'kinds', 'meaning', 'range', 'pValue', 'from', 'cost', 'source']);
    }
  });

  it('says which give a p-value and which can be measured from bucket counts', async () => {
    const { methods } = JSON.parse(await cli('methods', '--json')) as { methods: { id: string; pValue: boolean; from: string[] }[] };
    const told = (id: string): unknown => methods.find((method) => method.id === id);
    expect(told('psi')).toMatchObject({ pValue: false, from: ['values', 'buckets'] });
    expect(told('kolmogorov_smirnov')).toMatchObject({ pValue: true, from: ['values', 'buckets'] });
    expect(told('chi_square')).toMatchObject({ pValue: true });
  });

  it('lists the methods over several columns together and over vectors, in words', async () => {
    const { multivariate, vectors } = JSON.parse(await cli('methods', '--json')) as Record<string, { id: string }[]>;
    expect(multivariate?.map(({ id }) => id)).toEqual(MULTIVARIATE_METHODS.map(({ id }) => id));
    expect(vectors?.map(({ id }) => id)).toEqual(VECTOR_METHODS.map(({ id }) => id));
    for (const method of [...(multivariate ?? []), ...(vectors ?? [])])
      expect(Object.keys(method)).toEqual(['id', 'version', 'meaning', 'range', 'cost', 'source']);
    expect(await cli('methods')).toMatch(/pca_reconstruction {2}version \d+ · with p-value\n {2}How much worse/);
  });

  it('lists every streaming detector with its parameters, their defaults and ranges', async () => {
    const { detectors } = JSON.parse(await cli('methods', '--json')) as { detectors: { id: string; parameters: unknown }[] };
    expect(detectors.map(({ id }) => id)).toEqual([...DETECTOR_IDS]);
    expect(detectors[0]).toMatchObject({ id: 'adwin', parameters: { delta: { default: 0.002, range: expect.any(String) } } });
    expect(await cli('methods')).toMatch(/adwin {2}version 1 · of a stream of numbers\n/);
  });

  it('lists the estimators, in words, with the version that stands in their parameters', async () => {
    const { estimators } = JSON.parse(await cli('methods', '--json')) as { estimators: { id: string; version: number }[] };
    expect(estimators.map(({ id }) => id)).toEqual([...ESTIMATOR_IDS]);
    for (const estimator of estimators)
      expect(Object.keys(estimator)).toEqual(['id', 'version', 'answers', 'meaning', 'range', 'cost', 'source']);
    expect(await cli('methods')).toMatch(/cbpe {2}version 2 · of answers that are yes or no\n {2}Metrics to be expected/);
  });

  it('tells the same to a reader', async () => {
    const text = await cli('methods');
    for (const id of METHOD_IDS) expect(text).toContain(`${id}  version `);
    expect(text).toMatch(
      /psi {2}version 1 · numeric and categorical · no p-value · from values or buckets\n {2}Population stability index/,
    );
  });
});
