import { InferenceError } from './errors.js';
import { type ModelSignature, type TensorSlot } from './inference.js';
import { type NamedTensors, type Tensor } from './tensor.js';

const refused = (message: string): InferenceError => new InferenceError('INPUT_REFUSED', message);

const shapeOf = (dims: readonly (number | string)[]): string => `[${dims.join(', ')}]`;

const checkTensor = (slot: TensorSlot, tensor: Tensor, chosen: Map<string, number>): void => {
  if (tensor.type !== slot.type) throw refused(`input ${slot.name} takes ${slot.type}, got ${tensor.type}`);
  if (tensor.dims.some((size) => !Number.isSafeInteger(size) || size < 0))
    throw refused(`input ${slot.name} has a shape that is not made of sizes: ${shapeOf(tensor.dims)}`);
  const fits =
    tensor.dims.length === slot.dims.length &&
    slot.dims.every((size, i) => typeof size === 'string' || size < 0 || size === tensor.dims[i]);
  if (!fits) throw refused(`input ${slot.name} takes the shape ${shapeOf(slot.dims)}, got ${shapeOf(tensor.dims)}`);
  const expected = tensor.dims.reduce((product, size) => product * size, 1);
  if (tensor.data.length !== expected)
    throw refused(`input ${slot.name} has ${tensor.data.length} values for the shape ${shapeOf(tensor.dims)}`);
  slot.dims.forEach((name, i) => {
    const size = tensor.dims[i];
    if (typeof name !== 'string' || name === '' || size === undefined) return;
    const before = chosen.get(name);
    if (before !== undefined && before !== size) throw refused(`input ${slot.name} has ${size} ${name}, another input has ${before}`);
    chosen.set(name, size);
  });
};

/**
 * Refuses inputs that do not fit: an engine would compute garbage from some of them and broadcast others silently.
 *
 * @throws InferenceError INPUT_REFUSED
 */
export const checkInputs = (signature: ModelSignature, inputs: NamedTensors): void => {
  const unknown = Object.keys(inputs).filter((name) => !signature.inputs.some((slot) => slot.name === name));
  if (unknown.length > 0)
    throw refused(`the model has no input ${unknown.join(', ')}; it takes ${signature.inputs.map((slot) => slot.name).join(', ')}`);
  const chosen = new Map<string, number>();
  for (const slot of signature.inputs) {
    const tensor = Object.hasOwn(inputs, slot.name) ? inputs[slot.name] : undefined;
    if (tensor === undefined) throw refused(`input ${slot.name} is missing`);
    checkTensor(slot, tensor, chosen);
  }
};
