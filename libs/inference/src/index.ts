export { Inference, InferenceSession, type InferenceEngine, type ModelSignature, type TensorSlot } from './inference.js';
export { type Tensor, type TensorType, type NamedTensors, numbers, words } from './tensor.js';
export { InferenceError, type InferenceErrorCode } from './errors.js';
