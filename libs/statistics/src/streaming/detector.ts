import { StatisticsError } from '../errors.js';
import { chosenParameters, type ChosenParameters, type DetectorParameters, type DetectorParameterValue } from './detector-parameters.js';

/** What one value brought: a change, a warning that one may be coming, or neither. Never both. */
export type Observation = { readonly change: boolean; readonly warning: boolean };

/** Numbers a detector remembers. Finite, so that they survive JSON; lists are bounded by the method. */
export type Memory = { [name: string]: number | number[] | number[][] };

/** A detector as JSON: enough to go on in another process exactly where this one stopped. */
export type DetectorState = {
  readonly method: string;
  readonly version: number;
  readonly parameters: Readonly<Record<string, DetectorParameterValue>>;
  /** The last value was a change: the next one starts anew. */
  readonly changed: boolean;
  readonly memory: Memory;
};

/** A fold over a stream of numbers that says where the stream changed. The same values give the same answers, however they are cut. */
export type Detector = {
  /**
   * @throws StatisticsError `<method> requires finite values` | `<method> requires values between -1e145 and 1e145` | `<method> requires values of 0 or 1`;
   *   the detector is then as it was.
   */
  readonly update: (value: number) => Observation;
  /** What the detector takes for the present level, see its method; undefined while there is none. At a change still the level that led to it. */
  readonly estimate: () => number | undefined;
  readonly state: () => DetectorState;
};

export type Signal = 'none' | 'warning' | 'change';

/** A method with its parameters chosen: how a memory begins, what a value does to it (in place), what it estimates. */
export type Rule<M extends Memory> = {
  readonly start: () => M;
  readonly step: (memory: M, value: number) => Signal;
  readonly estimate: (memory: M) => number | undefined;
};

/** A streaming method in words. */
export type DetectorDescription = {
  readonly id: string;
  /** Raised whenever the same stream may give other changes. */
  readonly version: number;
  /** `errors`: 1 where a prediction was wrong, 0 where it was right. */
  readonly input: 'numbers' | 'errors';
  readonly meaning: string;
  readonly estimate: string;
  /** Of one update, in time and memory. */
  readonly cost: string;
  readonly source: string;
};

export type DetectorMethod = DetectorDescription & {
  readonly parameters: DetectorParameters;
  /** A new detector. @throws StatisticsError where a parameter is unknown, out of its range, or does not fit another */
  readonly start: (given?: Readonly<Record<string, unknown>>) => Detector;
  /** The detector of a state that may have travelled through JSON. @throws StatisticsError `adwin requires a state of adwin version 1` */
  readonly restore: (state: unknown) => Detector;
};

type Definition<P extends DetectorParameters, M extends Memory> = DetectorDescription & {
  readonly parameters: P;
  readonly rule: (chosen: ChosenParameters<P>) => Rule<M>;
};

/** Sums of squared differences of any number of such values are finite. One that is not would stay so, and no change be found ever after. */
const VALUE_MAX = 1e145;

const OBSERVATIONS: Readonly<Record<Signal, Observation>> = {
  none: { change: false, warning: false },
  warning: { change: false, warning: true },
  change: { change: true, warning: false },
};

const copyOf = <M extends Memory>(memory: M): M => structuredClone(memory);

/** A rule at work on one stream. After a change it starts anew with the next value, as River's detectors do. */
class RuleAtWork<M extends Memory> implements Detector {
  constructor(
    private readonly method: DetectorDescription,
    private readonly rule: Rule<M>,
    private readonly parameters: Readonly<Record<string, DetectorParameterValue>>,
    private memory: M = rule.start(),
    private changed = false,
  ) {}

  readonly update = (value: number): Observation => {
    if (!Number.isFinite(value)) throw new StatisticsError(`${this.method.id} requires finite values`);
    if (Math.abs(value) > VALUE_MAX) throw new StatisticsError(`${this.method.id} requires values between -1e145 and 1e145`);
    if (this.method.input === 'errors' && value !== 0 && value !== 1)
      throw new StatisticsError(`${this.method.id} requires values of 0 or 1`);
    if (this.changed) this.memory = this.rule.start();
    const signal = this.rule.step(this.memory, value);
    this.changed = signal === 'change';
    return OBSERVATIONS[signal];
  };

  readonly estimate = (): number | undefined => this.rule.estimate(this.memory);

  readonly state = (): DetectorState => ({
    method: this.method.id,
    version: this.method.version,
    parameters: this.parameters,
    changed: this.changed,
    memory: copyOf(this.memory),
  });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const isNumbers = (value: unknown): boolean => (Array.isArray(value) ? value.every(isNumbers) : Number.isFinite(value));

/** A memory has the numbers of a new one, no more and no fewer. */
const isMemoryLike = <M extends Memory>(fresh: M, value: unknown): value is M =>
  isRecord(value) &&
  Object.keys(value).length === Object.keys(fresh).length &&
  Object.entries(fresh).every(([name, start]) => Array.isArray(value[name]) === Array.isArray(start) && isNumbers(value[name]));

/** A streaming method out of its rule: checks parameters, values and states. */
export const detectorMethod = <P extends DetectorParameters, M extends Memory>(definition: Definition<P, M>): DetectorMethod => {
  const { rule, ...described } = definition;
  const refuse = (): never => {
    throw new StatisticsError(`${described.id} requires a state of ${described.id} version ${described.version}`);
  };
  return {
    ...described,
    start: (given = {}) => {
      const chosen = chosenParameters(described.id, described.parameters, given);
      return new RuleAtWork(described, rule(chosen), chosen);
    },
    restore: (state) => {
      if (!isRecord(state) || state['method'] !== described.id || state['version'] !== described.version) return refuse();
      const { parameters, changed, memory } = state;
      if (!isRecord(parameters) || typeof changed !== 'boolean') return refuse();
      const chosen = chosenParameters(described.id, described.parameters, parameters);
      const restored = rule(chosen);
      return isMemoryLike(restored.start(), memory) ? new RuleAtWork(described, restored, chosen, copyOf(memory), changed) : refuse();
    },
  };
};
