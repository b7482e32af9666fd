import { describe, expect, it } from '@jest/globals';
import { InferenceError, type InferenceErrorCode } from './errors.js';
import { type Inference, type InferenceSession } from './inference.js';
import { type NamedTensors, type Tensor, words } from './tensor.js';
import { TINY_MODEL } from './tiny-model.contract.js';

const pairs = (...values: number[]): Tensor => ({ type: 'float32', data: Float32Array.from(values), dims: [values.length / 2, 2] });

const inputs = (overrides: Partial<Record<'numbers' | 'word', Tensor>> = {}): NamedTensors => ({
  numbers: pairs(1, 2, 3, 4),
  word: words(['one', 'other']),
  ...overrides,
});

const codeOf = async (attempt: Promise<unknown>): Promise<InferenceErrorCode | 'no error'> =>
  attempt.then(
    () => 'no error' as const,
    (error: unknown) => {
      if (error instanceof InferenceError) return error.code;
      throw error;
    },
  );

/** What every adapter of the port must do. `make` gives a fresh one. */
export const inferenceContract = (adapter: string, make: () => Inference): void => {
  const withSession = async (use: (session: InferenceSession) => Promise<void>): Promise<void> => {
    const session = await make().open(TINY_MODEL);
    try {
      await use(session);
    } finally {
      await session.close();
    }
  };

  describe(`Inference: ${adapter}`, () => {
    it('tells what a model takes and gives', () =>
      withSession(async ({ signature }) => {
        expect(signature.inputs).toEqual([
          { name: 'numbers', type: 'float32', dims: ['rows', 2] },
          { name: 'word', type: 'string', dims: ['rows'] },
        ]);
        expect(signature.outputs.map(({ name, type }) => [name, type])).toEqual([
          ['total', 'float32'],
          ['echo', 'string'],
        ]);
      }));

    it('computes numbers and words', () =>
      withSession(async (session) => {
        const { total, echo } = await session.run(inputs());
        expect(total).toEqual({ type: 'float32', data: Float32Array.of(4, 7), dims: [2] });
        expect(echo).toEqual({ type: 'string', data: ['one', 'other'], dims: [2] });
      }));

    it('keeps overlapping runs apart', () =>
      withSession(async (session) => {
        const totals = await Promise.all(Array.from({ length: 20 }, (_, i) => session.run(inputs({ numbers: pairs(i, 0, 0, i) }))));
        totals.forEach(({ total }, i) => expect(total?.data).toEqual(Float32Array.of(i + 1, i)));
      }));

    it('gives the same bits again', () =>
      withSession(async (session) => {
        const noisy = inputs({ numbers: pairs(0.1, 0.2, 1e-7, 1e7) });
        const [first, second] = [await session.run(noisy), await session.run(noisy)];
        expect(second).toEqual(first);
      }));

    it('gives the same bits in a session of its own', async () => {
      const noisy = inputs({ numbers: pairs(0.1, 0.7, 1 / 3, 1e7) });
      const results: NamedTensors[] = [];
      for (let i = 0; i < 2; i += 1) await withSession(async (session) => void results.push(await session.run(noisy)));
      expect(results[1]).toEqual(results[0]);
    });

    it.each<[string, NamedTensors]>([
      ['a missing input', { numbers: pairs(1, 2) }],
      ['an unknown input', { ...inputs(), more: words([]) }],
      ['an input named like a property of every object', JSON.parse('{"__proto__": 1}') as NamedTensors],
      ['another type', inputs({ numbers: { type: 'float64', data: Float64Array.of(1, 2, 3, 4), dims: [2, 2] } })],
      ['another shape', inputs({ numbers: { type: 'float32', data: Float32Array.of(1, 2, 3), dims: [1, 3] } })],
      ['a shape that does not hold the values', inputs({ numbers: { type: 'float32', data: Float32Array.of(1), dims: [2, 2] } })],
      ['a negative size', inputs({ numbers: { type: 'float32', data: Float32Array.of(), dims: [-1, 2] } })],
      ['inputs of different lengths', inputs({ word: words(['one']) })],
    ])('refuses %s before computing', (_, wrong) =>
      withSession(async (session) => {
        expect(await codeOf(session.run(wrong))).toBe('INPUT_REFUSED');
        expect((await session.run(inputs())).total?.data).toEqual(Float32Array.of(4, 7));
      }),
    );

    it.each<[string, Uint8Array]>([
      ['no bytes', new Uint8Array()],
      ['bytes that are no model', Buffer.from('not a model')],
      ['a model cut short', TINY_MODEL.subarray(0, 200)],
    ])('refuses %s', async (_, bytes) => {
      expect(await codeOf(make().open(bytes))).toBe('MODEL_UNREADABLE');
    });

    it('finishes what runs before it closes, and refuses what comes after', async () => {
      const session = await make().open(TINY_MODEL);
      const running = session.run(inputs());
      await Promise.all([session.close(), session.close()]);
      expect((await running).total?.data).toEqual(Float32Array.of(4, 7));
      expect(await codeOf(session.run(inputs()))).toBe('SESSION_CLOSED');
    });

    it('says which engine computes', () => {
      const { engine } = make();
      expect(engine.version).toMatch(/^\d+\.\d+/);
      expect(engine.threads).toBe(1);
    });
  });
};
