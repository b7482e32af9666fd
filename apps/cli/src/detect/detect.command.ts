import { type Command } from 'commander';
import { DETECTOR_IDS, DETECTORS } from '#libs/statistics';
import { outputOf } from '../output.js';
import { detect, jsonOf, tableOf } from './detections.js';
import { detectorOf, type RawOptions } from './options.js';
import { streamNumbers } from './stream-numbers.js';

const gather = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const parametersOf = ({ id, input, parameters }: (typeof DETECTORS)[number]): string => {
  const defaults = Object.entries(parameters).map(([name, parameter]) => `${name}=${parameter.default}`);
  return `  ${id.padEnd(13)}${input === 'errors' ? '0 or 1   ' : 'numbers  '}${defaults.join(' ')}`;
};

const DETAILS = `
Methods, what they take, and their parameters with the usual values (those of River):
${DETECTORS.map(parametersOf).join('\n')}
For methods that take 0 or 1, a 1 is an error of the model. Indices count from 0. The stream is read once, as it comes, whatever its size.
Exit status: 0 read to the end, 1 a line is no number, 2 wrong usage; changes do not change it.`;

/** `driftledger detect STREAM`: one number a line in, the places where the stream changed out. Needs no server. */
export const register = (program: Command): void => {
  const command = program
    .command('detect')
    .description('find where a stream of numbers changed')
    .argument('<stream>', 'file with one number a line, or - for the standard input')
    .requiredOption('--method <id>', DETECTOR_IDS.join(', '))
    .option('--param <name=value>', 'a parameter of the method (repeatable)', gather)
    .option('--json', 'print {changes, warnings} with the indices as JSON')
    .addHelpText('after', DETAILS);
  command.action(async (stream: string, raw: RawOptions) => {
    const { out } = outputOf(command);
    const detections = await detect(detectorOf(raw), streamNumbers(stream), stream);
    out(raw.json === true ? `${JSON.stringify(jsonOf(detections))}\n` : tableOf(detections, raw.method ?? ''));
  });
};
