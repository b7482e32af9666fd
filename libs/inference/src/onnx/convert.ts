import { Tensor as RuntimeTensor } from 'onnxruntime-node';
import { InferenceError } from '../errors.js';
import { type Tensor, type TensorType } from '../tensor.js';

const TYPES: ReadonlySet<string> = new Set<TensorType>(['float32', 'float64', 'int32', 'int64', 'string']);

/** Whether an element type of the runtime is one that crosses the port. */
export const isTensorType = (type: string): type is TensorType => TYPES.has(type);

/** A tensor of the port as one of the runtime. Numbers are not copied. */
export const toRuntime = (tensor: Tensor): RuntimeTensor => {
  switch (tensor.type) {
    case 'float32':
      return new RuntimeTensor('float32', tensor.data, tensor.dims);
    case 'float64':
      return new RuntimeTensor('float64', tensor.data, tensor.dims);
    case 'int32':
      return new RuntimeTensor('int32', tensor.data, tensor.dims);
    case 'int64':
      return new RuntimeTensor('int64', tensor.data, tensor.dims);
    case 'string':
      return new RuntimeTensor('string', tensor.data, tensor.dims);
  }
};

const isWords = (data: unknown): data is readonly string[] => Array.isArray(data);

/**
 * A result of the runtime as a tensor of the port.
 *
 * @throws InferenceError RUN_FAILED for an element type that the model did not announce
 */
export const fromRuntime = (name: string, result: RuntimeTensor): Tensor => {
  const { type, data, dims } = result;
  if (type === 'float32' && data instanceof Float32Array) return { type, data, dims };
  if (type === 'float64' && data instanceof Float64Array) return { type, data, dims };
  if (type === 'int32' && data instanceof Int32Array) return { type, data, dims };
  if (type === 'int64' && data instanceof BigInt64Array) return { type, data, dims };
  if (type === 'string' && isWords(data)) return { type, data, dims };
  throw new InferenceError('RUN_FAILED', `output ${name} came back as ${type}, which is not supported here`);
};
