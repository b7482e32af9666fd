import { methodById, METHOD_IDS, type MethodId } from '#libs/statistics';
import { type ReferenceChoice } from './definition.js';
import {
  type DriftMethod,
  type MethodParametersInput,
  type MonitorDefinitionInput,
  type MonitorMethodInput,
  type ReferenceChoiceInput,
  type SelectionInput,
} from './monitoring-arguments.js';

/** Parts of a definition as the schema takes them, as parts of a definition. Whether they fit together is for the decider to say. */
export const changesOf = (input: MonitorDefinitionInput): object => {
  const { references, selection, subjects, judges, shown, performance, ...plain } = input;
  return {
    ...given(plain),
    ...(references && { references: references.map(choiceOf) }),
    ...(selection && { selection: selectionOf(selection) }),
    ...(subjects && { subjects: subjects.length === 0 ? null : subjects }),
    ...(judges && { judges: mapped(judges, (method) => refOf({ method })) }),
    ...(shown && { shown: mapped(shown, (methods) => methods.map(refOf)) }),
    ...(performance && { performance: { ...given(performance), ...(performance.positiveClass === '' && { positiveClass: null }) } }),
  };
};

/** A value of the enum as the id it stands for. They are the same words, in capitals. */
const methodIdOf = (method: DriftMethod): MethodId => {
  const found = METHOD_IDS.find((id) => driftMethodOf(id) === method);
  if (!found) throw new TypeError(`the schema has a drift method that the library does not have: ${method}`);
  return found;
};

/** An id as the value of the enum; it need not be one that this release knows. */
export const driftMethodOf = (id: string): string => id.toUpperCase();

const refOf = ({ method, parameters }: MonitorMethodInput): object => {
  const id = methodIdOf(method);
  const own = parameters ? parametersOf(parameters) : {};
  return { id, version: methodById(id).version, ...(Object.keys(own).length > 0 && { parameters: own }) };
};

const parametersOf = ({ base, ...plain }: MethodParametersInput): object => ({
  ...given(plain),
  ...(base && { base: base === 'TWO' ? '2' : 'e' }),
});

const choiceOf = ({ kind, ...fields }: ReferenceChoiceInput): object => ({
  ...given(fields),
  kind: KINDS[kind],
});

const KINDS: Readonly<Record<ReferenceChoiceInput['kind'], ReferenceChoice['kind']>> = {
  DATASET: 'dataset',
  FROZEN: 'frozen',
  SAME_WEEKDAY: 'same_weekday',
  ROLLING: 'rolling',
  FIRST_DAYS: 'first_days',
};

const selectionOf = ({ segments, ...plain }: SelectionInput): object => ({
  ...given(plain),
  ...(segments && segments.length > 0 && { segments: Object.fromEntries(segments.map(({ name, value }) => [name, value])) }),
});

/** Without the members that were left out or null, at every depth of plain objects. */
const given = (input: object): Readonly<Record<string, unknown>> => {
  const isPlain = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
  const kept = Object.entries(input).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept.map(([key, value]): [string, unknown] => [key, isPlain(value) ? given(value) : value]));
};

const mapped = <T extends { readonly numeric?: unknown; readonly categorical?: unknown }, U>(
  of: T,
  make: (value: NonNullable<T['numeric'] | T['categorical']>) => U,
): { numeric?: U; categorical?: U } => ({
  ...(of.numeric != null && { numeric: make(of.numeric) }),
  ...(of.categorical != null && { categorical: make(of.categorical) }),
});
