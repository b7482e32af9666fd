import { describe, expect, it } from '@jest/globals';
import { checkInputs } from './check-inputs.js';
import { type ModelSignature } from './inference.js';
import { numbers, words } from './tensor.js';

const signature: ModelSignature = {
  inputs: [
    { name: 'hour', type: 'float32', dims: ['rows'] },
    { name: 'origin', type: 'string', dims: ['rows'] },
  ],
  outputs: [],
};

describe('checkInputs', () => {
  it('accepts columns of one length', () => {
    expect(() => checkInputs(signature, { hour: numbers([1, 2]), origin: words(['BOS', 'LGA']) })).not.toThrow();
  });

  it('accepts no rows at all', () => {
    expect(() => checkInputs(signature, { hour: numbers([]), origin: words([]) })).not.toThrow();
  });

  it('names the input and both shapes when they do not fit', () => {
    const table = { type: 'float32', data: Float32Array.of(1, 2), dims: [2, 1] } as const;
    expect(() => checkInputs(signature, { hour: table, origin: words([]) })).toThrow('input hour takes the shape [rows], got [2, 1]');
  });

  it('names the dimension on which two inputs disagree', () => {
    expect(() => checkInputs(signature, { hour: numbers([1]), origin: words(['BOS', 'LGA']) })).toThrow(
      'input origin has 2 rows, another input has 1',
    );
  });

  it('names what the model takes when an input is unknown', () => {
    expect(() => checkInputs(signature, { hours: numbers([1]) })).toThrow('the model has no input hours; it takes hour, origin');
  });
});
