export { OnnxInference } from './onnx-inference.js';
