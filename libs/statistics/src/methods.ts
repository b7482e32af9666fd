import { DISTANCES } from './distance/methods.js';
import { CATEGORICAL_TESTS } from './hypothesis/categorical-methods.js';
import { NUMERIC_TESTS } from './hypothesis/numeric-methods.js';
import { type Method } from './method.js';
import { METHOD_IDS, type MethodId } from './method-ids.js';

const CATALOGUE: Readonly<Record<MethodId, Method>> = { ...NUMERIC_TESTS, ...DISTANCES, ...CATEGORICAL_TESTS };

/** All methods, in the order of their ids. */
export const METHODS: readonly Method[] = METHOD_IDS.map((id) => CATALOGUE[id]);

export const methodById = (id: MethodId): Method => CATALOGUE[id];

export const isMethodId = (text: string): text is MethodId => METHOD_IDS.some((id) => id === text);
