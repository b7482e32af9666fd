import { cpus } from 'node:os';
import { env, InferenceSession as Runtime } from 'onnxruntime-node';
import { InferenceError } from '../errors.js';
import { Inference, type InferenceEngine, type InferenceSession, type TensorSlot } from '../inference.js';
import { OnnxSession } from './onnx-session.js';
import { isTensorType } from './convert.js';

/**
 * One thread and a fixed order of operations: sums of floats then always run in the same order, so that the same machine gives
 * the same bits. Callers get parallelism by running several sessions.
 */
const DETERMINISTIC: Runtime.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
};

/** Runs ONNX models on the CPU with onnxruntime. */
export class OnnxInference extends Inference {
  readonly engine: InferenceEngine = {
    name: 'onnxruntime-node',
    version: env.versions.node ?? env.versions.common,
    provider: 'cpu',
    threads: 1,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
  };

  async open(model: Uint8Array): Promise<InferenceSession> {
    const runtime = await Runtime.create(model, DETERMINISTIC).catch((error: unknown) => {
      throw unreadable(error instanceof Error ? error.message : String(error), error);
    });
    try {
      const signature = { inputs: runtime.inputMetadata.map(slotOf), outputs: runtime.outputMetadata.map(slotOf) };
      return new OnnxSession(runtime, signature);
    } catch (error) {
      await runtime.release();
      throw error;
    }
  }
}

const unreadable = (why: string, cause?: unknown): InferenceError =>
  new InferenceError('MODEL_UNREADABLE', `the model cannot be opened: ${why}`, { cause });

const slotOf = (value: Runtime.ValueMetadata): TensorSlot => {
  if (!value.isTensor) throw unreadable(`${value.name} is not a tensor`);
  if (!isTensorType(value.type)) throw unreadable(`${value.name} holds ${value.type}, which is not supported here`);
  return { name: value.name, type: value.type, dims: value.shape };
};
