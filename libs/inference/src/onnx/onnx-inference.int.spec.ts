import { inferenceContract } from '../inference.contract.js';
import { OnnxInference } from './onnx-inference.js';

inferenceContract('onnxruntime', () => new OnnxInference());
