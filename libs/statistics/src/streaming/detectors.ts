import { StatisticsError } from '../errors.js';
import { adwin } from './adwin.js';
import { cusum } from './cusum.js';
import { ddm } from './ddm.js';
import { type Detector, type DetectorMethod } from './detector.js';
import { eddm } from './eddm.js';
import { ewma } from './ewma.js';
import { hddmA } from './hddm-a.js';
import { hddmW } from './hddm-w.js';
import { kswin } from './kswin.js';
import { pageHinkley } from './page-hinkley.js';

/** Ids of the streaming methods, as they appear on the command line and in states. */
export const DETECTOR_IDS = ['adwin', 'ddm', 'eddm', 'hddm_a', 'hddm_w', 'kswin', 'page_hinkley', 'cusum', 'ewma'] as const;
export type DetectorId = (typeof DETECTOR_IDS)[number];

const CATALOGUE: Readonly<Record<DetectorId, DetectorMethod>> = {
  adwin,
  ddm,
  eddm,
  hddm_a: hddmA,
  hddm_w: hddmW,
  kswin,
  page_hinkley: pageHinkley,
  cusum,
  ewma,
};

/** All streaming methods, in the order of their ids. */
export const DETECTORS: readonly DetectorMethod[] = DETECTOR_IDS.map((id) => CATALOGUE[id]);

export const isDetectorId = (text: string): text is DetectorId => DETECTOR_IDS.some((id) => id === text);

export const detectorById = (id: DetectorId): DetectorMethod => CATALOGUE[id];

/**
 * The detector of a state, whatever its method: goes on where `state()` was taken.
 * @throws StatisticsError `restoreDetector requires the state of a known method`, or what the method says of it
 */
export const restoreDetector = (state: unknown): Detector => {
  const method = typeof state === 'object' && state !== null && 'method' in state ? state.method : undefined;
  if (typeof method !== 'string' || !isDetectorId(method))
    throw new StatisticsError('restoreDetector requires the state of a known method');
  return CATALOGUE[method].restore(state);
};
