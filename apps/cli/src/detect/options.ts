import { type Detector, DETECTOR_IDS, detectorById, type DetectorMethod, isDetectorId, StatisticsError } from '#libs/statistics';
import { UsageError } from '../usage-error.js';

/** Options as the command line gives them. */
export type RawOptions = { readonly method?: string; readonly param?: readonly string[]; readonly json?: true };

/** The text of a parameter as the kind of the parameter wants it; what cannot be is left for the method to refuse. */
const valueOf = (method: DetectorMethod, name: string, text: string): unknown => {
  const kind = method.parameters[name]?.kind;
  if (kind === 'flag' && (text === 'true' || text === 'false')) return text === 'true';
  return kind === 'number' && text.trim() !== '' ? Number(text) : text;
};

const given = (method: DetectorMethod, texts: readonly string[]): Readonly<Record<string, unknown>> => {
  const parameters = new Map<string, unknown>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError('PARAM_INVALID', `--param takes name=value, got ${JSON.stringify(text)}`);
    const name = text.slice(0, at);
    if (parameters.has(name)) throw new UsageError('PARAM_INVALID', `--param takes every parameter once, got ${name} twice`);
    parameters.set(name, valueOf(method, name, text.slice(at + 1)));
  }
  return Object.fromEntries(parameters);
};

/** The detector that was asked for. @throws UsageError METHOD_UNKNOWN | PARAM_INVALID */
export const detectorOf = (raw: RawOptions): Detector => {
  const id = raw.method ?? '';
  if (!isDetectorId(id))
    throw new UsageError('METHOD_UNKNOWN', `--method takes one of ${DETECTOR_IDS.join(', ')}, got ${JSON.stringify(id)}`);
  const method = detectorById(id);
  const parameters = given(method, raw.param ?? []);
  try {
    return method.start(parameters);
  } catch (error) {
    if (!(error instanceof StatisticsError)) throw error;
    throw new UsageError('PARAM_INVALID', error.message);
  }
};
