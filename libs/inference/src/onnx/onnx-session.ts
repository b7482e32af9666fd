import { Tensor as RuntimeTensor, type InferenceSession as Runtime } from 'onnxruntime-node';
import { checkInputs } from '../check-inputs.js';
import { InferenceError } from '../errors.js';
import { InferenceSession, type ModelSignature } from '../inference.js';
import { type NamedTensors } from '../tensor.js';
import { fromRuntime, toRuntime } from './convert.js';

/** One model in onnxruntime. Releasing it while it computes would free memory in use, so closing waits for the runs. */
export class OnnxSession extends InferenceSession {
  private readonly running = new Set<Promise<unknown>>();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly runtime: Runtime,
    readonly signature: ModelSignature,
  ) {
    super();
  }

  async run(inputs: NamedTensors): Promise<NamedTensors> {
    if (this.closing !== undefined) throw new InferenceError('SESSION_CLOSED', 'the session of the model is closed');
    checkInputs(this.signature, inputs);
    const feeds = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, toRuntime(tensor)]));
    const run = this.runtime.run(feeds);
    this.running.add(run);
    try {
      return this.read(await run);
    } catch (error) {
      if (error instanceof InferenceError) throw error;
      throw new InferenceError('RUN_FAILED', `the model failed: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    } finally {
      this.running.delete(run);
    }
  }

  close(): Promise<void> {
    this.closing ??= Promise.allSettled(this.running).then(() => this.runtime.release());
    return this.closing;
  }

  private read(results: Runtime.ReturnType): NamedTensors {
    const read = this.signature.outputs.map(({ name }) => {
      const result = results[name];
      if (!(result instanceof RuntimeTensor)) throw new InferenceError('RUN_FAILED', `output ${name} is missing from the result`);
      return [name, fromRuntime(name, result)] as const;
    });
    return Object.fromEntries(read);
  }
}
